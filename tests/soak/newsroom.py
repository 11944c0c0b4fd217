"""A release that leaves while it is corrected or withdrawn, and who held what of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commsoffice.accounts.models import User
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Delivery
from media_contacts.models import Contact, MediaList
from pressreleases import actions
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release
from social.models import Profile
from tests.media_contacts.factories import ContactFactory, MediaListFactory, OutletFactory
from tests.soak.house import DIRECTOR, WRITER, address
from tests.soak.judge import Finding, is_done
from tests.soak.point import Act
from tests.soak.scenario import PAGES

# So that several connections send them, and some wait in the queue meanwhile.
_CONTACTS = 28


@dataclass(frozen=True, slots=True)
class Marks:
    """The words by which each thing that is told is known outside."""

    seed: int

    @property
    def wrong(self) -> str:
        """Stands in the text with the error, and nowhere else."""
        return f"malo{self.seed}x"

    @property
    def right(self) -> str:
        """Stands in whatever carries the corrected text."""
        return f"bueno{self.seed}x"

    @property
    def note(self) -> str:
        """Stands in the correction that says what was wrong."""
        return f"nota{self.seed}x"

    @property
    def reason(self) -> str:
        """Stands in the withdrawal."""
        return f"retiro{self.seed}x"


def release_out(seed: int, now: datetime) -> int:
    """Write and sign a release for a list of contacts and both pages; its number."""
    outlet = OutletFactory.create(key=f"o{seed}")
    contacts = [ContactFactory.create(outlet=outlet, email=address(seed, n)) for n in range(_CONTACTS)]
    media = MediaListFactory.create(name=f"Corrida {seed}", contacts=contacts)
    writer = _person(WRITER)
    release = actions.draft(by=writer, now=now, title=f"Corrida {seed}")
    text = _text(seed, Marks(seed).wrong, [media])
    release = actions.save(release, text, version=release.version, by=writer, now=now)
    release = actions.submit(release, by=writer, now=now)
    return actions.approve(release, by=_person(DIRECTOR), now=now).pk


def correct(release_id: int, seed: int, now: datetime) -> None:
    """Write and sign the correction, whatever of that was done already."""
    release = Release.objects.get(pk=release_id)
    writer, marks = _person(WRITER), Marks(seed)
    row = Correction.objects.filter(release=release).first()
    if row is None:
        notes = actions.Notes("una cifra", f"otra cifra, {marks.note}")
        text = _text(seed, marks.right, list(release.lists.all()))
        row = actions.write_correction(release, notes, text, version=0, by=writer, now=now)
    if row.state == CorrectionState.DRAFT:
        row = actions.submit_correction(row, by=writer, now=now)
    if row.state == CorrectionState.IN_REVIEW:
        actions.issue_correction(row, by=_person(DIRECTOR), now=now)


def withdraw(release_id: int, seed: int, now: datetime) -> None:
    """Withdraw it, if that was not done already."""
    release = Release.objects.get(pk=release_id)
    if release.state == ReleaseState.PUBLISHED:
        actions.withdraw(release, reason=f"Se publicó por error, {Marks(seed).reason}", by=_person(DIRECTOR), now=now)


def is_public(release_id: int) -> bool:
    """Whether it can be corrected and withdrawn by now."""
    return Release.objects.filter(pk=release_id, state=ReleaseState.PUBLISHED).exists()


def _text(seed: int, lead: str, lists: list[MediaList]) -> actions.Text:
    return actions.Text(
        title=f"Corrida {seed}: El Mirador estrena alumbrado",
        topic="Obra pública",
        highlights=["La colonia completa su alumbrado", "Reportes, al 072"],
        lead=f"Desde hoy, las luminarias alumbran la colonia El Mirador, {lead}.",
        body="<p>El servicio queda completo en 12 calles.</p>",
        lists=lists,
        accounts=list(PAGES),
    )


def _person(email: str) -> User:
    return User.objects.get(email=email)


# --- Judging --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Holder:
    """What came to one address or stands on one page: the moments of each kind."""

    where: str
    wrong: list[float]
    # The correction that says so, and the corrected text for those who never had the other.
    corrections: list[float]
    corrected: list[float]
    withdrawals: list[float]


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a release, and between which moments, unix seconds."""

    act: Act
    began: float
    ended: float


