"""The channels of this office, as ``settings.OUTBOX_CHANNELS`` names them: alias → CLASS and OPTIONS."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from commsoffice.outbox.channels.base import Channel


def channel(alias: str) -> Channel:
    """Return a new instance of the channel: it keeps its connection to itself."""
    try:
        entry = settings.OUTBOX_CHANNELS[alias]
    except KeyError:
        raise ImproperlyConfigured(f"OUTBOX_CHANNELS has no channel «{alias}».") from None
    made = import_string(entry["CLASS"])(alias, **entry.get("OPTIONS", {}))
    if not isinstance(made, Channel):
        raise ImproperlyConfigured(f"The channel «{alias}» is not a Channel.")
    return made


def channels() -> list[Channel]:
    """Return one instance of each channel, in the order of the settings."""
    return [channel(alias) for alias in settings.OUTBOX_CHANNELS]


def label_of(alias: str) -> str:
    """What people call the channel; one that is no longer in the settings keeps its alias."""
    entry = settings.OUTBOX_CHANNELS.get(alias)
    return str(import_string(entry["CLASS"]).label or alias) if entry else alias


def can_be_asked(alias: str) -> bool:
    """Whether the other side can say that it has something; of a channel no longer in the settings nobody is left."""
    entry = settings.OUTBOX_CHANNELS.get(alias)
    return bool(import_string(entry["CLASS"]).can_be_asked) if entry else False


def is_manual(alias: str) -> bool:
    """Whether a person walks this way."""
    entry = settings.OUTBOX_CHANNELS.get(alias)
    return bool(import_string(entry["CLASS"]).is_manual) if entry else False
