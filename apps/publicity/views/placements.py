"""刊发台账, and entering where items appeared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from apps.campaigns.current import current_campaign
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core.html import Tag
from apps.core.tables import Column, Row
from apps.core.views import BulkAction, ScopedFormView, portal_action, ticked_keys
from apps.core.views.keyed import KeyedListView

from .. import services
from ..enums import PLACED_WORDS, ChannelKind, ItemState
from ..errors import PlacementRefusedError
from ..filters import PlacementFilters
from ..forms import PlacementForm
from ..models import Placement, PublicityItem
from .common import PLACE, VIEW, list_breadcrumb


def placed_word(row: Row) -> str:
    return PLACED_WORDS.get(ChannelKind(row["channel__kind"]), "刊发")


def withdrawn(row: Row) -> Tag | SafeString:
    """Why the row counts for nothing; an empty cell for all others."""
    is_out = row["item__state"] == ItemState.WITHDRAWN
    return Tag("已撤稿", "grey") if is_out else SafeString()


class PlacementListView(InCampaignMixin, KeyedListView):
    permission = VIEW
    model = Placement
    title = "刊发台账"
    template_name = "publicity/list.html"
    filterset_class = PlacementFilters
    columns = (
        Column(
            "item__title",
            label="稿件",
            link="publicity:item_detail",
            link_by="item_id",
            phone="title",
        ),
        Column("item__unit__short_name", label="投稿单位", css="at-left"),
        Column("channel__name", label="渠道", css="at-right"),
        Column("word", label="方式", value=placed_word, phone="hide", css="nowrap"),
        Column("on", kind="day", sort=True, css="at-left"),
        Column("place", css="at-right"),
        Column("withdrawn", label="备注", value=withdrawn, css="at-left"),
    )
    extra_fields = ("channel__kind", "item__state")
    ordering = ("-on", "-id")
    measure = "条"
    empty = "本任务还没有刊发登记。"

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
        found = list(rows.filter(pk__in=ticked_keys(given.getlist("pk"))).order_by("pk"))
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
    found = list(rows.filter(pk__in=ticked_keys(request.POST.getlist("pk"))).select_related("item"))
    user: Any = request.user
    removed = services.take_back_placements(found, by=user, now=timezone.now())
    if removed:
        messages.success(request, f"已撤销 {removed} 条刊发登记。")
    else:
        messages.warning(request, "所选登记已经撤销，没有改动。")
    if request.POST.get("back") == "item" and found:
        return redirect(f"{found[0].item.get_absolute_url()}?tab=placements")
    return redirect("publicity:placement_list")
