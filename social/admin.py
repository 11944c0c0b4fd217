"""Accounts in the plain admin: everything but secrets and state, which have verbs."""

from django.contrib import admin

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.modeladmin import RoleModelAdmin
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
    fields = ("key", "network", "kind", "name", "external_id", "state", "owner", "backup", "daily_cap", "is_default")
    readonly_fields = ("external_id", "state")
