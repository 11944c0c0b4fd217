"""`python -m tests.bench [row …]`: real servers of its own, the rows, and 1 as exit code when one fails."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from commsoffice.stack import catalogues, development, keys
from commsoffice.stack.paths import Paths
from commsoffice.stack.refusal import Refusal
from commsoffice.stack.supervisor import Stopped, Supervisor
from tests.bench import ROWS, Row


@contextmanager
def servers() -> Iterator[None]:
    """An embedded Postgres and Redis that are thrown away afterwards, and Django on them.

    Postgres keeps its promises to the disk here, as in production: a bench without them would flatter us.
    """
    folder = Path(mkdtemp(prefix="co-bench-"))
    places = Paths(folder)
    places.make()
    supervisor = Supervisor(places)
    try:
        catalogues.compile_stale()
        os.environ["DJANGO_SETTINGS_MODULE"] = "commsoffice.settings.test"
        os.environ["REDIS_URL"] = development.start_redis(supervisor, keys.load(places.keys)["REDIS_PASSWORD"])
        os.environ["DATABASE_URL"] = development.start_postgres(supervisor, throwaway=False)
        _prepare()
        yield
    finally:
        supervisor.stop()
        rmtree(folder, ignore_errors=True)


def _prepare() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    # The embedded server is told to take commits lightly; a production server isn't.
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        [name] = cursor.fetchone()
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    connection.close()
    # A connection is kept, as a worker keeps it.
    connection.settings_dict["CONN_MAX_AGE"] = None
    call_command("migrate", verbosity=0)


def main(names: list[str]) -> int:
    """Run the named rows, or all; return the exit code."""
    if unknown := set(names) - set(ROWS):
        print(f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    failed = 0
    try:
        with servers():
            print(f"load of the machine at the start: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores", flush=True)
            for name in names or ROWS:
                module, _dot, function = ROWS[name].rpartition(".")
                row: Row = getattr(import_module(module), function)
                for figure in row():
                    print(figure.line(), flush=True)
                    failed += not figure.passed
    except Stopped:
        return 130
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("all rows pass" if not failed else f"{failed} rows fail")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
