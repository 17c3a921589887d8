"""The night through its own doors: the ledger's `run_due` and the command."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command

from apps.campaigns.enums import CampaignState, Hour
from apps.core.dates import moment_on
from apps.daily.enums import ActState, ReportState
from apps.daily.jobs import DIGESTS
from apps.daily.models import DailyReport, DailyRound, RoundAct
from apps.daily.services import lock_day
from apps.figures.enums import ScopeKind, Stage
from apps.figures.models import Snapshot
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.units.enums import Role
from tests.cast import posted
from tests.factories import (
    CampaignFactory,
    LadderStepFactory,
    PolicyHourFactory,
    UnitActivationFactory,
    UnitFactory,
)

from .days import FIRST, SECOND, World, at, figure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    """Whom the office's mails reach; those of the standing cast of the same name."""
    people = {}
    for role in (Role.LEADER, Role.STAFF):
        people[role] = posted(role)
        people[role].email = f"{role}@example.invalid"
        people[role].save()
    return people


@pytest.fixture
def world(office):
    world = World(units=3)
    for rung, minutes in (("hint", -30), ("due", 0)):
        LadderStepFactory(campaign=world.campaign, rung=rung, offset_minutes=minutes)
    return world


def ring(day, hour, minute=0):
    """The bell at a moment: what is due by then runs."""
    now = at(day, hour, minute)
    with time_machine.travel(now, tick=False):
        return run_due(now=now)


OTHER_DESKS = ("expire_exports", "expire_imports", "need_forecast", "signing_sheets")


def ran(summary):
    """What ran, without the morning's page and mails about the day before the story begins, and
    without the work of other desks."""
    return [
        (outcome.job, outcome.state)
        for outcome in summary.outcomes
        if outcome.job not in (*DIGESTS, "catch_up", "morning_page", *OTHER_DESKS)
    ]


def test_the_day_goes_through_its_hours(world):
    assert ran(ring(FIRST, 0, 4)) == []
    assert ran(ring(FIRST, 0, 5)) == [("open_day", OccurrenceState.DONE)]
    world.file(world.units[0], FIRST, 5)
    assert ran(ring(FIRST, 16, 30)) == [("remind_hint", OccurrenceState.DONE)]
    assert ran(ring(FIRST, 17)) == [("remind_due", OccurrenceState.DONE)]
    assert ran(ring(FIRST, 18)) == [("flash_figures", OccurrenceState.DONE)]
    assert ran(ring(FIRST, 19)) == [("lock_day", OccurrenceState.DONE)]
    assert ran(ring(FIRST, 22)) == [
        ("night", OccurrenceState.DONE),
        ("night_page", OccurrenceState.DONE),
        ("night_brief", OccurrenceState.DONE),
    ]

    snapshot = Snapshot.objects.locked().get()
    assert figure(snapshot, world.clearing, ScopeKind.TOTAL).value == 5
    assert snapshot.taken_by is None
    told = set(OutboxMessage.objects.filter(slot="hint").values_list("address", flat=True))
    assert told == {unit.duty_email for unit in world.units[1:]}


def test_the_hours_are_rows_of_the_campaign(world):
    PolicyHourFactory(campaign=world.campaign, hour=Hour.LOCK, at=dt.time(20, 30))
    ring(FIRST, 0, 5)

    assert "lock_day" not in dict(ran(ring(FIRST, 20, 29)))
    assert dict(ran(ring(FIRST, 20, 30)))["lock_day"] == OccurrenceState.DONE


def test_every_run_twice_changes_nothing(world):
    ring(FIRST, 0, 5)
    for hour in (17, 19, 22):
        ring(FIRST, hour)
    mails, notes = OutboxMessage.objects.count(), InboxMessage.objects.count()
    closing = DailyRound.objects.get().closing

    Occurrence.objects.exclude(job="plan").update(state=OccurrenceState.EXPECTED)
    again = ring(FIRST, 22)

    assert again.failed == 0
    assert OutboxMessage.objects.count() == mails
    assert InboxMessage.objects.count() == notes
    assert Snapshot.objects.locked().count() == 1
    assert DailyReport.objects.count() == 3
    assert DailyRound.objects.get().closing == closing


