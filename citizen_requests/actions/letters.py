"""What we write to the person and to the areas.

The frozen message names nobody: its marks do, and marks can be forgotten.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from citizen_requests.models import CitizenRequest, Requester, RequestStep
from commsoffice.accounts.models import User
from commsoffice.office.queries import office
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.ui.dates import local, long_date

# Answered by a machine: an out-of-office reply must not answer it in turn (RFC 3834).
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Letter:
    """An e-mail in two sentences; the folio, the link and what the area says are marks."""

    subject: str
    title: str
    text: str
    has_note: bool = False


_TO_PERSON = {
    "received": Letter(
        gettext_noop("We received your report: {{folio}}"),
        gettext_noop("We received your report"),
        gettext_noop("Keep this folio and this link: they show each step, and no account is needed."),
    ),
    "routed": Letter(
        gettext_noop("Your report {{folio}} is with those who attend to it"),
        gettext_noop("Your report is with those who attend to it"),
        gettext_noop("It was sent to {{area}}. You will be told when there is an answer."),
    ),
    "answered": Letter(
        gettext_noop("There is an answer to your report {{folio}}"),
        gettext_noop("There is an answer to your report"),
        gettext_noop("Please tell us whether it is solved: nobody else can close your folio."),
        has_note=True,
    ),
    "oriented": Letter(
        gettext_noop("Who can attend to your report {{folio}}"),
        gettext_noop("Another body attends to this"),
        gettext_noop("It is not in our hands, and this is whom to ask:"),
        has_note=True,
    ),
    "closed": Letter(
        gettext_noop("Your report {{folio}} is closed"),
        gettext_noop("Thank you. Your report is closed"),
        gettext_noop("If it happens again, open it once more with the same link."),
    ),
    "link": Letter(
        gettext_noop("The link of your report {{folio}}"),
        gettext_noop("The link of your report"),
        gettext_noop("You asked for it on our page. If it was not you, nothing has to be done."),
    ),
}

_TO_AREA = Letter(
    gettext_noop("{{folio}} was sent to your area: {{category}}"),
    gettext_noop("A citizen's report was sent to your area"),
    gettext_noop("Accept it or return it to the citizen desk. Deadline: {{deadline}}."),
)


def write_to_person(
    request: CitizenRequest, name: str, *, by: User, now: datetime, step: RequestStep | None = None, note: str = ""
) -> None:
    """Put the letter into the outbox, where the person gave an address; else they follow the link."""
    person = Requester.objects.filter(request=request).exclude(email="").first()
    if person is None:
        return
    # Once a step; the link at most once an hour, whoever asks.
    version = f"step-{step.pk}" if step else f"link-{now:%Y%m%d%H}"
    with translation.override(settings.LANGUAGE_CODE):
        greeting = gettext("Good day, %(name)s:") % {"name": person.name} if person.name else gettext("Good day:")
        marks = {
            "greeting": greeting,
            "folio": request.folio,
            "area": request.area.name if request.area else "",
            "note": note,
            "link": tracking_url(request),
        }
        _enqueue(
            request,
            _TO_PERSON[name],
            why=gettext("You receive this because you gave your address with a report."),
            label=gettext("Follow my report"),
            to=Recipient(
                address=person.email,
                name=person.name,
                ref=requester_ref(person),
                personal=marks,
            ),
            version=version,
            by=by,
            now=now,
        )


def write_to_area(request: CitizenRequest, *, step: RequestStep, by: User, now: datetime) -> None:
    """Tell the liaison of the area that answers. Says nothing about the person."""
    area = request.area
    if area is None or not area.liaison_email:
        return
    with translation.override(settings.LANGUAGE_CODE):
        _enqueue(
            request,
            _TO_AREA,
            why=gettext("You receive this as the liaison of your area."),
            label=gettext("Open the report"),
            to=Recipient(
                address=area.liaison_email,
                name=area.liaison_post,
                ref=f"office.area:{area.pk}",
                personal={
                    "greeting": gettext("Good day:"),
                    "folio": request.folio,
                    "category": request.category.name,
                    "deadline": long_date(local(request.solve_by)),
                    "note": "",
                    "link": settings.SITE_URL + reverse("desk:request", args=[request.pk]),
                },
            ),
            version=f"area-{step.pk}",
            by=by,
            now=now,
        )


def requester_ref(person: Requester) -> str:
    """How the ledger calls the person: a number that means nothing once the row is gone."""
    return f"citizen_requests.requester:{person.pk}"


def tracking_url(request: CitizenRequest) -> str:
    """The person's own link, whole."""
    return settings.SITE_URL + reverse("requests:tracking", args=[request.token])


def _enqueue(
    request: CitizenRequest,
    letter: Letter,
    *,
    why: str,
    label: str,
    to: Recipient,
    version: str,
    by: User,
    now: datetime,
) -> None:
    ours = office()
    context = {
        "office": ours,
        "site_url": settings.SITE_URL,
        "letter_title": gettext(letter.title),
        "letter_text": gettext(letter.text),
        "has_note": letter.has_note,
        "action_label": label,
        "why": why,
    }
    enqueue(
        purpose=Purpose.REQUEST,
        channel="email",
        payload={
            "subject": gettext(letter.subject),
            "text": render_to_string("citizen_requests/emails/letter.txt", context),
            "html": render_to_string("citizen_requests/emails/letter.html", context),
            "reply_to": ours.email,
            "headers": dict(_HEADERS),
            "attachments": [],
        },
        recipients=[to],
        subject=request,
        subject_version=version,
        area=request.area.key if request.area is not None else "",
        by=by,
        now=now,
    )
