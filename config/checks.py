"""Checks of the database that no migration can make good."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

WANTED = ("c", "C.UTF-8", "UTF8")
QUERY = """
    SELECT datlocprovider, datcollate, pg_encoding_to_char(encoding)
    FROM pg_database WHERE datname = current_database()
"""


@register(Tags.database)
def check_collation(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Orders of rows and indexes are promised by code point; another collation breaks the promise."""
    return [error for alias in databases or () for error in collation_errors(alias)]


def collation_errors(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute(QUERY)
        provider, collation, encoding = cursor.fetchone()
    found = (provider, str(collation).replace("utf8", "UTF-8"), encoding)
    if found == WANTED:
        return []
    return [
        Error(
            f"数据库的编码与排序规则应为 UTF8、libc 的 C.UTF-8，当前为 {encoding}、{collation}。",
            hint="请重建数据库：CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'。",
            id="frontline.E001",
        )
    ]
