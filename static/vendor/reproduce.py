"""Fetch again what stands here and in static/icons/sprite.svg: `python static/vendor/reproduce.py`.

Needs npm on the path; it asks whichever registry npm is set up to use. Writes the same bytes for
the same versions, so that `git diff` shows what a new version changes.
"""

import re
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

BOOTSTRAP = "bootstrap@5.3.9"
ICONS = "bootstrap-icons@1.13.2"

HERE = Path(__file__).resolve().parent
SYMBOLS = HERE.parent / "icons"


def fetch(package: str, into: Path) -> tarfile.TarFile:
    """Download one package with npm and open it."""
    subprocess.run(  # noqa: S603  the names are the two constants above
        ["npm", "pack", "--silent", package],  # noqa: S607  npm from the path, wherever it is
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    name, _, version = package.rpartition("@")
    return tarfile.open(into / f"{name}-{version}.tgz")


def read(archive: tarfile.TarFile, path: str) -> str:
    """Return one file of the package as text."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        message = f"{path} is not in the package."
        raise FileNotFoundError(message)
    return member.read().decode()


def symbol(name: str, svg: str) -> str:
    """Turn an icon's file into a symbol of the sprite."""
    body = re.sub(r"\s*\n\s*", " ", svg[svg.index(">") + 1 : svg.rindex("</svg>")]).strip()
    return f'<symbol id="i-{name}" viewBox="0 0 16 16">{body}</symbol>'


def main() -> None:
    """Write Bootstrap's stylesheet, the sprite and the two licences."""
    with TemporaryDirectory() as folder:
        with fetch(BOOTSTRAP, Path(folder)) as archive:
            css = read(archive, "dist/css/bootstrap.min.css")
            # The map is not served, and a dangling reference stops the hashing of static files.
            css = re.sub(r"\n?/\*# sourceMappingURL=.*?\*/\s*$", "\n", css)
            (HERE / "bootstrap" / "bootstrap.min.css").write_text(css)
            (HERE / "bootstrap" / "LICENSE.txt").write_text(read(archive, "LICENSE"))
        with fetch(ICONS, Path(folder)) as archive:
            shield = (SYMBOLS / "shield.svg").read_text().splitlines()[1]
            names = (SYMBOLS / "names.txt").read_text().split()
            symbols = [symbol(name, read(archive, f"icons/{name}.svg")) for name in names]
            (SYMBOLS / "bootstrap-icons-LICENSE.txt").write_text(read(archive, "LICENSE"))
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', shield, *symbols, "</svg>", ""]
    (SYMBOLS / "sprite.svg").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
