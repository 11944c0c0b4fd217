"""Reads about people."""

from commsoffice.accounts.models import User


def system_user() -> User:
    """Return the user in whose name the workers act. A migration makes it."""
    return User.objects.get(is_system=True)
