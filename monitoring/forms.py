"""What a person writes about a piece, as clean data."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.models import Event
from media_contacts.models import Outlet
from monitoring.models import Clipping
from pressreleases.models import Release

# The newest of each are offered; older ones are reached from their own page.
_OFFERED = 200


class ClippingForm(forms.ModelForm[Clipping]):
    """One piece in one medium."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    url = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = Clipping
        fields = ("outlet", "title", "url", "place", "tone", "published_on", "event", "release")
        widgets = {"published_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
        help_texts = {
            "title": _("As the outlet wrote it."),
            "place": _("Page, programme or minute, where there is no link."),
            "tone": _("Of the piece towards the office, as you read it."),
        }

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = Event.objects.standing().order_by("-date", "-id")
        releases = Release.objects.public().order_by("-published_at", "-id")
        self._offer("outlet", Outlet.objects.filter(is_active=True))
        if event is not None:
            # From the page of an event it is about that event and no other.
            self._offer("event", Event.objects.filter(pk=event.pk))
            self._offer("release", releases.filter(event=event))
            self.initial["event"] = event
            return
        self._offer("event", Event.objects.filter(pk__in=list(events.values_list("pk", flat=True)[:_OFFERED])))
        self._offer("release", Release.objects.filter(pk__in=list(releases.values_list("pk", flat=True)[:_OFFERED])))

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows
