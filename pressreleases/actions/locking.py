"""The first step of every verb."""

from pressreleases.models import Correction, Release


def locked(release: Release) -> Release:
    """Return the row as it is now, locked until the transaction ends."""
    return Release.objects.select_for_update(of=("self",)).get(pk=release.pk)


def locked_correction(correction: Correction) -> Correction:
    """Return a correction as it is now, locked after its release: always in this order, so nobody waits for ever."""
    release = locked(correction.release)
    row = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    row.release = release
    return row
