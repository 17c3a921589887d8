"""刊发台账, entering where items appeared, and 采用通报 by unit and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.campaigns.current import current_campaign, current_day
from apps.core import formats
from apps.core.permissions import allowed
from apps.core.tables import Column, Row, Table
from apps.core.views import Action, BoardView, BulkAction, ScopedFormView, portal_action
from apps.core.views.keyed import KeyedListView

from .. import services
from ..enums import PLACED_WORDS, ChannelKind
from ..errors import PlacementRefusedError
from ..filters import PlacementFilters
from ..forms import MonthField, PlacementForm
from ..models import Placement, PublicityItem
from ..selectors.placements import adoption, next_month
from .common import PLACE, VIEW, list_breadcrumb


def placed_word(row: Row) -> str:
    return PLACED_WORDS.get(ChannelKind(row["channel__kind"]), "刊发")


class PlacementListView(KeyedListView):
    permission = VIEW
    model = Placement
    title = "刊发台账"
    filterset_class = PlacementFilters
    columns = (
        Column(
            "item__title",
            label="稿件",
            link="publicity:item_detail",
            link_by="item_id",
            phone="title",
        ),
        Column("item__unit__short_name", label="投稿单位"),
        Column("channel__name", label="渠道"),
        Column("channel__kind", label="类型", phone="hide"),
        Column("word", label="方式", value=placed_word, phone="hide"),
        Column("on", kind="day", sort=True),
        Column("place"),
    )
    extra_fields = ("channel__kind",)
    ordering = ("-on", "-id")
    measure = "条"
    empty = "本任务还没有刊发登记。"

    def get_subtitle(self) -> str:
        return str(current_campaign(self.request) or "")

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return [
            BulkAction(
                "撤销登记",
                reverse("publicity:placement_undo"),
                icon="arrow-back-up",
                confirm="撤销这些刊发登记？没有其他刊发的稿件回到“终审签发”。",
                permission=PLACE,
            )
        ]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(item__campaign=current_campaign(self.request))


def ticked(given: Sequence[str]) -> list[int]:
    return [int(one) for one in given if one.isdecimal() and len(one) < 19]


class PlacementCreateView(ScopedFormView):
    """Items ticked on the list, or one from its record: where did they appear, and when?"""

    permission = PLACE
    form_class = PlacementForm
    template_name = "publicity/placement_form.html"
    title = "登记刊发"
    submit_label = "登记"
    done = ""

    @cached_property
    def items(self) -> list[PublicityItem]:
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        rows = PublicityItem.objects.visible_to(self.request.user)
        found = list(rows.filter(pk__in=ticked(given.getlist("pk"))).order_by("pk"))
        if not found:
            raise PlacementRefusedError("请先勾选要登记的稿件。")
        return found

    def get_subtitle(self) -> str:
        return f"{len(self.items)} 篇"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return list_breadcrumb()

    def get_cancel_url(self) -> str:
        one = self.items[0] if len(self.items) == 1 else None
        return one.get_absolute_url() if one else reverse("publicity:item_list")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "on" not in request.POST:
            # From the list: the ticks arrived, the rest is still to be asked.
            return self.answer(PlacementForm())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(items=self.items, **kwargs)

    def perform(self, form: PlacementForm) -> None:
        user: Any = self.request.user
        placed = services.place_items(self.items, by=user, now=timezone.now(), **form.cleaned_data)
        channel = form.cleaned_data["channel"]
        if placed.new:
            word = channel.placed_word
            messages.success(self.request, f"已登记 {placed.new} 篇：{channel}{word}。")
        if placed.known:
            sentence = f"{placed.known} 篇当日在{channel}已登记过，未重复登记。"
            messages.warning(self.request, sentence)

    def get_success_url(self) -> str:
        if len(self.items) == 1:
            return f"{self.items[0].get_absolute_url()}?tab=placements"
        return reverse("publicity:placement_list")


@portal_action(PLACE)
def undo_placements(request: HttpRequest) -> HttpResponseBase:
    """撤销登记, of one from its item or of many from the list."""
    rows = Placement.objects.visible_to(request.user)
    found = list(rows.filter(pk__in=ticked(request.POST.getlist("pk"))).select_related("item"))
    user: Any = request.user
    removed = services.take_back_placements(found, by=user, now=timezone.now())
    if removed:
        messages.success(request, f"已撤销 {removed} 条刊发登记。")
    else:
        messages.warning(request, "所选登记已经撤销，没有改动。")
    if request.POST.get("back") == "item" and found:
        return redirect(f"{found[0].item.get_absolute_url()}?tab=placements")
    return redirect("publicity:placement_list")


class AdoptionView(BoardView):
    """采用通报: 投稿 and 采用 by unit in official order. A table, not a ranking: it does not sort."""

    permission = VIEW
    template_name = "publicity/adoption.html"
    title = "采用通报"

    @cached_property
    def month(self) -> dt.date:
        """The month asked for, else that of the working day."""
        working: dt.date = current_day(self.request).replace(day=1)
        try:
            asked = MonthField(required=False).clean(self.request.GET.get("month", ""))
        except ValidationError:
            return working
        return asked or working

    def get_title(self) -> str:
        return f"{self.month.year}年{self.month.month}月采用通报"

    def get_subtitle(self) -> str:
        return str(current_campaign(self.request) or "")

    def get_actions(self) -> Sequence[Action]:
        before = (self.month - dt.timedelta(days=1)).replace(day=1)
        return [
            Action("上月", self.address(before), icon="chevron-left"),
            Action("下月", self.address(next_month(self.month)), icon="chevron-right"),
            Action(
                "打印",
                self.address(self.month, "publicity:adoption_print"),
                icon="printer",
                new_tab=True,
            ),
        ]

    def address(self, month: dt.date, name: str = "publicity:adoption") -> str:
        return f"{reverse(name)}?month={month:%Y-%m}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = current_campaign(self.request)
        found = adoption(campaign, month=self.month, user=self.request.user) if campaign else None
        return super().get_context_data(
            campaign=campaign,
            month=self.month,
            found=found,
            table=self.table(found) if found else None,
            back_url=self.address(self.month),
            today=formats.day_long(timezone.localdate()),
            **kwargs,
        )

    def table(self, found: Any) -> Table:
        foot = {
            "unit": "合计",
            "submitted": found.submitted,
            "adopted": found.adopted,
            "placed": found.placed,
        }
        columns = (
            Column("unit", "单位", link=self._unit_url, phone="title"),
            Column("submitted", "投稿", kind="number", unit="篇", link=self._items_url),
            Column("adopted", "采用", kind="number", unit="篇", link=self._placements_url),
            Column("placed", "刊发", kind="number", unit="篇次", link=self._placements_url),
        )
        return Table(
            columns,
            found.rows,
            caption=self.get_title(),
            foot=foot if found.rows else None,
            empty="本月没有投稿，也没有刊发。",
        )

    def _unit_url(self, row: Row) -> str:
        if isinstance(row, Mapping) or not allowed(self.request.user, "units.view_unit"):
            return ""
        return str(row.unit.get_absolute_url())

    def _items_url(self, row: Row) -> str:
        return self._rows_url("publicity:item_list", row)

    def _placements_url(self, row: Row) -> str:
        return self._rows_url("publicity:placement_list", row)

    def _rows_url(self, name: str, row: Row) -> str:
        query = {"month": f"{self.month:%Y-%m}"}
        if not isinstance(row, Mapping):
            query["unit"] = row.unit.pk
        return f"{reverse(name)}?{urlencode(query)}"


class AdoptionPrintView(AdoptionView):
    """The same on one sheet, marked 送审稿 until somebody has signed it."""

    template_name = "publicity/adoption_print.html"
