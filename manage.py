#!/usr/bin/env python3
"""Django's command line for commsoffice."""

import os
import sys


def main() -> None:
    """Run one administrative task."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commsoffice.settings.development")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the settings module is chosen first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
