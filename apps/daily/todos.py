"""What the daily desk has waiting for each role, asked of the rows themselves."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.campaigns.selectors import running_campaigns
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.html import Tone
from apps.core.scope import scope_of
from apps.figures.enums import CorrectionState
from apps.figures.models import Correction
from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import OutboxMessage

from .enums import OWED, ActState, CallState, ReportState
from .models import DailyReport, DataCallReply, DispatchNote, FlashReport, Judgment, RoundAct
from .selectors.links import report_form_url

BACK = dt.timedelta(days=3)
"""How far back an open report or act still asks to be dealt with from the home page."""


def _path(name: str, **query: object) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


def _campaigns(request: HttpRequest) -> list[Campaign]:
    """The campaigns that run today; asked once per request."""
    known: list[Campaign] | None = getattr(request, "_running_campaigns", None)
    if known is None:
        known = running_campaigns(on=business_day())
        request._running_campaigns = known  # type: ignore[attr-defined]
    return known


def _of(campaign: Campaign, text: str, request: HttpRequest) -> str:
    """`text` with its campaign, where several run and the same may be due in each."""
    return f"{campaign}：{text}" if len(_campaigns(request)) > 1 else text


def acts(request: HttpRequest) -> Iterator[Todo]:
    """The open acts of today and the days just past, each with its hour."""
    now = timezone.now()
    open_acts = (
        RoundAct.objects.filter(
            state=ActState.PENDING,
            round__campaign__in=_campaigns(request),
            round__on__gte=business_day(now) - BACK,
            round__on__lte=business_day(now),
        )
        .select_related("round__campaign")
        .order_by("due_at")
    )
    for act in open_acts:
        late = act.due_at < now
        yield Todo(
            label="逾期" if late else "待办",
            tone="red" if late else "grey",
            text=_of(
                act.round.campaign,
                f"{formats.day(act.round.on)}{act.get_kind_display()}",
                request,
            ),
            url=f"{act.round.get_absolute_url()}#{act.kind}",
            when=f"{formats.moment(act.due_at, now=now)}前",
        )


def signatures(request: HttpRequest) -> Iterator[Todo]:
    """Judgments and dispatch notes that wait for a leader."""
    for model, text in ((Judgment, "研判意见待阅签"), (DispatchNote, "调度记录待签发")):
        rows = model.objects.filter(
            signed_at=None, round__campaign__in=_campaigns(request)
        ).select_related("round__campaign")
        for row in rows:
            yield Todo(
                label="待签",
                tone="yellow",
                text=_of(row.round.campaign, f"{formats.day(row.round.on)}{text}", request),
                url=row.round.get_absolute_url(),
                when=formats.moment(row.written_at),
            )


def corrections(_request: HttpRequest) -> Iterator[Todo]:
    open_ones = Correction.objects.standing().filter(state=CorrectionState.PROPOSED)
    waiting = open_ones.aggregate(n=Count("pk"), latest=Max("proposed_at"))
    if waiting["n"]:
        yield Todo(
            label="更正",
            tone="blue",
            text=f"{waiting['n']}项更正待审核",
            url=_path("figures:correction_list", state=CorrectionState.PROPOSED.value),
            when=formats.moment(waiting["latest"]),
        )


def flashes(request: HttpRequest) -> Iterator[Todo]:
    """News nobody has dealt with yet."""
    waiting = (
        FlashReport.objects.visible_to(request.user)
        .filter(handled_at=None, campaign__in=_campaigns(request))
        .select_related("unit")
        .order_by("at")
    )
    for flash in waiting:
        yield Todo(
            label="突发",
            tone="red",
            text=f"{flash.unit} {flash.get_kind_display()}待处理",
            url=flash.get_absolute_url(),
            when=formats.moment(flash.at),
        )


def late_notices(request: HttpRequest) -> Iterator[Todo]:
    """The last rung of the ladder, held until a person has read the list."""
    held = (
        OutboxMessage.objects.filter(
            kind=MessageKind.REMINDER_UNIT,
            state=MessageState.HELD,
            on__gte=business_day() - BACK,
        )
        .order_by("on")
        .values("on", "is_drill")
        .annotate(n=Count("pk"))
    )
    by_kind = {campaign.is_drill: campaign for campaign in _campaigns(request)}
    for row in held:
        campaign = by_kind.get(row["is_drill"])
        if campaign:
            yield Todo(
                label="待确认",
                tone="yellow",
                text=f"{formats.day(row['on'])}逾期提醒{row['n']}封待确认后发出",
                url=reverse("daily:round_detail", args=[campaign.code, row["on"].isoformat()]),
            )


def reviews(request: HttpRequest) -> Iterator[Todo]:
    """Reports of the units in scope that wait for the group's or the office's review."""
    waiting = (
        DailyReport.objects.visible_to(request.user)
        .exclude(unit__in=scope_of(request.user).own_units)
        .filter(
            campaign__in=_campaigns(request),
            state=ReportState.FILED,
            on__gte=business_day() - BACK,
        )
        .aggregate(n=Count("pk"), first=Min("on"), last=Max("on"))
    )
    if waiting["n"]:
        yield Todo(
            label="审核",
            tone="grey",
            text=f"{waiting['n']}份日报待审核",
            url=_path("daily:report_list", state=ReportState.FILED.value),
            when=formats.days(waiting["first"], waiting["last"]),
        )


def contradictions(request: HttpRequest) -> Iterator[Todo]:
    """零报告 of the days just past that the ledger has contradicted since: one's own, or those one
    reviews."""
    found = (
        DailyReport.objects.visible_to(request.user)
        .contradicted()
        .filter(campaign__in=_campaigns(request), on__gte=business_day() - BACK)
        .aggregate(n=Count("pk"), first=Min("on"), last=Max("on"))
    )
    if found["n"]:
        yield Todo(
            label="核对",
            tone="yellow",
            text=f"{found['n']}份日报为“今日无下沉”，台账却登记有人在岗",
            url=_path("daily:report_list", state="contradicted", since=found["first"].isoformat()),
            when=formats.days(found["first"], found["last"]),
        )


def chases(request: HttpRequest) -> Iterator[Todo]:
    """Reports that the units in scope owe for today, once they are due."""
    now = timezone.now()
    rows = (
        DailyReport.objects.visible_to(request.user)
        .filter(
            campaign__in=_campaigns(request), on=business_day(now), due_at__lte=now, state__in=OWED
        )
        .order_by("campaign")
        .values("campaign__code", "campaign__name")
        .annotate(n=Count("pk"), since=Max("due_at"))
    )
    for row in rows:
        yield Todo(
            label="未报",
            tone="yellow",
            text=f"{row['campaign__name']}还有{row['n']}家未报",
            url=_path("daily:missing_list", campaign=row["campaign__code"]),
            when=f"{formats.moment(row['since'], now=now)}截报",
        )


UNIT_WORDS: dict[ReportState, tuple[str, Tone, str]] = {
    ReportState.RETURNED: ("退回", "red", "退回核改，请重新报送"),
    ReportState.UNIT_REVIEW: ("待审", "yellow", "待本单位审核"),
    ReportState.DRAFT: ("草稿", "yellow", "草稿尚未报送"),
    ReportState.MISSING: ("未报", "yellow", "尚未报送"),
}


def own_reports(request: HttpRequest) -> Iterator[Todo]:
    """What the person's own unit still owes: today's report, and the days just past."""
    now = timezone.now()
    today = business_day(now)
    rows = (
        DailyReport.objects.owed()
        .filter(
            unit__in=scope_of(request.user).own_units,
            campaign__in=_campaigns(request),
            on__gte=today - BACK,
            on__lte=today,
        )
        .select_related("campaign")
        .order_by(F("on").desc(), "campaign")
    )
    for report in rows:
        label, tone, text = UNIT_WORDS[ReportState(report.state)]
        overdue = report.due_at < now
        fill_in = report_form_url(report.campaign, report.on)
        in_review = report.state == ReportState.UNIT_REVIEW
        yield Todo(
            label="补报" if report.on < today and label == "未报" else label,
            tone="red" if overdue else tone,
            text=f"{report.campaign} {formats.day(report.on)}日报{text}",
            url=report.get_absolute_url() if in_review else fill_in,
            when=f"{formats.moment(report.due_at, now=now)}{'已截报' if overdue else '截报'}",
        )


def own_calls(request: HttpRequest) -> Iterator[Todo]:
    """Requests for numbers that the person's own unit has not answered."""
    now = timezone.now()
    rows = (
        DataCallReply.objects.owed()
        .filter(unit__in=scope_of(request.user).own_units, call__state=CallState.OPEN)
        .select_related("call")
        .order_by("call__due_at")
    )
    for reply in rows:
        late = reply.call.due_at < now
        yield Todo(
            label="临时报数",
            tone="red" if late else "yellow",
            text=f"{reply.call}待报",
            url=reply.get_absolute_url(),
            when=f"{formats.moment(reply.call.due_at, now=now)}{'已截止' if late else '截止'}",
        )


def due_calls(request: HttpRequest) -> Iterator[Todo]:
    """Requests past their hour with units of one's scope still missing."""
    now = timezone.now()
    rows = (
        DataCallReply.objects.visible_to(request.user)
        .owed()
        .exclude(unit__in=scope_of(request.user).own_units)
        .filter(call__state=CallState.OPEN, call__due_at__lte=now)
        .order_by("call__due_at")
        .values("call", "call__title", "call__due_at")
        .annotate(n=Count("pk"))
    )
    for row in rows:
        yield Todo(
            label="临时报数",
            tone="yellow",
            text=f"{row['call__title']}还有{row['n']}家未报",
            url=reverse("daily:call_detail", args=[row["call"]]),
            when=f"{formats.moment(row['call__due_at'], now=now)}已截止",
        )
