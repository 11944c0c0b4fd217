"""The soak as a test calls it: a process of its own, and the figures of its last line."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import quote

from django.db import connection

from tests.soak.stage import DATABASE


@dataclass(frozen=True)
class Soaked:
    """What it came to."""

    code: int
    lost: int
    doubled: int
    unresolved: int
    said: str

    @property
    def is_clean(self) -> bool:
        """Whether all was as it must be."""
        return (self.code, self.lost, self.doubled, self.unresolved) == (0, 0, 0, 0)


def soak(*options: str, own_database: bool = False) -> Soaked:
    """Run it on the database of the tests, or on a Postgres of its own, which it may restart."""
    environment = dict(os.environ)
    if not own_database:
        environment[DATABASE] = address_of_database()
        connection.close()
    command = [sys.executable, "-m", "tests.soak", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = f"{done.stdout}\n{done.stderr}"
    figures = re.search(r"(?m)^lost (\d+) doubled (\d+) unresolved (\d+)\s*\Z", done.stdout)
    assert figures, said
    lost, doubled, unresolved = map(int, figures.groups())
    return Soaked(done.returncode, lost, doubled, unresolved, said)


def address_of_database() -> str:
    """The address of the database of the tests, as DATABASE_URL takes it."""
    at = connection.settings_dict
    login = quote(at["USER"], safe="") + (f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else "")
    return f"postgres://{login}@{quote(at['HOST'], safe='')}:{at['PORT']}/{quote(at['NAME'], safe='')}"
