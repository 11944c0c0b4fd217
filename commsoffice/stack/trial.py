"""`make test`: pytest on servers of its own that are thrown away afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from commsoffice.stack import browser, catalogues, development, keys
from commsoffice.stack.paths import ROOT, Paths
from commsoffice.stack.refusal import Refusal
from commsoffice.stack.supervisor import Stopped, Supervisor


def run(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; return its exit code."""
    options, environment, skipped = _browser()
    # Below the temporary folder, because the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="co-"))
    places = Paths(folder)
    places.make()
    supervisor = Supervisor(places)
    try:
        catalogues.compile_stale()
        temporary = folder / "tmp"
        temporary.mkdir()
        environment |= {
            # What the tests leave lying about goes with the rest.
            "TMPDIR": str(temporary),
            "DJANGO_SETTINGS_MODULE": "commsoffice.settings.test",
            "REDIS_URL": os.environ.get("REDIS_URL", "")
            or development.start_redis(supervisor, keys.load(places.keys)["REDIS_PASSWORD"]),
            "DATABASE_URL": os.environ.get("DATABASE_URL", "")
            or development.start_postgres(supervisor, throwaway=True),
        }
        code = _pytest([*options, *arguments], environment, supervisor)
    except Stopped:
        code = 130
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if skipped:
        print(skipped)
    return code


def _pytest(arguments: Sequence[str], environment: dict[str, str], supervisor: Supervisor) -> int:
    # By groups, so that tests which share a whole running office meet on one worker.
    workers = () if "-n" in arguments else ("-n", "2", "--dist", "loadgroup")
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    # In our own group: Ctrl-C reaches it from the terminal, and it closes its books by itself.
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        while process.poll() is None:
            supervisor.look_after()
    except Stopped:
        process.terminate()
        process.wait()
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return process.returncode


def _browser() -> tuple[list[str], dict[str, str], str]:
    """Return pytest's options, the environment, and what to say at the end if no browser is to be had."""
    found = browser.find() or browser.install()
    if found:
        return [], {"CHROMIUM_BIN": found}, ""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise Refusal(f"REQUIRE_BROWSER=1 and there is no Chromium; {browser.HOW}.")
    return ["-m", "not browser"], {}, f"The browser tests were left out, for want of a browser; {browser.HOW}."
