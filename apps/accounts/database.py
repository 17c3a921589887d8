"""What the owner of the database does after migrations: audit triggers, and the app's rights.

Runs after every `migrate`, compares, and changes only what differs, so that a table added by any
app is audited and usable without a line written for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

AUDIT_TABLE = "accounts_auditentry"
# May be written once and read; nobody who runs the portal may change them afterwards.
WRITTEN_ONCE = frozenset({"accounts_securityevent"})

# Not audited, each for its reason.
EXEMPT = {
    AUDIT_TABLE: "the trail itself",
    "accounts_securityevent": "a trail of its own, written once",
    "messaging_inboxmessage": "copies of what other rows say; reading a message is nobody's affair",
    "deployments_sealingchange": "what a closure did; it stands with the stays it did it to",
    "office_importrow": "what a file would do; what it did stands with the rows it did it to",
}
# A ledger of the machine: only what people do to it is a matter of record, not its own ticking.
PEOPLE_ONLY = frozenset({"jobs_occurrence", "messaging_outboxmessage"})
# Columns left out: a change of these alone is no event, and their content goes nowhere.
SILENT = {
    "accounts_user": ("last_login",),  # a security event says it
    "daily_dailyreport": ("draft", "draft_by_id"),  # not yet said by the unit
    "office_document": ("content",),  # frozen when it is made, and kept there
    "messaging_outboxmessage": ("text", "html"),  # fixed when queued, and kept there
}
SECRET_ENDINGS = ("_sealed", "_index", "password")

EVENTS = {
    "audit_insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows",
    "audit_update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "audit_delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows",
}


@dataclass(frozen=True)
class Watch:
    """How one table is audited: the arguments of its three triggers."""

    table: str
    key: str
    secret: tuple[str, ...]
    silent: tuple[str, ...]
    people_only: bool

    @property
    def arguments(self) -> tuple[str, str, str, str]:
        who = "people" if self.people_only else "all"
        return self.key, ",".join(self.secret), ",".join(self.silent), who


def our_models() -> Iterator[type[models.Model]]:
    """Every model of the portal's own apps, the tables between two models included."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_config.name.startswith("apps.") and model._meta.managed:
            yield model


def watches() -> list[Watch]:
    """Every table that is to be audited."""
    return [_watch(model) for model in our_models() if model._meta.db_table not in EXEMPT]


def _watch(model: type[models.Model]) -> Watch:
    table, pk = model._meta.db_table, model._meta.pk
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    return Watch(
        table=table,
        key=str(pk.column),
        secret=tuple(column for column in columns if column.endswith(SECRET_ENDINGS)),
        silent=SILENT.get(table, ()),
        people_only=table in PEOPLE_ONLY,
    )


def prepare(using: str, **_options: object) -> None:
    """Triggers and rights, when the role at work owns the tables; receiver of post_migrate."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not _is_ready(cursor):
            return
        install_triggers(cursor, [watch for watch in watches() if watch.table in present])
        grant_rights(connection, cursor, present)


def _is_ready(cursor: CursorWrapper) -> bool:
    """Whether the trail and its function are there, and the role at work owns them."""
    cursor.execute(
        "SELECT tableowner = current_user FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename = %s AND to_regprocedure('public.frontline_audit()') IS NOT NULL",
        [AUDIT_TABLE],
    )
    return cursor.fetchone() == (True,)


def install_triggers(cursor: CursorWrapper, wanted: Iterable[Watch]) -> None:
    """Make the triggers that are missing, differ or are switched off; end those of exempt tables."""
    standing = standing_triggers(cursor)
    for table, name in standing:
        if table in EXEMPT:
            cursor.execute(f'DROP TRIGGER {name} ON public."{table}"')
    for watch in wanted:
        for name in EVENTS:
            if standing.get((watch.table, name)) != watch.arguments:
                cursor.execute(_trigger(watch, name))


def standing_triggers(cursor: CursorWrapper) -> dict[tuple[str, str], tuple[str, ...]]:
    """The arguments of each audit trigger that is there and switched on."""
    cursor.execute(
        """
        SELECT relname, tgname, tgargs FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname = ANY(%s) AND tgenabled = 'O'
          AND relnamespace = 'public'::regnamespace
          AND tgfoid = 'public.frontline_audit()'::regprocedure
        """,
        [list(EVENTS)],
    )
    return {
        (table, name): tuple(bytes(arguments).decode().split("\0")[:-1])
        for table, name, arguments in cursor.fetchall()
    }


def _trigger(watch: Watch, name: str) -> str:
    # Names come from our own models, never from a request.
    event = EVENTS[name].format(table=f'public."{watch.table}"')
    arguments = ", ".join(f"'{argument}'" for argument in watch.arguments)
    return (
        f'DROP TRIGGER IF EXISTS {name} ON public."{watch.table}"; CREATE TRIGGER {name} {event} '
        f"FOR EACH STATEMENT EXECUTE FUNCTION public.frontline_audit({arguments})"
    )


def grant_rights(connection: BaseDatabaseWrapper, cursor: CursorWrapper, present: set[str]) -> None:
    """Let the app's role work on the rows of every table, and on the two trails only as allowed.

    Nothing is done where the app's role owns the tables itself: then nothing can be withheld.
    """
    cursor.execute("SELECT current_user")
    (owner,) = cursor.fetchone()
    if owner == settings.DATABASE_APP_ROLE:
        return
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    every = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in every if model._meta.managed} & present
    names = ", ".join(f'public."{table}"' for table in sorted(tables - {AUDIT_TABLE}))
    once = ", ".join(f'public."{table}"' for table in sorted(WRITTEN_ONCE & present))
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO {role}")
    cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {once} FROM {role}")
    cursor.execute(f'REVOKE ALL ON public."{AUDIT_TABLE}" FROM {role}')
    cursor.execute(f'GRANT SELECT ON public."{AUDIT_TABLE}", public.django_migrations TO {role}')
    for sequence in _sequences(cursor, tables - {AUDIT_TABLE}):
        cursor.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {role}")


def _sequences(cursor: CursorWrapper, tables: set[str]) -> list[str]:
    cursor.execute(
        """
        SELECT seq.oid::regclass::text FROM pg_class seq
        JOIN pg_depend ON pg_depend.objid = seq.oid AND deptype = 'i'
        JOIN pg_class owner ON owner.oid = refobjid
        WHERE seq.relkind = 'S' AND owner.relname = ANY(%s)
          AND owner.relnamespace = 'public'::regnamespace
        """,
        [sorted(tables)],
    )
    return [name for (name,) in cursor.fetchall()]
