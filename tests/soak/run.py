"""One run: queue, kill at the point, and let others go on until all is settled or before a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from random import Random
from signal import SIGINT, SIGQUIT
from time import sleep

from django.db import connection, transaction
from django.utils import timezone

from commsoffice.outbox.enums import SETTLED, DeliveryState
from commsoffice.outbox.models import AccountStop, Delivery
from tests.soak.house import House, address
from tests.soak.judge import Finding, is_done, judge
from tests.soak.points import Hitch, Moment
from tests.soak.scenario import Scenario, Strike
from tests.soak.stage import Stage, join, kill, soon, tell_where

# Far more than the longest chain of retries and questions.
_PHASES = 60
# A worker that takes longer hangs, which is a finding too.
_PHASE_SECONDS = 45.0
_HOUR = 3600.0
_POLL = 0.004
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

    def play(self) -> Finding:
        """Do it all, and compare."""
        self._house.empty()
        self._sandbox.reset()
        self._sandbox.quota(insert=100_000, search=100_000, pool=10_000_000)
        keys = self._house.queue(self._scenario)
        self._trouble()
        while self._phase():
            if self.phases == _PHASES:
                break
        self._sandbox.clear_faults()
        finding = judge(self._scenario, keys, self._sandbox.state())
        finding.unresolved += self._hung
        return finding

    def _trouble(self) -> None:
        """Switch on what goes wrong from the start, and the stall at which the worker dies."""
        point = self._scenario.point
        self._switch_on(point.before)
        if self._scenario.refused is not None:
            refused = address(self._scenario.seed, self._scenario.refused)
            self._switch_on([Hitch("smtp", "refuse_recipient", {"recipient": refused}, times=None)])
        if point.hitch is not None:
            self._switch_on([point.hitch])
        self._switch_on(self._scenario.early)

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
        return self._wind()

    def _let_end(self, crew: list[BaseProcess]) -> None:
        if not join(crew, _PHASE_SECONDS):
            tell_where(crew)
            kill(crew)
            self._hung.append(f"a worker hung in phase {self.phases}; its log says where")

    def _crew(self) -> list[BaseProcess]:
        is_race = self.was_struck and self._scenario.is_race
        roles = ("sender", "sender", "sweeper") if is_race else ("both",)
        log = f"{self._scenario.seed}.log"
        return [self._stage.start(role, self._ahead, log) for role in roles]

    def _wind(self) -> bool:
        """Set the clock to when something is due again, and sometimes later; False when nothing is."""
        rows = [row for row in Delivery.objects.exclude(state__in=SETTLED) if not is_done(row)]
        if not rows:
            return False
        now = timezone.now().timestamp() + self._ahead
        stops = {(stop.channel, stop.account): stop for stop in AccountStop.objects.filter(until__isnull=False)}
        due = min(_due(row, stops.get((row.channel, row.account))) for row in rows)
        delays = self._scenario.delays
        # What is overdue and did not move waits for something that the row doesn't say: a dead worker's lock.
        self._ahead += max(due - now, 30.0) + delays[self.phases % len(delays)]
        self._sandbox.clock(self._ahead)
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
        moment = self._scenario.point.moment
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

    def _befall(self, strike: Strike) -> None:
        """Let something happen under a worker that lives on."""
        if strike in {Strike.RESTART, Strike.CRASH}:
            connection.close()
            assert self._stage.database is not None
            self._stage.database.restart(SIGINT if strike == Strike.RESTART else SIGQUIT)
            return
        ahead = self._ahead + (_HOUR if strike == Strike.AHEAD else -_HOUR)
        others = [self._stage.start(role, ahead, f"{self._scenario.seed}.log") for role in ("sweeper", "sender")]
        self._let_end(others)

    def _strike_before_the_call(self) -> None:
        """Kill between the claim and the line that says that the call begins."""
        with _attempts_locked():
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
def _attempts_locked() -> Iterator[None]:
    """Nobody can write an attempt down meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE outbox_attempt IN SHARE ROW EXCLUSIVE MODE")
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
