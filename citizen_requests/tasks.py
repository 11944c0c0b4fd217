"""Entries of the worker."""

from celery import shared_task
from django.utils import timezone


@shared_task
def forget() -> None:
    """Forget the people whose time has come."""
    from citizen_requests.actions import forget_due

    forget_due(timezone.now())
