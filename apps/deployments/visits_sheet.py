"""走访督导 as the table a group keeps on paper: one visit a row, what was found line by line."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.functions import Concat
from django.utils import timezone

from apps.campaigns.sheets import (
    IS_OVER,
    IS_UNDER_WAY,
    campaign_column,
    campaigns_of,
    read_unit,
)
from apps.communities.models import Community
from apps.communities.sheets import place_of
from apps.core.scope import scope_of
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import or_none, text_column
from apps.office.workbooks.cells import read_count, read_day
from apps.units.backends import units_granted
from apps.units.models import Unit

from .models import Finding, FindingStep, Visit, VisitResult
from .services.visits_telling import tell_all_found
from .visits import USUAL_TERM
from .visits_cells import (
    NOWHERE,
    read_clock,
    read_findings,
    read_items,
    read_turn,
    read_where,
)
from .visits_sheet_sql import (
    CHANGE,
    CONTRADICTED,
    FOUND_BEFORE,
    KEPT,
    MARK,
    NO_GROUP,
    NOT_THE_NEXT,
    OUTSIDE,
    TOLD,
    UNKNOWN_ITEM,
    WRITE,
)
from .visits_spelled import spelled

PERMISSION = "deployments.record_visit"


def units_of(user: Any) -> QuerySet[Unit]:
    """Whom `user` may visit: never the unit they report for themselves."""
    own = scope_of(user).own_units
    found: QuerySet[Unit] = units_granted(user, PERMISSION).exclude(pk__in=own)
    return found


def communities_of(user: Any) -> QuerySet[Any]:
    names = (place_of(), Concat("street__name", "name"), "name", "code")
    return or_none(Community.objects.visible_to(user), names, NOWHERE, user=user)


class VisitSheet(Sheet):
    """Visits of the campaigns under way. What a unit was told of stays; more may be added to it."""

    code = "visits"
    title = "走访督导"
    measure = "次"
    permission = PERMISSION
    model = Visit
    label = ("unit", "on", "community")
    assumed = frozenset({"campaign", "community", "turn"})
    days = frozenset({"on"})
    order = ("on", "unit__sort_order")
    also = (VisitResult, Finding, FindingStep)
    list_url = "deployments:visit_list"
    writes_itself = True
    notes = (
        "一次走访一行；任务、单位、日期、社区、次序用来认出各行，请勿改动。不在社区的，写明地点。",
        f"问题一行一个，写成“脱岗：…”的记到该检查事项；导入后即告知单位，{USUAL_TERM.days} 日内答复。",
        "不写姓名、电话和门牌。",
    )
    columns: ClassVar = (
        campaign_column(path="campaign__name", is_key=True),
        SheetColumn(
            "unit",
            "单位",
            read_unit,
            aliases=("走访单位", "单位名称", "派出单位", "被走访单位"),
            is_key=True,
            path="unit__short_name",
            lookup=Lookup(
                units_of,
                ("short_name", "name", "code"),
                unknown="没有这个单位，或您不能登记该单位的走访，请核对名称。",
            ),
            choices=lambda user: list(
                units_of(user).filter(is_active=True).values_list("short_name", flat=True)
            ),
            width=20,
        ),
        SheetColumn(
            "on",
            "走访日期",
            read_day,
            "date",
            aliases=("日期", "走访时间"),
            is_key=True,
            example="2021-08-05",
        ),
        SheetColumn(
            "community",
            "社区",
            read_where,
            aliases=("走访社区", "社区（村）", "社区名称"),
            is_key=True,
            blank=NOWHERE,
            path="community_spelled",
            id_path="community_number",
            lookup=Lookup(
                communities_of,
                ("n0", "n1", "n2", "n3"),
                key="number",
                unknown="没有这个社区，请核对名称；不在社区的留空，写明地点。",
                several="同名的社区不止一个，请在前面写上区县和街道，或填社区代码。",
            ),
            help="名称；同名的在前面写上区县和街道",
            width=30,
        ),
        SheetColumn(
            "turn",
            "次序",
            read_turn,
            "integer",
            is_key=True,
            blank=1,
            help="同一天到同一处再走访一次的填 2",
            width=8,
        ),
        text_column("place", "地点", most=60, aliases=("走访地点",), help="如：东门卡口", width=18),
        SheetColumn(
            "at",
            "到达时间",
            read_clock,
            "time",
            aliases=("时间",),
            write=lambda value: f"{value:%H:%M}",
            example="10:30",
        ),
        text_column(
            "visitors",
            "走访人",
            most=80,
            aliases=("走访人员", "督导人员"),
            required=True,
            help="几人同行的用顿号隔开",
            width=18,
        ),
        SheetColumn(
            "expected",
            "应到",
            partial(read_count, measure="人"),
            "integer",
            aliases=("应到（人）", "应到人数"),
            width=8,
        ),
        SheetColumn(
            "present",
            "实到",
            partial(read_count, measure="人"),
            "integer",
            aliases=("实到（人）", "实到人数"),
            width=8,
        ),
        SheetColumn(
            "fine",
            "符合事项",
            read_items,
            aliases=("检查符合事项", "符合"),
            blank="",
            help="检查事项，用顿号隔开，如：到岗、防护",
            width=24,
        ),
        SheetColumn(
            "findings",
            "问题",
            read_findings,
            aliases=("发现问题", "存在问题", "走访问题"),
            blank="",
            path="told",
            help="一行一个，如：脱岗：一名队员脱岗",
            width=36,
        ),
        text_column("summary", "走访情况", most=500, aliases=("情况",), width=30),
    )
    fixed = IS_OVER
    checks = (
        IS_UNDER_WAY,
        Check(
            "on",
            "还没到这一天，走访后再登记。",
            'c."on" > %s',
            lambda _user, on: [on],
        ),
        Check("on", "走访日期不在该任务起止之内，请核对。", OUTSIDE),
        Check("unit", "当日没有联络服务小组，请先由数据管理员编组。", NO_GROUP),
        Check(
            "present",
            "应到、实到请都填写；未清点的都不填。",
            "c.state <> 'unchanged' AND (c.expected IS NULL) <> (c.present IS NULL)",
        ),
        Check(
            "place",
            "不在社区的，请写明地点。",
            "c.community_id = 0 AND c.place = ''",
        ),
        Check(
            "summary",
            "请至少填一项符合事项、问题、实到人数或走访情况。",
            "c.state = 'new' AND c.fine = '' AND c.findings = '' AND c.summary = '' "
            "AND c.present IS NULL",
        ),
        Check("turn", "次序应接着当日该处已有的走访，从 1 起连续填写。", NOT_THE_NEXT),
        Check("fine", "有不在检查事项之中的，请核对名称。", UNKNOWN_ITEM),
        Check("fine", "同一事项既符合又有问题，请核对。", CONTRADICTED),
        Check(
            "fine",
            "检查结果登记后不改，请改回原值。",
            "c.state = 'changed' AND c.fine <> c.was_fine",
        ),
        Check("findings", "原有问题已告知单位，不能删改，请在走访问题页面办理。", KEPT),
        Check("findings", "这次走访已记过同样的问题。", FOUND_BEFORE),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        return self.known(user).filter(campaign__in=campaigns_of(user))

    def known(self, user: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = Visit.objects.filter(unit__in=units_of(user))
        scope = scope_of(user)
        return rows if scope.everything else rows.filter(group__in=scope.groups)

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        return spelled(rows)

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # Units in the key are looked for within the person's own.
        return True

    def apply(self, applying: Applying) -> None:
        """Put right what stands, add what is new with its results; units hear of what was found."""
        cursor, today = applying.cursor, applying.on
        for statement in MARK:
            cursor.execute(statement)
        given: dict[str, Any] = {
            "by": applying.user.pk,
            "now": timezone.now(),
            "due": today + USUAL_TERM,
        }
        cursor.execute(CHANGE, given)
        for statement in WRITE:
            cursor.execute(statement, given)
        cursor.execute(TOLD)
        findings = Finding.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()])
        rows = findings.select_related("visit__campaign", "visit__group", "visit__community")
        tell_all_found(list(rows.order_by("pk")), by=applying.user, on=today)

    def bars_undoing(self, cursor: Any) -> list[str]:
        cursor.execute(
            "SELECT count(*) FROM trail WHERE \"table\" = %s AND operation = 'I'",
            [Finding._meta.db_table],
        )
        (count,) = cursor.fetchone()
        said = f"导入的走访问题 {count} 项已告知单位，在走访问题页面逐项办理"
        return [said] if count else []
