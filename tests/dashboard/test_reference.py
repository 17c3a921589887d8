import datetime as dt
from functools import cache
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.enums import AuditOperation
from apps.accounts.models import AuditEntry, User
from apps.assistance.enums import BeneficiaryKind, CaseEventKind, CaseState, Circumstance
from apps.assistance.models import AssistanceCase, Beneficiary
from apps.assistance.selectors.caseload import suspects
from apps.campaigns.models import Campaign
from apps.communities.enums import MeasureKind
from apps.communities.models import AreaStatus
from apps.core.dates import business_day, moment_on
from apps.daily.enums import CallState, Edition, ReplyState, ReportSource, ReportState
from apps.daily.models import (
    CityTalkItem,
    DailyReport,
    DailyRound,
    DataCall,
    DataCallValue,
    OnePage,
    ReportRevision,
    ReportValue,
)
from apps.dashboard.reference import august, clock
from apps.dashboard.reference.copying import business_models
from apps.dashboard.reference.raised import LONG_UNMET
from apps.deployments.models import Assignment, Deployment, DeploymentDay, Sealing
from apps.deployments.needs import by_urgency, with_chain
from apps.deployments.sealing import plan_of_closures, plan_of_returns
from apps.deployments.selectors import day_figures
from apps.deployments.services.allocation.proposing import propose
from apps.figures.enums import CorrectionState, ScopeKind
from apps.figures.models import Correction, Figure, Snapshot
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.office.models import Attachment
from apps.office.sheets.registry import sheets_for
from apps.office.sheets.template import SPARE_ROWS, make_template
from apps.publicity.models import AdoptionNotice
from apps.publicity.selectors.adoption import adoption, signed_adoption
from apps.units.models import GroupMembership, LiaisonGroup, Member, Unit
from tests.cast import client_for
from tests.databases import as_owner
from tests.factories import BeneficiaryFactory, MemberFactory

# What loads goes through a transaction of its own: it needs a database to itself.
loads = pytest.mark.usefixtures("small_world")
looks = pytest.mark.usefixtures("world")

# Different at each load by design: salts, nonces, and ids that an INSERT … SELECT gives out.
NEVER_THE_SAME = {
    "password",
    "figure_id",
    "phone_sealed",
    "name_sealed",
    "address_sealed",
    "remark_sealed",
}


def checksums():
    """A digest of each table's rows."""
    sums = {}
    with connection.cursor() as cursor:
        for model in business_models():
            names = {field.column for field in model._meta.concrete_fields} - NEVER_THE_SAME
            names -= {"id"} if model is Figure else set()
            # A Word file carries the moment it was packed: same words, other bytes.
            names -= {"sha256", "file"} if model is Attachment else set()
            columns = ", ".join(f'"{name}"' for name in sorted(names))
            table = model._meta.db_table
            cursor.execute(
                "SELECT md5(string_agg(row::text, ';' ORDER BY row::text)), count(*)"
                f" FROM (SELECT {columns} FROM {table}) AS row"
            )
            sums[table] = cursor.fetchone()
    return sums


@loads
def test_the_same_seed_day_and_hour_give_the_same_world(monkeypatch):
    before = checksums()
    # Only in the small hours it matters when a world was loaded.
    loaded = AuditEntry.objects.get(operation=AuditOperation.LOAD).at
    monkeypatch.setattr(clock, "loading_since", cache(lambda: loaded))

    with as_owner():
        call_command("load_reference", scale="small", reset=True, verbosity=0)

    assert checksums() == before


@looks
def test_every_kind_of_report_is_there():
    states = set(DailyReport.objects.values_list("state", flat=True))
    assert states == set(ReportState.values)


@looks
def test_reports_have_gaps_zeros_and_numbers():
    cells = ReportValue.objects.aggregate(
        missing=Count("pk", filter=Q(value=None)),
        zero=Count("pk", filter=Q(value=0)),
        number=Count("pk", filter=Q(value__gt=0)),
        carried=Count("pk", filter=Q(is_carried=True)),
    )
    assert all(cells.values()), cells


