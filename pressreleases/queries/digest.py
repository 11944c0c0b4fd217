"""The digest to which an approval is bound."""

import hashlib
import json
from datetime import UTC

from pressreleases.models import Release, ReleaseFile, ReplacedText


def content_hash(release: Release) -> str:
    """Return the SHA-256 (hexadecimal) of text, files, destinations and issued corrections, in one canonical form.

    Read from the rows as they are now, never from what was loaded before: three queries.
    The version is part of it: words that were changed and changed back are another approval, whose
    deliveries are others than those that were cancelled.
    """
    files = ReleaseFile.objects.filter(release=release).order_by("position", "id")
    form = {
        "version": release.version,
        "kind": release.kind,
        "topic": release.topic,
        "title": release.title,
        "highlights": list(release.highlights),
        "lead": release.lead,
        "body": release.body,
        "practical": release.practical,
        "embargo": release.embargo_until.astimezone(UTC).isoformat() if release.embargo_until else None,
        "lists": sorted(release.lists.values_list("pk", flat=True)),
        "accounts": sorted(release.accounts),
        "files": [list(row) for row in files.values_list("asset__sha256", "caption", "credit", "alt_text")],
    }
    said = ReplacedText.objects.filter(release=release).order_by("id")
    if corrections := list(said.values_list("correction__note_wrong", "correction__note_right")):
        form["corrections"] = [list(notes) for notes in corrections]
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
