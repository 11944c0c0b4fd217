"""Entries of the worker."""

from celery import shared_task
from django.utils import timezone


@shared_task
def send_due() -> None:
    """Send all that is due."""
    from commsoffice.outbox import actions

    while actions.send_due(now=timezone.now()):
        pass


@shared_task
def sweep() -> None:
    """Find what a lost message or a lost worker left behind."""
    from commsoffice.outbox import actions

    actions.sweep(now=timezone.now())
