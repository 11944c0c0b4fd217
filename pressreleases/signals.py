"""Past tense, ours only, sent on commit."""

import logging

from django.dispatch import Signal

logger = logging.getLogger(__name__)

# release_id: int. The release can be read by the public.
release_published = Signal()
# release_id: int. It no longer can.
release_withdrawn = Signal()


def announce(signal: Signal, release_id: int) -> None:
    """Tell whoever listens; a listener that fails must not undo what is already true."""
    for receiver, answer in signal.send_robust(None, release_id=release_id):
        if isinstance(answer, Exception):
            logger.error("%r failed on release %s", receiver, release_id, exc_info=answer)
