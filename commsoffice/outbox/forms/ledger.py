"""Filters of the ledger."""

from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from commsoffice.office.models import Area
from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import CAME_BACK, OPEN, DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries import IS_RETURNED, accounts, bounds, visible_to
from commsoffice.ui.dates import POSSIBLE_DAYS

_SELECT = {"class": "form-select form-select-sm"}
# How far a search goes back when nothing of it is narrow and no day is given.
_NARROW, _WIDE = ("since", "ref", "subject", "needs"), ("channel", "state", "purpose", "account", "area", "recipient")
_LOOK_BACK = timedelta(days=366)
# Mail that came back stands right after what was refused outright.
_ENDINGS = [
    each
    for value, label in DeliveryState.choices
    for each in (
        [(value, label), (CAME_BACK.value, _("Came back"))] if value == DeliveryState.REJECTED else [(value, label)]
    )
]
_INPUT = {"class": "form-control form-control-sm"}


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Which way, why, how it ended, from where, to whom, whose matter, meant for which days."""

    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=(), empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    state = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=_ENDINGS, method="that_ended", empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    purpose = django_filters.ChoiceFilter(
        label=_("Kind of delivery"), choices=Purpose.choices, empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    account = django_filters.ChoiceFilter(
        label=_("Account"), choices=(), empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    area = django_filters.ChoiceFilter(label=_("Area"), choices=(), empty_label=_("All"), widget=forms.Select(_SELECT))
    recipient = django_filters.CharFilter(
        label=_("Recipient"), method="to_whom", widget=forms.TextInput({**_INPUT, "type": "search"})
    )
    since = django_filters.DateFilter(
        label=_("From the day"),
        method="from_day",
        validators=POSSIBLE_DAYS,
        widget=forms.DateInput({**_INPUT, "type": "date"}, format="%Y-%m-%d"),
    )
    until = django_filters.DateFilter(
        label=_("To the day"),
        method="to_day",
        validators=POSSIBLE_DAYS,
        widget=forms.DateInput({**_INPUT, "type": "date"}, format="%Y-%m-%d"),
    )
    needs = django_filters.BooleanFilter(
        label=_("Need a person"),
        method="that_need_a_person",
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    # Come from links.
    ref = django_filters.CharFilter(field_name="recipient_ref", widget=forms.HiddenInput)
    subject = django_filters.CharFilter(method="about", widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: User, now: datetime, is_narrow: bool = False, **kwargs: Any) -> None:
        """``now`` is where a search without days begins to look back; a narrow list is searched whole."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.now = now
        self.is_narrow = is_narrow
        self.filters["channel"].extra["choices"] = [(alias, label_of(alias)) for alias in settings.OUTBOX_CHANNELS]
        self.filters["account"].extra["choices"] = _accounts(self.data.get("account", ""))
        self.filters["area"].extra["choices"] = Area.objects.order_by("name").values_list("key", "name")

    @property
    def looks_back(self) -> bool:
        """Whether the search was kept to the last year, because nobody said since when.

        No index knows each combination, and of ten years of a ledger the last one is what people look for.
        """
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        if self.is_narrow or any(chosen.get(name) for name in _NARROW) or chosen.get("state") in OPEN:
            return False
        return any(chosen.get(name) for name in _WIDE)

    @property
    def order(self) -> str:
        """By which hour the list is ordered: days are looked for by the index of the hour that was meant."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return "planned_for" if chosen.get("since") or chosen.get("until") else "created_at"

    def filter_queryset(self, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The rows that fit; of a wide search without days those of the last year."""
        found: QuerySet[Delivery] = super().filter_queryset(queryset)
        return found.filter(created_at__gte=self.now - _LOOK_BACK) if self.looks_back else found

    @property
    def words(self) -> str:
        """What was chosen, for the audit: which recipient was searched for is nobody's business there."""
        chosen = []
        for name, value in (self.form.cleaned_data if self.form.is_valid() else {}).items():
            if value in (None, "", False):
                continue
            label = self.filters[name].label or name
            choices = dict(self.filters[name].extra.get("choices", ()))
            chosen.append(f"{label}: {'…' if name == 'recipient' else choices.get(value, value)}")
        return "; ".join(chosen)

    def that_ended(self, deliveries: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Those that stand there, by the word that people read: a refusal or a return, each by itself."""
        if value == CAME_BACK.value:
            return deliveries.filter(IS_RETURNED)
        found = deliveries.filter(state=value)
        return found.filter(bounced_at=None) if value == DeliveryState.REJECTED else found

    def to_whom(self, deliveries: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """By name or address; whoever may not read citizens' data can't search in it either."""
        found = deliveries.filter(Q(recipient_name__icontains=value) | Q(recipient__icontains=value))
        return visible_to(self.user, found)

    def from_day(self, deliveries: QuerySet[Delivery], name: str, value: date) -> QuerySet[Delivery]:
        """Those meant for that day or later, in the office's zone."""
        return deliveries.filter(planned_for__gte=bounds(value)[0])

    def to_day(self, deliveries: QuerySet[Delivery], name: str, value: date) -> QuerySet[Delivery]:
        """Those meant for that day or earlier, in the office's zone."""
        return deliveries.filter(planned_for__lt=bounds(value)[1])

    def that_need_a_person(self, deliveries: Any, name: str, value: bool) -> QuerySet[Delivery]:  # noqa: FBT001  django-filter's
        """No answer, or refused and not yet seen."""
        if not value:
            return deliveries  # type: ignore[no-any-return]  # what it was given
        # By their numbers: ordered by hour, the database would walk the whole ledger for the few that there are.
        unknown = Delivery.objects.filter(state=DeliveryState.UNKNOWN)
        refused = Delivery.objects.filter(state=DeliveryState.REJECTED, seen_at=None)
        few = unknown.order_by().values("pk").union(refused.order_by().values("pk"), all=True)
        kept: QuerySet[Delivery] = deliveries.filter(pk__in=few)
        return kept

    def about(self, deliveries: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Those of one thing: "pressreleases.release:12"."""
        kind, _colon, number = value.rpartition(":")
        return deliveries.filter(subject_type=kind, subject_id=number if number.isdecimal() else 0)


def _accounts(asked: str) -> list[tuple[str, str]]:
    """Our accounts, and the one asked for, which may be of former days."""
    known = {choice.key: choice.label for choice in accounts() if choice.key}
    return list({asked: asked, **known}.items()) if asked else list(known.items())
