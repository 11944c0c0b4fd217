"""What one run does: made by its seed and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.soak.points import Hitch, Moment, Point

# Each content with the accounts that it goes from; mails go to so many addresses.
PAGES = ("R01", "R03")
CHANNEL = "R02"
# Enough for several connections at once.
MANY = 44


class Strike(StrEnum):
    """What happens while a call stands still."""

    KILL = "the worker is killed"
    RESTART = "Postgres is restarted"
    CRASH = "Postgres crashes"
    # Others whose clock is an hour ahead, or behind, find the row meanwhile; then the call goes on.
    AHEAD = "a clock is an hour ahead"
    BEHIND = "a clock is an hour behind"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message and how many get it: addresses of mail, or accounts of ours."""

    content: str
    number: int

    @property
    def channel(self) -> str:
        """The way it goes."""
        if "mail" in self.content:
            return "email"
        return "youtube" if self.content in {"video", "long video", "scheduled video"} else "facebook"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run."""

    seed: int
    point: Point
    parcels: tuple[Parcel, ...]
    # What else goes wrong: at once, or once the worker was killed.
    early: tuple[Hitch, ...] = ()
    late: tuple[Hitch, ...] = ()
    # This recipient of the mail is refused for good.
    refused: int | None = None
    # Two senders and a sweep at the same time, once the first worker was killed.
    is_race: bool = False
    # What happens while the call stands still.
    strike: Strike = Strike.KILL
    # In these later phases one process is killed after so many seconds.
    more_kills: dict[int, float] = field(default_factory=dict)
    # In this phase Redis is emptied, or killed and started again.
    flush_in: int | None = None
    restart_in: int | None = None
    # How much later than necessary each phase begins, in seconds.
    delays: tuple[float, ...] = ()

    @property
    def spices(self) -> str:
        """All that was mixed in, on one line."""
        said = [f"{hitch.service} {hitch.fault}×{hitch.times}" for hitch in (*self.early, *self.late)]
        said += [f"recipient {self.refused} refused"] if self.refused is not None else []
        said += [self.strike] if self.strike != Strike.KILL else []
        said += ["race"] if self.is_race else []
        said += [f"kill in phase {phase}" for phase in self.more_kills]
        said += ["redis emptied"] if self.flush_in is not None else []
        said += ["redis restarted"] if self.restart_in is not None else []
        return ", ".join(said) or "nothing else"


def scenario(seed: int, points: list[Point], contents: frozenset[str], strikes: Sequence[Strike]) -> Scenario:
    """Make the run of a seed; runs in a row go through all points in turn, and one of these strikes befalls each."""
    chance = Random(seed)
    point = points[seed % len(points)]
    parcels = _parcels(point, chance, contents)
    channels = {parcel.channel for parcel in parcels}
    wrong = [hitch for channel in sorted(channels) for hitch in _storms(channel, chance) if chance.random() < 0.35]
    early = [hitch for hitch in wrong if chance.random() < 0.4]
    mails = next((parcel.number for parcel in parcels if parcel.channel == "email"), 0)
    strike = chance.choice(strikes)
    return Scenario(
        seed=seed,
        point=point,
        parcels=parcels,
        early=tuple(early),
        late=tuple(hitch for hitch in wrong if hitch not in early),
        refused=chance.randrange(mails) if mails > 2 and chance.random() < 0.4 else None,
        is_race=chance.random() < 0.4,
        # Before any call nothing stands still.
        strike=strike if point.moment != Moment.CLAIMED else Strike.KILL,
        more_kills={phase: chance.uniform(0.0, 0.35) for phase in range(1, 4) if chance.random() < 0.25},
        flush_in=chance.randrange(3) if chance.random() < 0.15 else None,
        restart_in=chance.randrange(3) if chance.random() < 0.1 else None,
        delays=tuple(chance.choice((1.0, 1.0, 20.0, 600.0, 4000.0)) for _ in range(8)),
    )


def _parcels(point: Point, chance: Random, contents: frozenset[str]) -> tuple[Parcel, ...]:
    size = {"mail": 5, "big mail": 2, "many mails": MANY, "post": len(PAGES)}
    wanted = [point.content]
    # In company: one way's death must not cost another's deliveries.
    if point.channel != "email" and chance.random() < 0.6:
        wanted.append("mail")
    if point.channel != "facebook" and chance.random() < 0.4:
        wanted.append("post")
    if point.channel != "youtube" and chance.random() < 0.2:
        wanted.append("video")
    return tuple(Parcel(content, size.get(content, 1)) for content in wanted if content in contents)


def _storms(channel: str, chance: Random) -> list[Hitch]:
    often = chance.randint(1, 3)
    if channel == "email":
        fault = chance.choice(("defer_message", "defer_sender", "accept_then_drop", "drop_after_dot", "drop_before"))
        return [Hitch("smtp", fault, times=often)]
    if channel == "facebook":
        storm = chance.choice(("http_500", "unavailable", "bad_gateway", "page_throttle", "throttle"))
        broken = chance.choice(("accept_then_drop", "accept_then_error", "drop_during"))
        return [
            Hitch("graph", storm, times=often),
            Hitch("graph", broken, {"method": "^POST$", "path": "/(feed|photos|videos)$"}, skip=chance.randrange(2)),
        ]
    storm = chance.choice(("http_500", "unavailable", "bad_gateway", "throttle"))
    broken = chance.choice(("accept_then_drop", "drop_during", "session_gone", "accept_then_error"))
    return [
        Hitch("youtube", storm, times=often),
        Hitch("youtube", broken, {"method": "^PUT$", "path": "/upload/"}, skip=chance.randrange(3)),
    ]
