"""Ways that a person walks: the worker sends nothing, and the person records what happened."""

from collections.abc import Mapping
from typing import Any, ClassVar, Never

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from commsoffice.outbox.channels.base import BadPayload, Channel, Story
from commsoffice.outbox.models import Delivery


class ManualChannel(Channel):
    """Carries a text that a person says, copies or prints: ``{"text"}``."""

    is_manual = True

    def compose(self, story: Story) -> dict[str, Any] | None:
        """Title, highlights, lead, text and address, as plain text."""
        highlights = "\n".join(f"• {line}" for line in story.highlights)
        parts = (story.title, highlights, story.lead, story.text, story.url)
        return {"text": "\n\n".join(part for part in parts if part)}

    def check(self, payload: Mapping[str, Any]) -> None:
        """Refuse an empty text."""
        if not str(payload.get("text", "")).strip():
            raise BadPayload

    def send(self, delivery: Delivery) -> Never:
        """Nothing is sent here; the claim never takes such a row."""
        raise AssertionError(f"{delivery} is made by hand.")


class TelephoneChannel(ManualChannel):
    """A call."""

    label: ClassVar[StrOrPromise] = _("Telephone")


class WhatsAppChannel(ManualChannel):
    """A message that a person copies and sends."""

    label: ClassVar[StrOrPromise] = "WhatsApp"

    def compose(self, story: Story) -> dict[str, Any] | None:
        """Short: title, highlights and address, as it is read on a telephone."""
        highlights = "\n".join(f"• {line}" for line in story.highlights)
        parts = (f"*{story.title}*", highlights or story.lead, story.url)
        return {"text": "\n\n".join(part for part in parts if part)}


class PrintChannel(ManualChannel):
    """Paper, with a receipt to sign."""

    label: ClassVar[StrOrPromise] = _("Print")
