"""What people do in the middle of a run, and when; and what the judge has to know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import Q

from commsoffice.outbox.enums import SETTLED, DeliveryState, Word
from commsoffice.outbox.models import Delivery, Pause
from commsoffice.sandbox.seed import PAGE_GOVERNMENT_TOKEN
from social.enums import ProfileState
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.soak import mailbox, newsroom
from tests.soak.house import Asked, House, address
from tests.soak.judge import Finding, Known, is_done, judge
from tests.soak.point import Act, Story
from tests.soak.scenario import ALLOWED, CHANNEL, PAGES, Hour, Scenario

# Phases after which people don't wait any longer for the right moment.
_LONG = 14
_HOURS = 3600.0


@dataclass
class Tale:
    """A run as its people see it. ``ahead``: seconds by which the clock was set; ``phases``: how many there were."""

    scenario: Scenario
    house: House
    sandbox: SandboxProcess
    now: Callable[[], float]
    # When each was done: from the moment before to the moment after, unix seconds.
    done: dict[Act, tuple[float, float]] = field(default_factory=dict)
    # In which phase.
    phase_of: dict[Act, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    phases: int = 0
    was_struck: bool = False
    # After the pause was pressed under a standing call: the moment at which nothing was on its way any more.
    calm_at: float = 0.0

    acts: ClassVar[tuple[Act, ...]] = ()
    # What the worker does in one process, and what in several.
    alone: ClassVar[tuple[str, ...]] = ("both",)
    together: ClassVar[tuple[str, ...]] = ("sender", "sender", "sweeper")

    @property
    def settings(self) -> Mapping[str, str]:
        """What the office has set otherwise."""
        return {}

    def begin(self) -> None:
        """Put into the ledger what leaves, and prepare the outside."""
        self._queue(None)

    def _queue(self, after: Act | None) -> None:
        now = datetime.fromtimestamp(self.now(), UTC)
        for parcel in self.scenario.parcels:
            if parcel.after == after:
                self.asked += self.house.queue(parcel, self.scenario.seed, self.scenario.point.story, now)

    def next_act(self) -> Act | None:
        """What people do now, between two phases; None: nothing."""
        return next((act for act in self.acts if act not in self.done and self.is_ripe(act)), None)

    def is_ripe(self, act: Act) -> bool:
        """Whether the moment has come for it."""
        return self._since_start(act) or self.phases >= _LONG

    def _since_start(self, act: Act) -> bool:
        # Under a standing call, unless that never comes.
        return self.scenario.point.during != act and self.phases >= 1

    def was_done(self, act: Act, began: float) -> None:
        """Take note of it, and do what follows from it."""
        self.done[act] = (began, self.now())
        self.phase_of[act] = self.phases
        self._queue(act)

    def what(self, act: Act) -> Mapping[str, Any]:
        """What the person needs to know."""
        return {}

    def skip_to(self) -> float | None:
        """The moment to which the clock is set next, if it isn't the ledger that says."""
        return None

    @property
    def goes_on(self) -> bool:
        """Whether something is still to come, though the ledger has no more to do."""
        return any(act not in self.done for act in self.acts)

    def known(self) -> Known:
        """For the judge."""
        refused = self.scenario.refused
        return Known(refused=[address(self.scenario.seed, refused)] if refused is not None else [])

    def judge(self, outside: Mapping[str, Any]) -> Finding:
        """Compare the ledger with the outside."""
        finding = judge(self.asked, self.known(), outside)
        missing = [act for act in self.acts if act not in self.done]
        finding.unresolved += [f"{act} was never done" for act in missing]
        return finding

    def _since(self, act: Act) -> int:
        return self.phases - self.phase_of[act]

    def _has_passed(self, act: Act) -> bool:
        """Whether it was done, and a whole phase has passed since."""
        is_half = self.scenario.point.during == act
        return act in self.done and self._since(act) > is_half


