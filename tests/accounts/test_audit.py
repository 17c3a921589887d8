"""The audit trail as the database writes it, asked as the role that runs the portal."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from apps.accounts import selectors
from apps.accounts.database import EVENTS, EXEMPT, our_models, standing_triggers, watches
from apps.accounts.models import AuditEntry, SecurityEvent
from apps.communities.models import District
from apps.core import audit_context
from apps.figures.models import Figure
from apps.units.models import Member, Unit
from tests.databases import as_owner
from tests.factories import (
    AttachmentFactory,
    DailyReportFactory,
    DistrictFactory,
    FigureFactory,
    FlashReportFactory,
    IndicatorFactory,
    MemberFactory,
    OccurrenceFactory,
    OutboxMessageFactory,
    SecurityEventFactory,
    SnapshotFactory,
    UnitFactory,
    UserFactory,
)

TRAIL = "accounts_auditentry"


def entries(row):
    return AuditEntry.objects.filter(table=row._meta.db_table, key=str(row.pk)).order_by("id")


@pytest.fixture
def by_li():
    with audit_context.acting("li", "request-1"):
        yield


def test_every_table_of_ours_has_its_three_triggers_or_a_reason(db):
    with connection.cursor() as cursor:
        standing = {table for table, name in standing_triggers(cursor) if name in EVENTS}

    tables = {model._meta.db_table for model in our_models()}
    assert len(tables) > 50
    assert tables - standing == set(EXEMPT)
    assert all(EXEMPT.values())


def test_new_row_is_recorded_with_who_and_on_whose_request(db, by_li):
    district = DistrictFactory(name="示例区", short_name="示例", code="D1", sort_order=1)

    (entry,) = entries(district)
    assert (entry.actor, entry.request, entry.operation) == ("li", "request-1", "I")
    assert entry.before is None
    assert entry.after == {
        "id": district.pk,
        "name": "示例区",
        "short_name": "示例",
        "code": "D1",
        "sort_order": 1,
    }


def test_change_is_recorded_by_its_columns_alone(db, by_li):
    district = DistrictFactory(name="旧名")

    District.objects.filter(pk=district.pk).update(name="新名")

    assert entries(district).last().before == {"name": "旧名"}
    assert entries(district).last().after == {"name": "新名"}


def test_change_to_the_same_value_is_none(db):
    district = DistrictFactory()

    district.save()

    assert [entry.operation for entry in entries(district)] == ["I"]


def test_removal_is_recorded_with_what_was_there(db):
    district = DistrictFactory(name="示例区")
    key = district.pk

    district.delete()

    entry = AuditEntry.objects.get(operation="D")
    assert (entry.key, entry.before["name"], entry.after) == (str(key), "示例区", None)


def test_many_rows_of_one_statement_are_recorded_each(db):
    rows = [DistrictFactory.build(name=f"示例{n}区") for n in range(3)]

    District.objects.bulk_create(rows)
    District.objects.update(short_name="同")

    assert AuditEntry.objects.filter(table="communities_district", operation="I").count() == 3
    assert AuditEntry.objects.filter(table="communities_district", operation="U").count() == 3


def test_rows_copied_in_are_recorded_with_their_actor(by_li):
    # COPY goes past Django's cursor: the actor is known from the transaction's first moment.
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(
            "COPY communities_district (code, name, short_name, sort_order) FROM STDIN"
        ) as copy,
    ):
        copy.write_row(("D9", "示例区", "示例", 9))

    entry = AuditEntry.objects.get(table="communities_district")
    assert (entry.actor, entry.after["code"]) == ("li", "D9")


def test_sealed_columns_enter_as_changed_only(db):
    member = MemberFactory(phone="13912345678")
    member.phone = "13987654321"
    member.save()

    created, changed = entries(member)
    assert {"phone_sealed", "phone_index"}.isdisjoint(created.after)
    assert changed.before == {"phone_sealed": "changed", "phone_index": "changed"}
    assert changed.after == {"phone_sealed": "changed", "phone_index": "changed"}


def test_password_enters_as_changed_only(db):
    user = UserFactory(password="correct-horse")
    user.set_password("another-horse")
    user.save()

    created, changed = entries(user)
    assert "password" not in created.after
    assert changed.after == {"password": "changed"}


def test_log_in_alone_changes_nothing_of_record(db, client):
    user = UserFactory()

    client.force_login(user)

    assert [entry.operation for entry in entries(user)] == ["I"]


def test_draft_of_a_report_is_not_of_record_until_its_state_changes(db):
    report = DailyReportFactory()
    report.draft = {"T01": "12"}
    report.save()
    assert entries(report).count() == 1

    report.state = "draft"
    report.draft = {"T01": "13"}
    report.save()

    assert entries(report).last().after == {"state": "draft"}


def test_links_of_many_to_many_are_recorded(db):
    flash, photo = FlashReportFactory(), AttachmentFactory()

    flash.photos.add(photo)

    entry = AuditEntry.objects.get(table="daily_flashreport_photos")
    assert (entry.after["flashreport_id"], entry.after["attachment_id"]) == (flash.pk, photo.pk)


@pytest.mark.parametrize("factory", [OccurrenceFactory, OutboxMessageFactory])
def test_ticking_of_the_machine_is_not_of_record_and_what_people_do_is(db, factory):
    with audit_context.acting("job:ring"):
        row = factory()
        row.state = "failed"
        row.save()
    with audit_context.acting("staff", "request-9"):
        row.state = "suppressed" if hasattr(row, "dedupe_key") else "skipped"
        row.save()

    assert [(entry.actor, entry.operation) for entry in entries(row)] == [("staff", "U")]


def test_mail_enters_without_its_body(db):
    mail = OutboxMessageFactory(text="正文", html="<p>正文</p>")

    assert {"text", "html"}.isdisjoint(entries(mail).get().after)


def test_write_outside_any_door_is_recorded_under_the_database_role(db):
    assert entries(DistrictFactory()).get().actor == f"db:{settings.DATABASE_APP_ROLE}"


def test_actor_may_change_within_a_transaction(db):
    with audit_context.acting("li"):
        first = DistrictFactory()
    with audit_context.acting("job:lock"):
        second = DistrictFactory()

    assert entries(first).get().actor == "li"
    assert entries(second).get().actor == "job:lock"


def test_undone_write_leaves_no_entry(db):
    with transaction.atomic():
        DistrictFactory()
        transaction.set_rollback(True)

    assert AuditEntry.objects.filter(table="communities_district").count() == 0


FORBIDDEN = [
    f"UPDATE {TRAIL} SET actor = 'nobody'",
    f"DELETE FROM {TRAIL}",
    f"TRUNCATE {TRAIL}",
    (
        f'INSERT INTO {TRAIL} (at, actor, request, "table", key, operation) '
        "VALUES (now(), 'leader', '', 'units_unit', '1', 'U')"
    ),
    f"DROP TABLE {TRAIL}",
    f"ALTER TABLE {TRAIL} DISABLE TRIGGER ALL",
    "ALTER TABLE communities_district DISABLE TRIGGER audit_update",
    "DROP TRIGGER audit_update ON communities_district",
    "ALTER TABLE communities_district RENAME TO elsewhere",
    "TRUNCATE communities_district CASCADE",
    "DROP FUNCTION frontline_audit() CASCADE",
    (
        "CREATE OR REPLACE FUNCTION frontline_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NULL; END'"
    ),
    "SET session_replication_role = replica",
    "SET ROLE frontline_owner",
    (
        "CREATE TEMP TABLE units_unit (id bigint); CREATE TRIGGER forged AFTER INSERT ON "
        "pg_temp.units_unit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT "
        "EXECUTE FUNCTION public.frontline_audit('id', '', '', 'all')"
    ),
    "UPDATE accounts_securityevent SET username = 'nobody'",
    "DELETE FROM accounts_securityevent",
]


@pytest.mark.parametrize("statement", FORBIDDEN, ids=lambda text: text[:50])
def test_portals_role_may_not(db, statement):
    DistrictFactory()
    SecurityEventFactory()

    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        connection.cursor().execute(statement)

    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_trail_is_protected_while_roles_are_two_and_triggers_stand(db):
    protection = selectors.audit_protection()

    assert (protection.separate_role, protection.missing, protection.holds) == (True, (), True)


@pytest.mark.django_db(transaction=True)
def test_trail_is_reported_open_to_its_owner_and_where_a_trigger_is_off():
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE units_unit DISABLE TRIGGER audit_delete")
        protection = selectors.audit_protection()

    assert (protection.separate_role, protection.missing) == (False, ("units_unit",))


@pytest.mark.django_db(transaction=True)
def test_migrate_puts_back_what_is_missing_differs_or_is_off():
    from django.core.management import call_command

    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER audit_insert ON units_unit")
            cursor.execute("ALTER TABLE units_member DISABLE TRIGGER audit_update")
            cursor.execute("DROP TRIGGER audit_update ON accounts_user")
            cursor.execute(
                "CREATE TRIGGER audit_update AFTER UPDATE ON accounts_user REFERENCING OLD TABLE "
                "AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT "
                "EXECUTE FUNCTION frontline_audit('id', '', '', 'all')"
            )
        before = selectors.audit_protection().missing
        call_command("migrate", verbosity=0)
        after = selectors.audit_protection().missing

    assert before == ("accounts_user", "units_member", "units_unit")
    assert after == ()


def test_history_of_a_row_is_in_words(db):
    user = UserFactory(username="li", name="李示例")
    with audit_context.acting("li"):
        unit = UnitFactory(short_name="旧简称", category="provincial")
        Unit.objects.filter(pk=unit.pk).update(
            short_name="新简称", category="university", is_leader_contact=True
        )

    change, creation = selectors.history_of(unit)

    assert (change.actor_name, change.operation, creation.operation) == (user.name, "修改", "新增")
    assert {(f.label, f.before, f.after) for f in change.fields} == {
        ("单位简称", "旧简称", "新简称"),
        ("类别", "省直机关", "高校"),
        ("由领导沟通", "否", "是"),
    }


def test_history_names_the_rows_a_key_points_to(db):
    report = DailyReportFactory()
    reviewer = UserFactory(name="王示例")
    report.reviewed_by = reviewer
    report.save()

    (field,) = selectors.history_of(report)[0].fields
    assert (field.label, field.before, field.after) == ("审核人", "空", "王示例")


def test_history_never_shows_what_is_sealed(db):
    member = MemberFactory(phone="13912345678")
    member.phone = "13987654321"
    member.save()

    change = selectors.history_of(member)[0]

    assert {(f.before, f.after) for f in change.fields} == {(selectors.HIDDEN, selectors.HIDDEN)}


def test_history_takes_as_many_queries_for_ten_changes_as_for_two(db, django_assert_num_queries):
    reports = [DailyReportFactory(), DailyReportFactory()]
    for report, times in zip(reports, (2, 10), strict=True):
        for _ in range(times):
            report.reviewed_by = UserFactory()
            report.save()
    with django_assert_num_queries(5):
        selectors.history_of(reports[0])

    with django_assert_num_queries(5):
        changes = selectors.history_of(reports[1])

    assert len(changes) == 11


def test_two_hundred_figures_of_one_statement_are_recorded_each(db):
    snapshot, indicator, unit = SnapshotFactory(), IndicatorFactory(), UnitFactory()
    units = Unit.objects.bulk_create(UnitFactory.build() for _ in range(200))
    leaf = FigureFactory.build(snapshot=snapshot, indicator=indicator, unit=unit)
    values = {field.attname: getattr(leaf, field.attname) for field in Figure._meta.concrete_fields}
    values.pop("id")

    Figure.objects.bulk_create(Figure(**{**values, "unit_id": each.pk}) for each in units)

    assert AuditEntry.objects.filter(table="figures_figure").count() == 200


def test_trail_names_every_watched_table_in_chinese():
    labels = {watch.table: selectors.table_label(watch.table) for watch in watches()}

    assert {t for t, label in labels.items() if label == t or label.isascii()} == set()


def test_security_events_are_not_doubled_by_the_trail(db):
    SecurityEventFactory()

    assert SecurityEvent.objects.count() == 1
    assert AuditEntry.objects.filter(table="accounts_securityevent").count() == 0


def test_member_history_survives_the_member(db):
    member = MemberFactory()
    key = member.pk
    Member.objects.filter(pk=key).delete()

    rows = AuditEntry.objects.filter(table="units_member", key=str(key))
    assert sorted(rows.values_list("operation", flat=True)) == ["D", "I"]
