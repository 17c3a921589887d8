"""The environment variables, read once and checked, as one frozen object."""

import base64
import binascii
import fcntl
import os
import secrets
import warnings
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

from config.embedded.places import Places
from config.errors import ConfigurationError
from config.secrets import kept_secret

RUN_LOCK = "run.lock"
"""Held while a portal runs on the data folder; says its address."""
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
MOST_DAYS = 3650
SHORTEST_KEY, FEWEST_LETTERS = 32, 5
LEGIBLE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class RedisAddress:
    broker_url: str
    is_embedded: bool


@dataclass(frozen=True)
class Environment:
    """What the portal was told, with embedded defaults where it was told nothing."""

    variables: Mapping[str, str]
    home: Path
    database: dict[str, Any]
    app_role: str
    redis: RedisAddress
    email: dict[str, Any]
    secret_key: str
    field_keys: dict[str, bytes]
    demo_password: str
    allowed_hosts: list[str]
    port: int
    site_url: str
    behind_proxy: bool

    @classmethod
    def load(cls, base: Path, variables: Mapping[str, str] | None = None) -> "Environment":
        given = os.environ if variables is None else variables
        home = portal_home(base, given)
        port = read_port(given)
        site_url = given_site(given)
        if not site_url and not given.get("PORT"):
            # A command beside a portal that runs elsewhere: its mails lead there.
            site_url = running_at(home)
        site_url = site_url or f"http://localhost:{port}"
        is_production = bool(given.get("DATABASE_URL"))
        places = Places.of(home)
        # The address before the keys: whoever mistyped it needs none to be told so.
        database = database_settings(given, places)
        if is_production:
            refuse_without_keys(given)
        return cls(
            variables=given,
            home=home,
            database=database,
            app_role=app_role(given),
            redis=redis_address(given, places),
            email=email_settings(given),
            secret_key=given_key(given) or kept_secret(home, "secret_key", new_secret_key),
            field_keys=parse_field_keys(
                given.get("FIELD_KEYS") or kept_secret(home, "field_keys", new_field_keys)
            ),
            demo_password=demo_password(given, home, is_production=is_production),
            allowed_hosts=split(given.get("ALLOWED_HOSTS", "")) or LOCAL_HOSTS,
            port=port,
            site_url=site_url,
            behind_proxy=site_url.startswith("https://"),
        )

    @property
    def needs_keeper(self) -> bool:
        """Whether an embedded service is used: the database, the broker or both."""
        return bool(self.database["EMBEDDED"]) or self.redis.is_embedded

    @property
    def is_demonstration(self) -> bool:
        """The reference world is loaded unasked only where no real data can be meant."""
        return bool(self.demo_password)

    def text(self, name: str, default: str) -> str:
        return self.variables.get(name) or default

    def days(self, name: str, default: int) -> int:
        """How long something is kept."""
        value = self.variables.get(name) or str(default)
        if value.isascii() and value.isdigit() and 0 < int(value) <= MOST_DAYS:
            return int(value)
        raise ConfigurationError(f"{name} 应为 1 至 {MOST_DAYS} 的天数，当前为“{value}”。")


def split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def portal_home(base: Path, given: Mapping[str, str]) -> Path:
    """The data folder; never inside a folder that a second checkout would share by accident."""
    if chosen := given.get("PORTAL_HOME"):
        return Path(chosen).expanduser().resolve()
    return Path("/var/lib/frontline") if os.geteuid() == 0 else base / "var"


def running_at(home: Path) -> str:
    """The address of the portal that runs on this data folder; empty when none does."""
    try:
        descriptor = os.open(home / RUN_LOCK, os.O_RDONLY)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 200, 0).decode()
    finally:
        os.close(descriptor)
    return ""


def read_port(given: Mapping[str, str]) -> int:
    value = given.get("PORT") or "8000"
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    raise ConfigurationError(f"PORT 应为 1 至 65535 的整数，当前为“{value}”。例如 PORT=8001。")


def given_site(given: Mapping[str, str]) -> str:
    """SITE_URL without a slash at its end; empty when it is not given."""
    url = given.get("SITE_URL", "").rstrip("/")
    if url and (not _is_address(url, {"http", "https"}) or any(urlsplit(url)[2:])):
        raise ConfigurationError(
            f"SITE_URL 应为平台的完整网址，不带路径，形如 https://portal.example.cn，当前为“{url}”。"
        )
    return url


