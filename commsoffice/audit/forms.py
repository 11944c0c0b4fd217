"""The filters of the audit."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.audit.presenters import words
from commsoffice.ui.dates import POSSIBLE_DAYS

_SELECT = {"class": "form-select form-select-sm"}


def _verbs() -> list[tuple[str, str]]:
    said = {verb: str(text) for verb, text in words().items()}
    often = Counter(said.values())
    # «cambió sus datos» of an event and of a list are told apart by their room.
    choices = [(verb, f"{text} ({_room(verb)})" if often[text] > 1 else text) for verb, text in said.items()]
    return sorted(choices, key=lambda pair: pair[1].lower())


def _room(verb: str) -> str:
    return str(apps.get_app_config(verb.partition(".")[0]).verbose_name)


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Who, what, about what, on which day."""

    actor = django_filters.ModelChoiceFilter(
        label=_("Person"),
        queryset=User.objects.order_by("name"),
        empty_label=_("Everyone"),
        widget=forms.Select(_SELECT),
    )
    verb = django_filters.ChoiceFilter(
        label=_("What was done"), choices=(), empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    thing = django_filters.CharFilter(
        label=_("Thing"),
        field_name="target_label",
        lookup_expr="icontains",
        widget=forms.TextInput({"type": "search", "class": "form-control form-control-sm"}),
    )
    day = django_filters.DateFilter(
        label=_("Day"),
        method="on_day",
        validators=POSSIBLE_DAYS,
        widget=forms.DateInput({"type": "date", "class": "form-control form-control-sm"}, format="%Y-%m-%d"),
    )
    # "agenda.event:12": all about one thing; comes from a link.
    target = django_filters.CharFilter(method="about", widget=forms.HiddenInput)

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the language of whoever looks, so not before somebody does.
        self.filters["verb"].extra["choices"] = _verbs()

    def on_day(self, entries: QuerySet[Entry], name: str, value: date) -> QuerySet[Entry]:
        """Keep those of one day, in the office's zone, by a range that the index serves."""
        start = datetime.combine(value, time(), tzinfo=timezone.get_current_timezone())
        return entries.filter(at__gte=start, at__lt=start + timedelta(days=1))

    def about(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """Keep those about one thing."""
        kind, _colon, number = value.rpartition(":")
        return entries.filter(target_type=kind, target_id=number)
