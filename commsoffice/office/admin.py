"""The office's own data: a door to the verbs."""

from typing import Any, ClassVar, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.modeladmin import RoleModelAdmin
from commsoffice.office import actions
from commsoffice.office.models import Area, Locality, NonWorkingDay, Office

_Thing = TypeVar("_Thing", Office, Area, Locality, NonWorkingDay)


class _Kept(RoleModelAdmin[_Thing]):
    """Saves by the verb."""

    view_permission = Permission.OFFICE_MANAGE
    change_permission = Permission.OFFICE_MANAGE
    add_permission: ClassVar[Permission | None] = Permission.OFFICE_MANAGE

    def save_model(self, request: HttpRequest, obj: _Thing, form: ModelForm[_Thing], change: bool) -> None:  # noqa: FBT001  Django's
        actions.save(obj, changed=form.changed_data, by=self.person(request), now=timezone.now())


class OfficeForm(forms.ModelForm[Office]):
    """The profile. Only zones that exist may be chosen."""

    time_zone = forms.ChoiceField(choices=lambda: [(name, name) for name in sorted(available_timezones())])

    class Meta:
        model = Office
        exclude = ("updated_at",)  # noqa: DJ006  it is a stamp; all the rest is the profile
        widgets = {"brand_color": forms.TextInput({"type": "color"})}
        help_texts = {
            "tracks_opens": _(
                "Puts a picture of one point into each mail; when it is fetched, the first time is written down, and "
                "nothing else. When a journalist opens a mail is a personal datum: say so in the privacy notice. "
                "Switched off, nothing is written down, not even for mails already sent."
            )
        }


@admin.register(Office)
class OfficeAdmin(_Kept[Office]):
    """There is one, and it is neither added nor deleted."""

    add_permission = None
    form = OfficeForm

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Go straight to the one office."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:office_office_change", args=[1]))


@admin.register(Area)
class AreaAdmin(_Kept[Area]):
    """Areas stay: requests and events speak of them."""

    list_display = ("key", "name", "kind", "liaison_post", "contributes_agenda", "speaks_in_crisis")
    list_filter = ("kind", "contributes_agenda")
    search_fields = ("key", "name", "liaison_post")


@admin.register(Locality)
class LocalityAdmin(_Kept[Locality]):
    """Places of the municipality."""

    list_display = ("key", "name", "kind", "inhabitants")
    list_filter = ("kind",)
    search_fields = ("key", "name")


@admin.register(NonWorkingDay)
class NonWorkingDayAdmin(_Kept[NonWorkingDay]):
    """Days on which deadlines don't run; a wrong one may be removed."""

    delete_permission = Permission.OFFICE_MANAGE
    list_display = ("day", "reason")
    date_hierarchy = "day"

    def delete_model(self, request: HttpRequest, obj: NonWorkingDay) -> None:
        actions.remove(obj, by=self.person(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[NonWorkingDay]) -> None:
        for day in queryset:
            self.delete_model(request, day)