def _is_address(url: str, schemes: Container[str]) -> bool:
    """Scheme, host and, if there is one, a port that is a number."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def given_key(given: Mapping[str, str]) -> str:
    """SECRET_KEY, empty when it is not given. What can be guessed forges sessions and links."""
    key = given.get("SECRET_KEY", "")
    if key and (len(key.strip()) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS):
        raise ConfigurationError(
            f"SECRET_KEY 太短或太简单，应为至少 50 个随机字符（少于 {SHORTEST_KEY} 个不启动）；"
            "仅作演示可去掉 SECRET_KEY，由系统生成。"
        )
    return key


def refuse_without_keys(given: Mapping[str, str]) -> None:
    missing = [n for n in ("SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS") if not given.get(n)]
    if missing:
        names = "、".join(missing)
        raise ConfigurationError(
            f"已设置 DATABASE_URL（正式部署），还必须设置 {names}。"
            "各变量的写法见 docs/operations.md；仅作演示请去掉 DATABASE_URL。"
        )


def database_settings(given: Mapping[str, str], places: Places) -> dict[str, Any]:
    """The database of this process: the owner's role for owner commands, else the app's."""
    owner = given.get("FRONTLINE_DATABASE_ROLE") == "owner"
    common: dict[str, Any] = {"ENGINE": "config.database", "ATOMIC_REQUESTS": True}
    common |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    url = given.get("DATABASE_URL")
    if not url:
        role = "frontline_owner" if owner else "frontline_app"
        database = {
            "NAME": given.get("FRONTLINE_DATABASE") or "frontline",
            "USER": role,
            "HOST": str(places.sockets),
        }
        return {**database, "PORT": "5432", "EMBEDDED": True, "HOME": str(places.home), **common}
    name = "DATABASE_URL"
    if owner and given.get("DATABASE_OWNER_URL"):
        name, url = "DATABASE_OWNER_URL", given["DATABASE_OWNER_URL"]
    return {**parse_database_url(name, url), "EMBEDDED": False, **common}


def app_role(given: Mapping[str, str]) -> str:
    url = given.get("DATABASE_URL")
    return parse_database_url("DATABASE_URL", url)["USER"] if url else "frontline_app"


def parse_database_url(name: str, url: str) -> dict[str, Any]:
    example = "postgres://用户:口令@主机:5432/frontline"
    try:
        with warnings.catch_warnings():
            # What it has to say of an unknown scheme is said below.
            warnings.simplefilter("ignore")
            parsed = environ.Env.db_url_config(url)
    except Exception as error:
        raise ConfigurationError(f"{name} 无法识别，应形如 {example}。") from error
    if "postgresql" not in parsed.get("ENGINE", "") or not parsed.get("NAME"):
        raise ConfigurationError(f"{name} 应指向 PostgreSQL，形如 {example}。")
    return dict(parsed)


def redis_address(given: Mapping[str, str], places: Places) -> RedisAddress:
    url = given.get("REDIS_URL")
    if not url:
        return RedisAddress(f"redis+socket://{places.redis_socket}?virtual_host=0", True)
    is_served = _is_address(url, {"redis", "rediss"})
    is_numbered = is_served and (urlsplit(url).path.strip("/") or "0").isdecimal()
    if not url.startswith("unix:///") and not is_numbered:
        raise ConfigurationError("REDIS_URL 无法识别，应形如 redis://:口令@主机:6379/0。")
    if url.startswith("unix://"):
        url = "redis+socket://" + url.removeprefix("unix://").replace("db=", "virtual_host=")
    return RedisAddress(url, False)


def email_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """Django's EMAIL_* settings from EMAIL_URL; empty when mail goes to files."""
    url = given.get("EMAIL_URL")
    if not url:
        return {}
    refusal = "EMAIL_URL 无法识别，应形如 smtp+tls://用户:口令@主机:587。"
    try:
        settings = dict(environ.Env.email_url_config(url))
    except Exception as error:
        raise ConfigurationError(refusal) from error
    if settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not settings["EMAIL_HOST"]:
        raise ConfigurationError(refusal)
    return settings


def parse_field_keys(value: str) -> dict[str, bytes]:
    """Keys of the encrypted columns by id, the current one first, from `id:base64,id:base64`."""
    keys: dict[str, bytes] = {}
    for part in split(value):
        name, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not name or len(key) != 32 or name in keys:
            raise ConfigurationError(
                "FIELD_KEYS 应为“编号:密钥”以逗号分隔，密钥是 32 字节的 base64，编号不重复。"
            )
        keys[name] = key
    return keys


def demo_password(given: Mapping[str, str], home: Path, *, is_production: bool) -> str:
    """Empty in production unless it is given: demo accounts have no place there."""
    if chosen := given.get("DEMO_PASSWORD"):
        return chosen
    return "" if is_production else kept_secret(home, "demo_password", new_demo_password)


def new_secret_key() -> str:
    return secrets.token_urlsafe(50)


def new_field_keys() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_demo_password() -> str:
    return "-".join("".join(secrets.choice(LEGIBLE_LETTERS) for _ in range(4)) for _ in range(3))
