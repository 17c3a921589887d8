"""What the daily desk adds to the records of units and groups."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import current_campaign, current_day
from apps.core.html import Tag, progress
from apps.core.panels import ExtraColumns, Panel, register_columns, register_panel
from apps.core.tables import Column, Row, Table

from .enums import OWED, ReportState
from .models import DailyReport
from .selectors.reports import report_tag, state_tag

DAYS = 30
VIEW = "daily.view_dailyreport"


def _state(report: DailyReport) -> Tag:
    if report.state in OWED and report.frozen_at is None:
        return state_tag(report, now=timezone.now())
    return report_tag(report)


def _lateness(report: DailyReport) -> Tag | None:
    """逾期 for what was filed after the hour; nothing for what came in time or is still owed."""
    filed = report.first_filed_at
    return Tag("逾期", "yellow") if filed is not None and filed > report.due_at else None


REPORT_COLUMNS = (
    Column("state", value=_state),
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
        Column("group", label="当日联络组", blank="未分组"),
        *REPORT_COLUMNS,
    )
    found = rows.select_related("group", "unit").order_by("-on")[:DAYS]
    return {"table": Table.of(DailyReport, columns, found, empty="本任务中没有该单位的日报。")}


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


def _bar(row: Row) -> Any:
    if row["asked"] is None:
        return None
    return progress(row["filed"], row["asked"], tone="late" if row["owed"] else "")


def register_panels() -> None:
    register_panel(
        Panel("units.unit", "reports", "近30天日报", reports_of_unit, VIEW, order=5),
        Panel("units.liaisongroup", "reports", "当日报送", reports_of_group, VIEW, order=5),
    )
    register_columns(
        ExtraColumns(
            "units.liaisongroup",
            (
                Column("filed", label="当日已报/应报", value=_filed, blank="无应报", css="num"),
                Column("bar", label="进度", value=_bar, blank="", phone="hide"),
            ),
            with_filed,
            VIEW,
            ("asked", "owed", "filed"),
        )
    )
