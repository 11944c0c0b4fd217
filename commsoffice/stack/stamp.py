"""Tells whether the database was prepared by exactly this code, so that a warm start may skip it."""

import contextlib
import datetime as dt
import hashlib
from pathlib import Path

import psycopg2

from commsoffice.stack.paths import ROOT, Paths

# What migrations, the demo office and its accounts are made of.
_SOURCES = {".py", ".csv", ".json", ".toml", ".txt", ".jpg", ".jpeg", ".png", ".mp4", ".html"}
_ELSEWHERE = {"static", "templates", "tests", "docs", "node_modules"}


def of(database_url: str) -> str:
    """Return what identifies the code, its data, today (the demo office lives around today) and the schema.

    Sizes and times of the files suffice: whatever changes a file changes one of them.
    """
    digest = hashlib.sha256(f"{database_url.rpartition('@')[2]} {dt.datetime.now().astimezone().date()}".encode())
    for path in _sources():
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    digest.update(_applied(database_url).encode())
    return digest.hexdigest()


def fits(paths: Paths, database_url: str) -> bool:
    """Say whether the database is as the last preparation left it, and the code too."""
    file = paths.run / "prepared"
    return file.exists() and file.read_text() == of(database_url)


def write(paths: Paths, database_url: str) -> None:
    """Remember that the database is prepared."""
    (paths.run / "prepared").write_text(of(database_url))


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in _ELSEWHERE:
            found += [path for path in sorted(folder.rglob("*")) if path.suffix in _SOURCES]
    return found


def _applied(database_url: str) -> str:
    """Return the migrations that the database says it has; empty when it has none yet."""
    with (
        contextlib.closing(psycopg2.connect(database_url, connect_timeout=5)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute("SELECT string_agg(app || '.' || name, ' ' ORDER BY app, name) FROM django_migrations")
        return cursor.fetchone()[0] or ""
