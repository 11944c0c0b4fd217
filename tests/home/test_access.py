"""Every address, as nobody and as each role, against the written matrix in ``access.csv``."""

import csv
from collections.abc import Iterator
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from commsoffice.accounts.enums import Role
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from tests.conftest import PASSWORD
from tests.home.world import World, build_world

MATRIX = Path(__file__).parent / "access.csv"
COLUMNS = ["anonymous", *Role.values]
ENTRANCE = "/cuenta/entrar/"

_CLOSED = {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}

pytestmark = pytest.mark.django_db


def addresses() -> Iterator[tuple[str, str]]:
    """Walk the resolver: (name, route) of every address with a name; the admin's nameless ones only redirect."""

    def walk(patterns: list[URLPattern | URLResolver], route: str, names: str) -> Iterator[tuple[str, str]]:
        for entry in patterns:
            path = route + str(entry.pattern)
            if isinstance(entry, URLResolver):
                namespace = f"{names}{entry.namespace}:" if entry.namespace else names
                yield from walk(entry.url_patterns, path, namespace)
            elif entry.name == "app_list":
                # A regular expression: one address for each app.
                for app in ("accounts", "office", "citizen_requests", "pressreleases", "social"):
                    yield f"{names}app_list {app}", f"{route}{app}/"
            elif entry.name:
                yield f"{names}{entry.name}", path

    yield from walk(get_resolver().url_patterns, "/", "")


def paths(world: World) -> dict[str, str]:
    return {name: world.path(name, route) for name, route in addresses()} | world.more()


def matrix() -> dict[str, dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row["address"]: row for row in csv.DictReader(file)}


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_every_address_has_a_row_and_every_row_an_address(world: World) -> None:
    assert set(paths(world)) == set(matrix())


def answer(client: Client, path: str) -> str:
    """Say what a person gets: in, away (to another page), out (to the entrance), no (forbidden), none (not found).

    A verb that takes only a POST gets an empty one, which is undone.
    """
    response = client.get(path)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        with transaction.atomic():
            response = client.post(path)
            transaction.set_rollback(True)
        if response.status_code == HTTPStatus.FOUND and ENTRANCE not in response["Location"]:
            refused = str(NotAllowed()) in [str(message) for message in get_messages(response.wsgi_request)]
            return "no" if refused else "in"
    if response.status_code == HTTPStatus.FOUND:
        if response["Location"].startswith("/admin/login/"):
            return answer(client, response["Location"])
        return "out" if ENTRANCE in response["Location"] else "away"
    if response.status_code == HTTPStatus.FORBIDDEN:
        return "no"
    if response.status_code == HTTPStatus.NOT_FOUND:
        return "none"
    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (path, response.status_code)
    if response.streaming:
        # Read to its end, it closes its file.
        b"".join(response)
    return "in"


def refuses(client: Client, path: str) -> bool:
    """Whether an empty form at this address is refused, by its page or in words; it is undone."""
    with transaction.atomic():
        response = client.post(path)
        transaction.set_rollback(True)
    words = [str(message) for message in get_messages(response.wsgi_request)]
    is_sent_away = response.headers.get("Location", "").startswith("/admin/login/")
    return response.status_code in _CLOSED or is_sent_away or str(NotAllowed()) in words


def answers(user: User | None, paths: dict[str, str]) -> dict[str, str]:
    """Open everything as this person, who stays signed in: one of the addresses signs out."""
    client = Client()
    if user is not None:
        client.force_login(user)
    signed_in = client.cookies.output(header="", sep=";")
    found = {}
    for name, path in paths.items():
        client.cookies = SimpleCookie(signed_in)
        found[name] = answer(client, path)
        if found[name] == "no" and not refuses(client, path):
            # Whom a page is closed to, its form is closed to as well.
            found[name] = "no, but its form is taken"
    return found


@pytest.mark.parametrize("column", COLUMNS)
def test_who_may_open_what(column: str, world: World) -> None:
    user = None
    if column != "anonymous":
        user = User.objects.create_user(
            f"{column}@matriz.example", PASSWORD, roles=[column], name=f"Persona {column}", area_key="A13"
        )
    assert answers(user, paths(world)) == {name: row[column] for name, row in matrix().items()}
