"""One supervisor for all children: starts them, shows what they say, starts again what dies, ends them all."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from commsoffice.stack import logs, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.processes import Program
from commsoffice.stack.refusal import Refusal

# One that dies this often in this many seconds won't be mended by starting it again.
_DEATHS = 5
_WINDOW = 120.0
_PAUSE = 0.05


class Stopped(Exception):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or a closed terminal."""


@dataclass
class Child:
    """A program and its present process."""

    program: Program
    process: subprocess.Popen[bytes]
    follower: logs.Follower
    # Shown on the console as well as in the log.
    loud: bool
    deaths: list[float] = field(default_factory=list)
    # When to start it again, by the monotonic clock; None while it runs.
    again_at: float | None = None


class Supervisor:
    """Owns the children of one `make run`."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.children: dict[str, Child] = {}
        self.asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.asked_to_stop:
            # Asked twice: no more patience.
            for child in self.children.values():
                processes.signal_group(child.process.pid, child.program.orphan_signal)
        self.asked_to_stop = True

    def start(self, program: Program, *, loud: bool = True) -> subprocess.Popen[bytes]:
        """Start a program and watch over it from now on."""
        logs.turn_over(program.log)
        follower = logs.Follower(program.log)
        process = self._spawn(program)
        self.children[program.name] = Child(program, process, follower, loud)
        return process

    def run_once(self, program: Program) -> None:
        """Run a program to its end, or refuse with what it said."""
        child = Child(program, processes.start(program), logs.Follower(program.log), loud=True)
        processes.note(self.paths.run, program.name, child.process.pid)
        try:
            while child.process.poll() is None:
                self.look_after(starting=True)
                self._show(child)
        finally:
            self._end([child])
        if child.process.returncode:
            raise Refusal(f"{program.name} failed ({_how(child.process.returncode)}); its words are in {program.log}.")

    def wait_for(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until something is ready. While starting, a child that dies is reason enough to give up."""
        end = time.monotonic() + seconds
        while not ready():
            self.look_after(starting=True)
            if time.monotonic() > end:
                raise Refusal(f"{what} was not ready after {seconds:.0f} s; see the logs in {self.paths.logs}.")

    def watch(self) -> None:
        """Look after the children until somebody asks us to end."""
        while True:
            self.look_after()

    def look_after(self, *, starting: bool = False) -> None:
        """Take one look: show what is new, notice who died, start again whose pause is over."""
        if self.asked_to_stop:
            raise Stopped
        for child in list(self.children.values()):
            self._show(child)
            if child.again_at is not None:
                if time.monotonic() >= child.again_at:
                    child.process = self._spawn(child.program)
                    child.again_at = None
            elif child.process.poll() is not None:
                self._mourn(child, starting=starting)
        time.sleep(_PAUSE)

    def stop(self) -> None:
        """End all children: those started last first, the databases last."""
        running = list(reversed(self.children.values()))
        servers = [child for child in running if child.program.name in {"postgres", "redis"}]
        self._end([child for child in running if child not in servers])
        self._end(servers)
        self.children.clear()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        process = processes.start(program)
        processes.note(self.paths.run, program.name, process.pid)
        return process

    def _mourn(self, child: Child, *, starting: bool) -> None:
        name, how = child.program.name, _how(child.process.returncode)
        # Whatever it had started goes with it.
        processes.signal_group(child.process.pid, signal.SIGKILL)
        last = logs.tail(child.program.log)
        if starting:
            raise Refusal(f"{name} ended while starting ({how}). The last lines of {child.program.log}:\n{last}")
        now = time.monotonic()
        child.deaths = [death for death in child.deaths if now - death < _WINDOW] + [now]
        if len(child.deaths) >= _DEATHS:
            raise Refusal(
                f"{name} ended {_DEATHS} times in {_WINDOW:.0f} s ({how}), so everything stops here."
                f" The last lines of {child.program.log}:\n{last}"
            )
        pause = 2.0 ** (len(child.deaths) - 1)
        child.again_at = now + pause
        say(f"{name} ended ({how}) and starts again in {pause:.0f} s. Its last lines:\n{last}")

    def _show(self, child: Child) -> None:
        for line in child.follower.lines():
            if child.loud:
                say(f"{child.program.name:8} │ {line}")

    def _end(self, children: list[Child]) -> None:
        for child in children:
            if child.process.poll() is None:
                processes.signal_group(child.process.pid, child.program.stop_signal)
        end = time.monotonic() + processes.GRACE
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, end - time.monotonic()))
            if child.process.poll() is None:
                processes.signal_group(child.process.pid, child.program.orphan_signal)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(2)
            # The leader has gone or won't go; nobody of its group stays.
            processes.signal_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
            # A killed process lives until the kernel comes round to it.
            processes.wait_until(partial(processes.group_is_gone, child.process.pid), processes.GRACE)
            self._show(child)
            processes.forget(self.paths.run, child.program.name)


def say(text: str) -> None:
    """Write on the console, now; a console that has gone is no reason to stop."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open("/dev/null", "w")  # noqa: PTH123, SIM115  it stays open until the end


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
