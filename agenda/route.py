"""The two steps of the day that the agenda proves, and the steps that somebody waived in writing."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.enums import EventState, StepKey
from agenda.models import Event, Invitation
from agenda.permissions import may_decide, may_invite
from agenda.queries import invitations_of, waivers_of
from commsoffice.accounts.models import User
from commsoffice.office.queries import local_day
from commsoffice.ui.dates import short_date
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Step, Verb

# From this many days before, an invitation that has not left is pressing.
_PRESSING = 1


def agenda_step(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, Step]:
    """Say of each event whether it will be, and who said so: one query."""
    who = User.objects.in_bulk({event.confirmed_by_id for event in events if event.confirmed_by_id})
    return {event.pk: _agenda(event, who.get(event.confirmed_by_id or 0), user) for event in events}


def _agenda(event: Event, confirmed_by: User | None, user: User) -> Step:
    state = EventState(event.state)
    word = _("To confirm") if state == EventState.PROPOSED else str(state.label)
    verb = None
    if state == EventState.PROPOSED and may_decide(user):
        verb = Verb(_("Confirm"), reverse("agenda:confirm", args=[event.pk]), method="post", in_place=True)
    return Step(
        key=StepKey.AGENDA,
        name=str(StepKey.AGENDA.label),
        kind=StateKind(state.kind),
        word=word,
        who=_by(confirmed_by, event.confirmed_at),
        verb=verb,
    )


def invitation_step(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, Step]:
    """Say of each event whether the media were invited and how many come: two queries."""
    invitations = invitations_of(events)
    today = local_day(now) if events else now.date()
    steps = {}
    for event in events:
        invitation = invitations.get(event.pk)
        days = (event.last_day - today).days
        steps[event.pk] = _sent(event, invitation) if invitation else _unsent(event, days, user)
    return steps


def _sent(event: Event, invitation: Invitation) -> Step:
    total, yes = _count(invitation, "total"), _count(invitation, "yes")
    leaving, by_hand, arrived = (_count(invitation, name) for name in ("leaving", "by_hand", "arrived"))
    if event.state == EventState.CANCELLED:
        kind, word = StateKind.WAIVED, str(EventState.CANCELLED.label)
    elif leaving:
        kind, word = StateKind.RUNNING, _("Leaving")
    elif arrived:
        kind, word = StateKind.DONE, _("Invitations sent")
    elif by_hand:
        kind, word = StateKind.DUE, _("To be made by hand")
    else:
        kind, word = StateKind.LATE, _("It reached nobody")
    detail = ngettext("%(yes)s of %(total)s confirms", "%(yes)s of %(total)s confirm", yes) % {
        "yes": yes,
        "total": total,
    }
    if by_hand:
        calls = ngettext("%(n)s by hand is missing", "%(n)s by hand are missing", by_hand) % {"n": by_hand}
        detail = f"{detail}, {calls}"
    return Step(
        key=StepKey.INVITATION,
        name=str(StepKey.INVITATION.label),
        kind=kind,
        word=word,
        detail=detail,
        detail_url=_page(event),
        who=_by(invitation.sent_by, invitation.sent_at),
    )


def _unsent(event: Event, days: int, user: User) -> Step:
    kind, word, verb = StateKind.TODO, _("Not sent"), None
    if event.state == EventState.CANCELLED:
        kind, word = StateKind.WAIVED, str(EventState.CANCELLED.label)
    elif not event.can_have_media:
        kind, word = StateKind.WAIVED, _("Without media")
    elif event.state == EventState.PROPOSED:
        kind, word = StateKind.BLOCKED, _("Waits for the agenda")
    elif days < 0:
        kind = StateKind.LATE
    else:
        if days <= _PRESSING:
            kind, word = StateKind.DUE, _("To send")
        if may_invite(user):
            verb = Verb(_("Invite the media"), reverse("agenda:invite", args=[event.pk]), primary=days <= _PRESSING)
    return Step(key=StepKey.INVITATION, name=str(StepKey.INVITATION.label), kind=kind, word=word, verb=verb)


def waived_steps(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, list[Step]]:
    """Return the steps that will not be done, with the written reason: one query. They stand instead of the rooms'."""
    waived: dict[int, list[Step]] = {}
    for waiver in waivers_of(events):
        step = Step(
            key=waiver.step,
            name=str(StepKey(waiver.step).label),
            kind=StateKind.WAIVED,
            word=_("Will not be done"),
            detail=waiver.reason,
            who=_by(waiver.by, waiver.at),
        )
        waived.setdefault(waiver.event_id, []).append(step)
    return waived


def _by(who: User | None, when: datetime | None) -> str:
    return f"{who.short_name}, {short_date(when)}" if who and when else ""


def _page(event: Event) -> str:
    return reverse("agenda:event", args=[event.pk]) + "#h-inv"


def _count(annotated: Model, name: str) -> int:
    return int(getattr(annotated, name))
