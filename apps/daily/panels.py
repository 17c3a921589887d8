"""What the daily desk adds to the records of units and groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, current_day
from apps.core.boards import Kpi
from apps.core.dates import parsed_day
from apps.core.html import Tag, progress
from apps.core.panels import (
    Card,
    ExtraColumns,
    Panel,
    register_card,
    register_columns,
    register_panel,
)
from apps.core.tables import Column, Row, Table
from apps.units.models import Unit

from .enums import OWED, ReportState
from .models import ContactNote, DailyReport
from .selectors.links import reports_url
from .selectors.record import (
    contacts,
    group_day,
    is_late,
    last_days,
    punctuality,
    unit_record,
)
from .selectors.reports import report_tag, state_tag

DAYS = 30
MOST = 100
"""Contacts shown in a tab."""
VIEW = "daily.view_dailyreport"


def _state(report: DailyReport) -> Tag:
    if report.state in OWED and report.frozen_at is None:
        return state_tag(report, now=timezone.now())
    return report_tag(report)


def _lateness(report: DailyReport) -> Tag | None:
    """逾期 for what was filed after the hour; nothing for what came in time or is still owed."""
    return Tag("逾期", "yellow") if is_late(report) else None


REPORT_COLUMNS = (
    Column("state", value=_state, css="p-end"),
    Column("first_filed_at", kind="moment", blank="未报"),
    Column("lateness", label="是否逾期", value=_lateness, blank=""),
    Column("frozen_at", kind="moment", blank="未锁定", phone="hide"),
)


def reports_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    """The last 30 days of the campaign in hand, what was late or missing at a glance."""
    rows = DailyReport.objects.visible_to(request.user).filter(
        unit=unit, campaign=current_campaign(request), on__lte=current_day(request)
    )
    columns = (
        Column("on", kind="day", link="daily:report_detail", phone="title"),
        Column("group", label="当日联络组", blank="未分组", phone="hide"),
        *REPORT_COLUMNS,
    )
    found = rows.select_related("group", "unit").order_by("-on")[:DAYS]
    empty = "本任务中没有该单位的日报。"
    return {"table": Table.of(DailyReport, columns, found, empty=empty, is_compact=True)}


def today_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any] | None:
    """今日日报 and the strip of the last 30 days; nothing while no campaign asks for reports."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    day = current_day(request)
    now = timezone.now()
    record = unit_record(campaign, unit, on=day, user=request.user, now=now)
    if not record.days:
        return None
    span = {"unit": unit.pk, **last_days(day)}
    # A day counts as asked for once its hour has come.
    is_due = record.today is None or record.today.due_at <= now
    past = day if is_due else day - dt.timedelta(days=1)
    return {
        "record": record,
        "campaign": campaign,
        "on": day,
        "reports_url": reports_url(campaign, unit=unit.pk),
        "asked_url": reports_url(campaign, **{**span, "until": str(past)}, state="asked"),
        "late_url": reports_url(campaign, **span, late="true"),
        "missing_url": reports_url(campaign, **span, late="owed"),
    }


