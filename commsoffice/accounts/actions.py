"""Making accounts, giving roles, setting passwords, closing accounts."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.permissions import may_manage_people
from commsoffice.accounts.roles import PERMISSIONS, permissions_of
from commsoffice.accounts.signals import done

# What `edit_person` may change. Roles, password and being active have verbs of their own.
EDITABLE = ("email", "name", "post", "phone", "area_key")


class AddressTaken(ActionRefused):
    """Two people can't sign in with one address."""

    default = _("Another person already signs in with this address.")


class LastAdministrator(ActionRefused):
    """Somebody must be able to manage people."""

    default = _("Nobody would be left who can manage people. Give the role to somebody else first.")


def create_person(
    *, email: str, name: str, roles: Collection[str], password: str, by: User, now: datetime, **fields: str
) -> User:
    """Make an account. ``fields``: post, phone, area_key. The form has judged the password."""
    with transaction.atomic():
        if not may_manage_people(by):
            raise NotAllowed
        _keep_address_free(email)
        person = User.objects.create_user(email, password, name=name, roles=_known(roles), **fields)
        _tell(person, "create_person", by, now, {"roles": [[], person.roles]})
    return person


def edit_person(person: User, *, data: Mapping[str, Any], by: User, now: datetime) -> User:
    """Change name, address, post, telephone or area; ``data`` may hold more and only these count."""
    with transaction.atomic():
        row = _locked(person, by)
        changed = [field for field in EDITABLE if field in data and getattr(row, field) != data[field]]
        if "email" in changed:
            _keep_address_free(data["email"], but=row)
        for field in changed:
            setattr(row, field, data[field].lower() if field == "email" else data[field])
        if changed:
            row.save(update_fields=changed)
            # Which fields, not what stood in them: the audit holds no personal data.
            _tell(row, "edit_person", by, now, {"fields": [[], changed]})
    return row


def set_roles(person: User, *, roles: Collection[str], by: User, now: datetime) -> User:
    """Give these roles and no others."""
    with transaction.atomic():
        _lock_administrators()
        row = _locked(person, by)
        before, after = list(row.roles), _known(roles)
        if before != after:
            if Permission.PEOPLE_MANAGE not in permissions_of(after):
                _keep_an_administrator(row)
            row.roles = after
            row.save(update_fields=["roles"])
            _tell(row, "set_roles", by, now, {"roles": [before, after]})
    return row


def set_password(person: User, *, password: str, by: User, now: datetime) -> User:
    """Set a new password, which signs the person out everywhere. The form has judged it."""
    with transaction.atomic():
        row = _locked(person, by)
        row.set_password(password)
        row.save(update_fields=["password"])
        _tell(row, "set_password", by, now, {})
    return row


def deactivate(person: User, *, by: User, now: datetime) -> User:
    """Close the account: nobody signs in with it any more, and all that it did stays."""
    with transaction.atomic():
        _lock_administrators()
        row = _locked(person, by)
        if row.is_active:
            _keep_an_administrator(row)
            row.is_active = False
            row.save(update_fields=["is_active"])
            _tell(row, "deactivate", by, now, {"is_active": [True, False]})
    return row


def reactivate(person: User, *, by: User, now: datetime) -> User:
    """Open the account again."""
    with transaction.atomic():
        row = _locked(person, by)
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            _tell(row, "reactivate", by, now, {"is_active": [False, True]})
    return row


def _locked(person: User, by: User) -> User:
    row = User.objects.select_for_update().get(pk=person.pk)
    # Nobody changes the system user: it can't sign in, and everything of the workers is in its name.
    if not may_manage_people(by) or row.is_system:
        raise NotAllowed
    return row


def _known(roles: Collection[str]) -> list[str]:
    """The roles in the order of the page of roles, each once. Raises ValueError for one that isn't there."""
    wanted = {Role(role) for role in roles}
    return [role.value for role in Role if role in wanted]


def _keep_address_free(email: str, but: User | None = None) -> None:
    taken = User.objects.filter(email__iexact=email)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise AddressTaken


def _keep_an_administrator(leaving: User) -> None:
    if not _administrators().exclude(pk=leaving.pk).exists():
        raise LastAdministrator


def _lock_administrators() -> None:
    # Two of them can't remove each other at the same moment. All in one order and before anybody else, so that the
    # second waits for the first instead of both waiting for each other.
    list(_administrators().select_for_update().order_by("pk"))


def _administrators() -> QuerySet[User]:
    roles = [role for role, held in PERMISSIONS.items() if Permission.PEOPLE_MANAGE in held]
    return User.objects.filter(is_active=True, is_system=False, roles__overlap=roles)


def _tell(person: User, verb: str, by: User, now: datetime, changes: dict[str, Any]) -> None:
    done.send(User, target=person, verb=f"accounts.{verb}", by=by, now=now, changes=changes)
