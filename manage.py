#!/usr/bin/env python
"""Django's command line; owner commands run with the owner's database role."""

import gc
import os
import sys
import warnings

from config.collector import search_less
from config.command_line import CommandLine, speak_chinese
from config.errors import ConfigurationError, ServiceError
from config.roles import is_offline_command, is_owner_command


def main() -> int:
    search_less()
    speak_chinese()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if is_owner_command(sys.argv):
        os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"

    from config.embedded import services

    if is_offline_command(sys.argv):
        services.stay_off()
        # makemigrations asks the database that we did not start for it
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")

    from django.db import OperationalError, ProgrammingError

    try:
        CommandLine(sys.argv).execute()
    except (ConfigurationError, ServiceError) as error:
        print(error, file=sys.stderr)
        return 1
    except OperationalError as error:
        from config.preflight import database_sentence

        print(database_sentence(error), file=sys.stderr)
        return 1
    except ProgrammingError as error:
        from config.preflight import UNMIGRATED, lacks_tables

        if not lacks_tables(error):
            raise
        print(UNMIGRATED, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    # It all goes with the process: it need not be searched once more on the way out.
    gc.freeze()
    sys.exit(code)
