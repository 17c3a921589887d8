"""四个一: the round's page and its printed sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import check_within, show_day, working_day
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core import formats
from apps.core.dates import business_day, parsed_day
from apps.core.html import Tag, Tone
from apps.core.views import Action, BoardView
from apps.deployments.forecast import told_total
from apps.deployments.needs import sheets_of
from apps.deployments.selectors import departures
from apps.figures.enums import ScopeKind
from apps.figures.models import Snapshot
from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import OutboxMessage

from ..enums import ActKind, ActState, Fulfilment
from ..models import CityTalkItem, DailyRound, DispatchNote, Judgment, RoundAct
from ..selectors.acts import act_board
from ..selectors.days import day_figures, stage_tag
from ..selectors.findings import day_findings
from ..selectors.hours import data_cut
from ..selectors.summary import summary, summary_notes
from ..selectors.upward import returns_of
from .brief_links import brief_action

DAY = dt.timedelta(days=1)
MOST_DEPARTURES = 12
"""Lines of tomorrow's dispatch on the round's page; the list for the city has them all."""
SCOPES = {"category": ScopeKind.CATEGORY, "group": ScopeKind.GROUP, "district": ScopeKind.DISTRICT}
SCOPE_LABELS = (("category", "按类别"), ("group", "按组"), ("district", "按区县（台账）"))
ACT_TONES: dict[str, Tone] = {
    ActState.PENDING: "grey",
    ActState.DONE: "green",
    ActState.DONE_LATE: "yellow",
    ActState.WAIVED: "grey",
}
FULFILMENT_TONES: dict[str, Tone] = {
    Fulfilment.OPEN: "blue",
    Fulfilment.PARTLY: "yellow",
    Fulfilment.DONE: "green",
    Fulfilment.DECLINED: "grey",
}


def day_of(request: HttpRequest, code: str, on: str) -> tuple[Campaign, dt.date]:
    """Campaign and day of the address; a foreign campaign, a day outside or ahead of it is 404."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), code=code)
    day = parsed_day(on)
    if day is None:
        raise Http404
    check_within(campaign, day, today=business_day())
    show_day(request, campaign, day)
    return campaign, day


def last_day(campaign: Campaign) -> dt.date:
    return working_day(campaign, today=business_day())


def round_url(campaign: Campaign, on: dt.date, name: str = "round_detail") -> str:
    return reverse(f"daily:{name}", args=[campaign.code, on.isoformat()])


