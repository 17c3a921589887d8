"""临时报数: the table as it fills, on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import formats, html
from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.core.views import (
    Action,
    BoardView,
)

from ..enums import CallState
from ..models import DataCallItem
from ..selectors.calls import (
    CallRow,
    CallTotal,
    call_rows,
    call_totals,
)
from .calls import ANSWER, CHASE, OPEN, TONES, VIEW, call_of


class CallView(BoardView):
    """The table as it fills: official order, totals with their coverage. Units see their own line."""

    permission = VIEW
    template_name = "daily/call_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.call = call_of(request, kwargs.pop("pk"))
        self.now = timezone.now()
        self.rows = call_rows(self.call, on=business_day(self.now), user=request.user)
        self.items = list(self.call.items.select_related("indicator").order_by("position"))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.call.title

    def get_subtitle(self) -> str:
        due = formats.moment(self.call.due_at, now=self.now)
        return f"{self.call.campaign} · {due}截止 · 用途：{self.call.purpose}"

    def get_state(self) -> Tag:
        if self.call.state == CallState.OPEN and self.call.due_at < self.now:
            return Tag("已到截止时间", "yellow")
        return Tag(str(self.call.get_state_display()), TONES[self.call.state])

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("临时报数", reverse("daily:call_list"))]

    def get_actions(self) -> Sequence[Action]:
        pk = self.call.pk
        actions = [
            Action("打印", reverse("daily:call_print", args=[pk]), icon="printer", new_tab=True),
            Action(
                "复制文字",
                reverse("daily:call_copy", args=[pk]),
                icon="copy",
                partial=True,
                permission=CHASE,
            ),
        ]
        if self.call.state != CallState.OPEN:
            return actions
        own = scope_of(self.request.user).own_units
        for row in self.rows:
            if row.is_owed and row.unit in own:
                url = reverse("daily:call_reply", args=[row.pk])
                fill = Action("填报", url, icon="pencil", primary=True, permission=ANSWER)
                actions.insert(0, fill)
                break
        if any(row.is_owed for row in self.rows):
            actions.append(
                Action(
                    "催报", reverse("daily:call_chase", args=[pk]), icon="send", permission=CHASE
                )
            )
        return [
            *actions,
            Action("延期", reverse("daily:call_extend", args=[pk]), permission=OPEN),
            Action("撤销", reverse("daily:call_withdraw", args=[pk]), danger=True, permission=OPEN),
            Action(
                "结束",
                reverse("daily:call_end", args=[pk]),
                method="post",
                primary=True,
                confirm=self._question(),
                permission=OPEN,
            ),
        ]

    def _question(self) -> str:
        owed = sum(row.is_owed for row in self.rows)
        return f"结束“{self.call.title}”？未报 {owed} 家按未报列示，不以零计；结束后不再接收。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owed = sum(row.is_owed for row in self.rows)
        return super().get_context_data(
            state=self.get_state(),
            call=self.call,
            asked=len(self.rows),
            filed=len(self.rows) - owed,
            table=self.table(),
            items=self.items,
            **kwargs,
        )

    @property
    def is_answering(self) -> bool:
        return self.call.state == CallState.OPEN and self.request.user.has_perm(ANSWER)

    def table(self) -> Table:
        own = scope_of(self.request.user).own_units
        columns = [
            Column("name", "单位", phone="title"),
            Column("line", "组", css="nowrap"),
            *(_item_column(item) for item in self.items),
            Column("filed_at", "报送时间", kind="moment", blank="未报"),
            Column("note", "说明", phone="hide"),
        ]
        if self.is_answering:
            columns.insert(-1, Column("way", "来源"))
            columns.append(Column("pk", "操作", value=lambda row: _answer_link(row, own)))
        totals = {total.item.pk: total for total in call_totals(self.items, self.rows)}
        foot = Foot(totals) if self.rows else None
        return Table(columns, self.rows, caption=self.call.title, foot=foot)


EMPTY = SafeString("")


@dataclass(frozen=True)
class Foot:
    """The row of totals under the units."""

    totals: Mapping[int, CallTotal]
    name: str = "合计"
    line: str = EMPTY
    filed_at: str = EMPTY
    way: str = EMPTY
    note: str = EMPTY
    pk: None = None


def _item_column(item: DataCallItem) -> Column:
    """Rows show the unit's number, the foot the total with its coverage."""

    def value(row: CallRow | Foot) -> SafeString:
        if isinstance(row, CallRow):
            number, qualifier = row.cell(item)
            return html.figure(number, "", qualifier=qualifier)
        total = row.totals[item.pk]
        if not item.is_summed:
            return html.blank("不合计")
        return format_html(
            '{} <small class="muted nowrap">{}家</small>',
            html.figure(total.value, ""),
            formats.ratio(total.reported, total.asked),
        )

    measure = str(item.get_measure_display())
    return Column(f"item{item.pk}", item.name, kind="number", unit=measure, value=value)


def _answer_link(row: CallRow | Foot, own: frozenset[int]) -> SafeString:
    if isinstance(row, Foot):
        return EMPTY
    label = ("填报" if row.unit in own else "代录") if row.is_owed else "修改"
    return format_html('<a href="{}">{}</a>', reverse("daily:call_reply", args=[row.pk]), label)


class CallPrintView(CallView):
    """One sheet: the table, its totals, who filled in and who checked."""

    template_name = "daily/call_print.html"
    is_answering = False
