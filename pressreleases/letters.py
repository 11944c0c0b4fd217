"""What the media read: one frozen e-mail for all, with marks that the outbox fills for each contact."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from commsoffice.files.enums import AssetState, RenditionName
from commsoffice.office.models import Office
from commsoffice.office.queries import office
from commsoffice.outbox.actions import Recipient
from commsoffice.outbox.stationery import written
from media_contacts.models import Contact
from media_contacts.queries import contact_ref, unsubscribe_token
from pressreleases import prose
from pressreleases.models import Correction, Release, ReleaseFile
from pressreleases.queries.captions import corrected_captions
from pressreleases.queries.newsroom import dateline
from pressreleases.queries.story import attached, public_url


def payload(release: Release, *, limit: int | None = None) -> dict[str, Any]:
    """Return the e-mail of a release with its folio. Reads ``files`` as loaded, with renditions.

    ``limit`` is the most that photographs may add, in bytes; the setting when not given.
    """
    house = office()
    photos = [file for file in release.photos if file.asset.state == AssetState.READY]
    attachments = _first_that_fit(photos, settings.RELEASE_ATTACH_MAX_BYTES if limit is None else limit)
    with translation.override(settings.LANGUAGE_CODE):
        context = _context(release, house, photos) | {
            "attached": len(attachments),
            "some_attached": 0 < len(attachments) < len(photos),
        }
        return {
            **written("pressreleases/emails", context),
            "reply_to": house.email,
            "headers": {},
            "attachments": attachments,
        }


def correction(release: Release, said: Correction) -> dict[str, Any]:
    """Return the e-mail for whoever got the wrong text. Reads ``files`` as loaded."""
    with translation.override(settings.LANGUAGE_CODE):
        context = _context(release, office(), []) | {
            "note_wrong": _unmarked(said.note_wrong),
            "note_right": _unmarked(said.note_right),
            "corrected_at": said.approved_at,
            "captions": [_unmarked(words) for words in corrected_captions(release, said)],
        }
        return _notice("pressreleases/emails/correction", context)


def withdrawal(release: Release) -> dict[str, Any]:
    """Return the e-mail that asks not to publish a withdrawn text; it doesn't say the text again."""
    with translation.override(settings.LANGUAGE_CODE):
        context = _context(release, office(), []) | {
            "reason": _unmarked(release.withdrawn_reason),
            "withdrawn_at": release.withdrawn_at,
        }
        return _notice("pressreleases/emails/withdrawal", context)


def _notice(folder: str, context: dict[str, Any]) -> dict[str, Any]:
    house: Office = context["office"]
    words = written(folder, context)
    return {**words, "reply_to": house.email, "headers": {}, "attachments": []}


def recipient(contact: Contact, *, by_email: bool) -> Recipient:
    """Return the contact as the ledger writes a recipient down."""
    unsubscribe = reverse("media_public:unsubscribe", args=[unsubscribe_token(contact)])
    return Recipient(
        address=contact.email if by_email else contact.phone or str(contact.outlet),
        name=str(contact),
        ref=contact_ref(contact),
        personal={
            "name": contact.name or contact.post or contact.outlet.name,
            "unsubscribe_url": settings.SITE_URL + unsubscribe,
        },
    )


def _context(release: Release, house: Office, photos: list[ReleaseFile]) -> dict[str, Any]:
    return {
        "title": _unmarked(release.title),
        "folio": release.folio,
        "kind": release.get_kind_display(),
        "dateline": dateline(release, house, timezone.localdate(release.embargo_until or release.approved_at)),
        "highlights": [_unmarked(line) for line in release.highlights],
        "lead": _unmarked(release.lead),
        "body_text": _unmarked(prose.to_text(release.body)),
        "body_html": _unmarked(prose.clean(release.body)),
        "practical": _unmarked(release.practical),
        "url": public_url(release),
        "photos": [
            {
                "url": _full_size(photo),
                "caption": _unmarked(photo.caption or photo.alt_text),
                "credit": _unmarked(photo.credit),
                "width": photo.asset.width,
                "height": photo.asset.height,
            }
            for photo in photos
        ],
        "videos": len(release.videos),
        "office": house,
        "site_url": settings.SITE_URL,
        "name": "{{name}}",
        "unsubscribe_url": "{{unsubscribe_url}}",
        # The channel fills it for each delivery.
        "confirm_url": "{{confirm_url}}",
    }


def _full_size(photo: ReleaseFile) -> str:
    path = reverse("files:rendition", args=[photo.asset.token, RenditionName.FULL])
    return urljoin(f"{settings.SITE_URL}/", path.lstrip("/"))


def _first_that_fit(photos: list[ReleaseFile], limit: int) -> list[dict[str, Any]]:
    """What can be printed, in the order that the office chose; the rest is linked, as all of them are.

    Both copies are JPEG: programs of page layout open no WebP. The full one stands in for photographs that were
    processed before there was one for the press.
    """
    found = []
    for photo in photos:
        one = attached(photo, RenditionName.PRESS, RenditionName.FULL)
        limit -= int(str(one["size"]))
        if limit < 0:
            break
        found.append(one)
    return found


def _unmarked(text: str) -> str:
    # A writer's own braces must not be taken for a mark of the outbox.
    return text.replace("{{", "{\u200b{")