class RoundView(BoardView):
    permission = "daily.view_dailyround"
    template_name = "daily/round_detail.html"
    every_departure = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.campaign, self.on = day_of(request, kwargs.pop("code"), kwargs.pop("on"))
        self.hours = Timetable(self.campaign)
        self.round = DailyRound.objects.filter(campaign=self.campaign, on=self.on).first()
        self.locked = Snapshot.objects.locked().filter(campaign=self.campaign, on=self.on).first()
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"四个一 · {formats.day(self.on)}"

    def get_subtitle(self) -> str:
        until = formats.oclock(data_cut(self.campaign, self.locked))
        opens = self.hours.moment(Hour.DATA_CUT, on=self.on)
        wait = f" · {opens:%H:%M} 起可锁定" if self.now < opens else ""
        over = "" if self.campaign.is_reporting else " · 任务已结束，仅供查阅"
        return (
            f"汇总对象：{formats.day(self.on)}（截至{until}） · "
            f"第 {self.campaign.day_number(self.on)} 天{wait}{over}"
        )

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return (("往日四个一", reverse("daily:round_list")),)

    def get_actions(self) -> Sequence[Action]:
        campaign, on = self.campaign, self.on
        actions = []
        if on > campaign.starts_on:
            actions.append(Action("前一日", round_url(campaign, on - DAY), icon="chevron-left"))
        if on < last_day(campaign):
            actions.append(Action("后一日", round_url(campaign, on + DAY), icon="chevron-right"))
        actions.append(
            Action("打印", round_url(campaign, on, "round_print"), icon="printer", new_tab=True)
        )
        brief = brief_action(campaign, on, is_locked=self.locked is not None)
        step = self._step() if campaign.is_reporting else None
        return [*actions, *(action for action in (brief, step) if action is not None)]

    def _step(self) -> Action | None:
        """What changes the day as a whole, as it stands."""
        if self.round is None:
            return self._button("生成当日应报", "round_open", permission="daily.edit_round")
        if self.locked is not None:
            return Action(
                "解锁",
                round_url(self.campaign, self.on, "round_unlock"),
                icon="lock-open",
                danger=True,
                permission="figures.lock_day",
            )
        if self.now < self.hours.moment(Hour.DATA_CUT, on=self.on):
            return None
        return self._button(
            "锁定当日数据",
            "round_lock",
            icon="lock",
            primary=True,
            confirm=self._lock_question(),
            permission="figures.lock_day",
        )

    def _button(self, label: str, name: str, **options: Any) -> Action:
        return Action(label, round_url(self.campaign, self.on, name), method="post", **options)

    def _lock_question(self) -> str:
        reports = self.campaign.reports.filter(on=self.on)
        asked, owed = reports.asked().count(), reports.owed().count()
        missing = f"未报 {owed} 家按未报列示，不以零计；" if owed else ""
        return (
            f"锁定{formats.day(self.on)}数据？应报 {asked} 家，已报 {asked - owed} 家，"
            f"{missing}锁定后报送的列为补报，经审核作更正。"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = day_figures(self.campaign, on=self.on, user=self.request.user)
        by = self.request.GET.get("by", "category")
        by = by if by in SCOPES else "category"
        judgment = Judgment.objects.filter(round=self.round).select_related(*SIGNERS).first()
        signed = judgment is not None and judgment.signed_at is not None
        table = summary(day, by=SCOPES[by])
        leaving = list(departures(self.campaign, on=self.on + DAY))
        found = judgment.findings if judgment and signed else day_findings(day)
        return super().get_context_data(
            campaign=self.campaign,
            on=self.on,
            round=self.round,
            locked=self.locked,
            day_tag=stage_tag(day),
            preview=day.stage is None,
            acts=act_board(self.campaign, on=self.on, now=self.now),
            act_of={
                **dict.fromkeys(ActKind.values),
                **{act.kind: _shown(act) for act in self._acts()},
            },
            summary=table,
            summary_notes=summary_notes(table, self.campaign, self.on),
            by=by,
            scopes=SCOPE_LABELS,
            findings=found,
            judgment=judgment,
            judgment_signed=signed,
            items=self._items(),
            talks=self._talks_without_items(),
            departures=leaving if self.every_departure else leaving[:MOST_DEPARTURES],
            departures_count=len(leaving),
            departures_more=max(len(leaving) - MOST_DEPARTURES, 0),
            tomorrow=self.on + DAY,
            foretold=told_total(self.campaign, on=self.on + DAY),
            sheets=sheets_of(self.campaign, on=self.on + DAY),
            dispatch=DispatchNote.objects.filter(round=self.round)
            .select_related(*SIGNERS, "signature_by")
            .first(),
            returns=returns_of(self.campaign, on=self.on),
            held=self._held(),
            may=self.may(),
            edited=self._edited(),
            fulfilments=Fulfilment.choices,
            is_locked=self.locked is not None,
            **kwargs,
        )

    def may(self) -> dict[str, bool]:
        """What the person may do here; the days of a campaign that is over are read only."""
        user: Any = self.request.user
        return {
            name: self.campaign.is_reporting and user.has_perm(permission)
            for name, permission in STEPS.items()
        }

    def _edited(self) -> int | None:
        """The answered item that is being answered anew: `?item=`."""
        item = self.request.GET.get("item", "")
        return int(item) if item.isdecimal() else None

    def _acts(self) -> QuerySet[RoundAct]:
        return RoundAct.objects.filter(round=self.round).select_related("owner", "round__campaign")

    def _items(self) -> list[dict[str, Any]]:
        rows = CityTalkItem.objects.filter(talk__round=self.round).select_related("talk", "need")
        return [
            {
                "item": item,
                "tag": Tag(item.get_fulfilment_display(), FULFILMENT_TONES[item.fulfilment]),
            }
            for item in rows.order_by("talk__at", "pk")
        ]

    def _talks_without_items(self) -> Any:
        return self.round.talks.filter(items=None) if self.round else ()

    def _held(self) -> int:
        """Late notices of the day that wait for a person to let them go."""
        return OutboxMessage.objects.filter(
            kind=MessageKind.REMINDER_UNIT,
            state=MessageState.HELD,
            on=self.on,
            is_drill=self.campaign.is_drill,
        ).count()


SIGNERS = ("written_by", "signed_by")
STEPS = {
    "edit": "daily.edit_round",
    "sign": "daily.sign_round",
    "tell": "daily.record_upward_return",
    "confirm": "daily.confirm_late_notice",
}


def _shown(act: RoundAct) -> dict[str, Any]:
    late = act.state == ActState.PENDING and act.due_at < timezone.now()
    if act.state == ActState.PENDING:
        label = f"{'逾期未办' if late else '待办'} · {formats.clock(act.due_at)} 前"
    elif act.done_at is not None:
        label = f"{formats.clock(act.done_at)} {act.get_state_display()}"
    else:
        label = act.get_state_display()
    return {"act": act, "tag": Tag(label, "red" if late else ACT_TONES[act.state])}


class RoundPrintView(RoundView):
    """The day on one sheet, with nothing to press."""

    template_name = "daily/round_print.html"

    def may(self) -> dict[str, bool]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=round_url(self.campaign, self.on), **kwargs)


class DispatchListView(RoundView):
    """派出清单: who comes where tomorrow, as the city's committee gets it."""

    template_name = "daily/dispatch_list.html"
    every_departure = True

    def get_title(self) -> str:
        return f"{formats.day(self.on + DAY)}派出清单"