def test_a_lock_by_hand_comes_first(world, office):
    ring(FIRST, 0, 5)
    by = office[Role.STAFF]
    snapshot = lock_day(world.campaign, on=FIRST, now=at(FIRST, 18, 40), by=by)

    summary = ring(FIRST, 19)

    outcome = next(one for one in summary.outcomes if one.job == "lock_day")
    assert (outcome.state, outcome.result) == (OccurrenceState.DONE, {"already_locked": True})
    assert Snapshot.objects.locked().get() == snapshot


def test_the_night_names_what_is_missing(world):
    ring(FIRST, 0, 5)
    ring(FIRST, 19)

    ring(FIRST, 22)

    round_ = DailyRound.objects.get()
    assert round_.closing["missing"] == ["沟通", "研判", "调度"]
    assert (round_.closing["filed"], round_.closing["asked"]) == (0, 3)
    assert round_.closing["stage"] == Stage.LOCKED
    assert round_.drawn_at == at(FIRST, 22)
    mail = OutboxMessage.objects.filter(kind=MessageKind.NIGHT).first()
    assert mail.subject == f"8月4日{world.campaign}四个一小结（未办3项：沟通、研判、调度）"
    assert "研判：未办（时限20:00）" in mail.text
    assert "汇总：已办（19:00）" in mail.text


def test_the_night_writes_the_next_morning_into_the_ledger(world):
    ring(FIRST, 0, 5)

    ring(FIRST, 22)

    planned = Occurrence.objects.filter(on=SECOND, state=OccurrenceState.EXPECTED)
    assert set(planned.values_list("job", flat=True)) == {"open_day", "morning_page", *DIGESTS}


def test_the_morning_tells_about_the_day_before(world):
    ring(FIRST, 0, 5)
    world.file(world.units[0], FIRST, 5)
    ring(FIRST, 19)

    ring(SECOND, 8)

    digest = OutboxMessage.objects.get(kind=MessageKind.DIGEST_LEADER)
    assert "8月4日" in digest.subject
    assert "已报1/3家" in digest.subject
    todo = OutboxMessage.objects.filter(kind=MessageKind.DIGEST_UNIT)
    assert {mail.address for mail in todo} == {unit.duty_email for unit in world.units[1:]}


def test_dark_days_are_caught_up_and_old_reminders_are_not_sent(world):
    ring(FIRST, 0, 5)
    third = SECOND + dt.timedelta(days=1)

    summary = ring(third, 10)

    assert list(Snapshot.objects.locked().order_by("on").values_list("on", flat=True)) == [
        FIRST,
        SECOND,
    ]
    assert DailyRound.objects.filter(drawn_at__isnull=False).count() == 2
    assert not OutboxMessage.objects.filter(kind=MessageKind.REMINDER_UNIT).exists()
    states = {(o.job, o.on): (o.state, o.is_late) for o in summary.outcomes}
    assert states["lock_day", FIRST] == (OccurrenceState.DONE, True)
    assert states["remind_due", SECOND][0] == OccurrenceState.SKIPPED
    assert RoundAct.objects.get(round__on=FIRST, kind="summary").state == ActState.DONE_LATE
    catch_up = OutboxMessage.objects.filter(kind=MessageKind.CATCH_UP)
    assert {mail.address for mail in catch_up} == {"staff@example.invalid"}
    assert "8月4日、8月5日" in catch_up.get().text


def test_a_closed_campaign_has_no_night(world):
    world.campaign.state = CampaignState.CLOSED
    world.campaign.save()

    assert ran(ring(FIRST, 22)) == []


def test_a_drill_runs_beside_the_real_one_and_never_in_one_message(world):
    drill = CampaignFactory(code="drill-1", is_drill=True)
    LadderStepFactory(campaign=drill, rung="due", offset_minutes=0)
    UnitActivationFactory(campaign=drill, unit=world.units[0])
    ring(FIRST, 0, 5)

    ring(FIRST, 17)

    mails = OutboxMessage.objects.filter(address=world.units[0].duty_email, slot="due")
    assert sorted(mails.values_list("is_drill", flat=True)) == [False, True]
    assert mails.get(is_drill=True).subject.startswith("【演练】")


