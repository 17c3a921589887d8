#!/usr/bin/env python
"""Django's command line; owner commands run with the owner's database role."""

import os
import sys

from config.roles import is_owner_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if is_owner_command(sys.argv):
        os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
