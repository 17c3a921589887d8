"""Units and people as Excel tables."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import FilteredRelation, Q, QuerySet

from apps.communities.models import Estate
from apps.communities.sheets import COMMUNITY, place_of
from apps.core.dates import business_day
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import (
    choice_column,
    code_column,
    desk_phone_column,
    flag_column,
    phone_column,
    text_column,
    words_column,
)
from apps.office.workbooks.cells import read_count, read_name, read_text

from .backends import is_granted_everywhere, units_granted
from .enums import FunctionLine, MemberKind, UnitCategory
from .models import (
    GroupMembership,
    LiaisonGroup,
    Member,
    Membership,
    PartyBranch,
    Unit,
)
from .settled import settled_units
from .succession import Succession


def on_day(relation: str, day: dt.date) -> FilteredRelation:
    """The one row of a dated belonging that holds on `day`."""
    return FilteredRelation(
        relation,
        condition=Q(**{f"{relation}__starts_on__lte": day})
        & (Q(**{f"{relation}__ends_on": None}) | Q(**{f"{relation}__ends_on__gte": day})),
    )


def read_group(cell: Any) -> Any:
    """第3组, 3组 and 3 are the same group."""
    read = read_text(cell, most=12)
    if read.problem or read.is_blank:
        return read
    number = read_count(str(read.value).removeprefix("第").removesuffix("组"))
    return number if number.problem else type(number)(str(number.value))


class UnitSheet(Sheet):
    """The directory of units; a unit's group changes as of the day of the import."""

    code = "units"
    title = "单位名录"
    measure = "家"
    permission = "office.import_units"
    model = Unit
    label = ("short_name",)
    order = ("sort_order",)
    list_url = "units:unit_list"
    also = (GroupMembership,)
    unique = (("name",), ("short_name",))
    notes = (
        "单位代码用来认出单位，请勿改动；联络服务小组的变更自导入当天起生效；当天日报已生成的，请在单位页面变更，自次日起生效。",
    )
    columns: ClassVar = (
        code_column("code", "单位代码", most=20, aliases=("代码",)),
        text_column("name", "单位名称", most=80, required=True, aliases=("单位全称",), width=30),
        text_column("short_name", "单位简称", most=30, required=True, aliases=("简称",)),
        choice_column("category", "类别", UnitCategory, required=True, aliases=("单位类别",)),
        SheetColumn(
            "group",
            "联络服务小组",
            read_group,
            aliases=("联络组", "组别"),
            path="group_now__group__number",
            id_path="group_now__group_id",
            lookup=Lookup(
                LiaisonGroup.objects.visible_to,
                ("number",),
                unknown="没有这个小组，请从下拉选项中选择。",
            ),
            write=lambda number: f"第{number}组",
            choices=lambda user: [str(one) for one in LiaisonGroup.objects.visible_to(user)],
        ),
        words_column("function_lines", "职能线", FunctionLine, help="几项之间用“、”隔开", width=20),
        SheetColumn(
            "office",
            "驻地社区",
            partial(read_text, most=160),
            path="office_place",
            id_path="office_community_id",
            stored="office_community_id",
            lookup=COMMUNITY,
            help="区县、街道和社区的名称连写，或社区代码",
            width=26,
        ),
        desk_phone_column("duty_phone", "值班电话"),
        text_column("duty_email", "值班邮箱", most=254, width=22),
        flag_column("is_leader_contact", "由领导沟通"),
        SheetColumn(
            "sort_order", "排序", read_count, "int", required=True, stored="sort_order", width=8
        ),
        flag_column("is_active", "在列", blank=True),
    )
    checks = (
        Check(
            "group",
            "已分组的单位不能改为无组，请填写联络服务小组。",
            "c.group_id IS NULL AND c.was_group_id IS NOT NULL",
        ),
        Check(
            "group",
            "今天的日报已按现在的联络组生成，请在单位页面变更联络组，自明天起生效。",
            "c.group_id IS DISTINCT FROM c.was_group_id AND c.target_id = ANY(%s)",
            params=lambda _user, on: [settled_units(on=on)],
        ),
        Check(
            "group",
            "已登记此后的分组变动，请先处理那一条。",
            "c.group_id IS DISTINCT FROM c.was_group_id AND EXISTS (SELECT FROM "
            "units_groupmembership m WHERE m.unit_id = c.target_id AND m.starts_on > %s)",
            params=lambda _user, on: [on],
        ),
        Check(
            "duty_email",
            "不是邮箱地址，请核对。",
            "c.duty_email <> '' AND c.duty_email !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'",
        ),
    )

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
        return rows.annotate(
            group_now=on_day("group_memberships", on), office_place=place_of("office_community")
        )

    def apply(self, applying: Applying) -> None:
        of_groups = Succession(
            "units_groupmembership", "unit_id", ("group_id",), owners="units_unit", known_by="code"
        )
        of_groups.write(applying)


