"""Who is sent where, as the roster offices keep of it (下沉党员花名册): one person a row."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.db.models.functions import Concat

from apps.campaigns.models import Campaign
from apps.campaigns.sheets import IS_UNDER_WAY, campaign_column, unit_column
from apps.communities.models import Community
from apps.communities.sheets import district_column, read_community, street_column
from apps.core.dates import business_day
from apps.office.sheets import Applying, Check, Lookup, Sheet, SheetColumn
from apps.office.sheets.columns import day_checks, flag_column
from apps.office.workbooks.cells import Parsed, read_day, read_name
from apps.units.backends import units_granted
from apps.units.models import Member, Membership

from .crossing_sql import CROSSES_IN_ROSTER
from .enums import DeploymentState
from .models import Assignment, Deployment, TaskType, Team
from .services import UNDER_WAY
from .sheets_sql import (
    BUSY_ELSEWHERE,
    CREATE_DEPLOYMENTS,
    FIND_DEPLOYMENTS,
    LENGTHEN,
    NEW_COLUMNS,
    SHORTEN,
    TWICE_IN_FILE,
)

PERMISSION = "deployments.import_assignments"
SEVERAL = re.compile(r"[、/，,；;]")


def read_task(cell: Any) -> Parsed:
    """One kind of work: a deployment is counted in one measure."""
    read = read_name(cell, most=40)
    if not (read.problem or read.is_blank) and len(SEVERAL.split(read.value)) > 1:
        return Parsed(problem=f"“{read.value}”不止一项，请只留主要的一项。")
    return read


def people_of(user: Any) -> QuerySet[Member]:
    """Whoever belongs or belonged to a unit `user` may send from, by name, number or both."""
    units = units_granted(user, PERMISSION)
    return Member.objects.filter(memberships__unit__in=units).annotate(
        spelled=Concat("name", Value("（"), "member_no", Value("）"))
    )


class AssignmentSheet(Sheet):
    """People sent to communities; deployments are found or made for them."""

    code = "assignments"
    title = "下沉党员花名册"
    measure = "人"
    permission = PERMISSION
    model = Assignment
    label = ("person", "unit")
    stated: ClassVar = {"unit": ("填报单位", "派出单位", "单位")}
    assumed = frozenset({"campaign"})
    days = frozenset({"starts_on", "ends_on"})
    order = ("unit__sort_order", "deployment_id")
    list_url = "deployments:deployment_list"
    listed = "deployment"
    also = (Deployment,)
    added: ClassVar = {"deployment_id": "c.deployment_id", "is_drill": "c.is_drill"}
    notes = (
        "一人一行；单位、姓名和起始日期用来认出各行，请勿改动。单位内同名的，姓名写成“姓名（编号）”。",
        "仍在岗的截止日期留空或写“至今”；一人不能同时在两处；突击队须先登记。",
    )
    columns: ClassVar = (
        unit_column("派出单位", PERMISSION, is_key=True, stored="unit_id", path="unit__short_name"),
        SheetColumn(
            "person",
            "姓名",
            partial(read_name, most=70),
            is_key=True,
            stored="member_id",
            path="spelled",
            id_path="member_id",
            lookup=Lookup(
                people_of,
                ("name", "member_no", "spelled"),
                within={"memberships__unit_id": "unit_id"},
                unknown="该单位名册中没有此人，请核对姓名，或先登记到党员名册。",
                several="该单位同名的不止一人，请写成“姓名（编号）”。",
            ),
            width=18,
        ),
        campaign_column(
            path="deployment__campaign__name", id_path="deployment__campaign_id", is_key=True
        ),
        district_column(
            path="deployment__community__street__district__name",
            id_path="deployment__community__street__district_id",
            required=True,
        ),
        street_column(
            path="deployment__community__street__name",
            id_path="deployment__community__street_id",
            required=True,
        ),
        SheetColumn(
            "community",
            "社区",
            read_community,
            aliases=("下沉社区", "社区（村）", "社区名称"),
            required=True,
            path="deployment__community__name",
            id_path="deployment__community_id",
            lookup=Lookup(
                Community.objects.visible_to,
                ("name", "code"),
                within={"street_id": "street_id"},
                unknown="该街道没有这个社区，请核对名称。",
            ),
            width=20,
        ),
        SheetColumn(
            "task",
            "任务类型",
            read_task,
            aliases=("主要工作", "任务"),
            required=True,
            path="deployment__task_type__name",
            id_path="deployment__task_type_id",
            lookup=Lookup(
                lambda _user: TaskType.objects.all(),
                ("name",),
                unknown="没有这类任务，请从下拉选项中选择。",
            ),
            choices=lambda _user: list(TaskType.objects.values_list("name", flat=True)),
        ),
        SheetColumn(
            "team",
            "突击队",
            partial(read_name, most=60),
            aliases=("党员突击队", "所在突击队"),
            path="deployment__team__name",
            id_path="deployment__team_id",
            lookup=Lookup(
                Team.objects.visible_to,
                ("name",),
                within={"unit_id": "unit_id", "campaign_id": "campaign_id"},
                unknown="该单位在本任务中没有这个突击队，请核对名称，或先登记突击队。",
            ),
            width=20,
        ),
        flag_column(
            "is_local", "就地双报到", stored="", path="deployment__is_local", aliases=("双报到",)
        ),
        SheetColumn(
            "starts_on",
            "起始日期",
            read_day,
            "date",
            aliases=("下沉起止时间起", "起止时间起", "起", "到岗日期", "开始日期", "下沉日期"),
            is_key=True,
            stored="starts_on",
            example="2021-07-25",
        ),
        SheetColumn(
            "ends_on",
            "截止日期",
            partial(read_day, is_end=True),
            "date",
            aliases=("下沉起止时间止", "起止时间止", "止", "离岗日期", "结束日期"),
            stored="ends_on",
            example="至今",
        ),
    )
    fixed = "下沉任务已结束，其人员派出不再更改，请改回原值。"
    checks = (
        IS_UNDER_WAY,
        Check(
            "ends_on",
            "截止日期不得早于起始日期，请核对。",
            "c.ends_on < c.starts_on",
        ),
        *day_checks("starts_on", "ends_on"),
        Check(
            "starts_on",
            "不得早于该任务开始的日期，请核对。",
            "c.state = 'new' AND EXISTS (SELECT FROM campaigns_campaign k "
            "WHERE k.id = c.campaign_id AND c.starts_on < k.starts_on)",
        ),
        Check(
            "person",
            "起始日期当天不属于该单位，不能由其派出，请核对单位和日期。",
            "c.target_id IS NULL AND c.starts_on IS NOT NULL AND c.person_id IS NOT NULL "
            "AND NOT EXISTS (SELECT FROM units_membership m WHERE m.member_id = c.person_id "
            "AND m.unit_id = c.unit_id AND m.starts_on <= c.starts_on "
            "AND (m.ends_on IS NULL OR m.ends_on >= c.starts_on))",
        ),
        Check(
            "person",
            "已列入免派，不能派出；确需派出的，请先在名册中取消免派。",
            "c.target_id IS NULL AND EXISTS "
            "(SELECT FROM units_member m WHERE m.id = c.person_id AND m.is_exempt)",
        ),
    )

    def writable(self, user: Any) -> QuerySet[Assignment]:
        """Stays that may still be moved: under way, in a campaign that is under way."""
        return self.known(user).filter(
            deployment__state__in=UNDER_WAY,
            deployment__campaign__in=Campaign.objects.running(business_day()),
        )

    def known(self, user: Any) -> QuerySet[Assignment]:
        return Assignment.objects.filter(unit__in=units_granted(user, PERMISSION))

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        namesake = Membership.objects.filter(
            unit=OuterRef("unit"), member__name=OuterRef("member__name")
        ).exclude(member=OuterRef("member"))
        return rows.annotate(
            spelled=Case(
                When(
                    Exists(namesake),
                    then=Concat("member__name", Value("（"), "member__member_no", Value("）")),
                ),
                default="member__name",
            )
        )

    def find_problems(self, cursor: CursorWrapper, *, user: Any, on: dt.date) -> None:  # noqa: ARG002
        """Nobody is in two places at once or crosses a closure: says where they are."""
        cursor.execute(BUSY_ELSEWHERE)
        cursor.execute(TWICE_IN_FILE)
        cursor.execute(CROSSES_IN_ROSTER, {"today": on})

    def prepare(self, applying: Applying) -> None:
        """Find or make the deployments, then move the stays that stand already.

        Stays are shortened before others are lengthened or added: a day may pass from one to the
        next in one table.
        """
        cursor = applying.cursor
        for statement in NEW_COLUMNS:
            cursor.execute(statement)
        states = [state.value for state in UNDER_WAY]
        cursor.execute(FIND_DEPLOYMENTS, [states])
        ended, planned = DeploymentState.ENDED.value, DeploymentState.PLANNED.value
        cursor.execute(CREATE_DEPLOYMENTS, [applying.on, ended, planned])
        cursor.execute(SHORTEN)
        cursor.execute(LENGTHEN)
