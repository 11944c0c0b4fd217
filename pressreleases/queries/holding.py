"""Why what was just signed does not leave yet."""

from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Pause
from commsoffice.outbox.queries import deliveries_of
from pressreleases.models import Release

_WAITING = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO)


def pause_over(release: Release) -> Pause | None:
    """Return the pause that holds what waits to leave of a release; None where nothing waits. Two queries at most."""
    if (pause := Pause.objects.current()) is None:
        return None
    # All of them speak of the same area.
    first = deliveries_of(release).filter(state__in=_WAITING).first()
    return pause if first is not None and pause.holds(first) else None
