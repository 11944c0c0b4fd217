"""Filters of the ledger and what a person may type about a delivery."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import Decision, DeliveryState, HandOutcome
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries import visible_to
from commsoffice.ui.dates import POSSIBLE_DAYS

_SELECT = {"class": "form-select form-select-sm"}
_INPUT = {"class": "form-control form-control-sm"}


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Which way, how it ended, to whom, on which day."""

    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=(), empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    state = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=DeliveryState.choices, empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    recipient = django_filters.CharFilter(
        label=_("Recipient"), method="to_whom", widget=forms.TextInput({**_INPUT, "type": "search"})
    )
    day = django_filters.DateFilter(
        label=_("Day"),
        method="on_day",
        validators=POSSIBLE_DAYS,
        widget=forms.DateInput({**_INPUT, "type": "date"}, format="%Y-%m-%d"),
    )
    # Come from links.
    needs = django_filters.BooleanFilter(method="that_need_a_person", widget=forms.HiddenInput)
    ref = django_filters.CharFilter(field_name="recipient_ref", widget=forms.HiddenInput)
    account = django_filters.CharFilter(field_name="account", widget=forms.HiddenInput)
    subject = django_filters.CharFilter(method="about", widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.filters["channel"].extra["choices"] = [(alias, label_of(alias)) for alias in settings.OUTBOX_CHANNELS]

    def to_whom(self, deliveries: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """By name or address; whoever may not read citizens' data can't search in it either."""
        return visible_to(
            self.user, deliveries.filter(Q(recipient_name__icontains=value) | Q(recipient__icontains=value))
        )

    def on_day(self, deliveries: QuerySet[Delivery], name: str, value: date) -> QuerySet[Delivery]:
        """Those put into the ledger on that day, in the office's zone."""
        start = datetime.combine(value, time(), tzinfo=timezone.get_current_timezone())
        return deliveries.filter(created_at__gte=start, created_at__lt=start + timedelta(days=1))

    def that_need_a_person(self, deliveries: Any, name: str, value: bool) -> QuerySet[Delivery]:  # noqa: FBT001  django-filter's
        """No answer, or refused and not yet seen."""
        kept: QuerySet[Delivery] = deliveries.needs_person() if value else deliveries
        return kept

    def about(self, deliveries: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Those of one thing: "pressreleases.release:12"."""
        kind, _colon, number = value.rpartition(":")
        return deliveries.filter(subject_type=kind, subject_id=number if number.isdecimal() else 0)


class ResolveForm(forms.Form):
    """What a person knows of a delivery that nobody answered for."""

    decision = forms.ChoiceField(choices=Decision.choices)
    url = forms.URLField(
        label=_("Where it can be seen"), required=False, max_length=500, assume_scheme="https", help_text=_("Optional")
    )


class RecordForm(forms.Form):
    """What a call, a message or a visit led to."""

    outcome = forms.ChoiceField(choices=HandOutcome.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class RetryForm(forms.Form):
    """Where to try again; the same place when it stays empty."""

    address = forms.EmailField(label=_("Corrected address"), required=False, max_length=254)