def test_two_real_campaigns_share_one_message(world):
    other = CampaignFactory(code="epidemic-1", kind="epidemic", name="疫情防控甲")
    LadderStepFactory(campaign=other, rung="due", offset_minutes=0)
    UnitActivationFactory(campaign=other, unit=world.units[0])
    ring(FIRST, 0, 5)

    ring(FIRST, 17)

    mail = OutboxMessage.objects.get(address=world.units[0].duty_email, slot="due")
    assert "疫情防控甲" in mail.text
    assert str(world.campaign) in mail.text


def nightly(capsys, *arguments, now):
    with time_machine.travel(now, tick=False):
        try:
            call_command("nightly", *arguments)
            code = 0
        except SystemExit as end:
            code = end.code
    told = capsys.readouterr()
    return code, told.out, told.err


def test_nightly_does_what_the_clock_does(world, capsys):
    code, out, err = nightly(capsys, "--json", now=at(FIRST, 22))

    document = json.loads(out)
    assert code == 0
    assert document["on"] == FIRST.isoformat()
    jobs = {run["job"]: run["state"] for run in document["runs"]}
    assert jobs["lock_day"] == jobs["night"] == OccurrenceState.DONE
    assert "完成　数据锁定　flood-2021" in err.replace("（补跑）", "")
    assert Snapshot.objects.locked().get().on == FIRST


def test_a_second_nightly_does_nothing(world, capsys):
    nightly(capsys, now=at(FIRST, 22))
    mails = OutboxMessage.objects.count()

    code, out, _ = nightly(capsys, "--json", now=at(FIRST, 22, 1))

    assert code == 0
    assert json.loads(out)["runs"] == []
    assert OutboxMessage.objects.count() == mails


def test_nightly_says_what_is_still_ahead(world, capsys):
    _, out, _ = nightly(capsys, now=at(FIRST, 18, 30))

    assert "未到时　19:00　数据锁定　flood-2021" in out


def test_nightly_of_one_campaign_leaves_the_other(world, capsys):
    drill = CampaignFactory(code="drill-1", is_drill=True)
    UnitActivationFactory(campaign=drill, unit=UnitFactory())

    nightly(capsys, "--campaign", "drill-1", now=at(FIRST, 22))

    assert list(DailyRound.objects.values_list("campaign", flat=True)) == [drill.pk]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--on", "明天"], "--on：“明天”不是日期，请写成 2021-08-05 这样的形式。"),
        (["--on", "2021-02-30"], "--on：“2021-02-30”不是日期"),
        (["--on", "2021-08-06"], "--on：2021-08-06 还没有到，请写今天（2021-08-04）或以前的日期。"),
        (["--on", "2019-08-04"], "--on：2019-08-04 没有进行中的应急任务，没有要执行的任务"),
        (["--campaign", "floods"], "--campaign：没有代码为“floods”的应急任务。可用：flood-2021。"),
    ],
)
def test_nightly_refuses_with_one_sentence(world, capsys, arguments, sentence):
    code, out, err = nightly(capsys, *arguments, now=at(FIRST, 22))

    assert code == 2
    assert out == ""
    assert err.startswith(sentence)
    assert err.count("\n") == 1
    assert not DailyRound.objects.exists()
    assert not Occurrence.objects.exists()


def test_nightly_refuses_a_closed_campaign(world, capsys):
    CampaignFactory(code="old", name="旧任务", state=CampaignState.CLOSED)

    code, _, err = nightly(capsys, "--campaign", "old", now=at(FIRST, 22))

    assert code == 2
    assert err.startswith("--campaign：“旧任务”已结束")


def test_reports_filed_between_flash_and_lock_are_in_the_lock(world):
    ring(FIRST, 0, 5)
    ring(FIRST, 18)
    world.file(world.units[1], FIRST, 8)

    ring(FIRST, 19)

    flash, locked = Snapshot.objects.order_by("taken_at")
    assert figure(flash, world.clearing, ScopeKind.TOTAL).value is None
    assert figure(locked, world.clearing, ScopeKind.TOTAL).value == 8
    assert DailyReport.objects.get(unit=world.units[1]).state == ReportState.FILED
    assert moment_on(FIRST, dt.time(19)) == locked.taken_at
