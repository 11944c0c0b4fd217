"""Input of a release → clean data for the verbs."""

from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_prose_editor.fields import ProseEditorFormField

from commsoffice.files.enums import MediaKind
from commsoffice.files.models import MediaAsset
from commsoffice.office.models import Area
from commsoffice.outbox.channels.registry import channels
from media_contacts.models import MediaList
from pressreleases import prose
from pressreleases.actions import FileChoice, Notes, Text
from pressreleases.enums import ReleaseKind, ReleaseState
from pressreleases.models import CAPTION_PARTS, WORDS, Correction, Release, ReleaseFile
from pressreleases.queries.captions import captions_of, labelled

HIGHLIGHTS, HIGHLIGHT_LENGTH = 3, 140
# As a browser's datetime-local field writes it.
_LOCAL = "%Y-%m-%dT%H:%M"


class NewReleaseForm(forms.Form):
    """How a text begins."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ReleaseKind.choices)


class WordsForm(forms.Form):
    """The words of a text. ``version`` is the one that the person read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100, widget=forms.Textarea(attrs={"rows": 2}))
    highlights = forms.CharField(
        label=gettext_lazy("Highlights, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    lead = forms.CharField(
        label=gettext_lazy("Lead"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    body = ProseEditorFormField(
        label=gettext_lazy("Body"),
        required=False,
        max_length=60_000,
        config={"extensions": prose.BODY_EXTENSIONS},
        sanitize=prose.clean,
    )
    practical = forms.CharField(
        label=gettext_lazy("Practical information"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give the fields their looks."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if classes := _CLASSES.get(name):
                field.widget.attrs["class"] = classes

    def clean_highlights(self) -> list[str]:
        lines = [" ".join(line.split()) for line in str(self.cleaned_data["highlights"]).splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > HIGHLIGHTS:
            raise forms.ValidationError(_("No more than %(most)s lines."), params={"most": HIGHLIGHTS})
        for number, line in enumerate(lines, start=1):
            if len(line) > HIGHLIGHT_LENGTH:
                raise forms.ValidationError(
                    _("Line %(line)s has %(n)s characters; %(most)s fit."),
                    params={"line": number, "n": len(line), "most": HIGHLIGHT_LENGTH},
                )
        return lines

    def typed(self) -> dict[str, str]:
        """Return the words as they were typed, to be compared; only after ``is_valid``."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "highlights": "\n".join(data["highlights"]),
            "lead": data["lead"],
            "body": prose.to_text(data["body"]),
            "practical": data["practical"],
        }


class ReleaseForm(WordsForm):
    """The text and where it goes."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ReleaseKind.choices)
    topic = forms.CharField(label=gettext_lazy("Topic"), required=False, max_length=60)
    area = forms.ModelChoiceField(label=gettext_lazy("Area"), required=False, queryset=Area.objects.order_by("name"))
    embargo_until = forms.DateTimeField(
        label=gettext_lazy("Embargo until"),
        required=False,
        input_formats=[_LOCAL, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL),
    )
    lists = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Media lists"),
        required=False,
        queryset=MediaList.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
    )
    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("Accounts"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, release: Release, now: datetime, **kwargs: Any) -> None:
        """Fill in what the release says."""
        kwargs.setdefault("initial", self.initial_of(release))
        super().__init__(*args, **kwargs)
        self.release = release
        self.now = now
        offered = {choice.key: (choice, str(way.label)) for way in channels() for choice in way.accounts()}
        # One that was chosen and is gone stays visible, so that a person can untick it.
        gone = [(key, key) for key in release.accounts if key not in offered]
        self.fields["accounts"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (choice.key, _account_label(choice.label, network, choice.why_not if not choice.is_usable else ""))
            for choice, network in offered.values()
        ] + gone
        self.fields["kind"].disabled = bool(release.folio)

    @staticmethod
    def initial_of(release: Release) -> dict[str, Any]:
        """Return the form's values as the release has them."""
        return {
            "version": release.version,
            "title": release.title,
            "highlights": "\n".join(release.highlights),
            "lead": release.lead,
            "body": release.body,
            "practical": release.practical,
            "kind": release.kind,
            "topic": release.topic,
            "area": release.area_id,
            "embargo_until": release.embargo_until,
            "lists": [media_list.pk for media_list in release.lists.all()],
            "accounts": list(release.accounts),
        }

    def clean_embargo_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["embargo_until"]
        if until is not None and until != self.release.embargo_until and until <= self.now:
            raise forms.ValidationError(_("That hour has passed already."))
        return until

    def as_text(self) -> Text:
        """Return what the verb takes."""
        data = self.cleaned_data
        return Text(
            title=data["title"],
            kind=data["kind"],
            topic=data["topic"],
            highlights=data["highlights"],
            lead=data["lead"],
            body=data["body"],
            practical=data["practical"],
            area=data["area"],
            embargo_until=data["embargo_until"],
            lists=list(data["lists"]),
            accounts=data["accounts"],
        )


class CorrectionForm(WordsForm):
    """What a public text said, what it should say, and the text as it should be."""

    note_wrong = forms.CharField(
        label=gettext_lazy("It said"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    note_right = forms.CharField(
        label=gettext_lazy("It should say"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )

    def __init__(self, *args: Any, release: Release, correction: Correction | None, **kwargs: Any) -> None:
        """Fill in the correction, or the public text where none has been begun."""
        words = correction or release
        initial: dict[str, Any] = {name: getattr(words, name) for name in WORDS}
        initial["highlights"] = "\n".join(words.highlights)
        initial["version"] = correction.version if correction else 0
        if correction:
            initial |= {"note_wrong": correction.note_wrong, "note_right": correction.note_right}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.shown = labelled(release)
        said = captions_of(release.files.all()) | (correction.captions if correction else {})
        for _label, file in self.shown:
            for part in CAPTION_PARTS:
                self.fields[_name_of(file, part)] = self._caption_field(file, part, said[str(file.asset_id)][part])

    @staticmethod
    def _caption_field(file: ReleaseFile, part: str, initial: str) -> forms.Field:
        """A field as the contact sheet has it; a video has no alternative text."""
        field = copy(ChosenFileForm.base_fields[part])
        field.initial = initial
        field.widget = copy(field.widget)
        field.widget.attrs |= {"class": "form-control"}
        if part == "alt_text" and file.asset.kind == MediaKind.VIDEO:
            field.widget = forms.HiddenInput()
        return field

    def caption_fields(self) -> list[tuple[str, ReleaseFile, list[forms.BoundField]]]:
        """The photographs and videos in their order, with their fields."""
        return [(label, file, [self[_name_of(file, part)] for part in CAPTION_PARTS]) for label, file in self.shown]

    def as_captions(self) -> dict[str, dict[str, str]]:
        """Return the words of the files as the verb takes them; what was not sent stays as it is."""
        return {
            str(file.asset_id): {part: self._sent(_name_of(file, part)) for part in CAPTION_PARTS}
            for _label, file in self.shown
        }

    def _sent(self, name: str) -> str:
        return str(self.cleaned_data[name] if name in self.data else self.fields[name].initial)

    def as_text(self) -> Text:
        """Return the words as the verb takes them."""
        return Text(**{name: self.cleaned_data[name] for name in WORDS})

    def as_notes(self) -> Notes:
        """Return what the public will read of it."""
        return Notes(wrong=self.cleaned_data["note_wrong"], right=self.cleaned_data["note_right"])


_CLASSES = {
    "title": "form-control co-title",
    "highlights": "form-control co-bullets",
    "lead": "form-control co-body",
    "practical": "form-control co-body",
    "note_wrong": "form-control",
    "note_right": "form-control",
    "kind": "form-select form-select-sm",
    "area": "form-select form-select-sm",
    "topic": "form-control form-control-sm",
    "embargo_until": "form-control form-control-sm",
    "lists": "form-check-input",
    "accounts": "form-check-input",
}


def _name_of(file: ReleaseFile, part: str) -> str:
    return f"{part}_{file.asset_id}"


def _account_label(label: str, network: str, why_not: str) -> str:
    return f"{label} ({network}): {why_not}" if why_not else f"{label} ({network})"


class ChosenFileForm(forms.Form):
    """One chosen photograph or video with its words."""

    asset = forms.IntegerField(widget=forms.HiddenInput)
    position = forms.IntegerField(
        label=gettext_lazy("Order"), min_value=1, max_value=99, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    caption = forms.CharField(
        label=gettext_lazy("Caption"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    credit = forms.CharField(label=gettext_lazy("Credit"), required=False, max_length=160)
    alt_text = forms.CharField(
        label=gettext_lazy("Alternative text"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    leave_out = forms.BooleanField(label=gettext_lazy("Leave out"), required=False)


ChosenFileFormSet = forms.formset_factory(ChosenFileForm, extra=0, max_num=60)


def choices_of(formset: Any, added: list[FileChoice], assets: dict[int, MediaAsset]) -> list[FileChoice]:
    """Return the choices in their order: those of the forms, then the added ones."""
    kept = [
        form.cleaned_data
        for form in formset.forms
        if not form.cleaned_data["leave_out"] and form.cleaned_data["asset"] in assets
    ]
    kept.sort(key=lambda data: data["position"])
    return [
        FileChoice(assets[data["asset"]], caption=data["caption"], credit=data["credit"], alt_text=data["alt_text"])
        for data in kept
    ] + added


class ReasonForm(forms.Form):
    """The words that a verb asks for."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )


class FilterForm(forms.Form):
    """What the list of releases shows."""

    q = forms.CharField(label=gettext_lazy("Folio or words"), required=False, max_length=100)
    estado = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *ReleaseState.choices]
    )
    mios = forms.BooleanField(label=gettext_lazy("Only mine"), required=False)


class NewsroomFilterForm(forms.Form):
    """What the public list shows."""

    q = forms.CharField(label=gettext_lazy("Search the releases"), required=False, max_length=100, strip=True)
    anio = forms.IntegerField(label=gettext_lazy("Year"), required=False, min_value=1990, max_value=2200)
