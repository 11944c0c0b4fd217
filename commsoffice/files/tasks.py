"""What the workers are woken for. Ids in, one verb."""

from celery import shared_task
from django.utils import timezone


@shared_task
def make_renditions(*, asset_id: int) -> None:
    """Make the copies of one file."""
    from commsoffice.files.actions import process

    process(asset_id)


@shared_task
def add_renditions(*, asset_id: int) -> None:
    """Make the copies that one file lacks because they were invented later."""
    from commsoffice.files.actions import complete

    complete(asset_id)


@shared_task
def sweep() -> None:
    """Find the files that a lost wake-up or a dead worker forgot."""
    from commsoffice.files.actions import wake_forgotten

    wake_forgotten(now=timezone.now())
