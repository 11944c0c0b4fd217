"""The rooms below this one can't call it; they tell, and it writes down."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.dispatch import receiver

from commsoffice.accounts.models import User
from commsoffice.accounts.signals import done
from commsoffice.audit.actions import record


@receiver(done)
def write_down(target: Model, verb: str, by: User, now: datetime, changes: dict[str, Any], **_kwargs: object) -> None:
    """Record a verb of the people's room, in its own transaction."""
    record(target, verb, by=by, now=now, changes=changes)
