import pytest
from django.test import Client

from commsoffice.accounts.models import User
from tests.conftest import PASSWORD
from tests.ui.conftest import Visit

DOOR = "/cuenta/entrar/"


def test_a_person_signs_in_with_the_address(client: Client, writer: User) -> None:
    answer = client.post(
        f"{DOOR}?next=/mesa/componentes/", {"login": writer.email, "password": PASSWORD, "next": "/mesa/componentes/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/mesa/componentes/")


def test_a_wrong_password_keeps_the_address_and_says_so(client: Client, writer: User) -> None:
    answer = client.post(DOOR, {"login": writer.email, "password": "otra"})
    html = answer.content.decode()
    assert writer.email in html
    assert 'class="alert alert-danger" role="alert"' in html


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    assert "signup" not in client.get(DOOR).content.decode()


def test_signing_out_takes_a_post(client: Client, writer: User) -> None:
    client.force_login(writer)
    client.post("/cuenta/salir/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [DOOR, "/cuenta/contrasena/olvidada/", "/cuenta/contrasena/olvidada/enviada/", "/cuenta/contrasena/nueva/x-y/"],
)
def test_the_pages_of_the_door_are_ours(client: Client, path: str) -> None:
    assert 'class="co-door"' in client.get(path).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_the_pages_around_the_desk_are_accessible(visit: Visit) -> None:
    for path in ("/admin/", "/mesa/no-existe/", "/cuenta/contrasena/"):
        visit.open(path, width=360)
        policy = [text for text in visit.complaints if "Content Security Policy" in text]
        assert (path, visit.violations(), visit.sideways(), policy) == (path, [], 0, [])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_door_is_accessible(visit: Visit) -> None:
    visit.page.context.clear_cookies()
    for width in (360, 1440):
        visit.open(DOOR, width=width)
        assert (width, visit.violations(), visit.sideways(), visit.complaints) == (width, [], 0, [])
