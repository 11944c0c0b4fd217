"""Two steps of the day: the text, and its way out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.enums import StepKey
from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.office.queries import office_zone
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.ui.dates import short_datetime
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Step, Verb
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.permissions import may_approve, may_draft, may_edit
from pressreleases.queries import about_event

# A text later than this after the event began is late.
LATE_AFTER = timedelta(hours=6)
_DONE = (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)
_NOT_COUNTED = (DeliveryState.CANCELLED,)


def release_step(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, Step]:
    """«Comunicado»: green when an approved text is public. One query."""
    numbers = [event.pk for event in events]
    releases = about_event(numbers)
    zone = office_zone()
    steps: dict[int, Step] = {}
    for event in events:
        since = now - event.starts_at(zone)
        steps[event.pk] = _text_step(event, releases.get(event.pk), user=user, since=since)
    return steps


def delivery_step(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, Step]:
    """«Envío»: green when everything that had to leave left. Two queries."""
    numbers = [event.pk for event in events]
    releases = about_event(numbers)
    counts = _counts([release.pk for release in releases.values()])
    steps: dict[int, Step] = {}
    for event in events:
        release = releases.get(event.pk)
        steps[event.pk] = _way_out_step(release, counts[release.pk] if release else Counter())
    return steps


def _text_step(event: Event, release: Release | None, *, user: User, since: timedelta) -> Step:
    """``since`` is how long ago the event began; negative before."""
    name, is_over, late = str(StepKey.RELEASE.label), since > timedelta(0), since > LATE_AFTER
    if release is None:
        verb = None
        if may_draft(user):
            address = f"{reverse('releases:new')}?evento={event.pk}"
            verb = Verb(_("Write the release"), address, primary=is_over)
        kind = StateKind.LATE if late else StateKind.DUE if is_over else StateKind.TODO
        word = _("Missing") if is_over else _("To come")
        return Step(StepKey.RELEASE, name, kind, word, verb=verb)
    kind, word = StateKind(release.state_kind), str(ReleaseState(release.state).label)
    detail, address = release.folio or release.title, reverse("releases:release", args=[release.pk])
    who, verb = release.author.short_name, None
    if release.state == ReleaseState.DRAFT:
        if release.returned_note:
            kind, word = StateKind.DUE, _("Returned")
        elif late:
            kind = StateKind.LATE
        else:
            kind = StateKind.RUNNING
        if may_edit(user, release):
            verb = Verb(_("Go on writing"), address)
    elif release.state == ReleaseState.IN_REVIEW:
        word = _("To be approved")
        if may_approve(user, release):
            verb = Verb(
                _("Read and approve"), reverse("admin:pressreleases_release_change", args=[release.pk]), primary=True
            )
    elif release.approved_by is not None and release.approved_at is not None:
        who = f"{release.approved_by.short_name}, {short_datetime(release.approved_at)}"
    return Step(StepKey.RELEASE, name, kind, word, detail=detail, detail_url=address, who=who, verb=verb)


def _counts(numbers: list[int]) -> dict[int, "Counter[str]"]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    rows = (
        Delivery.objects.filter(subject_type=Release._meta.label_lower, subject_id__in=numbers)  # noqa: SLF001  its public name
        .exclude(state__in=_NOT_COUNTED)
        .values_list("subject_id", "state")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for subject, state, number in rows:
        counts[subject][state] += number
    return counts


def _way_out_step(release: Release | None, counts: "Counter[str]") -> Step:
    key, name = StepKey.DELIVERY, str(StepKey.DELIVERY.label)
    if release is None:
        return Step(key, name, StateKind.BLOCKED, _("Waits for the text"))
    if not counts:
        if release.state == ReleaseState.WITHDRAWN:
            return Step(key, name, StateKind.WAIVED, _("Withdrawn"))
        return Step(key, name, StateKind.BLOCKED, _("Waits for the signature"))
    total = sum(counts.values())
    done = sum(counts[state] for state in _DONE)
    address = reverse("outbox:subject", args=[Release._meta.label_lower, release.pk])  # noqa: SLF001  its public name
    detail = _("%(done)s of %(total)s") % {"done": done, "total": total}
    kind, word = _way_out_state(counts, is_whole=done == total)
    verb = Verb(_("Resolve"), address) if kind in {StateKind.UNKNOWN, StateKind.LATE} else None
    return Step(key, name, kind, word, detail=detail, detail_url=address, verb=verb)


def _way_out_state(counts: "Counter[str]", *, is_whole: bool) -> tuple[StateKind, str]:
    """The worst news first: what nobody knows, what was refused, what a person has to do, what is on its way."""
    if unknown := counts[DeliveryState.UNKNOWN]:
        return StateKind.UNKNOWN, ngettext("%(n)s without answer", "%(n)s without answer", unknown) % {"n": unknown}
    if refused := counts[DeliveryState.REJECTED] + counts[DeliveryState.EXPIRED]:
        return StateKind.LATE, ngettext("%(n)s did not leave", "%(n)s did not leave", refused) % {"n": refused}
    if is_whole:
        return StateKind.DONE, _("All sent")
    if counts[DeliveryState.QUEUED] or counts[DeliveryState.SENDING]:
        return StateKind.RUNNING, _("Sending")
    if by_hand := counts[DeliveryState.TO_DO]:
        return StateKind.DUE, ngettext("%(n)s by hand", "%(n)s by hand", by_hand) % {"n": by_hand}
    return StateKind.RUNNING, str(DeliveryState.SCHEDULED.label) if counts[DeliveryState.SCHEDULED] else _("Held")
