"""Brings the database up to date and loads the demo office: one Django start for both."""

import contextlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Migrate; where demo data is allowed, load it and write its accounts where the console finds them."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if not settings.DEMO_ALLOWED:
        return
    call_command("load_demo")
    with Path(os.environ["DEMO_ACCOUNTS_FILE"]).open("w") as file, contextlib.redirect_stdout(file):
        call_command("load_demo", print_accounts=True, stdout=file)


if __name__ == "__main__":
    main()
