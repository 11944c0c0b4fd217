"""Starting a child so that it can't outlive us, and finding the one that did."""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Only Linux has that call, and /proc.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# Seconds a child has for an orderly end before it is killed.
GRACE = 6.0


@dataclass(frozen=True)
class Program:
    """What to start, as whom, and how to ask it to end."""

    name: str
    command: Sequence[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    # Root starts some programs as this user.
    user: str | None = None
    # Asks for an orderly end.
    stop_signal: int = signal.SIGTERM
    # Sent by the kernel when the supervisor is gone: nobody waits any more, so this one is quick.
    orphan_signal: int = signal.SIGTERM


def die_with_parent(signal_number: int, parent: int) -> None:
    """Have the kernel send us this signal when our parent ends, however it ends. Linux only."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    # The parent may have gone before the call.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to its log.

    Call it from the main thread only: the kernel counts the end of the starting thread as ours.
    """
    parent = os.getpid()

    def before_exec() -> None:
        # After the change of user, which would clear it.
        die_with_parent(program.orphan_signal, parent)

    identity = pwd.getpwnam(program.user) if program.user else None
    with program.log.open("ab") as log:
        return subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            env={**os.environ, **program.environment},
            start_new_session=True,
            user=identity.pw_uid if identity else None,
            group=identity.pw_gid if identity else None,
            extra_groups=[] if identity else None,
            # Runs between fork and exec in a program without threads.
            preexec_fn=before_exec,  # noqa: PLW1509
        )


def birth(pid: int) -> str | None:
    """Return when a living process was born, in a form to compare; None when there is no such process."""
    if _LIBC is not None:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        # Field 3 is the state (a zombie lives no more), field 22 the start in clock ticks.
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True, check=False
    ).stdout.strip()
    return answer or None


def group_lives(group: int) -> bool:
    """Say whether any process is left in the group; on Linux a zombie that nobody reaps counts as none."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _LIBC is None or any(_group_of_living(path) == group for path in Path("/proc").glob("[0-9]*"))


def _group_of_living(process: Path) -> int | None:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[2])


def group_is_gone(group: int) -> bool:
    """Say whether nobody is left in the group."""
    return not group_lives(group)


def signal_group(group: int, number: int) -> None:
    """Signal every process of a group; one that has gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Poll until the condition holds; say whether it did in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def note(folder: Path, name: str, pid: int) -> None:
    """Write down a child, so that the next start finds it if nobody ends it."""
    # Written beside and moved, so that whoever reads meanwhile, or starts after we were killed, finds a whole one.
    beside = folder / f"{name}.noting"
    beside.write_text(json.dumps({"pid": pid, "birth": birth(pid)}))
    beside.replace(folder / f"{name}.pid")


def forget(folder: Path, name: str) -> None:
    """Strike out a child that has ended."""
    (folder / f"{name}.pid").unlink(missing_ok=True)


def end_leftovers(folder: Path) -> list[str]:
    """End what an earlier supervisor left running; return the names of what was found alive."""
    found: dict[str, int] = {}
    for path in sorted(folder.glob("*.pid")):
        try:
            noted = json.loads(path.read_text())
            pid = int(noted["pid"])
        except (ValueError, KeyError, TypeError):
            path.unlink()
            continue
        alive = birth(pid)
        # A living process born at another time is a stranger with a used number. A dead leader's
        # number isn't given out again while its group has members, so such a group is ours.
        if alive == noted["birth"] if alive else group_lives(pid):
            found[path.stem] = pid
        else:
            path.unlink()
    # Postgres takes SIGINT as "disconnect everybody, write everything, end".
    for name, pid in found.items():
        signal_group(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    for name, pid in found.items():
        if not wait_until(partial(group_is_gone, pid), GRACE):
            signal_group(pid, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
            wait_until(partial(group_is_gone, pid), GRACE)
        forget(folder, name)
    return list(found)
