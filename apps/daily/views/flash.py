"""动态报告: the list, the form at any hour, one report and what was done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core import formats
from apps.core.html import Tag, Tone
from apps.core.scope import scope_of
from apps.core.tables import Column, Event
from apps.core.views import (
    Action,
    PortalView,
    ScopedDetailView,
    ScopedFormView,
    ScopedListView,
    portal_action,
)

from ..enums import FlashKind
from ..filters import FlashFilter
from ..forms.flash import FlashForm, HandlingForm
from ..models import FlashReport
from ..services import flash as services

TONES: dict[str, Tone] = {
    FlashKind.INCIDENT: "red",
    FlashKind.INJURY: "red",
    FlashKind.OUTAGE: "yellow",
    FlashKind.OPINION: "yellow",
    FlashKind.OTHER: "grey",
}


def handling_tag(row: dict[str, Any]) -> Tag:
    return Tag("已处理", "green") if row["handled_at"] else Tag("待处理", "red")


class FlashListView(ScopedListView):
    permission = "daily.view_flashreport"
    model = FlashReport
    filterset_class = FlashFilter
    columns = (
        Column("at", "报告时间", kind="moment", sort=True),
        Column("unit__short_name", "单位", link="daily:flash_detail", phone="title"),
        Column("kind", kind="tag", tones=TONES),
        Column("text", "情况", css="wide"),
        Column("happened_at", kind="moment"),
        Column("campaign__name", "应急任务", phone="hide"),
        Column("handled_at", "处理", value=handling_tag),
    )
    extra_fields = ("handled_at",)
    empty = "没有动态报告。遇突发情况、停电断网、舆情等，请随时报告。"

    def get_title(self) -> str:
        return "动态报告"

    def get_actions(self) -> Sequence[Action]:
        return (
            Action(
                "报告情况",
                reverse("daily:flash_create"),
                icon="alert-triangle",
                primary=True,
                permission="daily.file_flash",
            ),
        )


class FlashCreateView(ScopedFormView):
    permission = "daily.file_flash"
    form_class = FlashForm
    title = "动态报告"
    submit_label = "立即报告"
    done = "已报告，联络服务小组和工委办公室已收到提醒。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "own": scope_of(self.request.user).own_units}

    def get_initial(self) -> dict[str, Any]:
        return {"happened_at": timezone.now()}

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request)
        return str(campaign) if campaign else ""

    def perform(self, form: FlashForm) -> FlashReport:
        campaign = current_campaign(self.request)
        if campaign is None:
            raise services.FlashRefusedError("当前没有进行中的应急任务。")
        unit = form.cleaned_data["unit"]
        user: Any = self.request.user
        if not user.has_perm(self.permission, unit):
            raise PermissionDenied
        return services.file_flash(
            campaign,
            unit,
            form.news,
            submission=form.cleaned_data["submission"],
            photos=form.cleaned_data["photos"],
            by=user,
            now=timezone.now(),
        )

    def get_success_url(self) -> str:
        found: str = self.object.get_absolute_url()
        return found

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return (("动态报告", reverse("daily:flash_list")),)


class FlashDetailView(ScopedDetailView):
    permission = "daily.view_flashreport"
    model = FlashReport
    queryset = FlashReport.objects.select_related("campaign", "unit", "by", "handled_by")
    template_name = "daily/flash_detail.html"
    facts = (
        Column("unit", "单位", link="units:unit_detail", link_by="unit_id"),
        Column("campaign", "应急任务"),
        Column("kind", kind="tag", tones=TONES),
        Column("happened_at", kind="moment"),
        Column("place"),
        Column("injured", "下沉人员伤病", kind="number", unit="人"),
        Column("told_duty_room_at", "已报值班室", kind="moment"),
        Column("by", "报告人"),
        Column("at", kind="moment"),
    )

    def get_title(self) -> str:
        return f"{self.object.unit}：{self.object.get_kind_display()}"

    def get_state(self) -> Tag:
        return handling_tag({"handled_at": self.object.handled_at})

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return (("动态报告", reverse("daily:flash_list")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm("daily.handle_flash", self.object)
        return super().get_context_data(
            photos=list(self.object.photos.all()),
            handling_form=HandlingForm() if may and not self.object.handled_at else None,
            **kwargs,
        )

    def get_timeline(self) -> Sequence[Event]:
        flash: FlashReport = self.object
        events = [Event(flash.at, "报告", by=str(flash.by), tone="red")]
        if flash.handled_at:
            events.insert(
                0,
                Event(
                    flash.handled_at,
                    "处理",
                    by=str(flash.handled_by),
                    text=flash.handling,
                    tone="green",
                ),
            )
        return events


@portal_action("daily.handle_flash")
def handle_flash(request: HttpRequest, pk: int) -> HttpResponseBase:
    flash = get_object_or_404(
        FlashReport.objects.visible_to(request.user).select_related("unit"), pk=pk
    )
    user: Any = request.user
    if not user.has_perm("daily.handle_flash", flash):
        raise PermissionDenied
    form = HandlingForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, f"处理情况：{formats.listing(str(one) for one in form.errors['handling'])}"
        )
        return redirect(flash)
    services.handle_flash(
        flash, handling=form.cleaned_data["handling"], by=user, now=timezone.now()
    )
    messages.success(request, "处理情况已登记。")
    return redirect(flash)


class FlashPhotoView(PortalView):
    """One picture of a report, under that report's scope."""

    permission = "daily.view_flashreport"

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
        flash = get_object_or_404(FlashReport.objects.visible_to(request.user), pk=pk)
        found = get_object_or_404(flash.photos.all(), pk=photo)
        answer = FileResponse(found.file.open("rb"), content_type=found.content_type)
        answer["Content-Disposition"] = "inline"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer
