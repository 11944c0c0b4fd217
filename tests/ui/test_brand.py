import pytest
from django.test import Client
from django.urls import reverse

from commsoffice.office.queries import office
from commsoffice.ui import brand

BRANDS = [
    "#ffffff",
    "#000000",
    "#fff59d",
    "#ff6d00",
    "#e53935",
    "#8e24aa",
    "#3949ab",
    "#039be5",
    "#00897b",
    "#7cb342",
    "#6d4c41",
    "#0f5560",
]


@pytest.mark.parametrize("color", BRANDS)
def test_text_in_the_accent_is_legible_on_both_papers(color: str) -> None:
    on_light, on_dark = brand.light(color), brand.dark(color)
    worst = min(
        brand.contrast(on_light.accent, "#f6f3ec"),
        brand.contrast(on_light.accent, on_light.wash),
        brand.contrast(on_light.strong, "#f6f3ec"),
        brand.contrast(on_dark.accent, "#161411"),
        brand.contrast(on_dark.accent, on_dark.wash),
    )
    assert worst >= 4.5


@pytest.mark.parametrize("color", BRANDS)
def test_buttons_in_the_accent_are_legible(color: str) -> None:
    on_light, on_dark = brand.light(color), brand.dark(color)
    assert brand.contrast(on_light.accent, on_light.ink) >= 4.5
    assert brand.contrast(on_dark.accent, on_dark.ink) >= 4.5


def test_a_dark_brand_stays_itself_on_light_paper() -> None:
    assert brand.light("#0f5560").accent == "#0f5560"


def test_contrast_of_black_and_white() -> None:
    assert round(brand.contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("color", ["red", "#fff", "#0f5560;}body{display:none", ""])
def test_what_is_no_colour_is_never_written(color: str) -> None:
    assert brand.stylesheet(color) == brand.stylesheet(brand.DEFAULT)


@pytest.mark.django_db
def test_the_stylesheet_follows_the_office(client: Client) -> None:
    profile = office()
    profile.brand_color = "#8e24aa"
    profile.save()
    answer = client.get(reverse("office:brand"))
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert ":root{--co-brand:#8e24aa;" in answer.content.decode()


@pytest.mark.django_db
def test_the_stylesheet_is_kept_by_version(client: Client) -> None:
    version = brand.version(office().brand_color)
    named = client.get(reverse("office:brand"), {"v": version})
    assert named["Cache-Control"] == "public, max-age=31536000, immutable"
    old = client.get(reverse("office:brand"), {"v": "other"})
    assert old["Cache-Control"] == "public, max-age=600"
    again = client.get(reverse("office:brand"), headers={"if-none-match": named["ETag"]})
    assert again.status_code == 304
