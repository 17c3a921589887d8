"""Daily reports as the table offices keep of a day (单位日报汇总): one unit a row.

What may be filed is what the report's own services take: each row is rehearsed through them when
the table is checked, and filed through them when it is applied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.campaigns.sheets import campaign_column, unit_column
from apps.core.dates import business_day
from apps.core.scope import scope_of
from apps.figures.models import CampaignIndicator
from apps.office.sheets import Applying, Sheet, SheetColumn
from apps.office.sheets.columns import (
    choice_column,
    desk_phone_column,
    flag_column,
    text_column,
)
from apps.office.sheets.comparing import leave_unchanged
from apps.office.sheets.staging import staged_columns
from apps.office.workbooks.cells import read_day
from apps.units.backends import units_granted

from .enums import DoubtReason
from .models import DailyReport
from .sheets_filing import FiledRow, RowFiler
from .sheets_rehearsal import Rehearsal
from .sheets_values import ValueColumn, standing_text

PERMISSION = "daily.import_reports"
MOST_REPORTS = 400
"""Reports of one table: each is filed by itself, 179 units twice over."""

TEXTS = ("leader_on_duty", "night_phone", "needs")
TO_FILE = "c.state IN ('new', 'changed')"
WITH_WRONG = (
    f"({TO_FILE} OR c.state = 'wrong') "
    'AND c.unit_id IS NOT NULL AND c.campaign_id IS NOT NULL AND c."on" IS NOT NULL'
)
SAID_ALONGSIDE = ("explanation", "doubt_reason")


class DailyReportSheet(Sheet):
    """A table of reports. Units file for themselves; the office and the groups enter for units."""

    code = "reports"
    title = "单位日报汇总表"
    measure = "份"
    permission = PERMISSION
    model = DailyReport
    label = ("unit", "on")
    stated: ClassVar = {
        "unit": ("填报单位", "报送单位"),
        "on": ("日期", "统计日期", "填报日期", "统计时点"),
    }
    assumed = frozenset({"campaign"})
    answered_in = SAID_ALONGSIDE
    days = frozenset({"on"})
    order = ("unit__sort_order", "on")
    list_url = "daily:report_list"
    writes_itself = True
    not_undone = "日报一经报送即留有版本，不能撤销导入；要改的，请退回核改，锁定后用更正"
    notes = (
        "一个单位一行；没有的填 0，未掌握的留空，“约40”“1.2万”可以照写，一格只写一个数。",
        "全行数值留空的视为未报，不作报送。与昨日相差较大的，在“核对说明”选原因；锁定后补报的，写明“补报说明”。",
    )

    def __init__(self, campaigns: QuerySet[Any] | None = None) -> None:
        """`campaigns` are those whose numbers have columns: all there were, to read a file."""
        self._campaigns = campaigns

    def as_of_now(self) -> DailyReportSheet:
        return DailyReportSheet()

    def for_rows(self, rows: QuerySet[Any] | None = None) -> DailyReportSheet:
        """A list of past reports leaves with the numbers of their campaigns, a template with those
        of today's."""
        if rows is None:
            return DailyReportSheet(Campaign.objects.running(business_day()))
        return DailyReportSheet(Campaign.objects.filter(pk__in=rows.order_by().values("campaign")))

    # --- columns

    @cached_property
    def values(self) -> list[ValueColumn]:
        """What the campaigns have their units type; one column for each name."""
        asked = CampaignIndicator.objects.filter(is_typed=True).select_related("indicator")
        if self._campaigns is not None:
            asked = asked.filter(campaign__in=self._campaigns)
        found: dict[str, ValueColumn] = {}
        # The latest campaign's say what is meant by a name.
        for row in asked.order_by("-campaign__starts_on", "campaign", "position"):
            one = found.setdefault(row.indicator.name, ValueColumn(row.indicator))
            one.codes.add(row.indicator.code)
        return list(found.values())

    @cached_property
    def columns(self) -> tuple[SheetColumn, ...]:  # type: ignore[override]
        return (
            unit_column("单位", PERMISSION, is_key=True, path="unit__short_name"),
            SheetColumn("on", "日期", read_day, "date", aliases=("统计日期",), is_key=True),
            campaign_column(path="campaign__name", is_key=True),
            *(value.column() for value in self.values),
            flag_column("is_zero", "今日无下沉", stored="", path="t_is_zero", aliases=("零报告",)),
            text_column("leader_on_duty", "带队领导", most=40, stored="", path="t_leader_on_duty"),
            desk_phone_column("night_phone", "今晚值班电话", stored="", path="t_night_phone"),
            text_column("needs", "困难和需求", most=200, stored="", path="t_needs", width=30),
            choice_column(
                "doubt_reason", "核对说明", DoubtReason, stored="", path="t_nothing", blank=""
            ),
            text_column("explanation", "补报说明", most=200, stored="", path="t_nothing", width=24),
        )

    # --- rows

    def writable(self, user: Any) -> QuerySet[DailyReport]:
        """Those of today: earlier ones are in their list, and come back from there."""
        today = business_day()
        return self.known(user).filter(on=today, campaign__in=Campaign.objects.running(today))

    def known(self, user: Any) -> QuerySet[DailyReport]:
        scope = scope_of(user)
        # Restricted values go out to those alone who may read them.
        sees: Any = Value(scope.everything)
        if scope.own_units and not scope.everything:
            own = When(unit__in=scope.own_units, then=True)
            sees = Case(own, default=False, output_field=BooleanField())
        return DailyReport.objects.filter(unit__in=units_granted(user, PERMISSION)).annotate(
            sees_restricted=sees
        )

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        said: dict[str, Any] = {
            f"t_{name}": Coalesce(F(f"current__{name}"), Value("")) for name in TEXTS
        }
        said["t_is_zero"] = Coalesce(F("current__is_zero"), Value(False))
        said["t_nothing"] = Value("")
        for value in self.values:
            text = Coalesce(standing_text(value), Value(""))
            said[value.path] = (
                Case(When(sees_restricted=True, then=text), default=Value(""))
                if value.is_restricted
                else text
            )
        return rows.annotate(**said)

    # --- checking and filing

    def find_problems(self, cursor: CursorWrapper, *, user: Any, on: dt.date) -> None:  # noqa: ARG002
        """Rehearse every row through the services, and say of each what they say."""
        self._leave_alone(cursor)
        filer = RowFiler(user, self.values, now=timezone.now())
        rehearsal = Rehearsal(filer, self.values, self.by_name)
        unread = _unread(cursor)
        absent = {value.name for value in self.values} - staged_columns(cursor)
        # A row with cells that cannot be read is rehearsed for the others.
        said = [row for row in self._rows(cursor, WITH_WRONG) if row.says(unread.get(row.number))]
        found = [(row, "unit", TOO_MANY) for row in said[MOST_REPORTS:]]
        for row in said[:MOST_REPORTS]:
            problems = rehearsal.problems(row, unread.get(row.number, ()))
            found += (
                (row, column, reason + NO_COLUMN if column in absent else reason)
                for column, reason in problems.items()
            )
        cursor.executemany(
            "INSERT INTO problem VALUES (%s, %s, %s, %s)",
            [(row.number, column, row.shown(column), reason) for row, column, reason in found],
        )

    def apply(self, applying: Applying) -> None:
        filer = RowFiler(applying.user, self.values, now=timezone.now())
        for row in list(self._rows(applying.cursor)):
            filer.file(row)

    def _leave_alone(self, cursor: CursorWrapper) -> None:
        """Nothing is filed for a unit whose numbers are all blank, or as they stand.

        The file alone says so: what it has no column for stands as it was. Where it has numbers and
        no column for 今日无下沉, an earlier 今日无下沉 is over.
        """
        present = staged_columns(cursor)
        given = [value.name for value in self.values if value.name in present]
        if "is_zero" not in present and given:
            some = " OR ".join(f"c.\"{name}\" NOT IN ('', '0')" for name in given)
            cursor.execute(f"UPDATE compared c SET is_zero = false WHERE c.is_zero AND ({some})")
        says_zero = "c.is_zero" if "is_zero" in present else "false"
        blank = " AND ".join(f"c.\"{name}\" = ''" for name in given) or "true"
        cursor.execute(
            "UPDATE compared c SET state = 'unchanged' "
            f"WHERE c.state IN ('new', 'changed') AND NOT {says_zero} AND {blank}"
        )
        names = [value.name for value in self.values] + ["is_zero", *TEXTS]
        leave_unchanged(cursor, names)

    def _rows(self, cursor: CursorWrapper, where: str = TO_FILE) -> Iterator[FiledRow]:
        plain = ("row", "unit", "unit_id", "campaign_id", "on", "is_zero", *TEXTS, *SAID_ALONGSIDE)
        names = [*plain, *(value.name for value in self.values)]
        selected = ", ".join(f'c."{name}"' for name in names)
        cursor.execute(f'SELECT {selected} FROM compared c WHERE {where} ORDER BY c."row"')
        for cells in cursor.fetchall():
            yield _filed(dict(zip(names, cells, strict=True)), self.values)


def _unread(cursor: CursorWrapper) -> dict[int, set[str]]:
    """Cells that are known to be wrong, by row."""
    cursor.execute('SELECT "row", array_agg("column") FROM problem GROUP BY "row"')
    return {row: set(columns) for row, columns in cursor.fetchall()}


NO_COLUMN = "表中没有这一列，请补上。"
TOO_MANY = f"一次最多报送 {MOST_REPORTS} 份日报，请分次导入。"


def _filed(cells: Mapping[str, Any], values: list[ValueColumn]) -> FiledRow:
    return FiledRow(
        number=cells["row"],
        unit=cells["unit_id"],
        campaign=cells["campaign_id"],
        on=cells["on"],
        is_zero=bool(cells["is_zero"]),
        said={name: cells[name] or "" for name in ("unit", *TEXTS, *SAID_ALONGSIDE)},
        texts={value.name: cells[value.name] or "" for value in values},
    )
