"""The hours of a campaign's day as jobs of the ledger. Every hour is a row of the campaign."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from apps.campaigns.enums import Hour, Rung
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.core.dates import business_day, day_bounds
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results, register, register_tick
from apps.jobs.services import plan_day

from .enums import Edition
from .errors import BriefRefusedError, DayLockedError
from .models import DataCall
from .services import briefs, digests, ladder, locking, nights, onepages, rounds
from .services.acts import settle_open_rounds
from .services.calls import call_off, remind_call
from .services.talks import pull_needs

DAY = dt.timedelta(days=1)
# Nobody wants a reminder when the next one is due, or a morning's digest in the afternoon.
REMINDER_LASTS = dt.timedelta(minutes=25)
DIGEST_LASTS = dt.timedelta(hours=4)
FLASH_LASTS = dt.timedelta(hours=1)
CATCH_UP_LASTS = dt.timedelta(hours=20)
LOOK_BACK = dt.timedelta(days=14)
# Real campaigns and drills never share a message; each kind is a scope of its own.
REAL, DRILL = "all/real", "all/drill"

# When a request for numbers is reminded, from its own due time.
CALL_RUNGS = {
    Rung.HINT: dt.timedelta(minutes=-30),
    Rung.DUE: dt.timedelta(),
    Rung.LATE: dt.timedelta(hours=1),
}

Run = Callable[[Occurrence], dict[str, Any]]


def register_jobs() -> None:
    """Called once as the portal gets ready; among equal hours this order holds."""
    register(
        _daily("open_day", "生成当日应报", Hour.OPENING, _open),
        Job("catch_up", "补跑情况", _plan_morning(Hour.QUIET_END), _catch_up, CATCH_UP_LASTS),
        # The page stands before the mail that points to it.
        _page("morning_page", "早报一页", Edition.MORNING, Hour.LEADER_DIGEST),
        _digest("leader_digest", "领导每日情况", Hour.LEADER_DIGEST, digests.send_leader_digest),
        _digest("group_digest", "联络组每日情况", Hour.GROUP_DIGEST, digests.send_group_digests),
        _digest("unit_digest", "单位每日待办", Hour.UNIT_DIGEST, digests.send_unit_digests),
        _daily("flash_figures", "快报数", Hour.FLASH, _flash, FLASH_LASTS),
        # At 19:00 the lock comes before the last rung, whose words say that it has come.
        _daily("lock_day", "数据锁定", Hour.LOCK, _lock),
        *(_reminder(rung) for rung in Rung),
        *(_call_reminder(rung, after) for rung, after in CALL_RUNGS.items()),
        _daily("night", "四个一小结", Hour.NIGHT, _night),
        _page("night_page", "22点一页", Edition.NIGHT, Hour.NIGHT),
        _daily("night_brief", "简报送审稿", Hour.NIGHT, _brief),
    )
    register_tick("follow_hours", rounds.follow_hours)
    register_tick("call_off", lambda _now: ladder.call_off() + call_off())
    # Needs of the day come before the act that asks whether all are answered.
    register_tick("pull_needs", pull_needs)
    register_tick("settle_acts", settle_open_rounds)
    name_results(RESULTS)


RESULTS = {
    "reports": "新列应报（家）",
    "mails": "邮件（封）",
    "units": "涉及单位（家）",
    "left_out": "未发及原因",
    "snapshot": "数据编号",
    "already_locked": "此前已锁定",
    "missing": "未办事项",
    "page": "一页版次",
    "brief": "简报",
    "days": "曾中断的日期",
}


DIGESTS = ("leader_digest", "group_digest", "unit_digest")


def _daily(
    name: str, label: str, hour: Hour, run: Run, expires_after: dt.timedelta | None = None
) -> Job:
    """A job of each running campaign at one hour of its day."""

    def plan(on: dt.date) -> Iterator[Planned]:
        for campaign in running_campaigns(on=on):
            yield Planned(campaign.code, Timetable(campaign).moment(hour, on=on))

    return Job(name, label, plan, run, expires_after)


def _page(name: str, label: str, edition: Edition, hour: Hour) -> Job:
    """A job of each campaign whose figures the page has: in the morning those of the day before."""
    back = DAY if edition == Edition.MORNING else dt.timedelta()

    def plan(on: dt.date) -> Iterator[Planned]:
        for campaign in running_campaigns(on=on - back):
            yield Planned(campaign.code, Timetable(campaign).moment(hour, on=on))

    def run(occurrence: Occurrence) -> dict[str, Any]:
        page = onepages.keep_page(
            _campaign(occurrence), on=occurrence.on, edition=edition, now=timezone.now()
        )
        return {"page": page.version}

    return Job(name, label, plan, run)


def _digest(name: str, label: str, hour: Hour, send: Callable[..., int]) -> Job:
    def run(occurrence: Occurrence) -> dict[str, Any]:
        campaigns = _campaigns_of(occurrence, on=occurrence.on - DAY)
        return {"mails": send(campaigns, on=occurrence.on, now=timezone.now())}

    return Job(name, label, _plan_morning(hour), run, DIGEST_LASTS)


def _plan_morning(hour: Hour) -> Callable[[dt.date], Iterator[Planned]]:
    """A morning tells about the day before: one run for the campaigns that ran then."""

    def plan(on: dt.date) -> Iterator[Planned]:
        for scope, campaigns in _by_kind(running_campaigns(on=on - DAY)):
            yield Planned(scope, min(Timetable(c).moment(hour, on=on) for c in campaigns))

    return plan


def _reminder(rung: Rung) -> Job:
    """One rung for all campaigns of a kind at the earliest of their moments.

    An address gets one message with a section for each campaign, never one per campaign.
    """

    def plan(on: dt.date) -> Iterator[Planned]:
        for scope, campaigns in _by_kind(running_campaigns(on=on)):
            moments = [
                at for c in campaigns for step, at in Timetable(c).rungs(on=on) if step.rung == rung
            ]
            if moments:
                yield Planned(scope, min(moments))

    def run(occurrence: Occurrence) -> dict[str, Any]:
        campaigns = _campaigns_of(occurrence, on=occurrence.on)
        sent = ladder.send_rung(campaigns, rung, on=occurrence.on, now=timezone.now())
        return {"mails": sent.mails, "units": sent.units, "left_out": sent.left_out}

    return Job(f"remind_{rung.value}", f"催报：{rung.label}", plan, run, REMINDER_LASTS)


def _call_reminder(rung: Rung, after: dt.timedelta) -> Job:
    """One rung for each request for numbers that is due on the day."""

    def plan(on: dt.date) -> Iterator[Planned]:
        start, end = day_bounds(on)
        calls = DataCall.objects.open().filter(due_at__gte=start - after, due_at__lt=end - after)
        for call in calls.select_related("campaign").order_by("due_at", "pk"):
            if call.due_at + after > call.made_at:
                yield Planned(f"{call.campaign.code}/call-{call.pk}", call.due_at + after)

    def run(occurrence: Occurrence) -> dict[str, Any]:
        pk = int(occurrence.scope.rpartition("-")[2])
        call = DataCall.objects.open().filter(pk=pk).select_related("campaign").first()
        if call is None:
            return {"mails": 0}
        sent = remind_call(call, rung, now=timezone.now())
        return {"mails": sent.mails, "units": sent.units, "left_out": sent.left_out}

    return Job(f"call_{rung.value}", f"临时报数催报：{rung.label}", plan, run, REMINDER_LASTS)


def _by_kind(campaigns: Sequence[Campaign]) -> Iterator[tuple[str, list[Campaign]]]:
    """The campaigns that share a message: a lone one under its own code, so that a run for that
    campaign alone takes it along."""
    kinds: dict[str, list[Campaign]] = defaultdict(list)
    for campaign in campaigns:
        kinds[DRILL if campaign.is_drill else REAL].append(campaign)
    for scope, shared in kinds.items():
        yield (shared[0].code if len(shared) == 1 else scope), shared


def _campaigns_of(occurrence: Occurrence, *, on: dt.date) -> list[Campaign]:
    running = running_campaigns(on=on)
    if occurrence.scope in (REAL, DRILL):
        return [c for c in running if c.is_drill == (occurrence.scope == DRILL)]
    return [c for c in running if c.code == occurrence.scope]


def _campaign(occurrence: Occurrence) -> Campaign:
    return Campaign.objects.get(code=occurrence.scope)


def _open(occurrence: Occurrence) -> dict[str, Any]:
    opened = rounds.open_day(_campaign(occurrence), on=occurrence.on, now=timezone.now())
    return {"reports": opened.new_reports}


def _flash(occurrence: Occurrence) -> dict[str, Any]:
    try:
        snapshot = locking.take_flash_figures(
            _campaign(occurrence), on=occurrence.on, now=timezone.now()
        )
    except DayLockedError:
        return {"already_locked": True}
    return {"snapshot": snapshot.pk}


def _lock(occurrence: Occurrence) -> dict[str, Any]:
    """By the clock, unless somebody has pressed the button before."""
    try:
        snapshot = locking.lock_day(_campaign(occurrence), on=occurrence.on, now=timezone.now())
    except DayLockedError:
        return {"already_locked": True}
    return {"snapshot": snapshot.pk}


def _night(occurrence: Occurrence) -> dict[str, Any]:
    result = nights.draw_round(_campaign(occurrence), on=occurrence.on, now=timezone.now())
    # The next morning stands in the ledger before the night: what is not planned cannot be missed.
    plan_day(occurrence.on + DAY, jobs=("open_day", "morning_page", *DIGESTS))
    return result


def _brief(occurrence: Occurrence) -> dict[str, Any]:
    """The day's 简报 as 送审稿; a day nobody has locked has none, and says so."""
    try:
        document = briefs.make_brief(_campaign(occurrence), on=occurrence.on, now=timezone.now())
    except BriefRefusedError as refused:
        return {"brief": refused.message}
    return {"brief": str(document)}


