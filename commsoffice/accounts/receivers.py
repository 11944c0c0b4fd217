"""A person changes their own password on the pages of django-allauth, which tells afterwards; it is recorded here."""

from allauth.account.signals import password_changed, password_reset
from django.dispatch import receiver
from django.utils import timezone

from commsoffice.accounts.models import User
from commsoffice.accounts.signals import done


@receiver(password_changed)
def tell_of_change(user: User, **_kwargs: object) -> None:
    """Somebody who was signed in gave themselves a new password."""
    _tell(user, "accounts.set_password")


@receiver(password_reset)
def tell_of_reset(user: User, **_kwargs: object) -> None:
    """Whoever reads that person's e-mail gave them a new password."""
    _tell(user, "accounts.reset_password")


def _tell(user: User, verb: str) -> None:
    done.send(User, target=user, verb=verb, by=user, now=timezone.now(), changes={})
