"""What is asked before anything is started, and the sentence for each answer that is no."""

import os

from config.errors import ConfigurationError


def database_sentence(error: Exception) -> str:
    """Which variable to look at when the database does not answer, and why it did not."""
    reason = (str(error).strip().splitlines() or [""])[0]
    is_owner = os.environ.get("FRONTLINE_DATABASE_ROLE") == "owner"
    name = (
        "DATABASE_OWNER_URL"
        if is_owner and os.environ.get("DATABASE_OWNER_URL")
        else "DATABASE_URL"
    )
    if not os.environ.get("DATABASE_URL"):
        return f"内置数据库没有应答（{reason}）。请查看数据目录 logs 下的 postgres.log。"
    return (
        f"{name} 指向的数据库没有应答（{reason}）。"
        f"请核对地址、口令与数据库是否已启动；去掉 {name} 则改用内置数据库。"
    )


UNMIGRATED = (
    "数据库还没有建表，或表结构旧于程序。请先执行 manage.py migrate；"
    "要看演示，执行 make run，会建表并装入演示数据。"
)
_NO_TABLE_OR_COLUMN = frozenset({"42P01", "42703"})


def lacks_tables(error: Exception) -> bool:
    """Whether a statement failed because the tables are not those of this version."""
    return getattr(error.__cause__, "sqlstate", None) in _NO_TABLE_OR_COLUMN


def check_database() -> None:
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise ConfigurationError(database_sentence(error)) from error


def check_collation() -> None:
    from config.checks import collation_errors

    for error in collation_errors("default"):
        raise ConfigurationError(f"{error.msg}{error.hint}")


def check_broker() -> None:
    from django.conf import settings

    if settings.EMBEDDED_REDIS:
        return
    import redis

    url = os.environ["REDIS_URL"]
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise ConfigurationError(
            f"REDIS_URL 指向的 Redis 没有应答（{error}）。"
            "请核对地址、口令与 Redis 是否已启动；去掉 REDIS_URL 则改用内置 Redis。"
        ) from error
