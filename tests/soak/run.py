"""One run: queue, kill at the point, and let others go on until all is settled or before a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from random import Random
from signal import SIGINT, SIGQUIT
from time import sleep, time

from django.db import connection, transaction

from commsoffice.outbox.enums import SETTLED, DeliveryState
from commsoffice.outbox.models import AccountStop, Delivery
from tests.soak.house import House, address
from tests.soak.judge import Finding, is_done
from tests.soak.point import Act, Hitch, Moment
from tests.soak.scenario import Scenario, Strike
from tests.soak.stage import Stage, join, kill, soon, tell_where
from tests.soak.stories import TALES

# Far more than the longest chain of retries and questions.
_PHASES = 60
# A worker that takes longer hangs, which is a finding too.
_PHASE_SECONDS = 45.0
_HOUR = 3600.0
_POLL = 0.004
# Seconds after what stood still was let go: what was on its way is there.
_ON_ITS_WAY = 1.5
# Locked, a person's verb stops there, in the middle of its transaction.
_MIDDLE = {Act.CORRECT: "pressreleases_replacedtext"}
_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


class Run:
    """One seed."""

    def __init__(self, stage: Stage, house: House, scenario: Scenario) -> None:
        self._stage = stage
        self._sandbox = stage.sandbox
        self._house = house
        self._scenario = scenario
        self._chance = Random(scenario.seed + 1)
        self._ahead = 0.0
        self.was_struck = False
        self.phases = 0
        self._hung: list[str] = []
        self._tale = TALES[scenario.point.story](scenario, house, stage.sandbox, self._now)
        self._log = f"{scenario.seed}.log"

    def play(self) -> Finding:
        """Do it all, and compare."""
        self._house.empty()
        self._sandbox.reset()
        self._sandbox.quota(insert=100_000, search=100_000, pool=10_000_000)
        self._tale.begin()
        self._trouble()
        while self._phase():
            if self.phases == _PHASES:
                break
        self._sandbox.clear_faults()
        finding = self._tale.judge(self._sandbox.state())
        finding.unresolved += self._hung
        return finding

    def _trouble(self) -> None:
        """Switch on what goes wrong from the start, and the stall at which the worker dies."""
        point = self._scenario.point
        self._switch_on(point.before)
        if self._scenario.refused is not None:
            refused = address(self._scenario.seed, self._scenario.refused)
            self._switch_on([Hitch("smtp", "refuse_recipient", {"recipient": refused}, times=None)])
        if point.hitch is not None and point.after is None:
            self._switch_on([point.hitch])
        self._switch_on(self._scenario.early)

    def _now(self) -> float:
        """What time it is in the office and outside, unix seconds."""
        return time() + self._ahead

    def _switch_on(self, hitches: Iterator[Hitch] | list[Hitch] | tuple[Hitch, ...]) -> None:
        for hitch in hitches:
            self._sandbox.fault(
                hitch.service,
                hitch.fault,
                match=hitch.match or None,
                times=hitch.times,
                skip=hitch.skip,
                **hitch.params,
            )

    # --- One stretch of the clock ---------------------------------------------------------------------

    def _phase(self) -> bool:
        """Let a crew do what is due now, and set the clock to what is due next; False when all is done."""
        scenario = self._scenario
        if scenario.flush_in == self.phases:
            self._stage.broker.flush()
        if scenario.restart_in == self.phases:
            self._stage.broker.kill()
        if not self.was_struck and scenario.point.moment == Moment.CLAIMED:
            self._strike_before_the_call()
        else:
            crew = self._crew()
            if not self.was_struck:
                self._strike(crew)
            elif self.phases in scenario.more_kills:
                sleep(scenario.more_kills[self.phases])
                kill([self._chance.choice(crew)])
            self._let_end(crew)
        if scenario.restart_in == self.phases:
            self._stage.broker.start()
        self._stage.calm()
        self.phases += 1
        self._tale.phases, self._tale.was_struck = self.phases, self.was_struck
        acted = self._let_people_act()
        return self._wind() or acted

    def _let_end(self, crew: list[BaseProcess]) -> None:
        if not join(crew, _PHASE_SECONDS):
            tell_where(crew)
            kill(crew)
            self._hung.append(f"a worker hung in phase {self.phases}; its log says where")

    def _crew(self) -> list[BaseProcess]:
        is_race = self.was_struck and self._scenario.is_race
        return [self._started(role, self._ahead) for role in (self._tale.together if is_race else self._tale.alone)]

    def _started(self, role: str, ahead: float) -> BaseProcess:
        return self._stage.start(role, ahead, self._log, self._tale.settings)

    def _wind(self) -> bool:
        """Set the clock to when something is due again, and sometimes later; False when nothing is."""
        rows = [row for row in Delivery.objects.exclude(state__in=SETTLED) if not is_done(row)]
        now = self._now()
        if (moment := self._tale.skip_to()) is not None:
            self._set_clock(moment - now)
            return True
        if not rows:
            if self._tale.goes_on:
                self._set_clock(30.0)
            return self._tale.goes_on
        stops = {(stop.channel, stop.account): stop for stop in AccountStop.objects.filter(until__isnull=False)}
        due = min(_due(row, stops.get((row.channel, row.account)) or stops.get((row.channel, ""))) for row in rows)
        delays = self._scenario.delays
        # What is overdue and did not move waits for something that the row doesn't say: a dead worker's lock.
        self._set_clock(max(due - now, 30.0) + delays[self.phases % len(delays)])
        return True

    def _set_clock(self, on: float) -> None:
        self._ahead += on
        self._sandbox.clock(self._ahead)

    # --- People ---------------------------------------------------------------------------------------

    def _let_people_act(self) -> bool:
        """Let them do what the moment has come for; say whether they did anything."""
        acted = False
        while (act := self._tale.next_act()) is not None:
            if not self._perform(act):
                # Refused, or the network didn't answer: they try again later.
                return True
            acted = True
        return acted

    def _perform(self, act: Act) -> bool:
        """Have a person do it, and say whether it succeeded; the first one may die over it."""
        point, what, began = self._scenario.point, self._tale.what(act), self._now()
        if act != Act.REVOKE:
            if point.pressed == act and not self.was_struck:
                with _table_locked(_MIDDLE.get(act, "audit_entry")):
                    first = [self._stage.start_person(act, self._ahead, self._log, what)]
                    self.was_struck = self._tale.was_struck = _wait_for_blocked(first)
                    kill(first)
                self._switch_on(self._scenario.late)
            person = self._stage.start_person(act, self._ahead, self._log, what)
            self._let_end([person])
            if person.exitcode != 0:
                return False
        self._tale.was_done(act, began)
        if point.after == act and point.hitch is not None:
            self._switch_on([point.hitch])
        return True

    # --- Killing --------------------------------------------------------------------------------------

    def _strike(self, crew: list[BaseProcess]) -> None:
        """Wait until the call stands still at our point, and kill whoever made it, or the database under him."""
        while any(process.is_alive() for process in crew):
            if self._sandbox.stalled():
                self._kill_in_call(crew)
                self.was_struck = True
                self._switch_on(self._scenario.late)
                return
            sleep(_POLL)

    def _kill_in_call(self, crew: list[BaseProcess]) -> None:
        moment, during = self._scenario.point.moment, self._scenario.point.during
        if during is not None:
            self._perform(during)
        if self._scenario.strike != Strike.KILL:
            self._befall(self._scenario.strike)
            self._sandbox.let_go(drop=moment == Moment.LOST)
        elif moment != Moment.ANSWERED:
            kill(crew)
            self._sandbox.let_go(drop=moment == Moment.LOST)
        else:
            with _rows_locked():
                self._sandbox.let_go()
                _wait_for_blocked(crew)
                kill(crew)
        if during is not None:
            self._tale.calm_at = self._now() + _ON_ITS_WAY

    def _befall(self, strike: Strike) -> None:
        """Let something happen under a worker that lives on."""
        if strike in {Strike.RESTART, Strike.CRASH}:
            connection.close()
            assert self._stage.database is not None
            self._stage.database.restart(SIGINT if strike == Strike.RESTART else SIGQUIT)
            return
        ahead = self._ahead + (_HOUR if strike == Strike.AHEAD else -_HOUR)
        others = [self._started(role, ahead) for role in ("sweeper", "sender")]
        self._let_end(others)

    def _strike_before_the_call(self) -> None:
        """Kill between the claim and the line that says that the call begins."""
        with _table_locked("outbox_attempt"):
            crew = self._crew()
            self.was_struck = _wait_for_blocked(crew)
            kill(crew)
        self._switch_on(self._scenario.late)


@contextmanager
def _rows_locked() -> Iterator[None]:
    """Nobody can write into any delivery meanwhile."""
    with transaction.atomic():
        list(Delivery.objects.select_for_update().values_list("pk"))
        yield


@contextmanager
def _table_locked(name: str) -> Iterator[None]:
    """Nobody can write into it meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        yield


def _wait_for_blocked(crew: list[BaseProcess]) -> bool:
    """Wait until one of the crew waits for our lock, or all have ended."""

    def is_blocked() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_BLOCKED)
            return bool(cursor.fetchone()[0])

    soon(lambda: is_blocked() or not any(process.is_alive() for process in crew))
    return is_blocked()


def _due(row: Delivery, stop: AccountStop | None) -> float:
    if stop is not None and stop.until is not None and row.state != DeliveryState.SENDING:
        return max(row.not_before, stop.until).timestamp()
    if row.lease_until is not None and row.state in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        return row.lease_until.timestamp()
    return row.not_before.timestamp()
