from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from commsoffice.ui import dates
from commsoffice.ui.states import StateKind
from commsoffice.ui.timeline import TimelineEntry

# 11:00 in Mexico City.
MOMENT = datetime(2026, 10, 14, 17, 0, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load co %}" + source).render(Context(context))


def test_state_is_colour_icon_and_word() -> None:
    assert draw('{% state "done" "Confirmado" %}') == (
        '<span class="co-state is-done"><svg class="bi" aria-hidden="true">'
        '<use href="/static/icons/sprite.svg#i-check-circle-fill"></use></svg>Confirmado</span>'
    )


def test_bare_state_has_no_wash() -> None:
    assert 'class="co-state is-late co-state--bare"' in draw('{% state "late" "Falló" bare=True %}')


def test_state_escapes_its_word() -> None:
    assert "&lt;b&gt;" in draw('{% state "done" word %}', word="<b>")


def test_state_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="green"):
        draw('{% state "green" "Confirmado" %}')


def test_level_says_what_the_letter_is() -> None:
    assert draw('{% level "a" %}').startswith(
        '<span class="co-level co-level--a">A</span><span class="visually-hidden">'
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Itandehui Corrales Vado", "IC"), ("Xóchitl", "X"), ("", "·"), ("yolotzin ábrego", "YÁ")],
)
def test_initials(name: str, expected: str) -> None:
    assert draw("{{ name|initials }}", name=name) == expected


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("es-mx", "{{ at|long_date }}", "miércoles 14 de octubre"),
        ("es-mx", '{{ at|long_date:"year" }}', "miércoles 14 de octubre de 2026"),
        ("es-mx", "{{ at|long_datetime }}", "miércoles 14 de octubre, 11:00 h"),
        ("es-mx", "{{ at|short_date }}", "mié 14"),
        ("es-mx", "{{ at|short_datetime }}", "mié 14, 11:00"),
        ("es-mx", "{{ at|clock }}", "11:00 h"),
        ("en", "{{ at|long_date }}", "Wednesday 14 October"),
        ("en", "{{ at|short_datetime }}", "Wed 14, 11:00"),
    ],
)
@time_machine.travel(MOMENT, tick=False)
def test_dates_are_local_and_speak_the_language(language: str, source: str, expected: str) -> None:
    with translation.override(language):
        assert draw(source, at=MOMENT) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 10, 1), "Thu 1"), (date(2026, 8, 1), "Sat 1 aug"), (date(2025, 10, 14), "14 oct 2025")],
)
@time_machine.travel(MOMENT, tick=False)
def test_short_date_says_as_much_as_the_distance_needs(day: date, expected: str) -> None:
    with translation.override("en"):
        assert dates.short_date(day) == expected


def test_a_plain_date_keeps_its_day() -> None:
    with translation.override("en"):
        assert dates.long_date(date(2026, 10, 14)) == "Wednesday 14 October"


def test_clock_of_a_time() -> None:
    with translation.override("en"):
        assert dates.clock(time(9, 30)) == "09:30"


def test_nothing_is_drawn_as_nothing() -> None:
    assert draw("{{ at|long_datetime }}{{ at|short_date }}{{ at|clock }}{% time_tag at %}", at=None) == ""


def test_time_tag_carries_the_machine_value() -> None:
    with translation.override("en"):
        assert draw('{% time_tag at "clock" %}', at=MOMENT) == '<time datetime="2026-10-14T11:00:00-06:00">11:00</time>'


def test_timeline_colours_by_kind_and_fills_the_current() -> None:
    entry = TimelineEntry(MOMENT, "autorizó", who="Itandehui", kind=StateKind.DONE, current=True)
    drawn = draw("{% timeline entries %}", entries=[entry])
    assert '<li class="is-done is-current">' in drawn
    assert "<b>Itandehui</b> autorizó" in drawn


@pytest.mark.parametrize(
    ("address", "href", "sort"),
    [
        ("/?area=3&page=2", "?area=3&amp;orden=folio", None),
        ("/?orden=folio", "?orden=-folio", "ascending"),
        ("/?orden=-folio", "?orden=folio", "descending"),
    ],
)
def test_sort_header_keeps_the_filters_and_turns_round(address: str, href: str, sort: str | None) -> None:
    drawn = draw('{% sort_header "folio" "Folio" %}', request=RequestFactory().get(address))
    assert f'href="{href}"' in drawn
    assert (f'aria-sort="{sort}"' in drawn) == (sort is not None)
