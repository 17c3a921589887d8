"""Needs as the list the city's committee sends (社区需求清单): one need a row."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.db.models import Case, CharField, Count, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from apps.campaigns.sheets import IS_OVER, IS_UNDER_WAY, campaign_column, campaigns_of
from apps.communities.models import Community
from apps.communities.sheets import place_of, read_community
from apps.core.scope import scope_of
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import choice_column, day_checks, text_column
from apps.office.sheets.comparing import leave_unchanged
from apps.office.workbooks.cells import read_day
from apps.units.enums import Role

from .allocating import (
    ALREADY_OVER,
    MOST_HEADS,
    TOO_MANY,
    NeedSource,
    Urgency,
)
from .enums import NeedState
from .models import Need, TaskType
from .needs_cells import GOODS, QUANTITY, read_hours, read_quantity, read_wanted
from .needs_sheet_sql import ADD, BARE, CHANGE, IN_PEOPLE, IS_TASK

PERMISSION = "deployments.raise_need"
SPEAKS_FOR_OTHERS = "deployments.edit_allocation"
PEOPLE = "('', '人', '名')"
IS_NEWS = "c.state <> 'unchanged'"


def _numbered(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `wanted`, the task or the goods, with its number where the place asked so before."""
    earlier = (
        Need.objects.filter(
            campaign=OuterRef("campaign"),
            community=OuterRef("community"),
            starts_on=OuterRef("starts_on"),
            pk__lt=OuterRef("pk"),
        )
        .annotate(asked_for=Coalesce("task_type__name", "goods"))
        .filter(asked_for=OuterRef("asked_for"))
        .order_by()
        .values("asked_for")
        .annotate(n=Count("pk"))
    )
    rows = rows.annotate(asked_for=Coalesce("task_type__name", "goods"))
    rows = rows.annotate(before=Subquery(earlier.values("n")))
    number = Cast(F("before") + 1, CharField())
    again = Concat("asked_for", Value("（"), number, Value("）"))
    return rows.annotate(wanted=Case(If(before__gt=0, then=again), default="asked_for"))


PARTED = r"^\s*([0-9]+)\s+(\S+)\s*$"


def _part(number: int) -> Case:
    """Of 200 件 the number or the measure; what is written otherwise is all number."""
    part = Func(F("quantity"), Value(PARTED), Value(rf"\{number}"), function="regexp_replace")
    whole = F("quantity") if number == 1 else Value("")
    is_parted = If(quantity__regex=PARTED, then=part)
    return Case(is_parted, default=whole, output_field=CharField())


COMMUNITY = Lookup(
    Community.objects.visible_to,
    (
        place_of(),
        Concat("street__name", "name"),
        Concat("street__district__name", "name"),
        Concat("street__district__short_name", "name"),
        "name",
        "code",
    ),
    unknown="没有这个社区，请核对名称，或填社区代码。",
    several="同名的社区不止一个，请在前面写上区县和街道，或填社区代码。",
)


