"""A release as the outbox's channels tell it: plain text and attachments."""

from urllib.parse import urljoin

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from commsoffice.files.enums import AssetState, RenditionName
from commsoffice.files.queries import attachment
from commsoffice.outbox.channels.base import Story
from pressreleases.models import Correction, Release, ReleaseFile
from pressreleases.prose import to_text
from pressreleases.queries.captions import corrected_captions


def public_url(release: Release) -> str:
    """Return its whole public address; before it has a folio, that of the newsroom."""
    return urljoin(f"{settings.SITE_URL}/", (release.get_absolute_url() or "/").lstrip("/"))


def story(release: Release) -> Story:
    """Return what the channels make their messages of. Reads ``files`` as loaded, with renditions."""
    return Story(
        title=release.title,
        highlights=list(release.highlights),
        lead=release.lead,
        text="\n\n".join(part for part in (to_text(release.body), release.practical) if part),
        url=public_url(release),
        # Networks take JPEG everywhere; WebP only here and there.
        photos=[attached(photo, RenditionName.PRESS, RenditionName.LARGE) for photo in _ready(release.photos)],
        videos=[attached(video, RenditionName.VIDEO) for video in _ready(release.videos)],
        tags=[release.topic] if release.topic else [],
    )


def correction_story(release: Release, correction: Correction) -> Story:
    """Return the correction as it is said, copied or posted: what was wrong, what is right, the whole text.

    Reads ``files`` as loaded.

    Without photographs: they were right, and are there already.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return Story(
            title=_("CORRECTION: %(title)s") % {"title": release.title},
            highlights=[
                _("It said: %(words)s") % {"words": correction.note_wrong},
                _("It should say: %(words)s") % {"words": correction.note_right},
            ],
            text="\n\n".join(
                part
                for part in (release.lead, to_text(release.body), release.practical, _captions(release, correction))
                if part
            ),
            url=public_url(release),
            tags=[release.topic] if release.topic else [],
        )


def _captions(release: Release, correction: Correction) -> str:
    lines = corrected_captions(release, correction)
    return "\n".join([_("Corrected captions"), *lines]) if lines else ""


def withdrawal_story(release: Release) -> Story:
    """Return the withdrawal as a person says it: which one, why, and what we ask."""
    with translation.override(settings.LANGUAGE_CODE):
        return Story(
            title=_("WITHDRAWN: %(title)s") % {"title": release.title},
            highlights=[
                _("%(kind)s %(folio)s was withdrawn.") % {"kind": release.get_kind_display(), "folio": release.folio},
                _("Why: %(reason)s") % {"reason": release.withdrawn_reason},
                _("Please do not publish it, or take it down if you have."),
            ],
            url=public_url(release),
        )


def attached(file: ReleaseFile, rendition: RenditionName, otherwise: RenditionName | None = None) -> dict[str, object]:
    """Return one file as a payload carries it."""
    return dict(attachment(file.asset, rendition, otherwise=otherwise, alt=file.alt_text))


def _ready(files: list[ReleaseFile]) -> list[ReleaseFile]:
    # A plan is shown before everything is processed; the approval waits for all of it.
    return [file for file in files if file.asset.state == AssetState.READY]
