"""社区确认: the sheets of a day, how each stands, the difference settled, all printed at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, current_day
from apps.core import formats
from apps.core.boards import Kpi
from apps.core.dates import business_day, parsed_day
from apps.core.html import Tag, Tone
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Row, Table
from apps.core.views import Action
from apps.core.views.keyed import KeyedListView

from ..models import SigningLine, SigningSheet
from ..signing import counts_of, lines_for, units_of_sheets, with_numbers, with_standing
from ..signing_enums import Side, Standing
from ..signing_filters import SigningFilters
from ..signing_links import link_of
from .common import area

VIEW = "deployments.view_signing"
MAKE = "deployments.make_signing"
PRINT = "deployments.print_signing"
RENEW = "deployments.renew_signing"
SETTLE = "deployments.settle_signing"
ENTER = "deployments.enter_signing"
TONES: dict[Any, Tone] = {
    Standing.OPEN: "yellow",
    Standing.EXPIRED: "grey",
    Standing.DIFFERS: "red",
    Standing.WAITING: "yellow",
    Standing.SETTLED: "blue",
    Standing.AGREED: "green",
}


def day_of(request: HttpRequest) -> dt.date:
    """The day asked for, else the working day, never one ahead."""
    return parsed_day(request.GET.get("on", "")) or min(current_day(request), business_day())


def list_url(day: dt.date, **more: str) -> str:
    query = urlencode({"on": day.isoformat(), **more})
    return f"{reverse('deployments:signing_list')}?{query}"


def difference(row: Row) -> Any:
    """−5: the community counted five fewer than the units. None while a unit has said nothing."""
    return None if row["standing"] == Standing.WAITING else row["difference"]


class SigningListView(KeyedListView):
    """One line a community of the day."""

    permission = VIEW
    model = SigningSheet
    title = "社区确认"
    template_name = "deployments/signing_list.html"
    filterset_class = SigningFilters
    columns = (
        Column("community__name", label="社区", link="deployments:signing_detail", phone="title"),
        Column("community__street__name", label="区县、街道", value=area, css="nowrap"),
        Column("units", label="派出单位", value=lambda row: row["units"], blank="无"),
        Column("claimed", label="单位登记", kind="number", unit="人", blank="未登记"),
        Column("said", label="社区确认", kind="number", unit="人", blank="未确认"),
        Column("difference", label="相差", kind="change", value=difference, blank="不计"),
        Column("standing", label="状态", kind="tag", tones=TONES, choices=dict(Standing.choices)),
        Column("confirmed_at", kind="moment", blank="未确认", phone="hide"),
        Column("expires_at", kind="moment", phone="hide"),
    )
    extra_fields = (
        "difference",
        "community__street__district__short_name",
        "community__street__name",
    )
    ordering = ("community__sort_key",)
    measure = "张"
    empty = "当日还没有生成确认单。"

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request) or ""
        return f"{campaign} · {formats.day(day_of(self.request))}在岗人数，单位登记与社区确认对照"

    def get_actions(self) -> Sequence[Action]:
        campaign, day = current_campaign(self.request), day_of(self.request)
        query = self.request.GET.copy()
        query["on"] = day.isoformat()
        address = f"{reverse('deployments:signing_print')}?{query.urlencode()}"
        found = [Action("打印确认单", address, icon="printer", permission=PRINT)]
        if campaign is not None and campaign.is_reporting:
            make = f"{reverse('deployments:signing_make')}?{urlencode({'on': day})}"
            found.append(
                Action(
                    "生成确认单", make, icon="qrcode", method="post", primary=True, permission=MAKE
                )
            )
        return found

    def get_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        rows = super().get_queryset().filter(
            campaign=current_campaign(self.request), on=day_of(self.request)
        )  # fmt: skip
        return with_numbers(with_standing(rows, user=user, now=timezone.now()), user=user)

    def fetch(self, rows: Any) -> Sequence[Row]:
        found = super().fetch(rows)
        names = units_of_sheets([row["pk"] for row in found], user=self.request.user)
        return [
            {**row, "units": formats.listing(names.get(row["pk"], ()), most=3)} for row in found
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, campaign = day_of(self.request), current_campaign(self.request)
        found = counts_of(campaign, on=day, user=self.request.user, now=timezone.now())
        kpis = [
            Kpi("已确认", found.confirmed, "个社区", notes=(f"应确认 {found.sheets} 个",)),
            Kpi("单位登记", found.claimed, "人", notes=("已确认社区的登记数",)),
            Kpi("社区确认", found.said, "人", notes=("同一批社区",)),
            Kpi(
                "与社区确认不一致",
                found.differing,
                "个社区",
                url=list_url(day, state=Standing.DIFFERS),
                notes=("核定或改正后消去",),
                alert=bool(found.differing),
            ),
        ]
        return super().get_context_data(kpis=kpis, **kwargs)


def settled(row: Any) -> Any:
    """按社区确认数 19 人, or what is still to be done."""
    if row.settled_at is None:
        return None
    return f"{Side(row.settled_side).label} {row.settled_heads} 人"


def hours(line: Any) -> str | None:
    """登记 8 · 确认 7.5, each only where it was given."""
    sides = (("登记", line.worked), ("确认", line.hours))
    return " · ".join(f"{side} {formats.number(n)}" for side, n in sides if n is not None)


LINE_COLUMNS = (
    Column(
        "deployment__unit__short_name",
        label="派出单位",
        link="deployments:deployment_detail",
        link_by="deployment_id",
        phone="title",
        css="nowrap",
    ),
    Column("deployment__task_type__name", label="任务", css="nowrap"),
    Column("present", label="单位登记", kind="number", unit="人", blank="未登记"),
    Column("night", label="其中夜班", kind="number", blank="未登记", phone="hide"),
    Column("heads", label="社区确认", kind="number", unit="人", blank="未确认"),
    Column("both_hours", label="每人时长（小时）", value=hours, blank="未填"),
    Column("settled", label="核定", value=settled, blank=formats.DASH),
)


def signer(sheet: SigningSheet) -> str:
    """刘主任（社区书记）, and who entered it where it came on paper or by telephone."""
    if not sheet.confirmed_by:
        return ""
    how = f"按{sheet.get_manner_display()}" if sheet.manner else ""
    entered = f"，由{sheet.entered_by}{how}代录" if sheet.entered_by else ""
    return f"{sheet.confirmed_by}（{sheet.confirmed_title}）{entered}"


class SigningDetailView(PanelledDetailView):
    permission = VIEW
    model = SigningSheet
    queryset = SigningSheet.objects.select_related(
        "campaign", "community__street__district", "entered_by"
    )
    template_name = "deployments/signing_detail.html"
    facts = (
        Column("campaign__name", label="应急任务"),
        Column(
            "community__name",
            label="社区",
            link="communities:community_detail",
            link_by="community_id",
        ),
        Column("community__street__district__name", label="区县"),
        Column("on", kind="day"),
        Column("community__contact", label="社区联系人", blank="未登记"),
        Column("community__duty_phone", label="社区电话", kind="phone", blank="未登记"),
        Column("expires_at", kind="moment"),
        Column("edition", kind="number"),
        Column("confirmed_at", kind="moment", blank="未确认"),
        Column("confirmed_by", value=signer, blank="未确认"),
        Column("remark", blank="无"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return with_standing(super().get_queryset(), user=self.request.user, now=timezone.now())

    def get_title(self) -> str:
        return str(self.object)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("社区确认", list_url(self.object.on, campaign=self.object.campaign.code))]

    def get_state(self) -> Tag | None:
        standing = Standing(self.object.standing)
        return Tag(standing.label, TONES[standing])

    def get_actions(self) -> Sequence[Action]:
        sheet = self.object
        if sheet.confirmed_at is not None:
            return ()
        renew = reverse("deployments:signing_renew", args=[sheet.pk])
        paper = reverse("deployments:signing_print")
        query = urlencode(
            {"on": sheet.on, "community": sheet.community_id, "campaign": sheet.campaign.code}
        )
        enter = reverse("deployments:signing_enter", args=[sheet.pk])
        return [
            Action("代录", enter, icon="edit", permission=ENTER),
            Action("打印", f"{paper}?{query}", icon="printer", permission=PRINT),
            Action(
                "重新生成链接",
                renew,
                icon="refresh",
                method="post",
                confirm="此前发出和打印的链接将失效，确定重新生成？",
                permission=RENEW,
            ),
        ]

    def get_timeline(self) -> Sequence[Event]:
        sheet = self.object
        events = [Event(sheet.made_at, "生成确认单")]
        if sheet.confirmed_at:
            events.append(Event(sheet.confirmed_at, "社区确认", by=signer(sheet), tone="green"))
        rows = lines_for(self.request.user).filter(sheet=sheet, settled_at__isnull=False)
        events += [
            Event(
                line.settled_at,
                f"{line.deployment.unit}：{settled(line)}",
                by=str(line.settled_by),
                text=line.settled_reason,
                tone="blue",
            )
            for line in rows.select_related("deployment__unit", "settled_by")
        ]
        return sorted(events, key=lambda event: event.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, sheet = self.request.user, self.object
        rows = lines_for(user).filter(sheet=sheet).select_related("deployment__unit")
        lines: list[Any] = list(
            rows.select_related("deployment__task_type").order_by(
                "deployment__unit__sort_order", "pk"
            )
        )
        open_ = SigningLine.objects.visible_to(user).filter(sheet=sheet).live().differing()
        differing = set(open_.values_list("pk", flat=True))
        for line in lines:
            line.may_settle = line.pk in differing and user.has_perm(SETTLE, line)
        is_open = sheet.standing == Standing.OPEN and user.has_perm(PRINT)
        return super().get_context_data(
            table=Table.of(
                SigningLine,
                LINE_COLUMNS,
                lines,
                row_template="deployments/_signing_settle.html",
                empty="没有需要确认的任务。",
            ),
            message=message_of(sheet) if is_open else "",
            **kwargs,
        )


def message_of(sheet: SigningSheet) -> str:
    """What is sent to the community: one place, one day, one link; no unit, no person."""
    return (
        f"{sheet.community}：请确认{formats.day(sheet.on)}到岗人数和时长。"
        f"链接限用一次，{formats.day(sheet.expires_at)} {formats.clock(sheet.expires_at)}前有效："
        f"{link_of(sheet)}"
    )
