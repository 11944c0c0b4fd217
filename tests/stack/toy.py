"""A small office for the tests of the supervisor: real Postgres and Redis, and children that do nothing or die."""

import argparse
import sys
from pathlib import Path

from commsoffice.stack import development, keys, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.processes import Program
from commsoffice.stack.refusal import Refusal
from commsoffice.stack.supervisor import Stopped, Supervisor, say

# A child with a child of its own, both deaf to polite requests.
_DEAF = (
    "import signal, subprocess, sys; signal.signal(15, signal.SIG_IGN);"
    "subprocess.run([sys.executable, '-c', sys.argv[1]])"
)
_DEAFER = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf child is up', flush=True); time.sleep(600)"
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--servers", action="store_true")
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--dying", action="store_true")
    asked = parser.parse_args()
    if asked.deaf:
        # They need not be waited for as long as in earnest; whoever hears gets all the time there is.
        processes.GRACE = 1.5
    places = Paths(asked.folder)
    places.make()
    try:
        with development.only_one(places):
            for name in processes.end_leftovers(places.run):
                say(f"Ended {name}")
            supervisor = Supervisor(places)
            try:
                if asked.servers:
                    say(development.start_postgres(supervisor, throwaway=True))
                    say(development.start_redis(supervisor, keys.load(places.keys)["REDIS_PASSWORD"]))
                if asked.deaf:
                    supervisor.start(_python(places, "deaf", _DEAF, _DEAFER))
                if asked.dying:
                    supervisor.start(_python(places, "dying", "import sys; sys.exit('the reason of my death')"))
                say("ready")
                supervisor.watch()
            finally:
                supervisor.stop()
    except Stopped:
        return 0
    except Refusal as refusal:
        say(str(refusal))
        return 1
    return 0


def _python(places: Paths, name: str, *code: str) -> Program:
    return Program(name, [sys.executable, "-c", *code], places.logs / f"{name}.log")


if __name__ == "__main__":
    sys.exit(main())
