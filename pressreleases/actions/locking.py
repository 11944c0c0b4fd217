"""The first step of every verb."""

from pressreleases.models import Release


def locked(release: Release) -> Release:
    """Return the row as it is now, locked until the transaction ends."""
    return Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