def day_of_group(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """The group's day and the 30 days behind it as a strip of key figures."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    day, now = current_day(request), timezone.now()
    found = group_day(campaign, group, on=day, user=request.user, now=now)
    past = f"近{DAYS}天"
    kpis = [
        Kpi("当日已报", found.filed, "家", url="?tab=reports", notes=(f"应报 {found.asked} 家",)),
        Kpi("当日逾期未报", found.overdue, "家", url="?tab=reports", alert=found.overdue > 0),
        Kpi("逾期报送", found.late, "家次", url="?tab=punctuality", notes=(past,)),
        Kpi("未报", found.missing, "家次", url="?tab=punctuality", notes=(past,)),
        Kpi(
            "联系",
            found.calls,
            "次",
            url="?tab=contacts",
            notes=(past, f"其中当面 {found.visits} 次"),
        ),
    ]
    return {"kpis": kpis}


def punctuality_of_group(request: HttpRequest, group: Any) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None:
        return {"table": Table((), (), empty="没有应急任务。")}
    day = _asked_day(request)
    rows = punctuality(campaign, group, on=day, user=request.user, now=timezone.now())
    span = {"group": group.pk, **last_days(day)}

    def reports(**asked: Any) -> Callable[[Row], str]:
        return lambda row: reports_url(campaign, unit=row.unit, **span, **asked)

    columns = (
        Column("name", "单位", link="units:unit_detail", phone="title"),
        Column("asked", "应报", kind="number", unit="天", link=reports()),
        Column("in_time", "按时", kind="number", unit="天"),
        Column("late", "逾期", kind="number", unit="天", link=reports(late="true")),
        Column("missing", "未报", kind="number", unit="天", link=reports(late="owed")),
        Column("last_late", "最近逾期", kind="day", blank="无"),
        Column("last_missing", "最近未报", kind="day", blank="无"),
    )
    empty = "近30天没有过了截报时间的日报。"
    return {"table": Table(columns, rows, caption="近30天报送情况", empty=empty)}


def _asked_day(request: HttpRequest) -> dt.date:
    """The day a board was about that led here, else the working day."""
    return parsed_day(request.GET.get("day", "")) or current_day(request)


def contacts_of_group(request: HttpRequest, group: Any) -> dict[str, Any]:
    rows = contacts(current_campaign(request), group, on=_asked_day(request), user=request.user)
    unit = _asked_unit(request)
    if unit is not None:
        rows = rows.filter(report__unit=unit)
    columns = (
        Column("at", "时间", kind="moment"),
        Column(
            "report__unit__short_name",
            "单位",
            link="daily:report_detail",
            link_by="report_id",
            phone="title",
        ),
        Column("report__on", "日报日期", kind="day", phone="hide"),
        Column("method"),
        Column("note"),
        Column("by__name", "联系人"),
    )
    empty = "近30天没有联系记录。在“未报单位”中登记“已联系”后列在这里。"
    return {"table": Table.of(ContactNote, columns, rows[:MOST], empty=empty), "unit": unit}


def _asked_unit(request: HttpRequest) -> Unit | None:
    """The unit a board's number was about, if its reader may see it."""
    key = request.GET.get("unit", "")
    if not (key.isascii() and key.isdecimal()):
        return None
    return Unit.objects.visible_to(request.user).filter(pk=key).first()


def reports_of_group(request: HttpRequest, group: Any) -> dict[str, Any]:
    """The working day's reports of the group as it stood that day, the owed first."""
    rows = DailyReport.objects.visible_to(request.user).filter(
        group=group, campaign=current_campaign(request), on=current_day(request)
    )
    columns = (
        Column("unit__short_name", label="单位", link="daily:report_detail", phone="title"),
        Column("unit__duty_phone", label="值班电话", kind="phone", blank="未登记"),
        *REPORT_COLUMNS,
    )
    found = sorted(
        rows.select_related("unit").order_by("unit__sort_order"),
        key=lambda report: report.state not in OWED,
    )
    return {"table": Table.of(DailyReport, columns, found, empty="该组当日没有应报单位。")}


def with_filed(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """Adds `asked` and `filed` of the working day to groups; None without a report expected."""
    day = (
        DailyReport.objects.filter(
            group=OuterRef("pk"), campaign=current_campaign(request), on=current_day(request)
        )
        .exclude(state=ReportState.EXEMPT)
        .order_by()
        .values("group")
    )
    counts = {"asked": Count("pk"), "owed": Count("pk", filter=Q(state__in=OWED))}
    return rows.annotate(
        **{
            name: Subquery(day.annotate(n=n).values("n"), output_field=IntegerField())
            for name, n in counts.items()
        }
    ).annotate(filed=F("asked") - F("owed"))


def _filed(row: Row) -> Any:
    return None if row["asked"] is None else f"{row['filed']}/{row['asked']}"


def _reports_tab(row: Row) -> str:
    return f"{reverse('units:group_detail', args=[row['pk']])}?tab=reports"


def _bar(row: Row) -> Any:
    if row["asked"] is None:
        return None
    return progress(row["filed"], row["asked"], tone="late" if row["owed"] else "")


def register_panels() -> None:
    register_panel(
        Panel("units.unit", "reports", "近30天日报", reports_of_unit, VIEW, order=5),
        Panel("units.liaisongroup", "reports", "当日报送", reports_of_group, VIEW, order=5),
        Panel(
            "units.liaisongroup", "punctuality", "近30天报送", punctuality_of_group, VIEW, order=10
        ),
        Panel(
            "units.liaisongroup",
            "contacts",
            "联系记录",
            contacts_of_group,
            VIEW,
            "daily/_contacts.html",
            order=20,
        ),
    )
    register_card(
        Card("units.unit", today_of_unit, VIEW, "units/_today.html", order=10),
        Card("units.liaisongroup", day_of_group, VIEW, "units/_group_day.html", order=10),
    )
    register_columns(
        ExtraColumns(
            "units.liaisongroup",
            (
                Column(
                    "filed",
                    label="当日已报/应报",
                    value=_filed,
                    link=_reports_tab,
                    blank="无应报",
                    css="r num",
                ),
                Column("bar", label="进度", value=_bar, blank="", phone="hide"),
            ),
            with_filed,
            VIEW,
            ("asked", "owed", "filed"),
        )
    )
