from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings


def test_every_static_file_can_be_hashed(tmp_path: Path, settings: Settings) -> None:
    """A dangling url() or source map would stop a deployment here."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize("forbidden", [" style=", " onclick=", " onload=", "javascript:"])
def test_templates_hold_no_inline_code(forbidden: str, settings: Settings) -> None:
    folder: Path = settings.BASE_DIR / "templates"
    # Mail readers keep only inline styles; mail is no page of the site.
    pages = (path for path in folder.rglob("*.html") if "emails" not in path.parts)
    assert [str(path.relative_to(folder)) for path in pages if forbidden in path.read_text()] == []