class NeedSheet(Sheet):
    """What communities ask for in the tasks under way, people or goods."""

    code = "needs"
    title = "社区需求清单"
    measure = "项"
    permission = PERMISSION
    model = Need
    label = ("community", "wanted")
    stated: ClassVar = {
        "starts_on": ("需求日期", "日期"),
        "told_by": ("提出单位", "填报单位", "报送单位"),
    }
    assumed = frozenset({"campaign"})
    days = frozenset({"starts_on", "ends_on"})
    order = ("community__sort_key", "starts_on")
    list_url = "deployments:need_list"
    writes_itself = True
    notes = (
        "一行一项需求；任务、社区、任务或物资、需要日期用来认出各行，请勿改动。既要人员又要物资的分两行。",
        "同一社区同一天的同类需求再提一项的，写成“排水除淤（2）”。状态按办理情况而定，不在表中改。",
    )
    columns: ClassVar = (
        campaign_column(path="campaign__name", is_key=True),
        SheetColumn(
            "community",
            "社区",
            read_community,
            aliases=("社区（村）", "社区名称", "需求社区"),
            is_key=True,
            path="place",
            lookup=COMMUNITY,
            help="名称；同名的在前面写上区县和街道",
            width=30,
        ),
        SheetColumn(
            "wanted",
            "任务或物资",
            read_wanted,
            aliases=("任务类型", "需求事项", "所需物资", "需求内容"),
            is_key=True,
            choices=lambda _user: list(TaskType.objects.values_list("name", flat=True)),
            help="需要人员的填任务类型，需要物资的填物资名称",
            width=20,
        ),
        SheetColumn(
            "quantity",
            "数量",
            read_quantity,
            aliases=("需求数量", "人数", "需求人数"),
            required=True,
            blank="",
            path="asked",
            width=10,
            example="24",
        ),
        text_column(
            "measure",
            "单位",
            most=8,
            aliases=("计量单位",),
            path="asked_in",
            width=8,
            example="人",
        ),
        SheetColumn(
            "starts_on",
            "需要日期",
            read_day,
            "date",
            aliases=("起始日期", "自", "开始日期", "需求日期"),
            is_key=True,
            example="2021-08-05",
        ),
        SheetColumn(
            "ends_on",
            "截止日期",
            partial(read_day, is_end=True),
            "date",
            aliases=("至", "结束日期"),
            example="2021-08-07",
        ),
        SheetColumn(
            "shift",
            "需要时段",
            read_hours,
            aliases=("时段",),
            stored="shift",
            blank="",
            example="08:00–20:00",
        ),
        choice_column(
            "urgency",
            "紧急程度",
            Urgency,  # type: ignore[arg-type]
            sql_type="smallint",
            blank=Urgency.NORMAL.value,
            width=10,
        ),
        text_column("told_by", "联系人", most=40, aliases=("提出人", "社区联系人"), width=18),
        text_column("note", "说明", most=200, aliases=("备注",), width=24),
        choice_column(
            "status", "状态", NeedState, blank=None, path="state", follows=True, width=10
        ),
    )
    fixed = IS_OVER
    checks = (
        IS_UNDER_WAY,
        Check(
            "wanted",
            "没有这类任务，请从下拉选项中选择；需要物资的，单位请填件、箱等。",
            f"{IS_NEWS} AND c.wanted <> '' AND c.measure IN ('人', '名', '人次') AND NOT {IS_TASK}",
        ),
        Check("wanted", f"物资名称最多 {GOODS} 字，请缩短。", f"length({BARE}) > {GOODS}"),
        Check(
            "measure",
            "需要人员的，单位请填“人”或留空；需要物资的，另起一行。",
            f"{IS_NEWS} AND {IS_TASK} AND c.measure NOT IN {PEOPLE}",
        ),
        Check(
            "quantity",
            "需要人员的，请填大于 0 的整数。",
            f"{IS_NEWS} AND {IS_TASK} AND c.quantity !~ '^[1-9][0-9]*$'",
        ),
        Check(
            "quantity",
            TOO_MANY,
            f"{IS_NEWS} AND {IS_TASK} AND CASE WHEN c.quantity ~ '^[1-9][0-9]*$'"
            f" THEN c.quantity::numeric > {MOST_HEADS} END",
        ),
        Check(
            "measure",
            "物资请填写单位，如：件、箱；需要人员的，任务类型请从下拉选项中选择。",
            f"{IS_NEWS} AND NOT {IS_TASK} AND c.measure = '' AND c.quantity ~ '^[0-9.]+$'",
        ),
        Check(
            "quantity",
            f"数量和单位合计不超过 {QUANTITY} 个字，请缩短。",
            f"NOT {IS_TASK} AND length(btrim(c.quantity || ' ' || c.measure)) > {QUANTITY}",
        ),
        Check("ends_on", "截止日期不得早于需要日期，请核对。", "c.ends_on < c.starts_on"),
        *day_checks("starts_on", "ends_on"),
        Check(
            "ends_on",
            ALREADY_OVER,
            "c.state = 'new' AND c.ends_on >= c.starts_on AND c.ends_on < %s",
            lambda _user, on: [on],
        ),
        Check(
            "starts_on",
            "不得早于该任务开始的日期，请核对。",
            "c.state = 'new' AND EXISTS (SELECT FROM campaigns_campaign k "
            "WHERE k.id = c.campaign_id AND c.starts_on < k.starts_on)",
        ),
        Check(
            "told_by",
            "请填写清单来自谁。",
            "c.state = 'new' AND c.told_by = '' AND %s",
            lambda user, _on: [user.has_perm(SPEAKS_FOR_OTHERS)],
        ),
        Check(
            "status",
            "该需求已经办结，不能再改；仍有需要的，请先在需求页面恢复，或另提一项。",
            f"c.state = 'changed' AND c.was_status IN ('{NeedState.MET}', '{NeedState.CLOSED}')",
        ),
        Check(
            "status",
            "状态按办理情况而定，请勿改动；在需求页面登记“已落实”或“关闭”。",
            "c.target_id IS NOT NULL AND c.status IS DISTINCT FROM c.was_status"
            f" OR c.target_id IS NULL AND c.status <> '{NeedState.OPEN}'",
        ),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        """Those of the tasks under way; what is settled goes out, too, and is left as it is."""
        return self.known(user).filter(campaign__in=campaigns_of(user))

    def known(self, user: Any) -> QuerySet[Any]:
        return Need.objects.visible_to(user)

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        is_goods = If(task_type=None, then=_part(1))
        return _numbered(rows).annotate(
            place=place_of("community"),
            asked=Case(is_goods, default=Cast("heads", CharField())),
            asked_in=Case(If(task_type=None, then=_part(2)), default=Value("人")),
        )

    def sees_all(self, user: Any) -> bool:
        scope = scope_of(user)
        return scope.everything or Role.CITY in scope.roles

    def find_problems(self, cursor: CursorWrapper, *, user: Any, on: dt.date) -> None:  # noqa: ARG002
        """People are people, whether 单位 says 人, 名 or nothing."""
        cursor.execute(IN_PEOPLE)
        leave_unchanged(cursor, [column.name for column in self.columns if not column.is_key])

    def apply(self, applying: Applying) -> None:
        """Put right what stands, then add what is new: the city's own, or a list of somebody's."""
        is_office = applying.user.has_perm(SPEAKS_FOR_OTHERS)
        source = NeedSource.LIST if is_office else NeedSource.CITY
        given: dict[str, Any] = {"source": source.value, "by": applying.user.pk}
        given["now"] = timezone.now()
        applying.cursor.execute(CHANGE)
        applying.cursor.execute(ADD, given)
