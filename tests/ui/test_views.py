import pytest
from django.contrib.messages import get_messages
from django.test import Client

from commsoffice.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.urls")]


def test_an_anonymous_person_signs_in_and_comes_back(client: Client) -> None:
    answer = client.get("/mesa/aprobar/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/cuenta/entrar/?next=/mesa/aprobar/%3Fa%3D1")


def test_a_text_that_saves_itself_is_not_carried_away_when_the_session_ends(client: Client) -> None:
    answer = client.post("/mesa/comunicados/1/editar/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (409, None)
    assert "Su sesión terminó" in answer.content.decode()


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client: Client) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/mesa/lista/?q=1"}
    answer = client.get("/mesa/aprobar/", headers=headers)
    assert answer["HX-Redirect"] == "/cuenta/entrar/?next=/mesa/lista/"


def test_who_holds_the_permission_goes_in(client: Client, director: User) -> None:
    client.force_login(director)
    assert client.get("/mesa/aprobar/").content.decode() == "Itandehui Corrales Vado"


def test_who_does_not_hold_it_reads_whom_to_ask(client: Client, writer: User) -> None:
    client.force_login(writer)
    answer = client.get("/mesa/aprobar/")
    assert answer.status_code == 403
    assert str(director_label()) in answer.content.decode()


def director_label() -> str:
    from commsoffice.accounts.enums import Role

    return str(Role.DIRECTOR.label)


def test_a_class_asks_for_its_permission_too(client: Client, writer: User, citizen_desk: User) -> None:
    client.force_login(writer)
    assert client.get("/mesa/lista/").status_code == 200
    client.force_login(citizen_desk)
    assert client.get("/mesa/lista/").status_code == 403


def test_a_refused_post_tells_why_on_the_page_it_came_from(client: Client, writer: User) -> None:
    client.force_login(writer)
    answer = client.post("/mesa/verbo/?refuse=wrong", headers={"referer": "http://testserver/mesa/lista/"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/mesa/lista/")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Ya salió."]


def test_a_refused_htmx_post_shows_the_message_alone(client: Client, writer: User) -> None:
    client.force_login(writer)
    answer = client.post("/mesa/verbo/?refuse=wrong", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (409, "#messages", "outerHTML")
    assert "Ya salió." in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_refused_reading_is_a_page(client: Client, writer: User) -> None:
    client.force_login(writer)
    assert client.get("/mesa/verbo/?refuse=not").status_code == 403
    wrong = client.get("/mesa/verbo/?refuse=wrong")
    assert wrong.status_code == 409
    assert "Ya salió." in wrong.content.decode()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("/mesa/lista/?q=1", "/mesa/lista/?q=1"),
        ("https://otro.example/", "/mesa/hecho/"),
        ("//otro.example/", "/mesa/hecho/"),
        ("javascript:alert(1)", "/mesa/hecho/"),
        ("", "/mesa/hecho/"),
    ],
)
def test_back_obeys_next_only_within_the_house(client: Client, writer: User, asked: str, expected: str) -> None:
    client.force_login(writer)
    assert client.post("/mesa/verbo/", {"next": asked})["Location"] == expected


def test_a_page_that_is_not_there_is_ours(client: Client, writer: User) -> None:
    client.force_login(writer)
    answer = client.get("/mesa/no-existe/")
    assert answer.status_code == 404
    assert 'class="co-errorpage"' in answer.content.decode()


def test_pages_forbid_inline_code(client: Client, writer: User) -> None:
    client.force_login(writer)
    policy = client.get("/mesa/no-existe/")["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_what_was_typed_outlives_the_session(client: Client) -> None:
    answer = client.post(
        "/mesa/aprobar/",
        {"title": "Entrega de aparatos auditivos", "description": "<p>Uno.</p><p>Dos y tres.</p>", "level": "A"},
    )
    assert answer.status_code == 401
    assert answer.context["typed"] == ["Entrega de aparatos auditivos", "Uno.\nDos y tres."]


def test_a_button_without_words_goes_to_sign_in(client: Client) -> None:
    answer = client.post("/mesa/aprobar/", {"level": "A"})
    assert answer["Location"] == "/cuenta/entrar/?next=/mesa/"
