"""Categories in the plain admin. Requests have their desk, and people are in no admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from citizen_requests import actions
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

    def save_model(self, request: HttpRequest, obj: Category, form: ModelForm[Category], change: bool) -> None:  # noqa: FBT001  Django's
        """Call the verb."""
        actions.save_category(obj, changed=form.changed_data, by=self.person(request), now=timezone.now())
