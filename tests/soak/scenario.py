"""What one run does: made by its seed and nothing else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from commsoffice.outbox.enums import Word
from tests.soak.point import Act, Hitch, Point, Story

# Each content with the accounts that it goes from; mails go to so many addresses.
PAGES = ("R01", "R03")
CHANNEL = "R02"
# Enough for several connections at once.
MANY = 44
# Whose matters go on in a crisis, and whose don't.
ALLOWED, OURS = "A17", "A09"


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
    # Tells it apart from another one of the same kind.
    tag: str = ""
    area: str = OURS
    # Queued when this has been done, and not at the start.
    after: Act | None = None
    # News for so many hours.
    lasts: float | None = None

    @property
    def channel(self) -> str:
        """The way it goes."""
        if "mail" in self.content:
            return "email"
        return "youtube" if self.content in {"video", "long video", "scheduled video"} else "facebook"


class Hour(StrEnum):
    """How the end of a pause stands to the hour at which networks should have published."""

    AHEAD = "before its hour"
    FRESH = "just after its hour"
    STALE = "long after its hour"


@dataclass(frozen=True, slots=True)
class Twist:
    """What chance decides of a story."""

    # A crisis: when it ends, and what a person says of what grew stale.
    hour: Hour
    word: Word
    # A dead token, in Facebook's terms.
    reason: str
    # Mail that comes back: recipient → how; whether what was read is moved, and whether return addresses are signed.
    comes_back: dict[int, Hitch]
    is_moved: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run."""

    seed: int
    point: Point
    parcels: tuple[Parcel, ...]
    twist: Twist
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
        said: list[str] = [self.point.story] if self.point.story != Story.PLAIN else []
        said += [self.twist.hour, self.twist.word] if self.point.story == Story.CRISIS else []
        said += [f"{hitch.service} {hitch.fault}×{hitch.times}" for hitch in (*self.early, *self.late)]
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
    parcels = tuple(parcel for parcel in _PARCELS[point.story](point, chance) if parcel.content in contents)
    channels = {parcel.channel for parcel in parcels}
    wrong = [hitch for channel in sorted(channels) for hitch in _storms(channel, chance) if chance.random() < 0.35]
    early = [hitch for hitch in wrong if chance.random() < 0.4]
    is_plain = point.story == Story.PLAIN
    mails = next((parcel.number for parcel in parcels if parcel.channel == "email"), 0) if is_plain else 0
    strike = chance.choice(strikes)
    return Scenario(
        seed=seed,
        point=point,
        parcels=parcels,
        twist=_twist(point, chance),
        early=tuple(early),
        late=tuple(hitch for hitch in wrong if hitch not in early),
        refused=chance.randrange(mails) if mails > 2 and chance.random() < 0.4 else None,
        is_race=chance.random() < 0.4,
        # Without a call nothing stands still.
        strike=strike if point.hitch is not None else Strike.KILL,
        more_kills={phase: chance.uniform(0.0, 0.35) for phase in range(1, 4) if chance.random() < 0.25},
        flush_in=chance.randrange(3) if chance.random() < 0.15 else None,
        restart_in=chance.randrange(3) if chance.random() < 0.1 else None,
        delays=tuple(chance.choice((1.0, 1.0, 20.0, 600.0, 4000.0)) for _ in range(8)),
    )


# Mails of a run of which some come back.
_COMING_BACK = 8
_SIZES = {"mail": 5, "big mail": 2, "many mails": MANY, "post": len(PAGES)}


def _plain(point: Point, chance: Random) -> Iterator[Parcel]:
    wanted = [point.content]
    # In company: one way's death must not cost another's deliveries.
    if point.channel != "email" and chance.random() < 0.6:
        wanted.append("mail")
    if point.channel != "facebook" and chance.random() < 0.4:
        wanted.append("post")
    if point.channel != "youtube" and chance.random() < 0.2:
        wanted.append("video")
    return (Parcel(content, _SIZES.get(content, 1)) for content in wanted)


