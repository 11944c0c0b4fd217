"""What of the outbox waits for a person."""

from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commsoffice.accounts.models import User
from commsoffice.outbox import queries
from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_pause, may_record, may_resolve
from commsoffice.ui import dates
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb

# More than these are told in one line.
_EACH = 3


def unknown(user: User, now: datetime) -> list[Need]:
    """Deliveries of which nobody knows whether they left."""
    if not may_resolve(user):
        return []
    rows = list(Delivery.objects.filter(state=DeliveryState.UNKNOWN).order_by("pk")[: _EACH + 1])
    if len(rows) > _EACH:
        return [
            Need(
                kind=StateKind.UNKNOWN,
                word=str(DeliveryState.UNKNOWN.label),
                title=_("Several deliveries have no answer"),
                text=_("Nobody knows whether they left, so they are not repeated by themselves."),
                verb=Verb(_("Decide"), f"{reverse('outbox:list')}?state=unknown", primary=True),
                order=10,
            )
        ]
    return [
        Need(
            kind=StateKind.UNKNOWN,
            word=str(DeliveryState.UNKNOWN.label),
            title=_("We do not know whether it left: %(way)s") % {"way": label_of(row.channel)},
            text=row.subject_label,
            verb=Verb(_("Decide"), reverse("outbox:detail", args=[row.pk]), primary=True),
            order=10,
        )
        for row in rows
    ]


def refused(user: User, now: datetime) -> list[Need]:
    """Refused deliveries that nobody has looked at."""
    if not may_resolve(user):
        return []
    rows = (
        Delivery.objects.filter(state=DeliveryState.REJECTED, seen_at=None)
        .order_by()
        .values("subject_type", "subject_id")
        .annotate(count=Count("pk"), label=Min("subject_label"))
    )
    return [
        Need(
            kind=StateKind.LATE,
            word=str(DeliveryState.REJECTED.label),
            title=ngettext("%(n)s delivery was refused", "%(n)s deliveries were refused", row["count"])
            % {"n": row["count"]},
            text=row["label"],
            verb=Verb(_("See"), reverse("outbox:subject", args=[row["subject_type"], row["subject_id"]])),
            order=20,
        )
        for row in rows[:_EACH]
    ]


def by_hand(user: User, now: datetime) -> list[Need]:
    """Calls, messages and papers that a person has to make, each with its list."""
    if not may_record(user):
        return []
    counts = queries.makeable_by_hand(user, now)
    return [
        Need(
            kind=StateKind.DUE,
            word=str(DeliveryState.TO_DO.label),
            title=_by_hand_words(channel, counts[channel][0]),
            text=_("The first is due %(when)s") % {"when": dates.short_datetime(until)} if until else "",
            verb=Verb(verb, reverse(address)),
            order=40,
        )
        for channel, address, verb in (
            ("telephone", "outbox:calls", _("Make the calls")),
            ("whatsapp", "outbox:messages", _("Copy and send")),
            ("print", "outbox:papers", _("Print and deliver")),
        )
        if channel in counts
        for until in [counts[channel][1]]
    ]


def _by_hand_words(channel: str, count: int) -> str:
    match channel:
        case "telephone":
            words = ngettext("%(n)s call to make", "%(n)s calls to make", count)
        case "whatsapp":
            words = ngettext("%(n)s message to send by WhatsApp", "%(n)s messages to send by WhatsApp", count)
        case _:
            words = ngettext("%(n)s paper to deliver", "%(n)s papers to deliver", count)
    return words % {"n": count}


def stale(user: User, now: datetime) -> list[Need]:
    """What a pause made stale, and nobody has said yet whether it still leaves."""
    if not may_pause(user):
        return []
    count = Delivery.objects.filter(state=DeliveryState.HELD, asks_word=True).count()
    if not count:
        return []
    return [
        Need(
            kind=StateKind.DUE,
            word=str(DeliveryState.HELD.label),
            title=ngettext("%(n)s delivery waits for your word", "%(n)s deliveries wait for your word", count)
            % {"n": count},
            text=_("Its hour passed during the pause."),
            verb=Verb(_("Decide"), reverse("outbox:pause"), primary=True),
            order=12,
        )
    ]
