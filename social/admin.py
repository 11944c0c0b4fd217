"""Accounts in the plain admin: everything but secrets and state, which have verbs."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.modeladmin import RoleModelAdmin
from social import actions
from social.models import Profile


@admin.register(Profile)
class ProfileAdmin(RoleModelAdmin[Profile]):
    """Which accounts there are and who answers for them."""

    view_permission = Permission.SOCIAL_VIEW
    change_permission = Permission.SOCIAL_MANAGE
    add_permission = Permission.SOCIAL_MANAGE
    list_display = ("key", "network", "name", "state", "owner", "backup", "is_default")
    list_filter = ("network", "state")
    search_fields = ("key", "name")
    fields = (
        *("key", "network", "kind", "name", "external_id", "state", "checked_at", "check_note", "expires_at"),
        *("owner", "backup", "daily_cap", "schedules_natively", "is_default"),
    )
    readonly_fields = ("external_id", "state", "checked_at", "check_note", "expires_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Profile | None = None) -> Any:
        """Its key and network are written once."""
        return (*self.readonly_fields, "key", "network") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Profile, form: ModelForm[Profile], change: bool) -> None:  # noqa: FBT001  Django's
        """Call the verb."""
        actions.save(obj, changed=form.changed_data, by=self.person(request), now=timezone.now())