@looks
def test_some_reports_were_refiled_and_the_first_submission_stays():
    refiled = DailyReport.objects.filter(version=2).first()

    assert list(refiled.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert refiled.current.number == 2


@looks
def test_proxy_entries_name_their_source():
    proxies = ReportRevision.objects.exclude(source=ReportSource.UNIT)

    assert proxies.exists()
    assert not proxies.filter(Q(source_name="") | Q(source_at=None)).exists()


@looks
def test_cases_of_the_drill_stand_in_every_state_some_overdue():
    cases = AssistanceCase.objects.filter(campaign__is_drill=True)

    assert set(cases.values_list("state", flat=True)) == set(CaseState.values)
    assert cases.overdue(on=business_day()).exists()
    assert not AssistanceCase.objects.live().filter(campaign__is_drill=False).exists()


@looks
def test_every_case_has_the_moments_of_its_steps():
    moved = AssistanceCase.objects.exclude(state=CaseState.OPEN)

    assert not moved.exclude(events__after=F("state")).exists()


@looks
def test_those_helped_are_of_every_kind_sealed_and_some_registered_twice():
    rows = Beneficiary.objects.all()

    assert set(rows.values_list("circumstance", flat=True)) == set(Circumstance)
    assert set(rows.values_list("kind", flat=True)) == set(BeneficiaryKind)
    assert rows.filter(duplicate_of__isnull=False).exists()
    assert suspects(rows).filter(actions__campaign__is_drill=True).exists()
    assert rows.first().phone.startswith("1001")
    assert not rows.filter(is_synthetic=False).exists()


@looks
def test_every_day_before_today_is_locked_and_today_is_not():
    today = business_day()
    locked = set(Snapshot.objects.locked().values_list("campaign", "on"))
    rounds = set(DailyRound.objects.values_list("campaign", "on"))

    assert rounds - locked == {(Campaign.objects.get(is_drill=True).pk, today)}


@looks
def test_leaves_of_a_typed_figure_add_up_to_its_total():
    figures = Figure.objects.filter(indicator__code="F07", snapshot__on=dt.date(2021, 7, 22))
    leaves = figures.filter(scope=ScopeKind.UNIT).aggregate(sum=Sum("value"))

    assert figures.get(scope=ScopeKind.TOTAL).value == leaves["sum"]


@looks
def test_late_reports_were_missing_at_the_lock_and_become_corrections():
    late = DailyReport.objects.filter(state=ReportState.LATE, campaign__code="flood-2021").first()
    leaves = Figure.objects.filter(
        snapshot__campaign=late.campaign, snapshot__on=late.on, unit=late.unit, value=None
    )

    corrected = Correction.objects.filter(figure__in=leaves).values_list("new", flat=True)
    sent = late.current.values.exclude(value=None).values_list("value", flat=True)
    assert late.current.is_after_lock
    assert sorted(corrected) == sorted(sent)


@looks
def test_one_unit_changes_group_and_past_days_keep_the_old_one():
    move = GroupMembership.objects.get(ends_on__isnull=False)
    before = DailyReport.objects.filter(unit=move.unit, on=move.ends_on)
    after = DailyReport.objects.filter(unit=move.unit, on=move.ends_on + dt.timedelta(days=1))

    assert {report.group for report in before} == {move.group}
    assert {report.group.number for report in after} == {18}


@looks
def test_some_members_serve_in_both_campaigns_and_drill_people_are_apart():
    both = (
        Member.objects.filter(assignments__is_drill=False)
        .annotate(n=Count("assignments__deployment__campaign", distinct=True))
        .filter(n=2)
    )
    mixed = Assignment.objects.exclude(is_drill=F("deployment__campaign__is_drill"))

    assert both.exists()
    assert not mixed.exists()


@looks
def test_people_on_the_spot_live_where_they_serve():
    local = Assignment.objects.filter(deployment__is_local=True)

    assert local.exists()
    assert not local.exclude(member__home_community=F("deployment__community")).exists()


@looks
def test_members_are_marked_synthetic_and_their_phones_reach_nobody():
    assert not Member.objects.filter(is_synthetic=False).exists()
    assert Member.objects.first().phone.startswith("1000")


@looks
def test_the_drill_has_people_there_people_back_and_people_to_send_tomorrow():
    posts = Deployment.objects.filter(campaign__is_drill=True)
    tomorrow = business_day() + dt.timedelta(days=1)

    assert set(posts.values_list("state", flat=True)) == {"active", "ended", "planned"}
    assert set(posts.filter(state="planned").values_list("starts_on", flat=True)) == {tomorrow}


@looks
def test_the_whole_load_is_one_entry_of_the_trail():
    entries = AuditEntry.objects.filter(actor="command:load_reference")

    assert list(entries.values_list("operation", "key")) == [(AuditOperation.LOAD, "reference")]


@looks
def test_the_triggers_are_back_after_the_load():
    unit = Unit.objects.first()
    unit.duty_phone = "0371-00000001"
    unit.save(update_fields=["duty_phone"])

    entry = AuditEntry.objects.latest("id")
    assert (entry.table, entry.key, entry.operation) == ("units_unit", str(unit.pk), "U")


@looks
def test_new_rows_follow_the_loaded_ones():
    highest = Member.objects.aggregate(highest=Max("pk"))["highest"]

    assert MemberFactory().pk == highest + 1


@looks
@pytest.mark.parametrize("username", ["leader", "staff", "group18", "unit001", "unitleader035"])
def test_demo_accounts_open_their_home(username):
    user = User.objects.get(username=username)

    assert user.check_password(settings.DEMO_PASSWORD)
    assert client_for(user).get("/").status_code == 200


@looks
def test_the_first_demo_accounts_have_their_report_of_today_before_them():
    today = DailyReport.objects.filter(on=business_day(), unit__code__in=["001", "002"])

    assert list(today.order_by("unit").values_list("state", flat=True)) == ["missing", "draft"]


@looks
def test_every_group_is_led_by_a_person():
    leaders = LiaisonGroup.objects.values_list("number", "leader__username")
    assert dict(leaders) == {n: f"group{n:02d}" for n in range(1, 19)}


@loads
def test_loading_again_without_reset_changes_nothing():
    before = AuditEntry.objects.count()

    with as_owner(), pytest.raises(CommandError, match="请加 --reset"):
        call_command("load_reference", scale="small", verbosity=0)

    assert (Unit.objects.count(), AuditEntry.objects.count()) == (35, before)


@loads
@pytest.mark.parametrize("make", [MemberFactory, BeneficiaryFactory])
def test_reset_never_touches_a_world_with_a_real_person(make):
    make(is_synthetic=False)
    units = Unit.objects.count()

    with as_owner(), pytest.raises(CommandError, match="不全是演示数据"):
        call_command("load_reference", scale="small", reset=True, verbosity=0)

    assert Unit.objects.count() == units


@pytest.mark.parametrize(
    ("text", "sentence"), [("2026-13-01", "不是日期"), ("2021-08-01", "不能早于")]
)
def test_a_day_that_cannot_be_is_refused_in_one_sentence(text, sentence):
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("load_reference", scale="small", today=text, verbosity=0)

    assert refusal.value.returncode == 2


@looks
def test_what_waits_in_the_drill_is_a_morning_s_work():
    waiting = Correction.objects.filter(state=CorrectionState.PROPOSED)
    filed = DailyReport.objects.filter(campaign__is_drill=True, state=ReportState.FILED)

    assert 0 < waiting.count() <= 12
    assert set(waiting.values_list("figure__snapshot__campaign__is_drill", flat=True)) == {True}
    assert set(filed.values_list("on", flat=True)) == {business_day()}
    assert filed.count() <= 40
    assert not Correction.objects.filter(reviewed_at__lt=F("proposed_at")).exists()


@looks
def test_what_the_city_asks_for_names_the_place_the_task_and_the_heads():
    items = CityTalkItem.objects.select_related("need__community", "need__task_type")

    said = {
        (item.content, item.heads)
        == (
            f"{item.need.community}需{item.need.task_type} {item.need.heads} 人",
            item.need.heads,
        )
        for item in items
    }
    assert said == {True}


@looks
def test_filling_in_a_report_took_from_half_a_minute_to_four():
    took = ReportRevision.objects.annotate(took=F("at") - F("opened_at")).aggregate(
        shortest=Min("took"), longest=Max("took")
    )

    assert took["shortest"] >= dt.timedelta(seconds=25)
    assert took["longest"] <= dt.timedelta(seconds=240)


@looks
def test_a_call_of_the_flood_is_over_and_one_of_the_drill_half_answered():
    over, running = DataCall.objects.order_by("made_at")

    assert (over.campaign.code, over.state) == ("flood-2021", CallState.CLOSED)
    assert (running.campaign.is_drill, running.state) == (True, CallState.OPEN)
    assert running.due_at > timezone.now()
    filed = running.replies.filter(state=ReplyState.FILED)
    assert 0.3 < filed.count() / running.replies.count() < 0.8
    assert DataCallValue.objects.filter(value=None).exists()


@looks
def test_every_month_of_a_campaign_that_is_over_has_its_notice_as_it_stands():
    leader = User.objects.get(username="leader")
    months = set()
    for notice in AdoptionNotice.objects.select_related("campaign"):
        now = adoption(notice.campaign, month=notice.month, user=leader)
        assert signed_adoption(notice, user=leader).by_unit == now.by_unit
        assert notice.signed_by == leader
        months.add((notice.campaign.code, notice.month.month))

    assert {("flood-2021", 7), ("epidemic-2021", 8)} <= months
    assert not AdoptionNotice.objects.filter(campaign__is_drill=True).exists()


@looks
def test_the_one_page_of_the_drill_s_last_night_is_kept():
    past = DailyRound.objects.filter(campaign__is_drill=True, on__lt=business_day())
    last = past.values("campaign")
    expected = set(last.annotate(last=Max("on")).values_list("campaign", "last"))

    kept = set(OnePage.objects.filter(edition=Edition.NIGHT).values_list("campaign", "on"))

    assert kept == expected


@looks
def test_some_cases_of_the_drill_have_their_pictures():
    case = AssistanceCase.objects.filter(attachments__isnull=False).first()
    photo = case.attachments.first()

    answer = client_for(User.objects.get(username="caseworker")).get(
        f"/assistance/{case.pk}/photos/{photo.pk}/"
    )

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert len(b"".join(answer.streaming_content)) == photo.size
    assert case.events.filter(kind=CaseEventKind.NOTE, text__startswith="上传照片").exists()


@looks
def test_the_inbox_tells_of_each_kind_of_step_of_an_item():
    subjects = "\n".join(
        InboxMessage.objects.filter(kind=MessageKind.PUBLICITY).values_list("subject", flat=True)
    )

    for words in ("待初审", "待复审", "待签发", "退回修改", "已终审签发", "已撤稿", "刊发"):
        assert words in subjects, words


@looks
def test_closures_of_the_drill_were_applied_have_ended_last_and_wait():
    today = business_day()
    past, lasting, fresh = AreaStatus.objects.filter(is_drill=True).order_by("starts_at")
    applied, back = Sealing.objects.filter(is_drill=True).order_by("at")
    moved = applied.changes.filter(status=past)

    assert (past.ends_at is None, lasting.ends_at, fresh.ends_at) == (False, None, None)
    assert set(applied.changes.values_list("kind", flat=True)) == {"moved", "withdrawn"}
    # Whoever is spared from being sent is given no post, and not sent back either.
    assert not applied.changes.filter(kind="moved", member__is_exempt=True).exists()
    assert back.changes.count() == moved.filter(member__is_exempt=False).count() > 0
    assert Deployment.objects.filter(state="active", is_local=True, is_drill=True).exists()
    assert {move.status for move in plan_of_closures(is_drill=True, today=today).moves} == {
        fresh.pk
    }
    assert not plan_of_returns(is_drill=True, today=today).moves
    assert not OutboxMessage.objects.exists()


@looks
def test_a_closure_of_august_shows_whom_it_moved_and_moves_no_figure():
    """The small world has no such place: its own are made to fit."""
    campaign = Campaign.objects.get(code="epidemic-2021")
    inside = campaign.deployments.filter(is_local=True, rotation_days=None).annotate(
        n=Count("assignments")
    ).order_by("-n")[0]  # fmt: skip
    others = Member.objects.filter(memberships__unit=inside.unit, assignments=None)[:2]
    AreaStatus.objects.filter(community=inside.community, kind=MeasureKind.CONTROL).update(
        starts_at=moment_on(inside.starts_on - dt.timedelta(days=1), dt.time(18)),
        ends_at=moment_on(inside.ends_on + dt.timedelta(days=1), dt.time(18)),
    )
    before = day_figures(campaign, campaign.ends_on)

    august.apply_in_august(plan_around(inside, others))

    sealing = Sealing.objects.get(is_drill=False)
    assert day_figures(campaign, campaign.ends_on) == before
    assert set(sealing.changes.values_list("kind", flat=True)) == {"moved", "withdrawn"}
    assert sealing.registrations.count() == sealing.changes.filter(kind="moved").count() > 0
    reporter = User.objects.get(username=f"unit{inside.unit.code}")
    page = client_for(reporter).get(sealing.get_absolute_url()).content.decode()
    assert str(others[0]) in page
    told = InboxMessage.objects.get(user=reporter, kind=MessageKind.SEALING)
    assert sealing.changes.first().status.basis in told.text
    assert "（自2021年" in told.text


def plan_around(inside, others):
    """As the planned world, of what `apply_in_august` asks for."""
    people = list(inside.assignments.order_by("pk").values_list("member", flat=True))
    place = SimpleNamespace(id=inside.community_id)
    shape = {"unit": inside.unit_id, "place": place, "is_local": False, "rotation": None}
    posts = [
        SimpleNamespace(
            **{**shape, "is_local": True}, id=inside.pk, members=people,
            starts_on=inside.starts_on, ends_on=inside.ends_on,
        ),
        SimpleNamespace(
            **shape, id=inside.campaign.deployments.exclude(pk=inside.pk).first().pk, members=[],
            starts_on=inside.starts_on, ends_on=inside.ends_on,
        ),
        SimpleNamespace(
            **shape, id=0, members=[member.pk for member in others],
            starts_on=inside.ends_on, ends_on=inside.ends_on,
        ),
    ]  # fmt: skip
    staff = User.objects.get(username="staff")
    return SimpleNamespace(
        users={"staff": staff.pk},
        campaign=lambda _kind: SimpleNamespace(posts=posts),
    )


@looks
def test_nobody_is_counted_where_a_closure_has_taken_them_from():
    since = business_day() - dt.timedelta(days=1)
    there = (
        Assignment.objects.filter(deployment=OuterRef("deployment"), starts_on__lte=OuterRef("on"))
        .filter(ends_on__gte=OuterRef("on"))
        .order_by()
        .values("deployment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    days = DeploymentDay.objects.filter(deployment__is_drill=True, on__gte=since)
    wrong = days.annotate(there=Coalesce(Subquery(there), 0)).filter(expected__gt=F("there"))

    assert not wrong.exists()


@looks
def test_needs_of_the_drill_wait_are_met_in_part_and_are_met():
    today = business_day()
    campaign = Campaign.objects.get(is_drill=True)
    rows = by_urgency(with_chain(campaign.needs.filter(heads__gt=0), on=today), on=today)
    proposal = propose(campaign, on=today, until=None)

    assert set(rows.filter(starts_on=today, standing=1).values_list("urgency", flat=True)) == {
        1, 2, 3,
    }  # fmt: skip
    assert rows.order_by("standing", "-urgency", "raised_at").first().note == LONG_UNMET
    assert rows.filter(state="partly", accepted__gte=4, lacking__gte=4).exists()
    assert not rows.filter(accepted__gt=F("heads")).exists()
    assert proposal.summary["needs"] > 5
    assert proposal.lines


@looks
def test_the_template_of_every_sheet_holds_what_stands():
    staff = User.objects.get(username="staff")

    rows = {
        sheet.code: len(list(load_workbook(BytesIO(template(sheet, staff))).active.values))
        for sheet in sheets_for(staff)
    }

    assert {"units", "members", "statuses", "milestones", "visits"} <= rows.keys()
    assert rows["statuses"] > 4 + SPARE_ROWS < rows["milestones"]


def template(sheet, user):
    return make_template(sheet.for_rows(), user=user, on=business_day())
