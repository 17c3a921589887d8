"""Commando teams as an Excel table."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Concat

from apps.campaigns.sheets import (
    IS_OVER,
    IS_UNDER_WAY,
    campaign_column,
    campaigns_of,
    unit_column,
)
from apps.office.sheets import Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import day_checks, text_column
from apps.office.workbooks.cells import read_day, read_name
from apps.units.backends import is_granted_everywhere, units_granted
from apps.units.models import Member

from .models import Team

PERMISSION = "deployments.import_teams"


def captains_of(user: Any) -> QuerySet[Member]:
    """Whoever belongs or belonged to a unit `user` may register teams for."""
    units = units_granted(user, PERMISSION)
    return Member.objects.filter(memberships__unit__in=units).annotate(spelled=spelled())


def spelled(relation: str = "") -> Concat:
    """A person's name with the number that tells namesakes apart."""
    path = f"{relation}__" if relation else ""
    return Concat(f"{path}name", Value("（"), f"{path}member_no", Value("）"))


class TeamSheet(Sheet):
    """The teams of each unit in the tasks under way."""

    code = "teams"
    title = "党员突击队"
    measure = "个"
    permission = PERMISSION
    model = Team
    label = ("unit", "name")
    order = ("campaign", "unit__sort_order")
    list_url = "deployments:team_list"
    notes = ("应急任务、单位和突击队名称用来认出各队，请勿改动。队长须在本单位名册中。",)
    columns: ClassVar = (
        campaign_column(path="campaign__name", is_key=True, stored="campaign_id"),
        unit_column("单位", PERMISSION, is_key=True, stored="unit_id", path="unit__short_name"),
        text_column(
            "name", "党员突击队", most=60, is_key=True, aliases=("突击队", "突击队名称"), width=24
        ),
        SheetColumn(
            "captain",
            "队长",
            partial(read_name, most=70),
            stored="captain_id",
            path="captain_spelled",
            lookup=Lookup(
                captains_of,
                ("spelled", "name", "member_no"),
                within={"memberships__unit_id": "unit_id"},
                unknown="该单位名册中没有此人，请核对姓名，或先登记到党员名册。",
                several="该单位同名的不止一人，请写成“姓名（编号）”。",
            ),
            help="姓名，或“姓名（编号）”",
            width=20,
        ),
        SheetColumn(
            "formed_on", "组建日期", read_day, "date", required=True, stored="formed_on", width=12
        ),
        SheetColumn(
            "oath_on",
            "重温入党誓词日期",
            read_day,
            "date",
            aliases=("宣誓日期",),
            stored="oath_on",
            width=18,
        ),
        text_column("temporary_branch", "临时党支部", most=60, width=24),
    )
    fixed = IS_OVER
    checks = (
        IS_UNDER_WAY,
        Check("oath_on", "不得早于组建日期，请核对。", "c.oath_on < c.formed_on"),
        Check(
            "formed_on",
            "不得早于该任务开始的日期，请核对。",
            "c.state IN ('new', 'changed') AND EXISTS (SELECT FROM campaigns_campaign k"
            " WHERE k.id = c.campaign_id AND c.formed_on < k.starts_on)",
        ),
        *day_checks("formed_on", "oath_on"),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        return self.known(user).filter(campaign__in=campaigns_of(user))

    def known(self, user: Any) -> QuerySet[Any]:
        return Team.objects.filter(unit__in=units_granted(user, PERMISSION))

    def annotate(self, rows: QuerySet[Any], *, on: Any) -> QuerySet[Any]:  # noqa: ARG002
        known = When(captain__isnull=False, then=spelled("captain"))
        return rows.annotate(captain_spelled=Case(known, default=Value("")))

    def sees_all(self, user: Any) -> bool:
        return is_granted_everywhere(user, PERMISSION)
