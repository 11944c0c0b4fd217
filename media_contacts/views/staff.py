"""The directory on the desk."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import NotValid
from commsoffice.office.queries import local_day
from commsoffice.ui.views import StaffRequest, back, staff_page
from media_contacts import actions, queries
from media_contacts.enums import Reach
from media_contacts.forms import ContactForm, FilterForm, ListForm, NewOutletForm, OutletForm
from media_contacts.models import Contact, MediaList, Outlet

_PAGE = 100


@staff_page(Permission.MEDIA_VIEW)
@require_safe
def outlet_list(request: StaffRequest) -> HttpResponse:
    """The directory, with its filters in the address."""
    form = FilterForm(request.GET)
    chosen = {name: form.chosen(name) for name in ("tipo", "cobertura", "lista", "q")}
    outlets = queries.directory(
        kind=chosen["tipo"], reach=chosen["cobertura"], media_list=chosen["lista"], text=chosen["q"]
    )
    page = Paginator(outlets, _PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "media_contacts/list.html",
        {
            "page_obj": page,
            "chosen": chosen,
            "is_filtered": any(chosen.values()),
            "kinds": queries.kinds(),
            "reaches": Reach,
            "lists": queries.lists_with_counts(),
            "may_edit": request.user.may(Permission.MEDIA_EDIT),
        },
    )


@staff_page(Permission.MEDIA_VIEW)
@require_safe
def outlet_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One outlet: its contacts and what each received."""
    outlet = get_object_or_404(Outlet, pk=pk)
    contacts = list(outlet.contacts.prefetch_related("lists"))
    received = queries.received_by(contacts)
    today = local_day(timezone.now())
    return render(
        request,
        "media_contacts/outlet.html",
        {
            "outlet": outlet,
            "contacts": [
                (
                    contact,
                    received.get(contact.pk, []),
                    contact.is_expired(today),
                )
                for contact in contacts
            ],
            "may_edit": request.user.may(Permission.MEDIA_EDIT),
        },
    )


@staff_page(Permission.MEDIA_EDIT)
def outlet_create(request: StaffRequest) -> HttpResponse:
    """Add an outlet."""

    def keep(form: ModelForm[Outlet]) -> Outlet:
        key = form.cleaned_data["submission_key"]
        return actions.add_outlet(form.cleaned_data, submission_key=key, by=request.user, now=timezone.now())

    return _form(request, NewOutletForm(request.POST or None), keep, _("New outlet"))


@staff_page(Permission.MEDIA_EDIT)
def outlet_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change an outlet."""
    outlet = get_object_or_404(Outlet, pk=pk)
    title = str(outlet)

    def keep(form: ModelForm[Outlet]) -> Outlet:
        return actions.edit_outlet(outlet, form.cleaned_data, by=request.user, now=timezone.now())

    return _form(request, OutletForm(request.POST or None, instance=outlet), keep, title)


@staff_page(Permission.MEDIA_EDIT)
def contact_create(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a contact to an outlet."""
    outlet = get_object_or_404(Outlet, pk=pk)

    def keep(form: ModelForm[Contact]) -> Outlet:
        actions.add_contact(outlet, form.cleaned_data, by=request.user, now=timezone.now())
        return outlet

    return _form(request, ContactForm(request.POST or None), keep, _("New contact"), outlet=outlet)


@staff_page(Permission.MEDIA_EDIT)
def contact_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a contact."""
    contact = get_object_or_404(Contact.objects.select_related("outlet"), pk=pk)
    title = str(contact)

    def keep(form: ModelForm[Contact]) -> Outlet:
        return actions.edit_contact(contact, form.cleaned_data, by=request.user, now=timezone.now()).outlet

    form = ContactForm(request.POST or None, instance=contact)
    return _form(request, form, keep, title, outlet=contact.outlet)


@require_POST
@staff_page(Permission.MEDIA_EDIT)
def contact_bounced(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that mail to a contact comes back."""
    contact = actions.mark_bounced(get_object_or_404(Contact, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("Written down. Correct the address to write to it again."))
    return back(request, reverse("media:outlet", args=[contact.outlet_id]))


@require_POST
@staff_page(Permission.MEDIA_EDIT)
def contact_works(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the address of a contact takes mail again."""
    contact = actions.address_works(get_object_or_404(Contact, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("Written down: it is written to again."))
    return back(request, reverse("media:outlet", args=[contact.outlet_id]))


@require_POST
@staff_page(Permission.MEDIA_EDIT)
def contact_unsubscribe(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a contact off because they asked for it."""
    contact = actions.unsubscribe(get_object_or_404(Contact, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("Taken off: nothing more will be sent to this contact."))
    return back(request, reverse("media:outlet", args=[contact.outlet_id]))


@staff_page(Permission.MEDIA_VIEW)
@require_safe
def lists(request: StaffRequest) -> HttpResponse:
    """The lists, each with its size."""
    context = {"lists": queries.lists_with_counts(), "may_edit": request.user.may(Permission.MEDIA_EDIT)}
    return render(request, "media_contacts/lists.html", context)


@staff_page(Permission.MEDIA_VIEW)
@require_safe
def list_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One list: who would get something today, by which way, and who would not."""
    media_list = get_object_or_404(MediaList, pk=pk)
    context = {
        "media_list": media_list,
        "plan": queries.plan([media_list]),
        "may_edit": request.user.may(Permission.MEDIA_EDIT),
    }
    return render(request, "media_contacts/list_page.html", context)


@staff_page(Permission.MEDIA_EDIT)
def list_create(request: StaffRequest) -> HttpResponse:
    """Make a list."""

    def keep(form: ModelForm[MediaList]) -> MediaList:
        return actions.add_list(form.cleaned_data, by=request.user, now=timezone.now())

    return _form(request, ListForm(request.POST or None), keep, _("New list"))


@staff_page(Permission.MEDIA_EDIT)
def list_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a list."""
    media_list = get_object_or_404(MediaList, pk=pk)
    title = str(media_list)

    def keep(form: ModelForm[MediaList]) -> MediaList:
        return actions.edit_list(media_list, form.cleaned_data, by=request.user, now=timezone.now())

    return _form(request, ListForm(request.POST or None, instance=media_list), keep, title)


def _form(
    request: StaffRequest,
    form: ModelForm,  # type: ignore[type-arg]  # of any model of this room
    keep: Callable[[ModelForm], Model],  # type: ignore[type-arg]  # the same
    title: str,
    *,
    outlet: Outlet | None = None,
) -> HttpResponse:
    """Show a form, or keep what it says and go to the page of what was kept."""
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep(form)
        except NotValid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("media:list_page" if isinstance(kept, MediaList) else "media:outlet", pk=kept.pk)
    status = 422 if form.is_bound else 200
    return render(request, "media_contacts/form.html", {"form": form, "title": title, "outlet": outlet}, status=status)
