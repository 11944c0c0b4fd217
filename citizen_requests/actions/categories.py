"""What requests may be about."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from citizen_requests.models import Category
from citizen_requests.permissions import may_keep_categories
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record


def save_category(category: Category, *, changed: Sequence[str], by: User, now: datetime) -> None:
    """Write a category; ``changed`` names the fields for the audit. Requests keep the clocks they began with."""
    with transaction.atomic():
        if not may_keep_categories(by):
            raise NotAllowed
        category.save()
        record(category, "citizen_requests.save_category", by=by, now=now, changes={"fields": [[], list(changed)]})
