"""The pages of the office's own data."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.office.models import Area, NonWorkingDay, Office
from commsoffice.office.queries import office

PAGES = [reverse(f"admin:office_{name}_changelist") for name in ("area", "locality", "nonworkingday")]


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def profile(**changes: str) -> dict[str, str]:
    names = [field.name for field in Office._meta.fields if field.name not in {"id", "updated_at"}]
    return {**{name: str(getattr(office(), name)) for name in names}, **changes}


@pytest.mark.parametrize("url", PAGES)
def test_administrator_opens_them(desk: Client, url: str) -> None:
    assert desk.get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_others_do_not(client: Client, head_of_press: User, url: str) -> None:
    client.force_login(head_of_press)
    assert client.get(url).status_code == 302


def test_list_leads_to_the_one_office(desk: Client) -> None:
    assert desk.get(reverse("admin:office_office_changelist"))["Location"] == reverse(
        "admin:office_office_change", args=[1]
    )


def test_profile_is_saved_and_recorded(desk: Client) -> None:
    desk.post(reverse("admin:office_office_change", args=[1]), profile(municipality="Valle de Amatista"))
    assert office().municipality == "Valle de Amatista"
    assert Entry.objects.get().changes == {"fields": [[], ["municipality"]]}


@pytest.mark.parametrize("change", [{"time_zone": "Mars/Olympus"}, {"brand_color": "red;}"}])
def test_nonsense_is_refused(desk: Client, change: dict[str, str]) -> None:
    answer = desk.post(reverse("admin:office_office_change", args=[1]), profile(**change))
    assert list(answer.context["adminform"].form.errors) == list(change)


def test_there_is_no_second_office(desk: Client) -> None:
    assert desk.get(reverse("admin:office_office_add")).status_code == 403


def test_area_is_added_and_stays(desk: Client) -> None:
    desk.post(reverse("admin:office_area_add"), {"key": "A99", "name": "Archivo", "kind": "department"})
    area = Area.objects.get(key="A99")
    assert desk.post(reverse("admin:office_area_delete", args=[area.pk]), {"post": "yes"}).status_code == 403


def test_day_is_added_and_removed(desk: Client) -> None:
    desk.post(reverse("admin:office_nonworkingday_add"), {"day": "2026-11-16", "reason": "Revolución"})
    day = NonWorkingDay.objects.get(day=date(2026, 11, 16))
    desk.post(reverse("admin:office_nonworkingday_delete", args=[day.pk]), {"post": "yes"})
    assert not NonWorkingDay.objects.exists()
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == ["office.save", "office.remove"]
