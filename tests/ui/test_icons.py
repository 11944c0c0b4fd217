"""Every icon that a template or a room names is in the sprite."""

import re
from pathlib import Path

from django.conf import settings

from commsoffice.ui.states import StateKind

ROOT: Path = settings.BASE_DIR
SPRITE = (ROOT / "static" / "icons" / "sprite.svg").read_text()
SYMBOLS = set(re.findall(r'id="i-([a-z0-9-]+)"', SPRITE))


def test_every_kind_has_an_icon_of_its_own() -> None:
    icons = [kind.icon for kind in StateKind]
    assert len(set(icons)) == len(icons)
    assert set(icons) - SYMBOLS == set()


def test_every_icon_in_the_templates_is_in_the_sprite() -> None:
    named = {
        (path.name, name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{%\s*icon\s+"([^"]+)"', path.read_text())
    }
    assert {(path, name) for path, name in named if name not in SYMBOLS} == set()


def test_the_sprite_is_what_the_list_of_names_asks_for() -> None:
    assert set((ROOT / "static" / "icons" / "names.txt").read_text().split()) == SYMBOLS
