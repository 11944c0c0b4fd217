"""``manage.py rotate_token_keys``."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commsoffice.accounts.queries import system_user
from social.actions import keys


class Command(BaseCommand):
    """Encrypt the stored tokens with the first of TOKEN_KEYS, and say which keys are no longer needed."""

    help = "Encrypts the stored tokens with the first of TOKEN_KEYS. Says numbers only, never a key or a token."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--look``: change nothing."""
        parser.add_argument("--look", action="store_true", help="Change nothing; only say which keys are in use.")

    def handle(self, *_args: Any, look: bool, **_options: Any) -> None:
        """Rotate, then look."""
        if not look:
            try:
                done = keys.rotate(by=system_user(), now=timezone.now())
            except ImproperlyConfigured as error:
                raise CommandError(str(error)) from None
            self.stdout.write(f"Encrypted anew with the first key: {done.written} of {done.total}.")
        used = keys.places_used()
        if None in used:
            raise CommandError("TOKEN_KEYS holds no key for some of the stored tokens. Put the lost key back.")
        for place in range(len(settings.TOKEN_KEYS)):
            words = "is in use" if place in used else "opens nothing any more and may be removed"
            # The first writes whatever comes, even where there is nothing yet.
            self.stdout.write(f"Key {place + 1} of TOKEN_KEYS {'writes' if place == 0 else words}.")
