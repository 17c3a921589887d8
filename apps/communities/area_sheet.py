"""Named areas as a table, a row for each place they take in: 自定范围."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import choice_column, text_column
from apps.office.workbooks.cells import read_name

from .area_sheet_sql import ADD_AREAS, ADD_PARTS, DESCRIBE, DISAGREES, IS_FIXED, NESTED, STANDS_ON
from .models import FIXED, AreaPart, NamedArea
from .places import DRAWN, KINDS, KNOWN_AS, SEVERAL, UNKNOWN, PlaceKind, drawn_places, with_place
from .status_sheet import PERMISSION


class AreaPartSheet(Sheet):
    """Which streets, communities and estates a named area takes in."""

    code = "areas"
    title = "自定范围"
    measure = "处"
    permission = PERMISSION
    model = AreaPart
    also = (NamedArea,)
    label = ("area", "place")
    order = ("area__name",)
    list_url = "communities:named_area_list"
    listed = "area"
    writes_itself = True
    notes = ("一行一处；同一范围的各行名称相同。已登记过措施的范围不再增减，请另起名称。",)
    columns: ClassVar = (
        SheetColumn(
            "area",
            "范围名称",
            partial(read_name, most=60),
            aliases=("自定范围", "片区", "区域名称"),
            is_key=True,
            path="area__name",
            example="城东片区（通告31号）",
            width=24,
        ),
        choice_column(
            "place_kind", "地点类别", PlaceKind, blank=None, stored="", follows=True, width=10
        ),
        SheetColumn(
            "place",
            "地点",
            partial(read_name, most=160),
            aliases=("所含地点", "街道、社区或小区"),
            is_key=True,
            id_path="place_number",
            lookup=Lookup(
                drawn_places,
                KNOWN_AS,
                key="number",
                unknown=UNKNOWN,
                several=SEVERAL,
            ),
            help="街道、社区或小区；同名的在前面写上区县和街道",
            width=40,
        ),
        text_column("note", "范围说明", most=200, path="area__note", stored="", width=30),
    )
    checks = (
        Check(
            "place_kind",
            "与地点不符，请核对是街道、社区还是小区。",
            f"c.place_kind <> mod(c.place_id, {KINDS})::text",
        ),
        Check("note", "同一范围各行的说明不一致，请改为一致。", DISAGREES),
        Check("area", FIXED, f"c.state = 'new' AND {IS_FIXED}"),
        Check(
            "place", "已包含在同一范围的另一处内，请删去这一行。", f"c.state = 'new' AND {NESTED}"
        ),
    )

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        return with_place(rows, *DRAWN)

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # Places are no secret: whoever may draw areas sees all of them.
        return True

    def apply(self, applying: Applying) -> None:
        """New names are new areas; a name that is there takes in what is new of its places."""
        for statement in (ADD_AREAS, DESCRIBE, ADD_PARTS):
            applying.cursor.execute(statement)

    def bars_undoing(self, cursor: Any) -> list[str]:
        """Of a fixed area no place is taken away again."""
        cursor.execute(STANDS_ON)
        return [f"自定范围“{name}”已登记措施" for (name,) in cursor.fetchall()]
