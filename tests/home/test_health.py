import pytest
from django.db import connection
from django.test import Client


def test_lives_without_a_database(client: Client) -> None:
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_is_ready_when_the_database_answers(client: Client) -> None:
    assert client.get("/health/ready").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_says_so_when_it_does_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    # A port on which nobody listens: the real driver's real refusal.
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "9")
    answer = client.get("/health/ready")
    monkeypatch.undo()
    connection.close()
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})
