"""Why a file was not taken, in words for the person who sent it."""

import errno

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commsoffice.accounts.errors import ActionRefused, WrongState


class FileRefused(ActionRefused):
    """The file was not taken and nothing of it was kept."""

    default = gettext_lazy("This file cannot be taken.")


class NoSuchRendition(WrongState):
    """The copy asked for does not exist: still being made, failed, or not made of this kind."""

    default = gettext_lazy("This copy of the file is not ready yet. Wait a moment and try again.")


def photo_too_heavy(limit: int) -> str:
    """Say that a photograph has more than `limit` bytes."""
    return _(
        "The photo is heavier than %(limit)s, the most that is taken. Export it again as JPEG and upload that copy."
    ) % {"limit": _limit(limit)}


def video_too_heavy(limit: int) -> str:
    """Say that a video has more than `limit` bytes."""
    return _(
        "The video is heavier than %(limit)s, the most that is taken. "
        "Cut it or export it at 1080p and upload that copy."
    ) % {"limit": _limit(limit)}


def _limit(size: int) -> str:
    """Write a limit as whoever set it would: «60 MB», without a decimal that says nothing."""
    return filesizeformat(size).replace(".0\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def disk_full() -> str:
    """Say that there is no room; nothing else typed is lost."""
    return _(
        "The server has no room left for this file. Nothing else was lost: tell the administrator and upload it again."
    )


def is_disk_full(error: OSError) -> bool:
    """Whether the disk, the quota or the largest file of the process was the limit."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
