"""The Spanish catalogue: compiled without GNU gettext, and checked to be whole."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from commsoffice.stack.paths import ROOT

LOCALE = "es_MX"
_FOLDER = ROOT / "commsoffice" / "locale"
CATALOGUE = _FOLDER / LOCALE / "LC_MESSAGES" / "django.po"
# %(name)s and {name} as well as %s and {}: whatever is filled in must be there in both languages.
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")
# They speak English, to developers.
_WITHOUT_STRINGS = (".*", "static", "tests", "docs", "commsoffice/stack", "commsoffice/sandbox")


def compile_stale(folder: Path = _FOLDER) -> int:
    """Write each .mo that is missing or older than its .po; return 0, the exit code."""
    for source in folder.rglob("*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            # Renamed into place: two starts at once never read half a catalogue.
            with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".mo", delete=False) as draft:
                draft.write(polib.pofile(str(source)).to_binary())
            Path(draft.name).chmod(0o644)
            Path(draft.name).rename(target)
    return 0


def faults(catalogue: Path = CATALOGUE) -> Iterator[str]:
    """Yield what is wrong in one catalogue, a line for each fault."""
    if not catalogue.exists():
        yield f"{catalogue} is missing"
        return
    for entry in polib.pofile(str(catalogue)):
        where = f"{catalogue.name}: «{entry.msgid}»"
        if entry.obsolete:
            continue
        if entry.fuzzy:
            yield f"{where} is fuzzy"
        elif not entry.translated():
            yield f"{where} is not translated"
        elif entry.msgid_plural:
            # Only the plural must show the number; «una foto» may leave it out.
            yield from _unlike(where, entry.msgid_plural, entry.msgstr_plural[max(entry.msgstr_plural)])
        else:
            yield from _unlike(where, entry.msgid, entry.msgstr)


def missing() -> Iterator[str]:
    """Yield the strings of the code that the catalogue doesn't have. Needs GNU gettext."""
    if shutil.which("xgettext") is None:
        print("GNU gettext isn't installed, so new strings weren't looked for.")
        return
    known = {_key(entry) for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}
    with tempfile.TemporaryDirectory() as folder:
        # A copy, because makemessages writes into the catalogue that it reads.
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=_not_ours)
        done = extract(copy)
        if done.returncode:
            yield f"makemessages failed:\n{done.stdout}{done.stderr}"
            return
        found = polib.pofile(str(copy / CATALOGUE.relative_to(ROOT)))
    for entry in found:
        if not entry.obsolete and _key(entry) not in known:
            yield f"{CATALOGUE.name}: «{entry.msgid}» is missing; run `make messages` and translate it"


def extract(root: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run makemessages, so that the catalogue has every string of the code."""
    command = [sys.executable, "manage.py", "makemessages", "--locale", LOCALE, "--no-location", "--no-wrap"]
    command += [part for pattern in _WITHOUT_STRINGS for part in ("--ignore", pattern)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def check() -> int:
    """Print every fault; return the exit code."""
    found = [*faults(), *(missing() if CATALOGUE.exists() else ())]
    for fault in found:
        print(fault)
    return 1 if found else 0


def messages() -> int:
    """Bring the catalogue up to date with the code; return the exit code."""
    done = extract()
    print(f"{done.stdout}{done.stderr}".rstrip())
    return done.returncode


def _not_ours(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".")}
    return hidden | ({"static", "tests", "docs", "__pycache__"} & set(names))


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _unlike(where: str, source: str, translation: str) -> Iterator[str]:
    wanted, got = set(_PLACEHOLDER.findall(source)), set(_PLACEHOLDER.findall(translation))
    if wanted != got:
        yield f"{where} must carry {', '.join(sorted(wanted)) or 'no placeholder'}"
