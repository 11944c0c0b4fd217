"""What `{% timeline %}` draws: who did what, newest or oldest first as it is given."""

from dataclasses import dataclass
from datetime import datetime

from commsoffice.ui.states import StateKind


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line. `current` fills its mark; `kind` colours it."""

    at: datetime
    text: str
    who: str = ""
    kind: StateKind | None = None
    url: str = ""
    note: str = ""
    current: bool = False
