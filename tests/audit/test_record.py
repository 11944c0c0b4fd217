"""The record is append-only, whoever asks."""

from datetime import UTC, datetime

import pytest
from django.db import InternalError, transaction

from commsoffice.accounts.models import User
from commsoffice.audit import actions
from commsoffice.audit.models import Entry
from commsoffice.audit.queries import entries_about

NOW = datetime(2026, 10, 14, 18, 20, tzinfo=UTC)


@pytest.fixture
def entry(director: User) -> Entry:
    return actions.record(
        director, "accounts.set_roles", by=director, now=NOW, note="porque sí", changes={"roles": [[], ["writer"]]}
    )


def test_says_who_what_when(entry: Entry, director: User) -> None:
    assert [(e.actor_name, e.verb, e.at, e.target_label) for e in entries_about(director)] == [
        ("Itandehui Corrales Vado", "accounts.set_roles", NOW, "Itandehui Corrales Vado")
    ]


def test_trigger_refuses_change(entry: Entry) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(note="otra cosa")


def test_trigger_refuses_deletion(entry: Entry) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()


def test_name_stays_when_the_person_is_renamed(entry: Entry, director: User) -> None:
    director.name = "Otra Persona"
    director.save()
    assert Entry.objects.get().actor_name == "Itandehui Corrales Vado"
