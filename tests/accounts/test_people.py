"""People: the verbs, the record of each, and the pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from commsoffice.accounts import actions
from commsoffice.accounts.actions import AddressTaken, LastAdministrator
from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.accounts.roles import PERMISSIONS
from commsoffice.audit.queries import entries_about

NOW = datetime(2026, 10, 14, 18, 20, tzinfo=UTC)
PASSWORD = "una-clave-larga-2026"


def create(by: User, **changes: object) -> User:
    given: dict[str, object] = {
        "email": "nueva@amatista.example",
        "name": "Nueva Persona",
        "roles": ["writer"],
        "password": PASSWORD,
        "by": by,
        "now": NOW,
    }
    return actions.create_person(**{**given, **changes})  # type: ignore[arg-type]  # the names are the verb's own


def verbs_about(person: User) -> list[str]:
    return list(entries_about(person).order_by("pk").values_list("verb", flat=True))


def test_create(administrator: User) -> None:
    made = create(administrator)
    assert (made.roles, made.check_password(PASSWORD), verbs_about(made)) == (
        ["writer"],
        True,
        ["accounts.create_person"],
    )


def test_address_is_taken_whatever_its_capitals(administrator: User, writer: User) -> None:
    with pytest.raises(AddressTaken):
        create(administrator, email=writer.email.upper())


def test_database_keeps_addresses_apart_too(writer: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=writer.email.upper(), name="Otra")


VERBS: list[Callable[[User, User], object]] = [
    lambda person, by: actions.edit_person(person, data={"name": "Otro Nombre"}, by=by, now=NOW),
    lambda person, by: actions.set_roles(person, roles=["monitor"], by=by, now=NOW),
    lambda person, by: actions.set_password(person, password=PASSWORD, by=by, now=NOW),
    lambda person, by: actions.deactivate(person, by=by, now=NOW),
]


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_recorded(verb: Callable[[User, User], object], administrator: User, writer: User) -> None:
    verb(writer, administrator)
    assert len(verbs_about(writer)) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_only_who_manages_people(verb: Callable[[User, User], object], director: User, writer: User) -> None:
    with pytest.raises(NotAllowed):
        verb(writer, director)


@pytest.mark.parametrize("verb", VERBS)
def test_system_user_is_nobodys_business(verb: Callable[[User, User], object], administrator: User) -> None:
    with pytest.raises(NotAllowed):
        verb(system_user(), administrator)


def test_what_changes_nothing_is_not_recorded(administrator: User, writer: User) -> None:
    actions.edit_person(writer, data={"name": writer.name}, by=administrator, now=NOW)
    actions.set_roles(writer, roles=["writer"], by=administrator, now=NOW)
    actions.reactivate(writer, by=administrator, now=NOW)
    assert verbs_about(writer) == []


def test_record_holds_no_personal_data(administrator: User, writer: User) -> None:
    actions.edit_person(writer, data={"phone": "000 000 0199"}, by=administrator, now=NOW)
    assert entries_about(writer).get().changes == {"fields": [[], ["phone"]]}


def test_closed_account_may_do_nothing(administrator: User, writer: User) -> None:
    closed = actions.deactivate(writer, by=administrator, now=NOW)
    assert not User.objects.get(pk=closed.pk).may(Permission.RELEASES_DRAFT)


def test_last_administrator_stays(administrator: User) -> None:
    with pytest.raises(LastAdministrator):
        actions.deactivate(administrator, by=administrator, now=NOW)
    with pytest.raises(LastAdministrator):
        actions.set_roles(administrator, roles=["writer"], by=administrator, now=NOW)


def test_one_of_two_administrators_may_go(administrator: User, make_user: Callable[..., User]) -> None:
    make_user(Role.ADMINISTRATOR)
    assert not actions.deactivate(administrator, by=administrator, now=NOW).is_active


def test_unknown_role_is_an_error(administrator: User, writer: User) -> None:
    with pytest.raises(ValueError, match="not a valid Role"):
        actions.set_roles(writer, roles=["king"], by=administrator, now=NOW)


def test_every_role_is_on_the_page() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_intern_never_submits_nor_approves(intern: User) -> None:
    assert not any(intern.may(p) for p in (Permission.RELEASES_SUBMIT, Permission.RELEASES_APPROVE))


# --- Pages ------------------------------------------------------------------------------------------

LIST = reverse("admin:accounts_user_changelist")


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def form_of(person: User, **changes: object) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "post": person.post,
        "phone": person.phone,
        "roles": person.roles,
        "area_key": person.area_key,
        "is_active": "on",
        **changes,
    }


def change(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def test_pages_are_for_the_administrator(client: Client, director: User) -> None:
    client.force_login(director)
    assert client.get(LIST).status_code == 403


def test_list_leaves_the_system_user_out(desk: Client) -> None:
    assert system_user() not in desk.get(LIST).context["cl"].result_list


def test_list_costs_the_same_however_many(desk: Client, make_user: Callable[..., User]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for count in (1, 2):
        for _ in range(count):
            make_user(Role.WRITER)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_filter_by_role(desk: Client, writer: User) -> None:
    assert list(desk.get(LIST, {"rol": "writer"}).context["cl"].result_list) == [writer]


def test_create_on_the_page(desk: Client) -> None:
    desk.post(
        reverse("admin:accounts_user_add"),
        {
            "name": "Nueva Persona",
            "email": "nueva@amatista.example",
            "roles": ["writer", "monitor"],
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    made = User.objects.get(email="nueva@amatista.example")
    assert (made.roles, verbs_about(made)) == (["writer", "monitor"], ["accounts.create_person"])
    assert Client().login(email=made.email, password=PASSWORD)


def test_weak_password_is_told_beside_the_field(desk: Client) -> None:
    answer = desk.post(
        reverse("admin:accounts_user_add"),
        {"name": "N", "email": "nueva@amatista.example", "password1": "corta", "password2": "corta"},
    )
    assert "password2" in answer.context["adminform"].form.errors
    assert not User.objects.filter(email="nueva@amatista.example").exists()


def test_roles_are_checkboxes_and_change(desk: Client, writer: User) -> None:
    assert desk.get(change(writer)).content.decode().count('type="checkbox" name="roles"') == len(Role)
    desk.post(change(writer), form_of(writer, roles=["photographer"]))
    writer.refresh_from_db()
    assert (writer.roles, verbs_about(writer)) == (["photographer"], ["accounts.set_roles"])


def test_close_on_the_page(desk: Client, writer: User) -> None:
    data = form_of(writer)
    del data["is_active"]
    desk.post(change(writer), data)
    writer.refresh_from_db()
    assert not writer.is_active


def test_refusal_is_told_and_nothing_changes(desk: Client, administrator: User) -> None:
    answer = desk.post(change(administrator), form_of(administrator, roles=["writer"], name="Otro"), follow=True)
    administrator.refresh_from_db()
    assert (administrator.roles, administrator.name) == (["administrator"], "Custodio Manzano Lara")
    assert "alert-danger" in answer.content.decode()


def test_new_password_on_the_page(desk: Client, writer: User) -> None:
    desk.post(reverse("admin:accounts_user_password", args=[writer.pk]), {"password1": PASSWORD, "password2": PASSWORD})
    writer.refresh_from_db()
    assert (writer.check_password(PASSWORD), verbs_about(writer)) == (True, ["accounts.set_password"])


def test_password_page_is_for_the_administrator(client: Client, director: User, writer: User) -> None:
    client.force_login(director)
    assert client.get(reverse("admin:accounts_user_password", args=[writer.pk])).status_code in {403, 404}


def test_nobody_is_deleted(desk: Client, writer: User) -> None:
    assert desk.post(reverse("admin:accounts_user_delete", args=[writer.pk]), {"post": "yes"}).status_code == 403


def test_ones_own_new_password_is_recorded(client: Client, writer: User) -> None:
    writer.set_password(PASSWORD)
    writer.save()
    client.force_login(writer)
    new = "otra-clave-larga-2026"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    writer.refresh_from_db()
    entry = entries_about(writer).get()
    assert (writer.check_password(new), entry.verb, entry.actor) == (True, "accounts.set_password", writer)


def test_a_password_reset_by_letter_is_recorded(client: Client, writer: User) -> None:
    client.post(reverse("account_reset_password"), {"email": writer.email})
    link = re.search(r"/cuenta/contrasena/nueva/\S+", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[0], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    writer.refresh_from_db()
    entry = entries_about(writer).get()
    assert (writer.check_password(PASSWORD), entry.verb, entry.actor) == (True, "accounts.reset_password", writer)


@pytest.mark.parametrize("page", ["admin:password_change", "admin:password_change_done"])
def test_the_admin_has_no_password_page_of_its_own(client: Client, director: User, page: str) -> None:
    client.force_login(director)
    assert client.post(reverse(page), {"old_password": "x"}).headers["Location"] == reverse("account_change_password")
