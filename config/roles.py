"""Which commands need the role that owns the tables."""

from collections.abc import Sequence

OWNER_COMMANDS = frozenset(
    {
        "createcachetable",
        "flush",
        "load_reference",
        "migrate",
        "purge_due",
        "restore",
        "rotate_keys",
        "setup",
        "sqlflush",
    }
)

# Commands that look at the models only. They use a database that is already up, and start none.
OFFLINE_COMMANDS = frozenset({"check", "help", "makemigrations", "version", "--help", "--version"})


def is_owner_command(argv: Sequence[str]) -> bool:
    return len(argv) > 1 and argv[1] in OWNER_COMMANDS


def is_offline_command(argv: Sequence[str]) -> bool:
    return len(argv) < 2 or argv[1] in OFFLINE_COMMANDS or "--help" in argv or "-h" in argv
