"""The connection says who acts; the portal's role may do no more than it must."""

import pytest
from django.contrib.auth.models import Permission
from django.db import ProgrammingError, connection, transaction
from django.test import TransactionTestCase

from apps.core import audit_context
from config.checks import check_collation

pytestmark = pytest.mark.django_db


def told():
    """What a trigger would read now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('frontline.actor', true), ''),"
            " coalesce(current_setting('frontline.request', true), '')"
        )
        return cursor.fetchone()


def test_transaction_says_who_acts(transactional_db):
    with audit_context.acting("zhang", "r-1"), transaction.atomic():
        assert told() == ("zhang", "r-1")


def test_actor_ends_with_the_transaction(transactional_db):
    with audit_context.acting("zhang", "r-1"), transaction.atomic():
        told()

    assert told() == ("", "")


def test_actor_ends_with_a_rolled_back_transaction(transactional_db):
    with audit_context.acting("zhang", "r-1"), transaction.atomic():
        told()
        transaction.set_rollback(True)

    with transaction.atomic():
        assert told() == ("", "")


def test_actor_is_said_before_copy(transactional_db):
    with audit_context.acting("zhang", "r-1"), transaction.atomic():
        # straight to the driver, as bulk loads go
        row = connection.connection.execute("SELECT current_setting('frontline.actor')").fetchone()

    assert row == ("zhang",)


def test_actor_may_change_within_a_transaction():
    with audit_context.acting("zhang", "r-1"):
        assert told() == ("zhang", "r-1")
    with audit_context.acting("job:nightly"):
        assert told() == ("job:nightly", "")
    assert told() == ("", "")


def test_actor_survives_the_savepoint_it_was_first_named_in():
    with audit_context.acting("zhang", "r-1"):
        with transaction.atomic():
            assert told() == ("zhang", "r-1")
            transaction.set_rollback(True)

        assert told() == ("zhang", "r-1")


def test_actor_is_said_again_after_a_failed_statement():
    with audit_context.acting("zhang", "r-1"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute("SELECT nothing FROM nowhere")

        assert told() == ("zhang", "r-1")


def test_saying_who_counts_as_no_query(django_assert_num_queries):
    with audit_context.acting("zhang", "r-1"), django_assert_num_queries(1):
        told()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE accounts_user",
        "TRUNCATE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_portal_role_may_not(statement):
    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(statement)


def test_portal_role_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FROM pg_class"
            " WHERE pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchone() == ("frontline_app", 0)


def test_collation_is_the_promised_one():
    assert check_collation(databases=["default"]) == []


def test_other_collation_is_refused(monkeypatch):
    monkeypatch.setattr("config.checks.WANTED", ("i", "zh-CN", "UTF8"))

    (error,) = check_collation(databases=["default"])

    assert error.msg == ("数据库的编码与排序规则应为 UTF8、libc 的 C.UTF-8，当前为 UTF8、C.UTF-8。")


def test_transactional_test_is_undone_without_truncating(transactional_db):
    permissions = Permission.objects.count()
    Permission.objects.first().delete()

    TransactionTestCase()._fixture_teardown()

    assert Permission.objects.count() == permissions > 0
