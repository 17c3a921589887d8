"""Items: the list, the board by state, and one item with all that happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.campaigns.current import current_campaign, take_up
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Table
from apps.core.views import Action, BoardView, BulkAction, Tab
from apps.core.views.keyed import KeyedListView

from ..bodies import shown_body
from ..enums import PLACEABLE, REVIEWED, ItemState
from ..filters import ItemFilters
from ..forms import ReviewForm
from ..models import ItemStep, Placement, PublicityItem
from ..selectors.items import item_board, may_write, with_placed
from .common import (
    ITEM_COLUMNS,
    PLACE,
    STAGES,
    SUBMIT,
    TONES,
    VIEW,
    WITHDRAW,
    list_breadcrumb,
    write_action,
)


class ItemListView(InCampaignMixin, KeyedListView):
    permission = VIEW
    model = PublicityItem
    title = "稿件"
    template_name = "publicity/list.html"
    filterset_class = ItemFilters
    columns = (
        ITEM_COLUMNS[0],
        Column(
            "unit__short_name",
            label="投稿单位",
            link="units:unit_detail",
            link_by="unit_id",
            css="at-left",
        ),
        *ITEM_COLUMNS[1:],
    )
    ordering = ("-submitted_at", "-id")
    measure = "篇"
    empty = "本任务还没有稿件。"

    def get_actions(self) -> Sequence[Action]:
        board = reverse("publicity:board")
        return [Action("审签看板", board, icon="layout-kanban"), write_action()]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        url = reverse("publicity:placement_create")
        return [BulkAction("登记刊发", url, icon="news", permission=PLACE)]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return with_placed(rows)


class ItemBoardView(InCampaignMixin, BoardView):
    """What waits where in the chain."""

    permission = VIEW
    template_name = "publicity/item_board.html"
    title = "审签看板"

    def get_actions(self) -> Sequence[Action]:
        return [Action("列表", reverse("publicity:item_list"), icon="list"), write_action()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = current_campaign(self.request)
        columns = item_board(campaign, user=self.request.user)
        return super().get_context_data(columns=columns, **kwargs)


@dataclass(frozen=True)
class Link:
    """One of the five steps of the chain as drawn over the article."""

    label: str
    by: str = ""
    at: dt.datetime | None = None
    is_now: bool = False


CHAIN = (
    (ItemState.SUBMITTED, "投稿"),
    (ItemState.FIRST, "初审"),
    (ItemState.SECOND, "复审"),
    (ItemState.SIGNED, "终审签发"),
    (ItemState.PUBLISHED, "刊发"),
)
STEP_TONES = {**TONES, ItemState.SUBMITTED: "blue"} | dict.fromkeys(REVIEWED, "green")


class ItemDetailView(PanelledDetailView):
    permission = VIEW
    model = PublicityItem
    queryset = PublicityItem.objects.select_related("campaign", "unit", "created_by")
    template_name = "publicity/item_detail.html"
    review_form: ReviewForm | None = None
    """What a reader posted and has to mend; else the empty form."""
    facts = (
        Column("number"),
        Column("campaign__name", label="应急任务"),
        Column("unit__short_name", label="投稿单位", link="units:unit_detail", link_by="unit_id"),
        Column("kind"),
        Column("created_by__name", label="投稿人"),
        Column("submitted_at", kind="moment", blank="尚未投稿"),
    )
    tabs = (
        Tab("placements", "刊发记录", "publicity/_placements.html"),
        Tab("links", "相关任务和事项", "publicity/_links.html"),
    )

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return list_breadcrumb()

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), TONES[self.object.state])

    def get_actions(self) -> Sequence[Action]:
        item = self.object
        found = self._writers_actions() if self._may_write else []
        if item.state in PLACEABLE and self.request.user.has_perm(PLACE, item):
            url = f"{reverse('publicity:placement_create')}?pk={item.pk}"
            primary = item.state == ItemState.SIGNED
            found.append(Action("登记刊发", url, icon="news", primary=primary))
        is_out = item.state not in {ItemState.WITHDRAWN, ItemState.DRAFT, ItemState.RETURNED}
        if is_out and self.request.user.has_perm(WITHDRAW, item):
            url = reverse("publicity:item_withdraw", args=[item.pk])
            found.append(Action("撤稿", url, icon="ban", danger=True))
        return found

    @property
    def _may_write(self) -> bool:
        user: Any = self.request.user
        return user.has_perm(SUBMIT, self.object) and may_write(user, self.object)

    def _writers_actions(self) -> list[Action]:
        item = self.object
        link = Action("关联", reverse("publicity:item_link", args=[item.pk]), icon="link")
        if not item.is_editable:
            return [link]
        return [
            Action("修改", reverse("publicity:item_update", args=[item.pk]), icon="edit"),
            Action("图片", reverse("publicity:item_photos", args=[item.pk]), icon="photo"),
            link,
            Action(
                "投稿",
                reverse("publicity:item_submit", args=[item.pk, item.version]),
                icon="send",
                method="post",
                primary=True,
                confirm="投稿后进入审签，退回后才能再改。确定投稿吗？",
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Whoever opens an item works in its campaign: the bar must not name another.
        take_up(self.request, self.object.campaign.code)
        self.steps = list(
            ItemStep.objects.filter(item=self.object).select_related("by").order_by("at", "id")
        )
        stage, barred = self._review()
        return super().get_context_data(
            body=shown_body(self.object.body),
            photos=list(self.object.photos.all()),
            chain=self._chain(),
            stage=stage,
            barred=barred,
            stopped=self._stopped(),
            review_form=self.review_form or ReviewForm(initial={"version": self.object.version}),
            **kwargs,
        )

    def _review(self) -> tuple[Any, str]:
        """The review the reader may do now; or why not, when only the person is wrong for it."""
        stage, user = STAGES.get(self.object.state), self.request.user
        if stage is None or not user.has_perm(stage.permission, self.object):
            return None, ""
        mine = [step for step in self.steps if step.by_id == user.pk]
        if self.object.created_by_id == user.pk or any(
            step.state == ItemState.SUBMITTED for step in mine
        ):
            return None, f"本稿由您投稿，{stage.label}请由他人办理。"
        if any(step.chain == self.object.chain and step.state in REVIEWED for step in mine):
            return None, f"您已办理本次审签中的一审，{stage.label}请由他人办理。"
        return stage, ""

    def _stopped(self) -> ItemStep | None:
        """Why it came back, while it is being mended, or why it was withdrawn."""
        if self.object.state not in {ItemState.RETURNED, ItemState.WITHDRAWN}:
            return None
        steps = [step for step in self.steps if step.state == self.object.state]
        return steps[-1] if steps else None

    def _chain(self) -> list[Link]:
        done = {s.state: s for s in self.steps if s.chain == self.object.chain and not s.is_undo}
        if self.object.state not in {ItemState.PUBLISHED, ItemState.WITHDRAWN}:
            done.pop(ItemState.PUBLISHED, None)
        next_one = next((state for state, _ in CHAIN if state not in done), None)
        moving = self.object.state not in {ItemState.RETURNED, ItemState.WITHDRAWN}
        return [
            Link(label, str(done[state].by), done[state].at)
            if state in done
            else Link(label, is_now=moving and state == next_one)
            for state, label in CHAIN
        ]

    def get_timeline(self) -> Sequence[Event]:
        item = self.object
        written = Event(item.created_at, "建立草稿", by=str(item.created_by))
        steps = [
            Event(
                step.at,
                str(step),
                by=str(step.by),
                text=step.note,
                tone="grey" if step.is_undo else STEP_TONES[step.state],
            )
            for step in reversed(self.steps)
        ]
        return [*steps, written]

    def tab_placements(self) -> dict[str, Any]:
        rows = Placement.objects.filter(item=self.object).select_related("channel", "by")
        may_place = self.request.user.has_perm(PLACE, self.object)
        columns = (
            Column("channel", phone="title"),
            Column("channel__get_kind_display", label="类型"),
            Column("channel__placed_word", label="方式"),
            Column("on", kind="day"),
            Column("place"),
            Column("by", phone="hide"),
        )
        table = Table.of(
            Placement,
            columns,
            rows,
            row_template="publicity/_placement_actions.html" if may_place else "",
            empty="还没有刊发登记。",
        )
        return {"table": table, "may_place": may_place}

    def tab_links(self) -> dict[str, Any]:
        """What the reader may see of what the item tells of; of the rest only how much it is."""
        item, user = self.object, self.request.user
        deployments, cases = item.deployments.all(), item.cases.all()
        seen_deployments = list(
            deployments.visible_to(user).select_related("unit", "community", "task_type")
        )
        seen_cases = list(cases.visible_to(user))
        total = deployments.count() + cases.count()
        return {
            "deployments": seen_deployments,
            "cases": seen_cases,
            "unseen": total - len(seen_deployments) - len(seen_cases),
            "may_link": self._may_write,
        }
