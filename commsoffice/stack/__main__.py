"""`python -m commsoffice.stack …`: the commands behind the Makefile."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

from commsoffice.stack import catalogues, development, guards, paths, processes, trial
from commsoffice.stack.refusal import Refusal


def manage(arguments: list[str]) -> int:
    """Run manage.py with the addresses of the stack that runs now. Doesn't return when it does."""
    try:
        environment = json.loads(paths.from_environment().environment.read_text())
    except FileNotFoundError:
        raise Refusal("Nothing runs here; start it with `make run` in another terminal.") from None
    os.chdir(paths.ROOT)
    os.execve(sys.executable, [sys.executable, "manage.py", *arguments], {**os.environ, **environment})


def main() -> int:
    """Read the command, do it, return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m commsoffice.stack")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="the whole office on this machine")
    running.add_argument(
        "--with-parent", action="store_true", help="end when the calling program ends, however it ends"
    )
    commands.add_parser("test", help="pytest on throw-away servers; what follows is for pytest", add_help=False)
    commands.add_parser("manage", help="manage.py beside a running office", add_help=False)
    commands.add_parser("compile", help="compile the catalogues")
    commands.add_parser("messages", help="collect the strings of the code into the catalogue")
    commands.add_parser("catalogues", help="check that the catalogue is whole")
    commands.add_parser("guards", help="check what no other tool checks")
    asked, rest = parser.parse_known_args()
    if rest and asked.command not in {"test", "manage"}:
        parser.error(f"unknown: {' '.join(rest)}")
    if asked.command == "run" and asked.with_parent:
        processes.die_with_parent(signal.SIGTERM, os.getppid())
    work: dict[str, Callable[[], int]] = {
        "run": development.run,
        "test": partial(trial.run, rest),
        "manage": partial(manage, rest),
        "compile": catalogues.compile_stale,
        "messages": catalogues.messages,
        "catalogues": catalogues.check,
        "guards": guards.check,
    }
    try:
        return work[asked.command]()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