def judge_release(finding: Finding, release_id: int, seed: int, change: Change, outside: Mapping[str, Any]) -> None:
    """Compare who was told with who holds what."""
    rows = list(Delivery.objects.of("pressreleases.release", release_id).order_by("pk"))
    before_person = set(Delivery.objects.needs_person().values_list("pk", flat=True))
    for row in rows:
        finding.ends[row.channel, _end(row)] += 1
        if not is_done(row) or (row.state == DeliveryState.UNKNOWN and row.pk not in before_person):
            finding.unresolved.append(f"{row} is {row.state} ({row.reason})")
    places = dict(Profile.objects.values_list("external_id", "key"))
    for holder in _holders(seed, outside):
        its = [row for row in rows if places.get(holder.where, holder.where) in {row.account, row.recipient}]
        _judge_holder(finding, holder, its, change)


def _judge_holder(finding: Finding, holder: _Holder, rows: list[Delivery], change: Change) -> None:
    is_page = not any(row.channel == "email" for row in rows)
    said = {
        "wrong": len(holder.wrong),
        "correction": len(holder.corrections),
        "corrected": len(holder.corrected),
        "withdrawal": len(holder.withdrawals),
    }
    states = ", ".join(f"{row.purpose} {row.state}" for row in rows)
    says = f"{holder.where} ({states}) has {said}"
    told = said["correction"] + said["corrected"] + said["withdrawal"]
    if said["wrong"] > 1 or told > 1:
        finding.doubled.append(says)
    if any(moment > change.ended for moment in holder.wrong):
        finding.doubled.append(f"{says}; the wrong one left after it was known to be wrong")
    # Of what tells it, and not of the text itself.
    may_be_open = any(row.state == DeliveryState.UNKNOWN for row in rows[1:])
    if not said["wrong"] and said["correction"] + said["withdrawal"] and not _was_in_doubt(rows, change):
        finding.doubled.append(f"{says}; told of an error that never left")
    owed = 0 if change.act == Act.WITHDRAW and (is_page or not said["wrong"]) else 1
    if told < owed and not may_be_open:
        finding.lost.append(f"{says}; not told")
    if change.act == Act.WITHDRAW and is_page and told:
        finding.doubled.append(f"{says}; posted though withdrawn")


def _was_in_doubt(rows: list[Delivery], change: Change) -> bool:
    """Whether somebody was calling about the text, or nobody knew, when it was found to be wrong."""
    first = rows[0]
    for attempt in first.attempts.filter(kind=AttemptKind.SEND):
        is_open = attempt.finished_at is None or attempt.finished_at.timestamp() >= change.began
        if attempt.started_at.timestamp() <= change.ended and (is_open or attempt.outcome == DeliveryState.UNKNOWN):
            return True
    return False


def _holders(seed: int, outside: Mapping[str, Any]) -> Iterator[_Holder]:
    marks = Marks(seed)
    for contact in Contact.objects.filter(outlet__key=f"o{seed}").values_list("email", flat=True):
        mails = [(row["text"], row["at"]) for row in outside["inbox"] if contact in row["recipients"]]
        yield _sorted_out(contact, marks, mails)
    for place in Profile.objects.filter(key__in=PAGES).values_list("external_id", flat=True):
        posts = [(row["words"], row["since"]) for row in outside["seen"] if row["account"] == place]
        yield _sorted_out(place, marks, posts)


def _sorted_out(where: str, marks: Marks, things: list[tuple[str, float]]) -> _Holder:
    return _Holder(
        where=where,
        wrong=[at for text, at in things if marks.wrong in text],
        corrections=[at for text, at in things if marks.note in text],
        corrected=[at for text, at in things if marks.right in text and marks.note not in text],
        withdrawals=[at for text, at in things if marks.reason in text],
    )


def _end(row: Delivery) -> str:
    return "before a person" if row.state == DeliveryState.UNKNOWN else row.state
