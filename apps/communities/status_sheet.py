"""Measures laid on places as the table in which notices are listed: 风险与管控."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import choice_column, text_column, to_the_minute
from apps.office.workbooks.cells import Parsed, read_flag, read_moment, read_name

from .enums import MeasureKind
from .models import AreaStatus, Measure
from .places import KINDS, KNOWN_AS, SEVERAL, PlaceKind, places_of, with_place
from .status_sheet_sql import ADD, LENGTHEN, OVERLAPS, OVERLAPS_IN_FILE, SHORTEN

PERMISSION = "communities.change_area_status"
NOT_LIFTED = frozenset({"未解除", "至今", "待通知", "另行通知"})


def read_hour(cell: Any) -> Parsed:
    """A moment. Excel keeps midnight as a day without a time; words have to name the hour."""
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        cell = f"{cell} 00:00"
    return read_moment(cell)


def read_end(cell: Any) -> Parsed:
    """A moment; 未解除 is blank."""
    if isinstance(cell, str) and cell.strip() in NOT_LIFTED:
        return Parsed(None)
    return read_hour(cell)


def read_drill(cell: Any) -> Parsed:
    """是 or 否; an empty cell is the real thing."""
    read = read_flag(cell)
    return Parsed(value=False) if read.is_blank and not read.problem else read


class AreaStatusSheet(Sheet):
    """What holds where from when to when, and the notice it rests on."""

    code = "statuses"
    title = "风险与管控"
    measure = "条"
    permission = PERMISSION
    model = AreaStatus
    label = ("place", "level")
    assumed = frozenset({"is_drill"})
    order = ("starts_at",)
    list_url = "communities:area_status_list"
    writes_itself = True
    notes = (
        "地点、等级或措施、起始时间用来认出各条，请勿改动；改为另一等级的，先填上一条的解除时间，另起一行。",
        "封闭措施导入后，请到“封闭区域人员调整”核对人员并办理。",
    )
    columns: ClassVar = (
        choice_column(
            "place_kind", "地点类别", PlaceKind, blank=None, stored="", follows=True, width=10
        ),
        SheetColumn(
            "place",
            "地点",
            partial(read_name, most=160),
            aliases=("街道、社区或小区", "区域", "范围", "封闭区域", "自定范围"),
            is_key=True,
            id_path="place_number",
            lookup=Lookup(
                places_of,
                KNOWN_AS,
                key="number",
                unknown="没有这个街道、社区、小区或自定范围，请核对名称，或先登记该小区、该范围。",
                several=SEVERAL,
            ),
            help="街道、社区、小区或自定范围；同名的在前面写上区县和街道",
            width=40,
        ),
        choice_column(
            "kind",
            "类别",
            MeasureKind,  # type: ignore[arg-type]
            sql_type="smallint",
            blank=None,
            stored="",
            follows=True,
            width=10,
        ),
        SheetColumn(
            "level",
            "等级或措施",
            partial(read_name, most=20),
            aliases=("风险等级", "管控措施", "措施", "等级"),
            is_key=True,
            path="measure__name",
            id_path="measure_id",
            lookup=Lookup(
                lambda _user: Measure.objects.all(),
                ("name",),
                unknown="没有这个等级或措施，请从下拉选项中选择。",
            ),
            choices=lambda _user: list(Measure.objects.values_list("name", flat=True)),
        ),
        SheetColumn(
            "starts_at",
            "起始时间",
            read_hour,
            "timestamptz",
            aliases=("自", "开始时间", "起始日期时间"),
            is_key=True,
            path="starts_minute",
            example="2021-08-23 18:00",
            width=18,
        ),
        SheetColumn(
            "ends_at",
            "解除时间",
            read_end,
            "timestamptz",
            aliases=("至", "结束时间"),
            path="ends_minute",
            example="未解除",
            width=18,
        ),
        text_column(
            "basis",
            "依据通告",
            most=120,
            required=True,
            aliases=("通告", "依据"),
            example="市指挥部通告2021年31号",
            width=30,
        ),
        SheetColumn(
            "is_drill",
            "演练",
            read_drill,
            "boolean",
            blank="false",
            is_key=True,
            choices=("是", "否"),
            write=lambda value: "是" if value else "否",
            width=8,
        ),
    )
    checks = (
        Check(
            "place_kind",
            "与地点不符，请核对是街道、社区、小区还是自定范围。",
            f"c.place_kind <> mod(c.place_id, {KINDS})::text",
        ),
        Check(
            "kind",
            "与等级或措施不符，请核对。",
            "EXISTS (SELECT FROM communities_measure m WHERE m.id = c.level_id AND m.kind <> c.kind)",
        ),
        Check("ends_at", "解除时间应晚于起始时间，请核对。", "c.ends_at <= c.starts_at"),
        Check(
            "level",
            "该等级或措施在起始时间不在启用期内，请核对。",
            "c.state = 'new' AND EXISTS (SELECT FROM communities_measure m WHERE m.id = c.level_id "
            "AND NOT (c.starts_at AT TIME ZONE 'Asia/Shanghai')::date "
            "BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity'))",
        ),
    )

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        return with_place(rows, *PlaceKind).annotate(
            starts_minute=to_the_minute("starts_at"),
            ends_minute=to_the_minute("ends_at"),
        )

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # Places are no secret: whoever may lay measures sees all of them.
        return True

    def find_problems(self, cursor: Any, *, user: Any, on: dt.date) -> None:  # noqa: ARG002
        """Two of one kind on one place at a time: says which it is, or which row."""
        cursor.execute(OVERLAPS)
        cursor.execute(OVERLAPS_IN_FILE)

    def apply(self, applying: Applying) -> None:
        """What ends earlier makes room before the rest is lengthened and added."""
        for statement in (SHORTEN, LENGTHEN, ADD):
            applying.cursor.execute(statement)
