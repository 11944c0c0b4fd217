"""``manage.py load_demo``: the demo office, and who may sign in to it."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from commsoffice.home.demo import loader


class Command(BaseCommand):
    """Loads the demo office once."""

    help = "Load the fictional municipality Valle de Amatista (development only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the one flag."""
        parser.add_argument("--print-accounts", action="store_true", help="print one account per role")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load; refuse plainly where demo data is not allowed."""
        try:
            loaded = loader.load(now=timezone.now())
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        if loaded.created:
            self.stdout.write(f"Demo office loaded: {loaded.events} events, {loaded.contacts} media contacts.")
        if options["print_accounts"]:
            self.stdout.write(f"Password of every demo account: {loader.PASSWORD}")
            with translation.override("en"):
                for role, user in loader.accounts():
                    self.stdout.write(f"  {role.label:<18} {user.email:<40} {user.name}")
