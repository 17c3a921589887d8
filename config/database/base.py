"""PostgreSQL as Django has it, with two things of ours.

The embedded services start at the first connection, so that no command has to think of them. And
each transaction says who acts: the audit triggers read it (docs/decisions/0003).
"""

import os
import time
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from apps.core import audit_context
from config.database.client import DatabaseClient
from config.embedded import services
from config.embedded.places import Places

SAY_WHO = (
    "SELECT set_config('frontline.actor', %s, true), set_config('frontline.request', %s, true)"
)
NOBODY = ("", "")
RECONNECT_PATIENCE = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # what this transaction was told; None when that is not known
        self.told: tuple[str, str] | None = NOBODY
        self.execute_wrappers.append(self._say_who_then_execute)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.told = NOBODY
        if not self.settings_dict.get("EMBEDDED") or services.are_off():
            return super().get_new_connection(conn_params)
        places = Places.of(Path(self.settings_dict["HOME"]))
        throwaway = os.environ.get("FRONTLINE_THROWAWAY") == "1"
        services.hold(places, throwaway=throwaway)
        return self._connect_patiently(conn_params)

    def _connect_patiently(self, conn_params: dict[str, Any]) -> Any:
        """The keeper brings a killed server back within a second or two; wait for it."""
        deadline = time.monotonic() + RECONNECT_PATIENCE
        while True:
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError as error:
                missing = "does not exist" in str(error)
                if missing or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        self.told = NOBODY
        if not autocommit:
            # At once, not only before the first statement: COPY goes past execute wrappers.
            self._say_who()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self.told = NOBODY

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self.told = NOBODY

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        # What was said inside the savepoint is gone with it.
        self.told = None

    def _say_who_then_execute(
        self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """The actor may change within a transaction: then say so before the next statement."""
        if not self.autocommit:
            self._say_who()
        return execute(sql, params, many, context)

    def _say_who(self) -> None:
        wanted = audit_context.current() or NOBODY
        connection: Any = self.connection
        if wanted == self.told or connection is None:
            return
        if connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with self.wrap_database_errors:
            connection.execute(SAY_WHO, wanted)
        self.told = wanted
