"""临时报数: the list, asking, and the table that fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.campaigns.current import running_campaign
from apps.core import formats, html
from apps.core.dates import business_day
from apps.core.html import Tag, Tone
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.core.views import (
    Action,
    BoardView,
    PortalView,
    ScopedFormView,
    ScopedListView,
)

from .. import wording_calls as wording
from ..enums import CallState, ReplyState
from ..forms.calls import CallForm, CallItems
from ..models import DataCall, DataCallItem, DataCallReply
from ..selectors.calls import (
    CallRow,
    CallTotal,
    call_rows,
    call_totals,
)
from ..services import calls as services
from ..services.ladder import reachable

VIEW, OPEN, ANSWER, CHASE = (
    "daily.view_datacall",
    "daily.open_call",
    "daily.answer_call",
    "daily.chase_report",
)
TONES: dict[str, Tone] = {
    CallState.OPEN: "blue",
    CallState.CLOSED: "green",
    CallState.WITHDRAWN: "grey",
}


class CallListView(ScopedListView):
    permission = VIEW
    model = DataCall
    title = "临时报数"
    measure = "次"
    empty = "还没有临时报数。"
    ordering = ("-made_at",)
    columns = (
        Column("title", link="daily:call_detail", phone="title"),
        Column("campaign__name", "应急任务"),
        Column("purpose", phone="hide"),
        Column("due_at", kind="moment", sort=True),
        Column("filed", "已报", kind="number", unit="家"),
        Column("asked", "应报", kind="number", unit="家"),
        Column("state", kind="tag", tones=TONES),
        Column("made_by__name", "发起人", phone="hide"),
    )

    def get_queryset(self) -> QuerySet[DataCall]:
        mine = Q(replies__in=DataCallReply.objects.visible_to(self.request.user))
        return (
            super()
            .get_queryset()
            .annotate(
                asked=Count("replies", filter=mine),
                filed=Count("replies", filter=mine & Q(replies__state=ReplyState.FILED)),
            )
        )

    def get_actions(self) -> Sequence[Action]:
        return [
            Action(
                "发起报数",
                reverse("daily:call_create"),
                icon="plus",
                primary=True,
                permission=OPEN,
            )
        ]


class CallCreateView(ScopedFormView):
    """The request with its one to five numbers, on one page."""

    permission = OPEN
    form_class = CallForm
    template_name = "daily/call_form.html"
    title = "发起临时报数"
    submit_label = "发起"
    done = "已发起，已通知各单位。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": running_campaign(self.request)}

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form, items = self.get_form(), self.item_forms(request.POST)
        # Both are asked, so that one round shows everything that is wrong.
        if form.is_valid() & items.is_valid() and self.is_confirmed(form, items):
            self.items = items
            return self.form_valid(form)
        return self.answer(form, status=422, items=items)

    def is_confirmed(self, form: CallForm, items: Any) -> bool:
        """减负: what is asked already is asked again only by decision."""
        alike = [sentence for item in items if (sentence := item.likeness)]
        if not alike or form.cleaned_data["is_needed"]:
            return True
        form.add_error(
            "is_needed", f"{'；'.join(alike)}。建议直接取用；仍需另报的，请勾选后再发起。"
        )
        return False

    def item_forms(self, data: Any = None) -> Any:
        campaign = running_campaign(self.request)
        return CallItems(data, prefix="items", form_kwargs={"campaign": campaign})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("items", getattr(self, "items", None) or self.item_forms())
        return super().get_context_data(**kwargs)

    def get_subtitle(self) -> str:
        return str(running_campaign(self.request))

    def perform(self, form: CallForm) -> DataCall:
        user: Any = self.request.user
        wanted = [one for item in self.items if (one := item.wanted)]
        return services.open_call(form.campaign, form.ask(wanted), by=user, now=timezone.now())

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_cancel_url(self) -> str:
        return reverse("daily:call_list")


def call_of(request: HttpRequest, pk: int) -> DataCall:
    rows = DataCall.objects.visible_to(request.user).select_related("campaign", "made_by")
    call: DataCall = get_object_or_404(rows, pk=pk)
    return call


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


class CallCopyView(PortalView):
    """复制文字: totals and unit names only."""

    permission = CHASE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        call = call_of(request, pk)
        rows = call_rows(call, on=business_day(), user=request.user)
        text = wording.copy_text(
            title=call.title,
            asked=len(rows),
            missing=[row.name for row in rows if row.is_owed],
            due_at=call.due_at,
            sign=settings.ORGAN_NAME,
        )
        return TemplateResponse(request, "daily/_missing_copy.html", {"texts": [("全部", text)]})


class CallChaseView(PortalView):
    """催报: first the names and who is left out, then the letters."""

    permission = CHASE
    title = "催报"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        call = call_of(request, pk)
        told, left_out = reachable(self.owed(call))
        context = self.get_context_data(
            call=call, told=told, left_out=left_out, back=call.get_absolute_url()
        )
        return TemplateResponse(request, "daily/call_chase.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        call = call_of(request, pk)
        if call.state != CallState.OPEN:
            messages.warning(request, f"“{call}”已结束，不再催报。")
            return redirect(call)
        sent = services.chase_call(call, {row.pk for row in self.owed(call)}, now=timezone.now())
        if sent.mails:
            messages.success(request, f"已催报 {sent.units} 家，共 {sent.mails} 封邮件。")
        else:
            messages.warning(request, "没有新发出：各单位已报、未留邮箱，或十分钟内刚催报过。")
        return redirect(call)

    def owed(self, call: DataCall) -> list[CallRow]:
        rows = call_rows(call, on=business_day(), user=self.request.user)
        return [row for row in rows if row.is_owed]
