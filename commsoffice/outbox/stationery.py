"""A letter from its three small templates."""

from typing import Any

from django.template.loader import render_to_string


def written(folder: str, context: dict[str, Any]) -> dict[str, str]:
    """Return subject, text and html of an e-mail from ``folder``'s subject.txt, body.txt and body.html."""
    subject = render_to_string(f"{folder}/subject.txt", context)
    return {
        # One line whatever the title holds: a newline would begin another header.
        "subject": " ".join(subject.split()),
        "text": render_to_string(f"{folder}/body.txt", context),
        "html": render_to_string(f"{folder}/body.html", context),
    }
