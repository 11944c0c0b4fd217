"""Reading the record."""

from django.db.models import Model, QuerySet

from commsoffice.audit.models import Entry


def entries_about(target: Model) -> QuerySet[Entry]:
    """Return what was done to one thing, newest first."""
    return Entry.objects.filter(
        target_type=target._meta.label_lower,  # noqa: SLF001  Django's public name for it
        target_id=str(target.pk),
    )
