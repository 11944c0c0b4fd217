"""Actors and the outside, for every test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.test import Client

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User

pytest_plugins = ["tests.sandbox.fixtures"]

PASSWORD = "amatista-de-prueba-2026"


class Reader(Client):
    """Reads every file that it is given to its end, as a browser does, so that it is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answers: list[HttpResponseBase] = []

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        self._answers.append(answer)
        return answer

    def read_all(self) -> None:
        """Read what was left unread."""
        for answer in self._answers:
            if isinstance(answer, FileResponse):
                for _piece in answer:
                    pass


@pytest.fixture
def client() -> Iterator[Client]:
    """A browser without JavaScript."""
    reader = Reader()
    yield reader
    reader.read_all()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Make a user with roles; the address comes from the first role."""

    def make(*roles: Role, **fields: object) -> User:
        number = User.objects.count()
        name = fields.pop("name", None) or f"{roles[0].label if roles else 'Nobody'} {number}"
        return User.objects.create_user(
            f"{roles[0] if roles else 'nobody'}{number}@amatista.example",
            PASSWORD,
            roles=roles,
            name=name,
            **fields,
        )

    return make


@pytest.fixture
def director(make_user: Callable[..., User]) -> User:
    return make_user(Role.DIRECTOR, name="Itandehui Corrales Vado")


@pytest.fixture
def head_of_press(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_OF_PRESS, name="Nereo Galarza Tut")


@pytest.fixture
def writer(make_user: Callable[..., User]) -> User:
    return make_user(Role.WRITER, name="Xóchitl Landeta Ocaña")


@pytest.fixture
def photographer(make_user: Callable[..., User]) -> User:
    return make_user(Role.PHOTOGRAPHER, name="Efrén Tzompa Villar")


@pytest.fixture
def community_manager(make_user: Callable[..., User]) -> User:
    return make_user(Role.COMMUNITY_MANAGER, name="Yolotzin Ábrego Pla")


@pytest.fixture
def citizen_desk(make_user: Callable[..., User]) -> User:
    return make_user(Role.CITIZEN_DESK, name="Citlali Borja Ume")


@pytest.fixture
def area_liaison(make_user: Callable[..., User]) -> User:
    return make_user(Role.AREA_LIAISON, name="Enlace de Servicios Públicos", area_key="A13")


@pytest.fixture
def monitor(make_user: Callable[..., User]) -> User:
    return make_user(Role.MONITOR, name="Rutilio Sabido Ek")


@pytest.fixture
def designer(make_user: Callable[..., User]) -> User:
    return make_user(Role.DESIGNER, name="Iker Dolores Pineda")


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMINISTRATOR, name="Custodio Manzano Lara")


@pytest.fixture
def intern(make_user: Callable[..., User]) -> User:
    return make_user(Role.INTERN, name="Danaé Ocelotl Reza")


@pytest.fixture
def auditor(make_user: Callable[..., User]) -> User:
    return make_user(Role.AUDITOR, name="Auditoría Interna")
