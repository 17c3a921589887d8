"""双报到 as Excel tables: units with the community of their office, members with that of the home."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.db.models import Case, CharField, QuerySet, TextChoices, Value, When

from apps.campaigns.sheets import unit_column
from apps.communities.sheets import COMMUNITY, place_of, read_community
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import day_checks, text_column
from apps.office.workbooks.cells import Parsed, read_choice, read_day, read_name, read_phone
from apps.units.backends import is_granted_everywhere, units_granted
from apps.units.models import Member

from .models import MemberRegistration, UnitRegistration
from .registrations import NOT_YET
from .team_sheet import spelled

PERMISSION = "deployments.register_members"
TABLES = {
    "unit": UnitRegistration._meta.db_table,
    "member": MemberRegistration._meta.db_table,
}


class Kind(TextChoices):
    """A member may register at home and, while a closure lasts, on the spot, both from one day."""

    HOME = "home", "居住地"
    LOCAL = "local", "就地报到"
    DRILL = "drill", "就地报到（演练）"


def read_kind(cell: Any) -> Parsed:
    """A blank is the home."""
    read = read_choice(cell, {str(word): value for value, word in Kind.choices})
    return Parsed(Kind.HOME.value) if read.is_blank and not read.problem else read


def members_of(user: Any) -> QuerySet[Member]:
    """Whoever belongs or belonged to a unit `user` may register people for."""
    units = units_granted(user, PERMISSION)
    return Member.objects.filter(memberships__unit__in=units).annotate(spelled=spelled())


def _together(owner: str, other: str, ends_on: str) -> str:
    """Whether `other` is of the same owner, and holds on a day of `c`."""
    return (
        f"{other}.{owner}_id = c.{owner}_id AND {other}.starts_on <= coalesce(c.ends_on, 'infinity')"
        f" AND coalesce({ends_on}, 'infinity') >= c.starts_on"
    )


def _elsewhere(owner: str, which: str = "true") -> str:
    """With another community at the same time; a row the file changes stands as the file says."""
    ends_on = "CASE WHEN o.target_id IS NULL THEN g.ends_on ELSE o.ends_on END"
    stands = f"""
        SELECT FROM {TABLES[owner]} g
        LEFT JOIN compared o ON o.target_id = g.id AND o.state <> 'wrong'
        WHERE g.id IS DISTINCT FROM c.target_id AND {which} AND {_together(owner, "g", ends_on)}"""  # noqa: S608
    is_new = f"""
        SELECT FROM compared o
        WHERE o.state = 'new' AND o."row" <> c."row" AND o.starts_on <> c.starts_on
          AND {_together(owner, "o", "o.ends_on")}"""
    return f"c.state IN ('new', 'changed') AND (EXISTS ({stands}) OR EXISTS ({is_new}))"


def _checks(owner: str, noun: str, which: str = "true") -> tuple[Check, ...]:
    return (
        Check("ends_on", "截止日期不得早于报到日期，请核对。", "c.ends_on < c.starts_on"),
        Check(
            "starts_on",
            f"该{noun}这段时间已向另一社区报到，请先填写前一段的截止日期。",
            _elsewhere(owner, which),
        ),
        Check(
            "starts_on",
            NOT_YET,
            "c.state IN ('new', 'changed') AND c.starts_on > %s",
            lambda _user, on: [on],
        ),
        *day_checks("ends_on", long_ago=["starts_on"]),
    )


COMMUNITY_COLUMN = SheetColumn(
    "community",
    "报到社区",
    read_community,
    aliases=("社区", "社区（村）", "社区名称"),
    required=True,
    stored="community_id",
    path="place",
    lookup=COMMUNITY,
    help="名称；同名的在前面写上区县和街道",
    width=30,
)
DAYS = (
    SheetColumn(
        "starts_on",
        "报到日期",
        read_day,
        "date",
        is_key=True,
        stored="starts_on",
        example="2021-08-05",
    ),
    SheetColumn("ends_on", "截止日期", partial(read_day, is_end=True), "date", stored="ends_on"),
)
RECEIPT = (
    SheetColumn("received_on", "回执日期", read_day, "date", stored="received_on"),
    text_column("received_by", "社区经办人", most=40),
    text_column("note", "备注", most=200, width=24),
)


class RegistrationSheet(Sheet):
    """What both tables have in common."""

    permission = PERMISSION
    days = frozenset({"starts_on", "ends_on", "received_on"})
    added: ClassVar = {"recorded_at": "now()"}

    def annotate(self, rows: QuerySet[Any], *, on: Any) -> QuerySet[Any]:  # noqa: ARG002
        return rows.annotate(place=place_of("community"))

    def sees_all(self, user: Any) -> bool:
        return is_granted_everywhere(user, PERMISSION)

    def prepare(self, applying: Applying) -> None:
        """What ends earlier makes room before the next is added."""
        applying.cursor.execute(
            f"UPDATE {self.model._meta.db_table} t SET ends_on = c.ends_on FROM compared c"  # noqa: S608
            " WHERE t.id = c.target_id AND c.state = 'changed'"
            " AND c.ends_on < coalesce(t.ends_on, 'infinity')"
        )


class UnitRegistrationSheet(RegistrationSheet):
    """Which community each unit has registered with, and whether the slip came back."""

    code = "unit_registrations"
    title = "单位报到"
    measure = "条"
    model = UnitRegistration
    label = ("unit", "community")
    order = ("unit__sort_order", "starts_on")
    list_url = "deployments:unit_registration_list"
    notes = ("单位和报到日期用来认出各条，请勿改动；改向另一社区报到的，先填截止日期，另起一行。",)
    columns: ClassVar = (
        unit_column("单位", PERMISSION, is_key=True, stored="unit_id", path="unit__short_name"),
        COMMUNITY_COLUMN,
        *DAYS,
        text_column("contact", "单位联络员", most=40, aliases=("联络员", "单位联络人")),
        SheetColumn(
            "contact_phone",
            "联络电话",
            read_phone,
            aliases=("联系电话",),
            stored="contact_phone",
            blank="",
        ),
        text_column("services", "可提供的服务", most=200, width=24),
        *RECEIPT,
    )
    checks = _checks("unit", "单位")

    def writable(self, user: Any) -> QuerySet[Any]:
        return UnitRegistration.objects.filter(unit__in=units_granted(user, PERMISSION))


class MemberRegistrationSheet(RegistrationSheet):
    """Which community each member has registered with; 就地报到 follows closures, and is only shown."""

    code = "member_registrations"
    title = "党员报到"
    measure = "条"
    model = MemberRegistration
    label = ("member", "community")
    order = ("id",)
    list_url = "deployments:member_registration_list"
    assumed = frozenset({"kind"})
    added: ClassVar = {**RegistrationSheet.added, "is_local": "false", "is_drill": "false"}
    notes = (
        "党员和报到日期用来认出各条，请勿改动；改向另一社区报到的，先填截止日期，另起一行。",
        "就地报到随封闭措施办理，不在表中登记、更改。",
    )
    columns: ClassVar = (
        SheetColumn(
            "member",
            "党员",
            partial(read_name, most=80),
            aliases=("姓名", "编号"),
            is_key=True,
            stored="member_id",
            path="member_spelled",
            lookup=Lookup(
                members_of,
                ("spelled", "name", "member_no"),
                unknown="名册中没有此人，或不在您的范围内，请核对姓名，或先登记到党员名册。",
                several="同名的不止一人，请写成“姓名（编号）”。",
            ),
            help="姓名，或“姓名（编号）”",
            width=22,
        ),
        COMMUNITY_COLUMN,
        *DAYS,
        SheetColumn(
            "kind",
            "类别",
            read_kind,
            is_key=True,
            blank=str(Kind.HOME.label),
            write=lambda value: str(Kind(value).label),
            help="就地报到随封闭措施办理，不在表中登记",
        ),
        *RECEIPT,
    )
    fixed = "就地报到随封闭措施办理，不在表中更改，请改回原值。"
    checks = (
        Check(
            "kind", "就地报到随封闭措施办理，不在表中登记。", "c.state = 'new' AND c.kind <> 'home'"
        ),
        *_checks("member", "党员", "NOT g.is_local"),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        return self.known(user).filter(is_local=False)

    def known(self, user: Any) -> QuerySet[Any]:
        units = units_granted(user, PERMISSION)
        people = Member.objects.filter(memberships__unit__in=units)
        return MemberRegistration.objects.filter(member__in=people.values("pk"))

    def annotate(self, rows: QuerySet[Any], *, on: Any) -> QuerySet[Any]:
        drill = When(is_drill=True, then=Value(Kind.DRILL))
        local = When(is_local=True, then=Value(Kind.LOCAL))
        kind = Case(drill, local, default=Value(Kind.HOME), output_field=CharField())
        return super().annotate(rows, on=on).annotate(member_spelled=spelled("member"), kind=kind)
