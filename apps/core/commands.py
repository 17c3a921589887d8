"""What our commands share: they speak Chinese, and write into tables of this version only."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.preflight import UNMIGRATED


class PortalCommand(BaseCommand):
    """Shows its own options and its refusals alone; what Django adds to both is English."""

    # They look at the code, as the tests do; the database is looked at by `migrate`.
    requires_system_checks = ()
    # Hidden, they work.
    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }

    def run_from_argv(self, argv: list[str]) -> None:
        """With `--traceback` Django raises a refusal instead of putting CommandError before it."""
        if "--traceback" in argv:
            super().run_from_argv(argv)
            return
        try:
            super().run_from_argv([*argv, "--traceback"])
        except CommandError as refusal:
            self.stderr.write(str(refusal))
            sys.exit(refusal.returncode)


class MigratedCommand(PortalCommand):
    """Runs on the tables of this version alone; Django would warn in English and go on."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(UNMIGRATED)
