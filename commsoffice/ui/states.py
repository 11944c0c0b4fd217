"""The eight kinds of state. A state is always colour, icon and word together."""

from enum import StrEnum


class StateKind(StrEnum):
    """How a state looks; the word comes from the room that owns the state."""

    DONE = "done"
    RUNNING = "running"
    DUE = "due"
    LATE = "late"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    TODO = "todo"

    @property
    def icon(self) -> str:
        """The symbol of the sprite. Outlines differ, so that they stay apart in print."""
        return _ICONS[self]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: evidence, or a written waiver."""
        return self in {StateKind.DONE, StateKind.WAIVED}


_ICONS = {
    StateKind.DONE: "check-circle-fill",
    StateKind.RUNNING: "arrow-right-circle-fill",
    StateKind.DUE: "clock-fill",
    StateKind.LATE: "exclamation-octagon-fill",
    StateKind.BLOCKED: "lock-fill",
    StateKind.UNKNOWN: "question-diamond-fill",
    StateKind.WAIVED: "slash-circle",
    StateKind.TODO: "circle",
}
