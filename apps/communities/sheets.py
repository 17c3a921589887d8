"""Communities as an Excel table, and how places are named in every table."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Replace

from apps.office.sheets import Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import desk_phone_column, text_column
from apps.office.workbooks.cells import Parsed, read_count, read_text

from .models import Community, District, Street

FORMER = re.compile(r"[（(]原[^）)]*[）)]")
OFFICE = Value("办事处")


def place_of(relation: str = "") -> Concat:
    """区县、街道 and 社区 in one word: names alone recur in other streets."""
    path = f"{relation}__" if relation else ""
    return Concat(f"{path}street__district__name", f"{path}street__name", f"{path}name")


COMMUNITY = Lookup(
    Community.objects.visible_to,
    (place_of(), Concat("street__name", "name"), "name", "code"),
    unknown="没有这个社区，请核对名称，或填社区代码。",
    several="同名的社区不止一个，请在前面写上区县和街道，或填社区代码。",
)
DISTRICT = Lookup(
    District.objects.visible_to,
    ("name", "short_name", Concat("short_name", Value("区")), Concat("short_name", Value("县"))),
    unknown="没有这个区县，请从下拉选项中选择。",
)
STREET = Lookup(
    Street.objects.visible_to,
    (
        "name",
        Concat("name", OFFICE),
        Replace("name", Value("街道"), OFFICE),
        Replace("name", Value("街道"), Value("")),
    ),
    within={"district_id": "district_id"},
    unknown="该区县没有这个街道，请核对名称；新设的街道请先由数据管理员登记。",
)


def read_community(cell: Any) -> Parsed:
    """A community's name without 居委会 and the name of the village it once was."""
    read = read_text(cell, most=60)
    if read.problem or read.is_blank:
        return read
    return Parsed(FORMER.sub("", str(read.value)).replace("社区居委会", "社区"))


def district_column(**more: Any) -> SheetColumn:
    return SheetColumn(
        "district",
        "区县",
        partial(read_text, most=40),
        aliases=("所在区县",),
        lookup=DISTRICT,
        choices=lambda user: list(District.objects.visible_to(user).values_list("name", flat=True)),
        **more,
    )


def street_column(**more: Any) -> SheetColumn:
    return SheetColumn(
        "street",
        "街道",
        partial(read_text, most=60),
        aliases=("街道（乡镇）", "街道办事处", "乡镇"),
        lookup=STREET,
        **more,
    )


NUMBER_NEW = r"""
WITH fresh AS (
    SELECT c."row", c.street_id, d.id AS district_id, d.code AS district,
           row_number() OVER (PARTITION BY d.id, c.code IS NULL ORDER BY c."row") AS of_district,
           row_number() OVER (PARTITION BY s.id ORDER BY c."row") AS of_street,
           row_number() OVER (ORDER BY c."row") AS of_all
      FROM compared c
      JOIN communities_street s ON s.id = c.street_id
      JOIN communities_district d ON d.id = s.district_id
     WHERE c.state = 'new'
), taken AS (
    SELECT d.id, max(substr(x.code, length(d.code) + 1)::int) AS last
      FROM communities_district d
      JOIN (SELECT code FROM communities_community UNION ALL SELECT code FROM compared) x
        ON left(x.code, length(d.code)) = d.code
       AND substr(x.code, length(d.code) + 1) ~ '^\d{4,8}$'
     GROUP BY d.id
), placed AS (
    SELECT street_id, max(sort_key) AS last FROM communities_community GROUP BY street_id
)
UPDATE compared c
   SET code = coalesce(c.code, f.district || lpad(n.number, greatest(4, length(n.number)), '0')),
       sort_key = coalesce(c.sort_key, p.last + f.of_street, w.last + f.of_all, f.of_all)
  FROM fresh f
  LEFT JOIN taken t ON t.id = f.district_id
  LEFT JOIN placed p ON p.street_id = f.street_id
  CROSS JOIN LATERAL (SELECT (coalesce(t.last, 0) + f.of_district)::text AS number) n
  CROSS JOIN (SELECT max(sort_key) AS last FROM communities_community) w
 WHERE c."row" = f."row"
"""
"""A new community without a code has its district's and the next number of four digits, as the other
codes there; without an order it stands last in its street, in a street without any last of all."""


class CommunitySheet(Sheet):
    """The communities people are sent to, with whom to ask for there."""

    code = "communities"
    title = "社区名录"
    measure = "个"
    permission = "office.import_communities"
    model = Community
    label = ("name",)
    order = ("sort_key",)
    list_url = "communities:community_list"
    or_keys = ("street", "name")
    notes = (
        "代码用来认出社区，请勿改动；没有代码列的，按区县、街道和名称认出。",
        "新增的社区可以不填代码和排序：代码按区县代码加顺序号编定，排在所在街道最后。",
    )
    columns: ClassVar = (
        text_column(
            "code",
            "代码",
            most=20,
            is_key=True,
            made=True,
            blank=None,
            aliases=("社区代码",),
            help="新增的可以不填",
        ),
        district_column(
            path="street__district__name", id_path="street__district_id", required=True
        ),
        street_column(path="street__name", id_path="street_id", stored="street_id", required=True),
        SheetColumn(
            "name",
            "社区（村）",
            read_community,
            aliases=("社区名称", "社区", "名称"),
            required=True,
            stored="name",
            blank="",
            width=20,
        ),
        text_column("contact", "社区联系人", most=40, aliases=("联系人",)),
        desk_phone_column("duty_phone", "值班电话", aliases=("联系电话",)),
        SheetColumn(
            "households", "户数", partial(read_count, measure="户"), "int", stored="households"
        ),
        SheetColumn(
            "sort_key",
            "排序",
            read_count,
            "int",
            required=True,
            made=True,
            stored="sort_key",
            help="新增的可以不填",
        ),
    )
    checks = (
        Check(
            "sort_key",
            "“排序”不能为空，请填写，或删去整列。",
            "c.target_id IS NOT NULL AND c.sort_key IS NULL",
        ),
    )
    unique = (("street", "name"),)

    def writable(self, user: Any) -> QuerySet[Any]:
        return Community.objects.visible_to(user)

    def find_problems(self, cursor: CursorWrapper, *, user: Any, on: dt.date) -> None:  # noqa: ARG002
        cursor.execute(NUMBER_NEW)

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # Places are no secret: whoever may import them sees all of them.
        return True
