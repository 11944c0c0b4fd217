"""Entries of the worker."""

from celery import shared_task
from django.utils import timezone


@shared_task
def send_due() -> None:
    """Send all that is due, but what takes long to upload."""
    from commsoffice.outbox import actions

    while actions.send_due(now=timezone.now(), slow=False):
        pass


@shared_task
def send_slow() -> None:
    """Send all that is due and takes long to upload."""
    from commsoffice.outbox import actions

    while actions.send_due(now=timezone.now(), slow=True):
        pass


@shared_task
def sweep() -> None:
    """Find what a lost message or a lost worker left behind."""
    from commsoffice.outbox import actions

    actions.sweep(now=timezone.now())


@shared_task
def read_returned_mail() -> None:
    """Read what came back."""
    from commsoffice.outbox.actions import returns

    returns.read_returned_mail(now=timezone.now())


@shared_task
def forget_returned_mail() -> None:
    """Forget what was read long ago."""
    from commsoffice.outbox.actions import returns

    returns.forget_returned_mail(now=timezone.now())
