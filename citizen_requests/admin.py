"""Categories in the plain admin. Requests have their desk, and people are in no admin."""

from django.contrib import admin

from citizen_requests.models import Category
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.modeladmin import RoleModelAdmin


@admin.register(Category)
class CategoryAdmin(RoleModelAdmin[Category]):
    """What requests are about, who answers and how soon."""

    view_permission = Permission.REQUESTS_VIEW
    change_permission = Permission.OFFICE_MANAGE
    add_permission = Permission.OFFICE_MANAGE
    list_display = ("key", "name", "area", "priority", "route_days", "solve_days", "is_restricted", "is_active")
    list_filter = ("area", "priority", "is_restricted", "is_active")
    list_select_related = ("area",)
    search_fields = ("key", "name")
