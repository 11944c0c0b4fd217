"""Two lanes out of the office: what takes minutes to upload must not hold up what takes a moment."""

from commsoffice import wake
from commsoffice.outbox import tasks


def wake_senders() -> None:
    """Wake the workers of both, on commit; one that finds nothing to do goes back to sleep."""
    wake.wake(tasks.send_due)
    wake.wake(tasks.send_slow)
