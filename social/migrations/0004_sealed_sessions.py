"""Addresses of upload sessions stood in the clear: seal those that may still be needed, forget the others."""

from typing import Any

from django.db import migrations

from social.fields import seal


def seal_sessions(apps: Any, _editor: Any) -> None:
    """Once a video has its number nobody asks its session any more."""
    model = apps.get_model("outbox", "Delivery")
    rows = model.objects.filter(channel="youtube", progress__session__startswith="http")
    for pk, progress in list(rows.values_list("pk", "progress")):
        session = "" if progress.get("video") else seal(progress["session"])
        model.objects.filter(pk=pk, progress=progress).update(progress={**progress, "session": session})


class Migration(migrations.Migration):
    """Touches rows of the outbox only."""

    dependencies = [
        ("social", "0003_journey"),
        ("outbox", "0011_returned"),
    ]

    operations = [migrations.RunPython(seal_sessions, migrations.RunPython.noop)]
