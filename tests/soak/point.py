"""What a point is: one moment of one call, and what people do about it meanwhile."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Moment(StrEnum):
    """How far a call had come when its worker died."""

    CLAIMED = "claimed"  # the row is ours, and the call is not written down yet
    LOST = "sent, lost"  # the request left and never arrived
    LATE = "sent, done late"  # the request left, and the other side does it after the death
    HALF = "half sent"  # half of the body
    DONE = "done"  # the other side did it and has not answered
    ANSWERED = "answered"  # the answer is here and not written down
    PRESSED = "pressed"  # a person's verb, before it is committed


class Story(StrEnum):
    """What a run is about, besides its calls."""

    PLAIN = "plain"
    CRISIS = "crisis"  # everything is paused, and goes on
    DEAD_TOKEN = "dead token"
    RETURNS = "returns"  # mail comes back
    CORRECTED = "corrected"  # a release is corrected while it leaves
    WITHDRAWN = "withdrawn"  # or withdrawn


class Act(StrEnum):
    """What people do in a story, and what happens to them."""

    PAUSE = "the pause"
    RESUME = "the end of the pause"
    WORD = "the word"
    REVOKE = "the revocation"
    RECONNECT = "the connection"
    CORRECT = "the correction"
    WITHDRAW = "the withdrawal"


@dataclass(frozen=True, slots=True)
class Hitch:
    """A fault of the sandbox, as ``SandboxProcess.fault`` takes it."""

    service: str
    fault: str
    match: dict[str, str] = field(default_factory=dict)
    skip: int = 0
    times: int | None = 1
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """One moment of one call; ``content`` is what has to be sent so that the call is made."""

    channel: str
    call: str
    moment: Moment
    content: str
    hitch: Hitch | None = None
    # What has to go wrong before, so that the call is made at all.
    before: tuple[Hitch, ...] = ()
    story: Story = Story.PLAIN
    # Of a story: the call stands still only after this was done.
    after: Act | None = None
    # This is done while the call stands still.
    during: Act | None = None
    # This is what is killed: the person's own verb.
    pressed: Act | None = None

    @property
    def name(self) -> str:
        """As the table names it."""
        return f"{self.channel}: {self.call}"
