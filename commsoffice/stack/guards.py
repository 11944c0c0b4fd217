"""What no other tool checks: the length of files, names of registries, and one package that must stay away."""

import importlib.metadata
import subprocess
from collections.abc import Iterator
from pathlib import Path

from commsoffice.stack.paths import ROOT

LONGEST = 600
_SOURCE = {".py", ".html", ".css", ".js", ".toml", ".yml", ".md", ".txt", ".sh"}
# Generated or taken over whole.
_NOT_WRITTEN = ("requirements/", "static/vendor/")
# Put together here, so that this file doesn't name them either.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
    )
)


def tracked(root: Path = ROOT) -> list[Path]:
    """Return the files that git keeps or would keep."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in sorted(set(answer.stdout.split("\0"))) if name and (path := root / name).is_file()]


def too_long(files: list[Path], root: Path = ROOT) -> Iterator[str]:
    """Yield the sources that nobody can read in one sitting."""
    for path in files:
        name = path.relative_to(root).as_posix()
        if path.suffix not in _SOURCE or name.startswith(_NOT_WRITTEN):
            continue
        lines = len(path.read_text(errors="replace").splitlines())
        if lines > LONGEST:
            yield f"{name} has {lines} lines, and {LONGEST} are the limit"


def registries(files: list[Path], root: Path = ROOT) -> Iterator[str]:
    """Yield the files that name the host of a package registry."""
    for path in files:
        content = path.read_bytes()
        for host in REGISTRIES:
            if host.encode() in content:
                yield f"{path.relative_to(root)} names {host}"


def shadows() -> Iterator[str]:
    """Yield a fault when coverage.py is installed: our app of that name shadows it."""
    try:
        importlib.metadata.distribution("coverage")
    except importlib.metadata.PackageNotFoundError:
        return
    yield "coverage.py is installed, and our app called coverage shadows it; measure with slipcover"


def check() -> int:
    """Print every fault; return the exit code."""
    files = tracked()
    found = [*too_long(files), *registries(files), *shadows()]
    for fault in found:
        print(fault)
    return 1 if found else 0
