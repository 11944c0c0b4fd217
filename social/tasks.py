"""Entries of the worker."""

from celery import shared_task
from django.utils import timezone


@shared_task
def sweep() -> None:
    """Check the accounts whose day has passed, and forget journeys that ended nowhere."""
    from social.actions import checking, journeys

    journeys.forget(timezone.now())
    checking.check_due(now=timezone.now())


@shared_task
def check(profile_id: int) -> None:
    """Check one account now."""
    from social.actions import checking

    checking.check_one(profile_id, now=timezone.now())
