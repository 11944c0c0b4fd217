#!/usr/bin/env python3
"""Django's command line for commsoffice."""

import os
import sys


def main() -> None:
    """Run one administrative task."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commsoffice.settings.development")
    # Imported here so that the settings module is chosen first.
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