class MemberSheet(Sheet):
    """The roster. Phones come in whole and go out masked; who changes unit does so from today."""

    code = "members"
    title = "党员名册"
    measure = "人"
    permission = "office.import_members"
    model = Member
    label = ("member_no", "name")
    known_by = ("name", "phone")
    order = ("id",)
    list_url = "units:member_list"
    also = (Membership,)
    added: ClassVar = {"is_synthetic": "false"}
    notes = (
        "编号用来认出人，请勿改动；没有编号的，按姓名和完整手机号认出已登记的人；单位、党支部的变更自导入当天起生效。",
        "手机带星号的表示不改；要改的填写完整号码，导入后加密保存。不要填写身份证号和门牌号。",
    )
    columns: ClassVar = (
        code_column("member_no", "编号", most=30, aliases=("党员编号", "人员编号")),
        SheetColumn(
            "name",
            "姓名",
            partial(read_name, most=40),
            required=True,
            stored="name",
            blank="",
        ),
        choice_column("kind", "身份", MemberKind, blank=MemberKind.MEMBER.value),
        SheetColumn(
            "unit",
            "单位",
            partial(read_text, most=80),
            required=True,
            aliases=("所在单位", "工作单位"),
            path="now__unit__short_name",
            id_path="now__unit_id",
            lookup=Lookup(
                lambda user: units_granted(user, "office.import_members"),
                ("short_name", "name", "code"),
                unknown="没有这个单位，或不在您的范围内，请从下拉选项中选择。",
            ),
            choices=lambda user: list(
                units_granted(user, "office.import_members")
                .filter(is_active=True)
                .values_list("short_name", flat=True)
            ),
        ),
        SheetColumn(
            "branch",
            "党支部",
            partial(read_text, most=60),
            aliases=("所在党支部",),
            path="now__branch__name",
            id_path="now__branch_id",
            lookup=Lookup(
                PartyBranch.objects.visible_to,
                ("name",),
                within={"unit_id": "unit_id"},
                unknown="该单位没有这个党支部，请核对名称，或先登记党支部。",
            ),
            width=20,
        ),
        phone_column("phone", "手机", sealed="phone", aliases=("联系电话", "电话", "手机号码")),
        SheetColumn(
            "home",
            "居住社区",
            partial(read_text, most=160),
            path="home_place",
            id_path="home_community_id",
            stored="home_community_id",
            lookup=COMMUNITY,
            help="区县、街道和社区的名称连写，或社区代码",
            width=26,
        ),
        SheetColumn(
            "estate",
            "居住小区",
            partial(read_text, most=60),
            path="home_estate__name",
            id_path="home_estate_id",
            stored="home_estate_id",
            lookup=Lookup(
                Estate.objects.visible_to,
                ("name",),
                within={"community_id": "home_id"},
                unknown="所填的居住社区没有这个小区，请核对。",
            ),
        ),
        flag_column("is_exempt", "免派"),
    )
    checks = (
        Check(
            "unit",
            "已登记此后的组织关系变动，请先处理那一条。",
            "(c.unit_id, c.branch_id) IS DISTINCT FROM (c.was_unit_id, c.was_branch_id) AND EXISTS "
            "(SELECT FROM units_membership m WHERE m.member_id = c.target_id AND m.starts_on > %s)",
            params=lambda _user, on: [on],
        ),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        if self.sees_all(user):
            return Member.objects.all()
        units = units_granted(user, self.permission)
        belongs = Membership.objects.filter(unit__in=units).on(business_day())
        return Member.objects.filter(pk__in=belongs.values("member"))

    def sees_all(self, user: Any) -> bool:
        return is_granted_everywhere(user, self.permission)

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
        return rows.annotate(now=on_day("memberships", on), home_place=place_of("home_community"))

    def apply(self, applying: Applying) -> None:
        of_units = Succession(
            "units_membership",
            "member_id",
            ("unit_id", "branch_id"),
            owners="units_member",
            known_by="ref",
        )
        of_units.write(applying)
