import base64
import fcntl
import stat

import pytest

from config.environment import RUN_LOCK, Environment
from config.errors import ConfigurationError

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "DATABASE_URL": "postgres://app:secret@db.example:5432/portal",
    "SECRET_KEY": "secret" * 9,
    "FIELD_KEYS": f"k1:{KEY}",
    "ALLOWED_HOSTS": "portal.example, intranet.example",
}


def load(tmp_path, **variables):
    return Environment.load(tmp_path, {"PORTAL_HOME": str(tmp_path / "home"), **variables})


def refusal(tmp_path, **variables):
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path, **variables)
    return str(refused.value)


def test_defaults_are_embedded_and_local(tmp_path):
    env = load(tmp_path)

    assert env.database["EMBEDDED"]
    assert env.database["USER"] == "frontline_app"
    assert env.redis.is_embedded
    assert env.email == {}
    assert env.site_url == "http://localhost:8000"
    assert env.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]


def test_links_lead_to_the_portal_that_runs_on_the_folder(tmp_path):
    home = load(tmp_path).home
    home.mkdir(parents=True, exist_ok=True)
    lock = home / RUN_LOCK
    lock.write_text("http://localhost:8142")
    assert load(tmp_path).site_url == "http://localhost:8000"

    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert load(tmp_path).site_url == "http://localhost:8142"
        assert load(tmp_path, PORT="8001").site_url == "http://localhost:8001"


def test_empty_variables_count_as_absent(tmp_path):
    env = load(tmp_path, DATABASE_URL="", PORT="", ALLOWED_HOSTS="", SECRET_KEY="")

    assert env.database["EMBEDDED"]
    assert env.port == 8000
    assert len(env.secret_key) >= 50


def test_secrets_are_kept_and_closed_to_others(tmp_path):
    first, second = load(tmp_path), load(tmp_path)

    kept = tmp_path / "home" / "secrets"
    modes = {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()}
    assert (first.secret_key, first.field_keys, first.demo_password) == (
        second.secret_key,
        second.field_keys,
        second.demo_password,
    )
    assert modes == {0o600}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_two_installations_share_no_secret(tmp_path):
    here, there = load(tmp_path / "a"), load(tmp_path / "b")

    assert here.secret_key != there.secret_key
    assert here.demo_password != there.demo_password
    assert set(here.field_keys.values()).isdisjoint(there.field_keys.values())


def test_production_has_no_demonstration_unless_asked(tmp_path):
    assert not load(tmp_path, **PRODUCTION).is_demonstration
    assert load(tmp_path, **PRODUCTION, DEMO_PASSWORD="try-it-out").is_demonstration


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without(tmp_path, name):
    sentence = refusal(tmp_path, **{**PRODUCTION, name: ""})

    assert sentence.startswith(f"已设置 DATABASE_URL（正式部署），还必须设置 {name}。")


@pytest.mark.parametrize(
    ("name", "value", "beginning"),
    [
        ("PORT", "80a", "PORT 应为 1 至 65535 的整数，当前为“80a”"),
        ("PORT", "70000", "PORT 应为 1 至 65535 的整数，当前为“70000”"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL 无法识别"),
        ("REDIS_URL", "redis://", "REDIS_URL 无法识别"),
        ("REDIS_URL", "redis://127.0.0.1:six/0", "REDIS_URL 无法识别"),
        ("EMAIL_URL", "mail.example", "EMAIL_URL 无法识别"),
        ("EMAIL_URL", "smtp://", "EMAIL_URL 无法识别"),
        ("SITE_URL", "portal.example.cn", "SITE_URL 应为平台的完整网址，不带路径"),
        (
            "SITE_URL",
            "https://portal.example.cn/frontline",
            "SITE_URL 应为平台的完整网址，不带路径",
        ),
        ("REDIS_URL", "redis://localhost:6379/zero", "REDIS_URL 无法识别"),
        ("DATABASE_URL", "foo", "DATABASE_URL 应指向 PostgreSQL"),
        ("SITE_URL", "https://:443", "SITE_URL 应为平台的完整网址，不带路径"),
        ("SECRET_KEY", "short", "SECRET_KEY 太短或太简单"),
        ("SECRET_KEY", " " * 60, "SECRET_KEY 太短或太简单"),
        ("SECRET_KEY", "ab" * 30, "SECRET_KEY 太短或太简单"),
        ("FIELD_KEYS", "k1:short", "FIELD_KEYS 应为“编号:密钥”"),
        ("FIELD_KEYS", KEY, "FIELD_KEYS 应为“编号:密钥”"),
        ("FIELD_KEYS", f"k1:{KEY},k1:{KEY}", "FIELD_KEYS 应为“编号:密钥”"),
    ],
)
def test_unusable_value_is_refused_by_name(tmp_path, name, value, beginning):
    assert refusal(tmp_path, **{name: value}).startswith(beginning)


@pytest.mark.parametrize(
    "url", ["mysql://a:b@c/d", "postgres://", "not a url", "foo", "sqlite:///x.db"]
)
def test_other_database_is_refused_by_name(tmp_path, url):
    assert refusal(tmp_path, **{**PRODUCTION, "DATABASE_URL": url}).startswith("DATABASE_URL ")


def test_owner_commands_use_the_owners_address(tmp_path):
    owner = {"DATABASE_OWNER_URL": "postgres://boss:secret@db.example/portal"}
    role = {"FRONTLINE_DATABASE_ROLE": "owner"}

    assert load(tmp_path, **PRODUCTION, **owner).database["USER"] == "app"
    assert load(tmp_path, **PRODUCTION, **owner, **role).database["USER"] == "boss"
    assert load(tmp_path, **PRODUCTION, **owner, **role).app_role == "app"
    assert load(tmp_path, **PRODUCTION, **role).database["USER"] == "app"
    assert load(tmp_path, **role).database["USER"] == "frontline_owner"


def test_field_keys_keep_their_order(tmp_path):
    other = base64.b64encode(b"o" * 32).decode()

    keys = load(tmp_path, FIELD_KEYS=f"k2:{other}, k1:{KEY}").field_keys

    assert list(keys.items()) == [("k2", b"o" * 32), ("k1", b"k" * 32)]


def test_unwritable_data_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    sentence = refusal(tmp_path, PORTAL_HOME=str(tmp_path / "file"))

    assert "无法读写" in sentence
    assert "PORTAL_HOME" in sentence


def test_days_of_a_policy_are_a_number_or_are_refused_by_name(tmp_path):
    assert load(tmp_path).days("KEPT_DAYS", 90) == 90
    assert load(tmp_path, KEPT_DAYS="7").days("KEPT_DAYS", 90) == 7
    with pytest.raises(ConfigurationError, match="KEPT_DAYS 应为 1 至 3650 的天数，当前为“0”"):
        load(tmp_path, KEPT_DAYS="0").days("KEPT_DAYS", 90)
