"""What the gallery shows. Invented names, and no row of the database."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_prose_editor.fields import ProseEditorFormField

from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import RouteRow, Step, Verb
from commsoffice.ui.timeline import TimelineEntry


class SampleForm(forms.Form):
    """Each kind of field, with its help, its error and its marks."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=100,
        help_text=gettext_lazy("Up to 100 characters, with an active verb."),
    )
    starts = forms.TimeField(
        label=gettext_lazy("Starts at"),
        error_messages={
            "invalid": gettext_lazy("There is no such hour. Write one between 00:00 and 23:59, for example 11:00.")
        },
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=[
            ("open", gettext_lazy("Open to the media")),
            ("photo", gettext_lazy("Photographs only")),
            ("closed", gettext_lazy("Closed")),
        ],
    )
    products = forms.MultipleChoiceField(
        label=gettext_lazy("Products"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("release", gettext_lazy("Press release")),
            ("video", gettext_lazy("Video")),
            ("transcript", gettext_lazy("Transcript")),
        ],
    )
    notes = forms.CharField(label=gettext_lazy("Notes"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class SampleUploadForm(forms.Form):
    """The field behind the drop zone."""

    photos = forms.FileField(label=gettext_lazy("Photographs"), required=False)


class SampleProseForm(forms.Form):
    """The editor of a release's body."""

    EXTENSIONS: ClassVar[dict[str, Any]] = {
        "Bold": True,
        "Italic": True,
        "Heading": {"levels": [2, 3]},
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Blockquote": True,
        "Link": True,
        "History": True,
    }
    body = ProseEditorFormField(label=gettext_lazy("Body"), config={"extensions": EXTENSIONS}, required=False)


def samples(request: HttpRequest) -> dict[str, object]:
    """The context of the gallery."""
    now = timezone.localtime().replace(hour=11, minute=0, second=0, microsecond=0)
    here = request.path
    steps = _steps(here)
    return {
        "kinds": [(kind, word) for kind, word in _words().items()],
        "machines": _machines(),
        "steps": steps,
        "step_names": [step.name for step in steps],
        "rows": [
            RouteRow(
                key="sample-1",
                at=now - timedelta(hours=2),
                title="Desazolve del canal La Noria",
                url=here,
                level="C",
                meta="Servicios Públicos · La Noria Vieja",
                steps=steps,
            ),
            RouteRow(
                key="sample-2",
                at=now,
                title="Apertura de ventanilla única de trámites",
                url=here,
                level="A",
                meta="Desarrollo Económico · Cabecera Amatista",
                steps=steps,
                is_now=True,
                verb=Verb(_("Read and approve"), here, primary=True),
            ),
            RouteRow(
                key="sample-3",
                at=now.date(),
                title="Jornada de descacharrización",
                url=here,
                level="B",
                meta="Salud Municipal · San Telmo de las Peñas",
                steps=tuple(Step(step.key, step.name, StateKind.TODO, _("To come")) for step in steps),
            ),
        ],
        "entries": [
            TimelineEntry(now, _("approved version 4"), who="Itandehui Corrales", current=True),
            TimelineEntry(
                now + timedelta(minutes=11),
                _("Facebook: no answer"),
                kind=StateKind.UNKNOWN,
                current=True,
            ),
            TimelineEntry(now + timedelta(minutes=10), _("187 e-mails confirmed"), kind=StateKind.DONE),
            TimelineEntry(now - timedelta(minutes=33), _("accepted by the area")),
        ],
        "swatches": _swatches(),
        "form": SampleForm({"title": "Abre ventanilla única", "starts": "25:00", "mode": "open"}),
        "upload_form": SampleUploadForm(),
        "prose_form": SampleProseForm(initial={"body": _BODY}),
    }


_BODY = (
    "<p>La ventanilla reúne a Desarrollo Económico, Obras Públicas y Protección Civil.</p>"
    "<blockquote><p>«El expediente ya no lo carga la persona, lo mueve la oficina.»</p></blockquote>"
    "<h2>Datos útiles</h2><ul><li><p>Palacio Municipal, patio central.</p></li></ul>"
)


def _words() -> dict[StateKind, str]:
    return {
        StateKind.DONE: _("Done, with evidence"),
        StateKind.RUNNING: _("In progress"),
        StateKind.DUE: _("Due soon"),
        StateKind.LATE: _("Late or failed"),
        StateKind.BLOCKED: _("Held"),
        StateKind.UNKNOWN: _("No answer"),
        StateKind.WAIVED: _("Waived, with a reason"),
        StateKind.TODO: _("To come"),
    }


def _machines() -> list[tuple[str, list[tuple[StateKind, str]]]]:
    kind = StateKind
    return [
        (
            _("Delivery"),
            [
                (kind.TODO, _("Queued")),
                (kind.RUNNING, _("Sending")),
                (kind.RUNNING, _("Accepted")),
                (kind.DONE, _("Confirmed")),
                (kind.LATE, _("Rejected")),
                (kind.UNKNOWN, _("No answer")),
                (kind.BLOCKED, _("Held")),
                (kind.WAIVED, _("Cancelled")),
                (kind.WAIVED, _("Expired")),
                (kind.DUE, _("To do")),
            ],
        ),
        (
            _("Press release"),
            [
                (kind.TODO, _("Draft")),
                (kind.RUNNING, _("In review")),
                (kind.DUE, _("To approve")),
                (kind.DONE, _("Approved")),
                (kind.BLOCKED, _("Embargoed")),
                (kind.DONE, _("Published")),
                (kind.LATE, _("Returned")),
            ],
        ),
        (
            _("Citizen request"),
            [
                (kind.TODO, _("Received")),
                (kind.RUNNING, _("Routed")),
                (kind.RUNNING, _("In process")),
                (kind.DUE, _("In verification")),
                (kind.DONE, _("Closed by the person")),
                (kind.LATE, _("Overdue")),
            ],
        ),
    ]


def _steps(here: str) -> tuple[Step, ...]:
    kind = StateKind
    return (
        Step("agenda", _("Agenda"), kind.DONE, _("Confirmed"), who="N. Galarza, lun 12"),
        Step(
            "invitation",
            _("Invitation"),
            kind.WAIVED,
            _("Waived"),
            detail=_("photographs only"),
            who="N. Galarza",
        ),
        Step(
            "coverage",
            _("Coverage"),
            kind.LATE,
            _("No material"),
            detail=_("was due at 13:00"),
            who="E. Tzompa",
        ),
        Step(
            "release",
            _("Press release"),
            kind.DUE,
            _("To approve"),
            detail="BOL-2026-0417",
            detail_url=here,
            who="I. Corrales",
        ),
        Step(
            "delivery",
            _("Delivery"),
            kind.UNKNOWN,
            _("No answer"),
            detail="Facebook",
            detail_url=here,
            who="X. Landeta",
            verb=Verb(_("Resolve delivery"), here),
        ),
        Step("publication", _("Publication"), kind.BLOCKED, _("Waits for delivery")),
    )


def _swatches() -> list[tuple[str, str]]:
    return [
        ("paper", _("paper, background")),
        ("sheet", _("sheet, tables")),
        ("sunk", _("sunk")),
        ("ink", _("ink")),
        ("ink-2", _("ink 2")),
        ("ink-3", _("ink 3")),
        ("edge", _("edge of a control")),
        ("rule", _("hairline")),
        ("accent", _("accent")),
        ("accent-wash", _("accent, wash")),
        ("done", _("done")),
        ("due", _("due soon")),
        ("late", _("late")),
        ("unknown", _("no answer")),
        ("blocked", _("held")),
        ("running", _("in progress")),
    ]
