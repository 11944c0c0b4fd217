"""The page of the audit and the trail on each thing's page."""

import re
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from commsoffice.accounts.models import User
from commsoffice.audit import actions

NOW = datetime(2026, 10, 14, 18, 20, tzinfo=UTC)
URL = "/mesa/bitacora/"


def write(by: User, count: int = 1) -> None:
    for number in range(count):
        actions.record(by, f"accounts.verb{number}", by=by, now=NOW + timedelta(minutes=number), note=f"nota {number}")


def trail(user: User, target: User) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load audit_tags %}{% audit_trail target %}").render(
        Context({"request": request, "target": target})
    )


def test_director_reads_it(client: Client, director: User) -> None:
    write(director)
    client.force_login(director)
    assert "nota 0" in client.get(URL).content.decode()


def test_writer_does_not(client: Client, writer: User) -> None:
    client.force_login(writer)
    assert client.get(URL).status_code == 403


def test_anonymous_signs_in_first(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302


def test_queries_do_not_grow(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    counted = []
    for count in (1, 2):
        write(auditor, count)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_filters(client: Client, auditor: User, director: User) -> None:
    write(auditor, 2)
    write(director)
    client.force_login(auditor)

    def shown(**query: str) -> int:
        return len(client.get(URL, query).context["page"].rows)

    assert (shown(), shown(actor=str(director.pk)), shown(thing="Corrales"), shown(day="2026-10-14")) == (3, 1, 1, 3)
    assert (shown(day="2026-10-13"), shown(target=f"accounts.user:{auditor.pk}")) == (0, 2)


def test_pages_by_what_was_seen_last(client: Client, auditor: User) -> None:
    write(auditor, 60)
    client.force_login(auditor)
    first = client.get(URL).context["page"]
    second = client.get(f"{URL}?{first.more}").context["page"]
    assert (len(first.rows), len(second.rows), second.more) == (50, 10, "")


def test_torn_cursor_is_a_bad_request(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    assert client.get(URL, {"desde": "x|y"}).status_code == 400


def test_trail_shows_only_to_whom_may_read(director: User, writer: User) -> None:
    write(director)
    assert ("nota 0" in trail(director, director), trail(writer, director).strip()) == (True, "")


def test_filter_tells_verbs_with_the_same_words_apart(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    html = client.get(URL).content.decode()
    labels = re.findall(r'<option value="\w+\.\w+">([^<]+)</option>', html)
    assert len(labels) == len(set(labels)) > 0
