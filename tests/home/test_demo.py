import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from agenda.models import Event
from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.home.demo import loader
from commsoffice.office.queries import local_day, office
from media_contacts.models import Contact, MediaList
from social.models import Profile

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.django_db


def test_the_event_of_the_tour_falls_on_the_day_of_loading() -> None:
    loader.load(now=NOW)
    event = Event.objects.get(key="E13")
    assert (event.title, event.date) == ("Entrega de luminarias colonia El Mirador", local_day(NOW))


def test_everything_of_the_files_is_there() -> None:
    loaded = loader.load(now=NOW)
    assert (loaded.created, loaded.events, loaded.contacts) == (True, 42, 40)
    assert office().municipality == "Valle de Amatista"
    assert Profile.objects.filter(state="connected").count() == 3


def test_loading_again_changes_nothing() -> None:
    loader.load(now=NOW)
    before = (User.objects.count(), Event.objects.count(), Contact.objects.count())
    assert loader.load(now=NOW).created is False
    assert (User.objects.count(), Event.objects.count(), Contact.objects.count()) == before


def test_every_role_has_an_account_that_can_sign_in() -> None:
    loader.load(now=NOW)
    people = dict(loader.accounts())
    assert set(people) == set(Role)
    assert all(user.check_password(loader.PASSWORD) for user in people.values())


def test_a_list_mixes_those_with_an_address_and_those_who_are_called() -> None:
    loader.load(now=NOW)
    contacts = MediaList.objects.get(name="Fuente de obra y servicios").contacts
    assert contacts.exclude(email="").count() == 7
    assert contacts.filter(email="").count() == 1


def test_no_address_leads_out_of_the_example_domains() -> None:
    loader.load(now=NOW)
    addresses = [*User.objects.exclude(is_system=True).values_list("email", flat=True)]
    addresses += Contact.objects.exclude(email="").values_list("email", flat=True)
    assert [a for a in addresses if not a.endswith(".example")] == []


def test_it_refuses_where_the_settings_do_not_allow_it(settings: Settings) -> None:
    settings.DEMO_ALLOWED = False
    with pytest.raises(ImproperlyConfigured):
        loader.load(now=NOW)
    assert Event.objects.count() == 0


def test_production_settings_never_load_it(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "commsoffice.settings.production",
            "DEMO_ALLOWED": "1",
            "DATA_DIR": str(tmp_path),
            "SECRET_KEY": "x" * 60,
            "TOKEN_KEYS": "dGVzdC1vbmx5LW5vdC1hLXNlY3JldC1rZXktMDAwMDE=",
            "SITE_URL": "https://comunicacion.amatista.example",
            "ALLOWED_HOSTS": "comunicacion.amatista.example",
            "DEFAULT_FROM_EMAIL": "comunicacion@amatista.example",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
            "EMAIL_URL": "smtp://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "only under the development settings" in answer.stderr
