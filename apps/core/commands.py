"""What commands that write into a whole installation share."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.preflight import UNMIGRATED


class MigratedCommand(BaseCommand):
    """Runs on the tables of this version alone; Django would warn in English and go on."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(UNMIGRATED)