def _catch_up(occurrence: Occurrence) -> dict[str, Any]:
    """Tell the office once about reminders and digests that were skipped as too old."""
    now = timezone.now()
    skipped = Occurrence.objects.filter(
        job__in=[*DIGESTS, *(f"remind_{rung.value}" for rung in Rung)],
        state=OccurrenceState.SKIPPED,
        on__gte=business_day(now) - LOOK_BACK,
    )
    told = (
        Occurrence.objects.filter(
            job="catch_up", state=OccurrenceState.DONE, scope=occurrence.scope
        )
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first()
    )
    if told is not None:
        skipped = skipped.filter(finished_at__gt=told)
    missed: dict[Campaign, set[dt.date]] = defaultdict(set)
    mine = {c.pk for c in _campaigns_of(occurrence, on=occurrence.on - DAY)}
    for row in skipped:
        day = row.on - DAY if row.job in DIGESTS else row.on
        for campaign in _campaigns_of(row, on=day):
            if campaign.pk in mine:
                missed[campaign].add(row.on)
    days = {campaign: sorted(found) for campaign, found in missed.items()}
    return {
        "days": sorted({day.isoformat() for found in days.values() for day in found}),
        "mails": digests.send_catch_up(days, on=business_day(now), now=now) if days else 0,
    }