def _in_a_crisis(point: Point, chance: Random) -> Iterator[Parcel]:
    yield Parcel(point.content, _SIZES.get(point.content, 1))
    if point.content != "scheduled video" and chance.random() < 0.4:
        yield Parcel("scheduled video", 1, "compañía")
    if chance.random() < 0.4:
        yield Parcel("scheduled post", len(PAGES), "permitida", ALLOWED)
    # What is queued while all is paused, of those who go on speaking and of the others.
    yield Parcel("mail", 2, "permitido", ALLOWED, Act.PAUSE)
    yield Parcel("mail", 2, "detenido", OURS, Act.PAUSE, chance.choice((None, 48.0)))
    if chance.random() < 0.5:
        yield Parcel(chance.choice(("post", "photo", "video")), 1, "detenido", OURS, Act.PAUSE, 48.0)


def _with_a_dead_token(point: Point, chance: Random) -> Iterator[Parcel]:
    is_video = "video" in point.content
    yield Parcel(point.content, _SIZES.get(point.content, 1))
    yield Parcel("post", len(PAGES), "dos")
    yield Parcel("mail", 2)
    # For an account that is stopped.
    yield Parcel("video" if is_video else "post", 1, "después", after=Act.REVOKE)
    if chance.random() < 0.4:
        yield Parcel("scheduled video" if is_video else "scheduled post", 1, "a su hora")


def _coming_back(_point: Point, _chance: Random) -> Iterator[Parcel]:
    yield Parcel("mail", _COMING_BACK)


def _of_a_release(_point: Point, _chance: Random) -> Iterator[Parcel]:
    # It has its own way into the ledger.
    yield from ()


_PARCELS: dict[Story, Callable[[Point, Random], Iterator[Parcel]]] = {
    Story.PLAIN: _plain,
    Story.CRISIS: _in_a_crisis,
    Story.DEAD_TOKEN: _with_a_dead_token,
    Story.RETURNS: _coming_back,
    Story.CORRECTED: _of_a_release,
    Story.WITHDRAWN: _of_a_release,
}


def _twist(point: Point, chance: Random) -> Twist:
    is_for_word = point.pressed == Act.WORD
    is_for_folder = point.call in {"MOVE", "CREATE"}
    is_signed = chance.random() < 0.7
    # Three for good, one of a delay, one automatic answer.
    returned = zip(chance.sample(range(_COMING_BACK), 5), "hhhsa", strict=True)
    return Twist(
        hour=Hour.STALE if is_for_word else chance.choice(tuple(Hour)),
        # Said before the call at which it stands still: then it has to be made.
        word=Word.SEND if point.after == Act.RESUME else chance.choice(tuple(Word)),
        reason=chance.choice(("app_removed", "password_changed", "checkpoint", "expired_token")),
        comes_back={number: _return(kind, chance, is_signed=is_signed) for number, kind in returned},
        is_moved=is_for_folder or (point.call != "STORE" and chance.random() < 0.3),
        is_signed=is_signed,
    )


def _return(kind: str, chance: Random, *, is_signed: bool) -> Hitch:
    """A report for good («h»), one of a delay («s») or an automatic answer («a»), at once or later."""
    late = {"after": chance.choice((0, 0, 900, 9000))}
    if kind == "a":
        return Hitch("smtp", "auto_reply", times=None, params=late)
    shape: dict[str, object] = {"language": chance.choice(("es", "en", "pt", "de"))}
    if kind == "s":
        shape["soft"] = True
    elif chance.random() < 0.4:
        shape["headers_only"] = True
    elif is_signed and chance.random() < 0.3:
        # Without a copy of ours only the address that it comes to says what it is about.
        shape["mangled"] = "no_original"
    return Hitch("smtp", "bounce_later", times=None, params=late | shape)


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
