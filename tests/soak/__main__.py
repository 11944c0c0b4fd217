"""`python -m tests.soak`: the runs, what was covered, and the one line that counts."""

import argparse
import os
import sys
import time
from collections import Counter
from itertools import count, islice
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from commsoffice.stack.refusal import Refusal
from commsoffice.stack.supervisor import Stopped, say
from tests.soak.point import Moment, Point, Story
from tests.soak.scenario import Strike
from tests.soak.stage import Stage, stage

_RUNS = 240
_SEED = 20261009
_QUICK = 10
# By their name on the command line; most of the mix are kills.
_STRIKES: dict[str, list[Strike]] = {
    "kill": [Strike.KILL],
    "postgres": [Strike.RESTART, Strike.CRASH],
    "clock": [Strike.AHEAD, Strike.BEHIND],
    "mix": [*[Strike.KILL] * 20, *(strike for strike in Strike if strike != Strike.KILL)],
}
# In ``planted``, which needs settings.
_PLANTS = ("", "blind-retry", "forgetful", "trusting", "gives-up", "hasty", "careless")


class Report:
    """What all runs came to."""

    def __init__(self) -> None:
        self.lost = self.doubled = self.unresolved = 0
        self.ends: Counter[tuple[str, str]] = Counter()
        self.struck: Counter[tuple[str, Moment]] = Counter()
        self.missed: Counter[tuple[str, Moment]] = Counter()
        # Seconds, and whose.
        self.slowest = (0.0, 0)

    def table(self, points: list[Point]) -> str:
        """How often a worker was killed at each point; «·» where there is no such point, «0» where it was missed."""
        there = {(point.name, point.moment) for point in points}
        width = max(len(point.name) for point in points)
        lines = [" " * width + "".join(f"{moment:>17}" for moment in Moment)]
        for name in dict.fromkeys(point.name for point in points):
            cells = (f"{self.struck[name, m]:>17}" if (name, m) in there else f"{'·':>17}" for m in Moment)
            lines.append(f"{name:<{width}}{''.join(cells)}")
        return "\n".join(lines)

    def verdict(self) -> str:
        """The line that counts."""
        return f"lost {self.lost} doubled {self.doubled} unresolved {self.unresolved}"


def soak(on: Stage, asked: argparse.Namespace) -> Report:
    """Play the runs, and tell what they came to."""
    from tests.soak.house import House
    from tests.soak.points import points
    from tests.soak.run import Run
    from tests.soak.scenario import scenario

    house = House()
    contents = house.contents()
    everywhere = points(contents)
    report = Report()
    began = time.monotonic()
    runs = asked.runs or (_QUICK if asked.quick else _RUNS)
    seeds = count(asked.seed, len(everywhere) // runs if asked.quick else 1)
    strikes = _STRIKES[asked.strike]
    if on.database is None:
        # It was given, and isn't ours to restart.
        strikes = [strike for strike in strikes if strike not in _STRIKES["postgres"]]
    plans = (scenario(seed, everywhere, contents, strikes) for seed in seeds)
    if not any(asked.only in point.name and asked.story in {"", point.story} for point in everywhere):
        raise SystemExit(f"No point is called «{asked.only}» in that story.")
    wanted = (plan for plan in plans if asked.only in plan.point.name and asked.story in {"", plan.point.story})
    for number, plan in enumerate(islice(wanted, runs), 1):
        run = Run(on, house, plan)
        started = time.monotonic()
        finding = run.play()
        report.slowest = max(report.slowest, (time.monotonic() - started, plan.seed))
        place = plan.point.name, plan.point.moment
        (report.struck if run.was_struck else report.missed)[place] += 1
        report.ends += finding.ends
        report.lost += len(finding.lost)
        report.doubled += len(finding.doubled)
        report.unresolved += len(finding.unresolved)
        if not finding.is_clean:
            say(f"SEED={plan.seed} RUNS=1: struck at {place[0]}, {place[1]}; {plan.spices}; {run.phases} phases")
            for word in ("lost", "doubled", "unresolved"):
                for line in getattr(finding, word):
                    say(f"    {word}: {line}")
        if number % 20 == 0:
            say(f"{number} runs, {time.monotonic() - began:.0f} s: {report.verdict()}")
    _tell(report, everywhere)
    return report


def _tell(report: Report, everywhere: list[Point]) -> None:
    say("\nStruck, by call and by how far it had come:")
    say(report.table(everywhere))
    if missed := ", ".join(f"{name} ({moment})" for name, moment in report.missed):
        say(f"Never came to the point: {missed}")
    say(f"The slowest run: SEED={report.slowest[1]} RUNS=1, {report.slowest[0]:.0f} s")
    ends = ", ".join(f"{channel} {end} {number}" for (channel, end), number in sorted(report.ends.items()))
    say(f"How the deliveries ended: {ends}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=int(os.environ.get("RUNS", "") or 0))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", "") or _SEED), help="of the first run")
    parser.add_argument("--quick", action="store_true", help="a few runs, spread over all points")
    parser.add_argument("--only", default="", help="only runs that kill at a call of this name")
    parser.add_argument("--story", choices=list(Story), default="", help="only runs of this story")
    parser.add_argument("--strike", choices=_STRIKES, default="mix", help="what happens while a call stands still")
    parser.add_argument("--plant", choices=_PLANTS, default="", help="a fault of our own, to see it found")
    return parser.parse_args()


def main() -> int:
    """Play; 0 when nothing was lost, doubled or left unresolved."""
    asked = _arguments()
    os.environ["SOAK_PLANT"] = asked.plant
    folder = Path(mkdtemp(prefix="co-soak-"))
    is_clean = False
    try:
        with stage(folder) as on:
            report = soak(on, asked)
        is_clean = not (report.lost or report.doubled or report.unresolved)
        say(report.verdict())
    except (Stopped, KeyboardInterrupt):
        return 130
    except Refusal as refusal:
        say(str(refusal))
    finally:
        if is_clean:
            rmtree(folder, ignore_errors=True)
        else:
            sys.stderr.write(f"The logs of the workers are in {folder}\n")
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
