"""What connecting an account has in common on both networks: where a person is sent, what comes back, and whether
it still holds.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from social.models import Profile

# Seconds: to be let in, and for each silence after that. A person waits before the page.
TIMEOUTS = (5.0, 20.0)


class LoginRefused(Exception):
    """The network gave nothing; the text is a sentence fit for the person and holds no secret."""


class NotChecked(Exception):
    """The network could not be asked just now. It says nothing about the account."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A page or channel that the person may choose. ``why_not``: it can't be connected, and why."""

    external_id: str
    name: str
    credentials: dict[str, str] = field(repr=False)
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What a check saw: whether the credentials are taken, what is missing, and when they end if the network says."""

    is_alive: bool
    note: str = ""
    expires_at: datetime | None = None


class Login:
    """One network's way in. An instance keeps nothing."""

    # What a person calls it, and its pages or channels.
    label: ClassVar[str]
    # The settings without which nobody can be sent there.
    needs: ClassVar[tuple[str, ...]]

    @property
    def missing_settings(self) -> list[str]:
        """Names of the settings that the administrator has yet to fill in."""
        return [name for name in self.needs if not getattr(settings, name)]

    def address(self, *, state: str, back: str, verifier: str) -> str:
        """Where the person says yes. ``back``: where they come back to; ``verifier``: a secret for PKCE."""
        raise NotImplementedError

    def offers(self, *, code: str, back: str, verifier: str) -> list[Offer]:
        """Exchange the code for what may be chosen. Raises LoginRefused."""
        raise NotImplementedError

    def check(self, profile: Profile, *, now: datetime) -> Health:
        """Ask what the stored credentials are worth. Changes nothing there. Raises NotChecked."""
        raise NotImplementedError


def no_answer(network: str) -> str:
    """What a person reads when the network could not be reached."""
    return _("%(network)s did not answer. Nothing was connected; try again in a few minutes.") % {"network": network}


def not_accepted(network: str, why: str) -> str:
    """What a person reads when the network refused; ``why`` is its number or name for it."""
    words = _("%(network)s did not accept the answer (%(why)s). Nothing was connected; begin again.")
    return words % {"network": network, "why": why}


def moment(seconds: object) -> datetime | None:
    """A moment of Unix time; None where the network says 0 or nothing."""
    return datetime.fromtimestamp(seconds, tz=UTC) if isinstance(seconds, int) and seconds > 0 else None
