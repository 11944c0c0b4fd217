import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.checks import run_checks
from django.test import RequestFactory

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.ui import navigation
from commsoffice.ui.context import navigation as context
from commsoffice.ui.navigation import Section, staff_links

HERE = "ui:gallery"


def nine(user: User) -> int:
    """A count, found by its dotted path."""
    return 9


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sections that every deployment has, one of them for few."""
    sections = (
        Section("Bitácora", "audit:list", Permission.AUDIT_VIEW, order=20),
        Section("Piezas", HERE, order=10, count="tests.ui.test_navigation.nine"),
        Section("Nada", "nowhere:at-all", order=5),
    )
    monkeypatch.setattr(navigation, "offered", lambda attribute: sorted(sections, key=lambda one: one.order))


@pytest.mark.usefixtures("offer")
def test_sections_are_those_that_the_person_may_open(writer: User) -> None:
    links = staff_links(RequestFactory().get("/mesa/componentes/"), writer)
    assert [(str(link.label), link.url, link.count, link.is_current) for link in links] == [
        ("Piezas", "/mesa/componentes/", 9, True)
    ]


def test_anonymous_people_see_no_section_of_the_desk() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert list(context(request)["nav_sections"]) == []  # type: ignore[call-overload]  # lazy, and a list


@pytest.mark.parametrize(
    ("path", "url", "expected"),
    [
        ("/mesa/agenda/7/", "/mesa/agenda/", True),
        ("/mesa/", "/mesa/agenda/", False),
        ("/comunicados/", "/", False),
        ("/", "/", True),
    ],
)
def test_what_lies_inside_a_section(path: str, url: str, expected: bool) -> None:  # noqa: FBT001  a table
    assert navigation._is_inside(path, url) is expected


@pytest.mark.django_db
def test_the_longest_address_is_the_current_one(writer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(Section("Hoy", "a"), "/mesa/"), (Section("Agenda", "b"), "/mesa/agenda/")]
    monkeypatch.setattr(navigation, "_placed", lambda sections: iter(pairs))
    links = staff_links(RequestFactory().get("/mesa/agenda/7/"), writer)
    assert [link.is_current for link in links] == [False, True]


def test_every_section_of_the_house_leads_somewhere() -> None:
    assert [str(message) for message in run_checks(tags=["urls"])] == []