@dataclass
class Crisis(Tale):
    """Everything is paused, what networks hold is pulled back, and it all goes on."""

    # Of which a person was asked, and of which he said that they don't leave.
    asked_about: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    acts = (Act.PAUSE, Act.RESUME)

    def is_ripe(self, act: Act) -> bool:
        if act == Act.PAUSE:
            return self._since_start(act) and (self._is_handed_over() or self.phases >= _LONG // 2)
        if not self._has_passed(Act.PAUSE):
            return False
        if self._since(Act.PAUSE) >= _LONG:
            return True
        waits_for_strike = self.scenario.point.after == Act.PAUSE and not self.was_struck
        return not waits_for_strike and not self._is_moving() and self.skip_to() is None

    def next_act(self) -> Act | None:
        found = super().next_act()
        return Act.WORD if found is None and self._asking() else found

    def _is_handed_over(self) -> bool:
        return not Delivery.objects.exclude(state__in=[*SETTLED, DeliveryState.SCHEDULED, DeliveryState.HELD]).exists()

    def _is_moving(self) -> bool:
        """Whether something has still to be taken back, or may go on in spite of the pause and hasn't."""
        unfinished = Q(state__in=(DeliveryState.SCHEDULED, DeliveryState.SENDING, DeliveryState.UNKNOWN))
        rows = list(Delivery.objects.filter(unfinished).exclude(area=ALLOWED))
        allowed = Delivery.objects.filter(area=ALLOWED).exclude(state__in=SETTLED)
        rows += allowed.exclude(state=DeliveryState.SCHEDULED)
        return any(not is_done(row) for row in rows)

    def _asking(self) -> list[Delivery]:
        if Pause.objects.current() is not None:
            return []
        return list(Delivery.objects.filter(state=DeliveryState.HELD, asks_word=True))

    def skip_to(self) -> float | None:
        """Set the clock past the hour of what was pulled back, once it was."""
        hours = [asked.publish_at for asked in self.asked if asked.publish_at is not None]
        if Act.PAUSE not in self.done or Act.RESUME in self.done or not hours or self._is_moving():
            return None
        late = {Hour.AHEAD: None, Hour.FRESH: 600.0, Hour.STALE: 3 * _HOURS}[self.scenario.twist.hour]
        if late is None or self.now() >= max(hours) + late:
            return None
        return max(hours) + late

    def was_done(self, act: Act, began: float) -> None:
        super().was_done(act, began)
        if act == Act.PAUSE:
            self.calm_at = self.now()
        if act == Act.WORD and self.scenario.twist.word != Word.SEND:
            self.dropped += self.asked_about

    def what(self, act: Act) -> Mapping[str, Any]:
        if act != Act.WORD:
            return {}
        rows = self._asking()
        self.asked_about = [row.key for row in rows]
        return {"ids": [row.pk for row in rows], "word": self.scenario.twist.word}

    def known(self) -> Known:
        paused = None
        if {Act.PAUSE, Act.RESUME} <= self.done.keys():
            paused = (self.calm_at, self.done[Act.RESUME][0])
        return Known(unwanted=self.dropped, paused=paused)

    def judge(self, outside: Mapping[str, Any]) -> Finding:
        finding = super().judge(outside)
        if Act.RESUME in self.done:
            self._judge_allowed(finding, outside)
        return finding

    def _judge_allowed(self, finding: Finding, outside: Mapping[str, Any]) -> None:
        """Those who go on speaking were not held up by the pause."""
        resumed = self.done[Act.RESUME][0]
        late = {
            recipient
            for row in outside["inbox"]
            if row["at"] > resumed
            for recipient in row["recipients"]
            if "permitido" in recipient
        }
        finding.unresolved += [f"{recipient} waited for the end of the pause" for recipient in sorted(late)]


@dataclass
class DeadToken(Tale):
    """An account's credentials die in the middle of a batch; later somebody connects it again."""

    # What of the other accounts was not done when this one was connected again.
    held_up: list[str] = field(default_factory=list)

    acts = (Act.REVOKE, Act.RECONNECT)

    @property
    def account(self) -> str:
        """Which one it is."""
        return CHANNEL if "video" in self.scenario.point.content else PAGES[0]

    def is_ripe(self, act: Act) -> bool:
        if act == Act.REVOKE:
            return super().is_ripe(act)
        if not self._has_passed(Act.REVOKE):
            return False
        if Profile.objects.get(key=self.account).state == ProfileState.CONNECTED:
            # Nobody has noticed yet.
            return False
        # The others go on, and don't wait for it.
        others = Delivery.objects.exclude(account=self.account)
        return all(is_done(row) for row in others) or self._since(Act.REVOKE) >= 2 * _LONG

    def what(self, act: Act) -> Mapping[str, Any]:
        if act == Act.REVOKE:
            # What others have is there before: they don't wait for the one that is stopped.
            if self.account == CHANNEL:
                self.sandbox.revoke_google()
            else:
                self.sandbox.revoke_facebook(self.scenario.twist.reason, PAGE_GOVERNMENT_TOKEN)
        return {"account": self.account, "port": self.sandbox.http_port}

    def was_done(self, act: Act, began: float) -> None:
        if act == Act.RECONNECT:
            others = Delivery.objects.exclude(account=self.account)
            self.held_up = [str(row) for row in others if not is_done(row)]
        super().was_done(act, began)

    def judge(self, outside: Mapping[str, Any]) -> Finding:
        finding = super().judge(outside)
        finding.unresolved += [f"{row} waited for the other account" for row in self.held_up]
        return finding


@dataclass
class Returns(Tale):
    """Mail comes back, and the mailbox is read."""

    rounds: int = 0

    alone = ("reading",)
    together = ("sender", "sweeper", "reader", "reader")

    def begin(self) -> None:
        for number, hitch in self.scenario.twist.comes_back.items():
            recipient = address(self.scenario.seed, number).replace(".", r"\.")
            self.sandbox.fault(hitch.service, hitch.fault, match={"recipient": recipient}, times=None, **hitch.params)
        self.sandbox.deliver(mailbox.LETTER)
        super().begin()

    @property
    def settings(self) -> Mapping[str, str]:
        return mailbox.settings(self.scenario)

    @property
    def goes_on(self) -> bool:
        """Until everything has come back, and two rounds have read it undisturbed."""
        return self.rounds < mailbox.ROUNDS

    def skip_to(self) -> float | None:
        if not self.goes_on or not all(is_done(row) for row in Delivery.objects.all()):
            return None
        self.rounds += 1
        # The first leap is longer than the latest report takes.
        return self.now() + (3 * _HOURS if self.rounds == 1 else 300.0)

    def known(self) -> Known:
        return Known(returned=mailbox.returned(self.scenario))

    def judge(self, outside: Mapping[str, Any]) -> Finding:
        finding = super().judge(outside)
        mailbox.judge_mailbox(finding, self.scenario, outside)
        return finding


@dataclass
class OfARelease(Tale):
    """A release is found to be wrong while it leaves."""

    release: int = 0

    def begin(self) -> None:
        self.release = newsroom.release_out(self.scenario.seed, datetime.fromtimestamp(self.now(), UTC))

    def is_ripe(self, act: Act) -> bool:
        return newsroom.is_public(self.release) and super().is_ripe(act)

    def what(self, act: Act) -> Mapping[str, Any]:
        return {"release": self.release, "seed": self.scenario.seed}

    def was_done(self, act: Act, began: float) -> None:
        super().was_done(act, began)
        self.calm_at = self.now()

    def judge(self, outside: Mapping[str, Any]) -> Finding:
        finding = super().judge(outside)
        (act,) = self.acts
        if act in self.done:
            change = newsroom.Change(act, self.done[act][0], self.calm_at)
            newsroom.judge_release(finding, self.release, self.scenario.seed, change, outside)
        return finding


class Corrected(OfARelease):
    """It is corrected."""

    acts = (Act.CORRECT,)


class Withdrawn(OfARelease):
    """It is withdrawn."""

    acts = (Act.WITHDRAW,)


TALES: Mapping[Story, type[Tale]] = {
    Story.PLAIN: Tale,
    Story.CRISIS: Crisis,
    Story.DEAD_TOKEN: DeadToken,
    Story.RETURNS: Returns,
    Story.CORRECTED: Corrected,
    Story.WITHDRAWN: Withdrawn,
}
