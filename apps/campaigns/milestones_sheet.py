"""重要节点 as a table: the clocks a campaign is held to, and the notices by which they were reached."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from apps.communities.models import District
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import choice_column, or_none, text_column, to_the_minute
from apps.office.workbooks.cells import read_count, read_moment, read_name

from .enums import MilestoneClock
from .milestones import EVENT_BEFORE, NO_SOURCE
from .milestones_cells import ANYWHERE, read_limit, read_place
from .milestones_services import MANAGE, RECORD
from .milestones_sheet_sql import (
    ADD,
    CASE_SINCE,
    CLAIM,
    CLOCK,
    IS_PROVEN,
    NOT_CLEAR,
    TOO_EARLY,
    TWO_OF_A_NAME,
)
from .models import Milestone
from .sheets import IS_OVER, IS_UNDER_WAY, campaign_column, campaigns_of

USUAL_ALARM = 6
MOST_HOURS = 24 * 366


def districts_of(user: Any) -> QuerySet[Any]:
    names = ("name", "short_name", Concat("short_name", Value("区")))
    return or_none(District.objects.visible_to(user), names, ANYWHERE, user=user)


def moment_column(name: str, label: str, **more: Any) -> SheetColumn:
    more = {"path": f"{name}_minute", "width": 18, **more}
    return SheetColumn(name, label, read_moment, "timestamptz", **more)


IS_NEWS = "c.state <> 'unchanged'"
CLOCK_FIELDS = ("started_at", "started_source", "clock", "limit_hours", "alarm_hours")
CLAIM_FIELDS = ("reached_at", "source", "source_at", "source_number")


def _moved(names: tuple[str, ...]) -> str:
    now, was = (", ".join(f"c.{prefix}{name}" for name in names) for prefix in ("", "was_"))
    return f"({now}) IS DISTINCT FROM ({was})"


STARTS = "c.state <> 'wrong' AND c.started_at IS DISTINCT FROM c.was_started_at"
"""A row that says something new of when its clock began."""
CLAIMS = f"c.reached_at IS NOT NULL AND c.state <> 'wrong' AND {_moved(CLAIM_FIELDS)}"
"""A row that says something new of when it was reached."""


class MilestoneSheet(Sheet):
    """Clocks and claims; a claim is as good as its evidence, here as on its page."""

    code = "milestones"
    title = "重要节点"
    measure = "项"
    permission = RECORD
    model = Milestone
    label = ("name", "district")
    assumed = frozenset({"campaign", "district", "area", "alarm_hours"})
    order = ("started_at", "limit_hours")
    list_url = "campaigns:milestone_list"
    writes_itself = True
    notes = (
        "应急任务、节点、区县、区域用来认出各行，请勿改动；时限填小时数，或写“14天”。",
        "以有关部门通报为准，来源写“据…通报”；通报时间和文号至少填一项，否则为证据不全，不在材料中引用。",
        "已登记实现、证据齐全的，撤回和更改在节点页面办理。",
    )
    columns: ClassVar = (
        campaign_column(path="campaign__name", is_key=True),
        SheetColumn(
            "name",
            "重要节点",
            partial(read_name, most=40),
            aliases=("节点", "节点名称"),
            is_key=True,
            width=24,
            example="恢复供电",
        ),
        SheetColumn(
            "district",
            "区县",
            partial(read_place, most=40),
            aliases=("所在区县",),
            is_key=True,
            blank=ANYWHERE,
            path="district_spelled",
            id_path="district_number",
            lookup=Lookup(
                districts_of,
                ("n0", "n1", "n2"),
                key="number",
                unknown="没有这个区县，请从下拉选项中选择，全市的填“不限”。",
            ),
            choices=lambda user: [
                ANYWHERE,
                *District.objects.visible_to(user).values_list("name", flat=True),
            ],
        ),
        SheetColumn(
            "area",
            "区域",
            partial(read_place, most=40),
            aliases=("具体区域", "范围"),
            is_key=True,
            blank=ANYWHERE,
            path="area_spelled",
            help="如：京广路沿线",
            width=18,
        ),
        choice_column(
            "clock",
            "计时方式",
            MilestoneClock,
            blank=None,
            required=True,
            width=16,
        ),
        moment_column(
            "started_at",
            "起算时间",
            aliases=("事件时间",),
            required=True,
            example="2021-07-20 17:00",
        ),
        text_column("started_source", "起算依据", most=80, help="如：据省防指通知", width=20),
        SheetColumn(
            "limit_hours",
            "时限（小时）",
            read_limit,
            "integer",
            aliases=("时限", "时限要求"),
            required=True,
            example="72",
        ),
        SheetColumn(
            "alarm_hours",
            "提前提醒（小时）",
            partial(read_count, measure="小时"),
            "integer",
            aliases=("提前提醒",),
            blank=USUAL_ALARM,
        ),
        moment_column("reached_at", "实现时间", aliases=("完成时间",), example="2021-07-23 16:25"),
        text_column(
            "source", "来源", most=80, aliases=("通报来源",), help="如：据省电力公司通报", width=24
        ),
        moment_column("source_at", "通报时间"),
        text_column("source_number", "通报文号", most=60, aliases=("文号",), width=18),
    )
    fixed = IS_OVER
    checks = (
        IS_UNDER_WAY,
        Check("name", "同名同区域的节点不止一项，请在节点页面登记。", TWO_OF_A_NAME),
        Check(
            "name",
            "新增节点由工委办公室办理，您可登记已有节点的实现；请核对名称和区域。",
            "c.state = 'new' AND NOT %s",
            lambda user, _on: [user.has_perm(MANAGE)],
        ),
        Check(
            "started_at",
            "起算时间不得晚于现在。",
            f"{STARTS} AND c.started_at > %s",
            lambda _user, _on: [timezone.now()],
        ),
        Check(
            "started_at",
            f"起算时间不得早于任务开始前 {EVENT_BEFORE.days} 日，请核对。",
            f"{STARTS} AND {TOO_EARLY}",
            lambda _user, _on: [EVENT_BEFORE.days],
        ),
        Check("started_source", NO_SOURCE, f"{STARTS} AND c.started_source = ''"),
        Check(
            "limit_hours",
            f"时限应大于 0、不超过 {MOST_HOURS} 小时。",
            f"{IS_NEWS} AND c.limit_hours NOT BETWEEN 1 AND {MOST_HOURS}",
        ),
        Check(
            "alarm_hours",
            "提前提醒的小时数应小于时限。",
            f"{IS_NEWS} AND c.limit_hours > 0 AND c.alarm_hours >= c.limit_hours",
        ),
        Check(
            "limit_hours",
            "连续无新增按整天计，请填 24 的倍数。",
            f"{IS_NEWS} AND c.clock = '{MilestoneClock.CLEAR_DAYS}' AND mod(c.limit_hours, 24) <> 0",
        ),
        Check(
            "limit_hours",
            "时限和起算由工委办公室设定，请改回原值。",
            f"c.state = 'changed' AND {_moved(CLOCK_FIELDS)} AND NOT %s",
            lambda user, _on: [user.has_perm(MANAGE)],
        ),
        Check(
            "limit_hours",
            "该节点已登记实现，请先在节点页面撤回，再改时限和起算。",
            f"c.state <> 'wrong' AND c.was_reached_at IS NOT NULL AND {_moved(CLOCK_FIELDS)}",
        ),
        Check(
            "reached_at",
            "撤回已登记的实现须写明原因，请在节点页面办理。",
            "c.state <> 'wrong' AND c.was_reached_at IS NOT NULL AND c.reached_at IS NULL",
        ),
        Check(
            "reached_at",
            "已登记实现且证据齐全，如有变化请先在节点页面撤回并说明原因。",
            f"{CLAIMS} AND {IS_PROVEN}",
        ),
        Check(
            "reached_at",
            "填了通报的，请填实现时间。",
            "c.state <> 'wrong' AND c.reached_at IS NULL AND c.was_reached_at IS NULL "
            "AND (c.source <> '' OR c.source_at IS NOT NULL OR c.source_number <> '') "
            f"AND {_moved(CLAIM_FIELDS)}",
        ),
        Check("source", "请填写来源，如：据省电力公司通报。", f"{CLAIMS} AND c.source = ''"),
        Check(
            "reached_at",
            "实现时间不得晚于现在。",
            f"{CLAIMS} AND c.reached_at > %s",
            lambda _user, _on: [timezone.now()],
        ),
        Check(
            "reached_at", "实现时间不得早于起算时间。", f"{CLAIMS} AND c.reached_at < c.started_at"
        ),
        Check(
            "source_at",
            "通报时间不得晚于现在。",
            f"{CLAIMS} AND c.source_at > %s",
            lambda _user, _on: [timezone.now()],
        ),
        Check(
            "source_at",
            "通报时间早于实现时间，请核对。",
            f"{CLAIMS} AND c.source_at < c.reached_at",
        ),
        Check(
            "reached_at",
            "其后又有新增通报，此前的实现时间不能登记。",
            f"{CLAIMS} AND {CASE_SINCE}",
        ),
        Check(
            "reached_at",
            "截至该时连续无新增的天数不满时限，请核对。",
            f"{CLAIMS} AND NOT {CASE_SINCE} AND {NOT_CLEAR}",
        ),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        """Those of the campaigns under way."""
        return self.known(user).filter(campaign__in=campaigns_of(user))

    def known(self, user: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = Milestone.objects.visible_to(user).standing()
        return rows

    def rows_of(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """Without clocks started by mistake: another may bear the name by now."""
        return listed.filter(cancelled_at=None)

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        moments = ("started_at", "reached_at", "source_at")
        return rows.annotate(
            district_spelled=Coalesce("district__name", Value(ANYWHERE)),
            district_number=Coalesce("district_id", 0),
            area_spelled=Case(When(area="", then=Value(ANYWHERE)), default=F("area")),
            **{f"{name}_minute": to_the_minute(name) for name in moments},
        )

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # Whoever may record clocks works for the whole office.
        return True

    def apply(self, applying: Applying) -> None:
        """New clocks, then what was set anew, then what is claimed, by whoever sent the file."""
        given: dict[str, Any] = {"by": applying.user.pk, "now": timezone.now()}
        for statement in (ADD, CLOCK, CLAIM):
            applying.cursor.execute(statement, given)
