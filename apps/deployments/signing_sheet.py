"""到岗确认 as the list in which communities wrote, or said by telephone, who was there: 代录 of many."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.campaigns.sheets import IS_UNDER_WAY, campaign_column, campaigns_of, unit_column
from apps.communities.sheets import COMMUNITY, place_of, read_community
from apps.office.sheets import Applying, Check, Sheet, SheetColumn
from apps.office.sheets.columns import choice_column, text_column
from apps.office.workbooks.cells import Parsed, read_count, read_day, read_decimal, read_name

from .models import SigningLine, SigningSheet
from .signing_enums import Manner
from .signing_forms import MOST_HEADS
from .signing_sheet_sql import (
    CONFIRM,
    COUNT,
    DISAGREES,
    NO_LINE,
    NO_SHEET,
    NOT_WHOLE,
)

PERMISSION = "deployments.enter_signing"
IS_FILLED = "c.state = 'changed'"


def read_turn(cell: Any) -> Parsed:
    read = read_count(cell)
    return Parsed(1) if read.is_blank and not read.problem else read


class SigningTable(Sheet):
    """Lines of sheets nobody has confirmed; a sheet is filled whole, and once."""

    code = "signings"
    title = "到岗确认"
    measure = "行"
    permission = PERMISSION
    model = SigningLine
    label = ("community", "unit")
    stated: ClassVar = {"on": ("确认日期", "日期")}
    assumed = frozenset({"campaign", "turn"})
    days = frozenset({"on"})
    order = ("sheet__on", "sheet__community__sort_key", "deployment__unit__sort_order")
    also = (SigningSheet,)
    list_url = "deployments:signing_list"
    listed = "sheet"
    writes_itself = True
    notes = (
        "模板里是还没有确认的确认单，一个单位的一项任务一行；没有回音的社区整行留空，不作确认。",
        "一张确认单须一次填齐，没有人到岗的填 0；已确认、已核定的不能再代录。代录人按导入人留存。",
    )
    columns: ClassVar = (
        campaign_column(path="sheet__campaign__name", id_path="sheet__campaign_id", is_key=True),
        SheetColumn(
            "community",
            "社区",
            read_community,
            aliases=("社区（村）", "社区名称"),
            is_key=True,
            path="place",
            id_path="sheet__community_id",
            lookup=COMMUNITY,
            help="名称；同名的在前面写上区县和街道",
            width=30,
        ),
        SheetColumn(
            "on",
            "日期",
            read_day,
            "date",
            aliases=("到岗日期", "确认日期"),
            is_key=True,
            path="sheet__on",
            example="2021-08-05",
        ),
        unit_column(
            "派出单位",
            PERMISSION,
            is_key=True,
            path="deployment__unit__short_name",
            id_path="deployment__unit_id",
        ),
        SheetColumn(
            "turn",
            "次序",
            read_turn,
            "integer",
            is_key=True,
            blank=1,
            help="同一单位在该社区有两项任务的，第二项填 2",
            width=8,
        ),
        SheetColumn(
            "task",
            "任务",
            partial(read_name, most=40),
            aliases=("任务类型",),
            blank="",
            path="deployment__task_type__name",
            follows=True,
            help="对照用，不必填写",
        ),
        SheetColumn(
            "heads",
            "确认人数",
            partial(read_count, measure="人"),
            "integer",
            aliases=("实际到岗（人）", "实际到岗", "到岗人数", "确认（人）"),
            path="heads",
            help="实际到岗的人数，没有人到岗的填 0",
            example="19",
            width=10,
        ),
        SheetColumn(
            "hours",
            "工时",
            partial(read_decimal, places=1, measure="小时"),
            "numeric(6,1)",
            aliases=("每人时长（小时）", "每人时长", "时长", "工时（小时）"),
            help="每人小时数",
            width=8,
        ),
        text_column(
            "name", "确认人", most=40, stored="", path="sheet__confirmed_by", aliases=("签字人",)
        ),
        text_column(
            "title", "职务", most=40, stored="", path="sheet__confirmed_title",
            help="如：社区书记、网格长",
        ),
        choice_column(
            "manner", "方式", Manner, blank="", stored="", path="sheet__manner",
            aliases=("确认方式", "代录方式"),
        ),
        text_column("remark", "备注", most=200, stored="", path="sheet__remark", width=24),
    )  # fmt: skip
    fixed = "该社区当日已确认，或应急任务已结束，不能再代录，请改回原值。"
    checks = (
        IS_UNDER_WAY,
        Check("community", "当日没有该社区的到岗确认单，请先在社区确认页面生成。", NO_SHEET),
        Check("unit", "确认单上没有该单位的这项任务，请核对单位和次序。", NO_LINE),
        Check(
            "task",
            "与确认单上的任务不符，请核对次序，或留空。",
            "c.target_id IS NOT NULL AND c.task <> '' AND c.task <> c.was_task",
        ),
        Check(
            "heads", "请填写实际到岗人数，没有人到岗的填 0。", f"{IS_FILLED} AND c.heads IS NULL"
        ),
        Check("heads", f"不能大于 {MOST_HEADS}，请核对。", f"c.heads > {MOST_HEADS}"),
        Check("hours", "一天不超过 24 小时。", "c.hours > 24"),
        Check("name", "请填写社区的确认人。", f"{IS_FILLED} AND c.name = ''"),
        Check("title", "请填写确认人的职务，如：社区书记。", f"{IS_FILLED} AND c.title = ''"),
        Check("manner", "请选择方式：纸质单或电话。", f"{IS_FILLED} AND c.manner = ''"),
        Check("name", "同一张确认单的确认人、职务、方式和备注应一致。", DISAGREES),
        Check("heads", "该社区确认单上还有单位没有填写，一张确认单须一次填齐。", NOT_WHOLE),
    )

    def writable(self, user: Any) -> QuerySet[Any]:
        return self.known(user).filter(
            sheet__confirmed_at=None, sheet__campaign__in=campaigns_of(user)
        )

    def known(self, user: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = SigningLine.objects.visible_to(user).live()
        return rows

    def rows_of(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """Without what was taken back before anybody came, as on the sheet itself."""
        rows: Any = super().rows_of(listed)
        found: QuerySet[Any] = rows.live()
        return found

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        earlier = (
            SigningLine.objects.live()
            .filter(
                sheet=OuterRef("sheet"),
                deployment__unit=OuterRef("deployment__unit"),
                pk__lt=OuterRef("pk"),
            )
            .order_by()
            .values("sheet")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return rows.annotate(
            place=place_of("sheet__community"),
            turn=Coalesce(Subquery(earlier, output_field=IntegerField()), 0) + 1,
        )

    def sees_all(self, user: Any) -> bool:  # noqa: ARG002
        # The office alone enters what communities said, and sees every sheet.
        return True

    def apply(self, applying: Applying) -> None:
        """What was said stands beside what the units had entered by then."""
        given: dict[str, Any] = {"by": applying.user.pk, "now": timezone.now()}
        for statement in (COUNT, CONFIRM):
            applying.cursor.execute(statement, given)
