"""A story as a video's title, description and tags, to YouTube's measure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import BadPayload, Story
from social.channels.common import cut

TITLE_LIMIT = 100
# In bytes, as YouTube counts it.
DESCRIPTION_LIMIT = 5_000
TAGS_LIMIT = 500
_PRIVACIES = ("public", "unlisted", "private")
# News and politics.
_CATEGORY = "25"


def compose(story: Story) -> dict[str, Any] | None:
    """The first video with the release's title and address, and the first photograph before it plays."""
    if not story.videos:
        return None
    parts = [story.lead, "\n".join(f"• {line}" for line in story.highlights), story.url]
    return {
        "title": cut(_allowed(story.title), TITLE_LIMIT),
        "description": _cut_bytes(_allowed("\n\n".join(part for part in parts if part)), DESCRIPTION_LIMIT),
        "tags": _fitting([_allowed(tag) for tag in story.tags]),
        # Left out, it would be public by accident; here it is public by intent.
        "privacy": "public",
        "video": dict(story.videos[0]),
        "thumbnail": dict(story.photos[0]) if story.photos else None,
    }


def check(payload: Mapping[str, Any]) -> None:
    """Raise BadPayload for what YouTube would refuse before the first byte."""
    title, description = str(payload.get("title", "")), str(payload.get("description", ""))
    if not title.strip() or len(title) > TITLE_LIMIT or re.search("[<>]", title + description):
        raise BadPayload(_("The title of a video needs 1 to 100 characters, and no < or >."))
    if len(description.encode()) > DESCRIPTION_LIMIT:
        raise BadPayload(_("The description is too long for YouTube."))
    if payload.get("privacy") not in _PRIVACIES:
        raise BadPayload(_("A video must say who may see it."))
    if not payload.get("video"):
        raise BadPayload(_("There is no video to upload."))


def body_of(payload: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the video as it is uploaded; ``status`` always tells who may see it."""
    return {
        "snippet": {
            "title": payload["title"],
            "description": payload.get("description", ""),
            "tags": list(payload.get("tags") or []),
            "categoryId": _CATEGORY,
        },
        "status": {**status, "selfDeclaredMadeForKids": False},
    }


def hidden_until(hour: datetime) -> dict[str, str]:
    """The status of a video that nobody sees before its hour."""
    return {"privacyStatus": "private", "publishAt": hour.isoformat()}


def _allowed(text: str) -> str:
    """YouTube takes no angle brackets."""
    return re.sub("[<>]", "", text).strip()


def _cut_bytes(text: str, limit: int) -> str:
    while len(text.encode()) > limit:
        text = cut(text, len(text) - max(1, (len(text.encode()) - limit) // 4))
    return text


def _fitting(tags: list[str]) -> list[str]:
    """As many tags as fit; one with a space counts with its quotation marks."""
    kept: list[str] = []
    length = 0
    for tag in tags:
        length += len(tag) + (2 if " " in tag else 0) + 1
        if tag and length <= TAGS_LIMIT:
            kept.append(tag)
    return kept
