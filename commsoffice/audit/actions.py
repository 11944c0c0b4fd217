"""Writing the record. Called inside the transaction of the verb that it records."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from commsoffice.accounts.models import User
from commsoffice.audit.middleware import current_request_id
from commsoffice.audit.models import Entry


def record(
    target: Model,
    verb: str,
    *,
    by: User,
    now: datetime,
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> Entry:
    """Write down that ``by`` did ``verb`` ("room.verb") to ``target``.

    ``changes`` is ``{"field": [before, after]}``; it never holds personal data nor a secret.
    """
    return Entry.objects.create(
        at=now,
        actor=by,
        actor_name=by.name,
        verb=verb,
        target_type=target._meta.label_lower,  # noqa: SLF001  Django's public name for it
        target_id=str(target.pk),
        target_label=str(target)[:300],
        note=note,
        changes=changes or {},
        request_id=current_request_id(),
    )
