"""The pages of people: a door to the verbs."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts import actions
from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.errors import ActionRefused
from commsoffice.accounts.forms import NewPersonForm, PersonForm
from commsoffice.accounts.modeladmin import RoleModelAdmin
from commsoffice.accounts.models import User


class RoleFilter(admin.SimpleListFilter):
    """Who holds a role."""

    title = _("role")
    parameter_name = "rol"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(roles__contains=[self.value()]) if self.value() else queryset


@admin.register(User)
class PersonAdmin(RoleModelAdmin[User]):
    """Accounts are made, changed and closed here; none is ever deleted."""

    view_permission = Permission.PEOPLE_MANAGE
    change_permission = Permission.PEOPLE_MANAGE
    add_permission = Permission.PEOPLE_MANAGE
    form = PersonForm
    list_display = ("name", "email", "post", "roles_shown", "is_active")
    list_filter = (RoleFilter, "is_active")
    search_fields = ("name", "email", "post")
    ordering = ("name",)
    change_form_template = "admin/accounts/user/change_form.html"

    @admin.display(description=_("roles"))
    def roles_shown(self, person: User) -> str:
        return ", ".join(str(Role(role).label) for role in person.roles)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """The system user is nobody's business."""
        return super().get_queryset(request).filter(is_system=False)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's
        """A new account needs a password; an old one has a page for that."""
        return super().get_form(request, obj, change, **({} if obj else {"form": NewPersonForm}), **kwargs)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The form's own."""
        passwords = ["password1", "password2"]
        return [*PersonForm.Meta.fields] if obj else [*NewPersonForm.Meta.fields, *passwords]

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the password."""
        page = self.admin_site.admin_view(self.password)
        return [path("<int:number>/contrasena/", page, name="accounts_user_password"), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal is told on the page where it was asked."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:  # noqa: FBT001  Django's
        """Call the verbs; the form's own save is not used."""
        by, now, data = self.person(request), timezone.now(), form.cleaned_data
        if not change:
            fields = {name: data[name] for name in ("email", "name", "roles", "post", "phone", "area_key")}
            obj.pk = actions.create_person(password=data["password1"], by=by, now=now, **fields).pk
            return
        actions.edit_person(obj, data=data, by=by, now=now)
        actions.set_roles(obj, roles=data["roles"], by=by, now=now)
        (actions.reactivate if data["is_active"] else actions.deactivate)(obj, by=by, now=now)

    def password(self, request: HttpRequest, number: int) -> HttpResponse:
        """Set a new password for somebody."""
        person = get_object_or_404(self.get_queryset(request), pk=number)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form: Form = AdminPasswordChangeForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            actions.set_password(
                person, password=form.cleaned_data["password1"], by=self.person(request), now=timezone.now()
            )
            messages.success(request, gettext("The new password is set."))
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[number]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("New password for %(name)s") % {"name": person.name},
            "form": form,
            "original": person,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/user/password.html", context)
