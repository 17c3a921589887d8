"""采用通报 by unit and month: as it stands, as it was signed, and the signature itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.in_campaign import InCampaignMixin
from apps.campaigns.models import Campaign
from apps.core.context import portal_of
from apps.core.dates import business_day
from apps.core.permissions import allowed
from apps.core.tables import Column, Row, Table
from apps.core.views import Action, BoardView, portal_action
from apps.office.views.papers import paper_answer

from .. import services
from ..errors import AdoptionRefusedError
from ..forms import MonthField, SignAdoptionForm
from ..models import AdoptionNotice
from ..selectors.adoption import (
    Adoption,
    AdoptionChange,
    adoption,
    changes_since,
    notices,
    signed_adoption,
)
from ..selectors.papers import adoption_paper
from ..selectors.placements import next_month
from .common import SIGN_ADOPTION, VIEW

DRAFT = "draft"
"""The `version` of an address that asks for the figures of now though a notice was signed."""


class AdoptionView(InCampaignMixin, BoardView):
    """投稿 and 采用 by unit in official order. A table, not a ranking: it does not sort."""

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

    @cached_property
    def notices(self) -> list[AdoptionNotice]:
        campaign = current_campaign(self.request)
        return notices(campaign, month=self.month) if campaign else []

    @cached_property
    def notice(self) -> AdoptionNotice | None:
        """The signed version on the page: the one asked for, else the last; None for the draft."""
        asked = self.request.GET.get("version", "")
        if asked == DRAFT or not self.notices:
            return None
        named = [one for one in self.notices if str(one.version) == asked]
        return named[0] if named else self.notices[0]

    def get_title(self) -> str:
        return f"{self.month.year}年{self.month.month}月采用通报"

    def get_actions(self) -> Sequence[Action]:
        before = (self.month - dt.timedelta(days=1)).replace(day=1)
        printed = self.address(self.month, "publicity:adoption_print", version=self.version)
        sheet = self.address(self.month, "publicity:adoption_sheet", version=self.version)
        return [
            Action("上月", self.address(before), icon="chevron-left"),
            Action("下月", self.address(next_month(self.month)), icon="chevron-right"),
            Action("打印", printed, icon="printer", new_tab=True),
            Action("导出 Excel", sheet, icon="file-spreadsheet", method="post"),
        ]

    @property
    def version(self) -> str:
        if self.notice is not None:
            return str(self.notice.version)
        return DRAFT if self.notices else ""

    def address(
        self, month: dt.date, name: str = "publicity:adoption", *, version: str = ""
    ) -> str:
        query = {"month": f"{month:%Y-%m}"} | ({"version": version} if version else {})
        return f"{reverse(name)}?{urlencode(query)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, user = current_campaign(self.request), self.request.user
        now = adoption(campaign, month=self.month, user=user) if campaign else None
        last = signed_adoption(self.notices[0], user=user) if self.notices else None
        changes = changes_since(last, now) if last and now else []
        found = now
        if self.notice is not None:
            is_last = self.notice == self.notices[0]
            found = last if is_last else signed_adoption(self.notice, user=user)
        return super().get_context_data(
            campaign=campaign,
            month=self.month,
            found=found,
            table=self.table(found) if found else None,
            notice=self.notice,
            last=self.notices[0] if self.notices else None,
            versions=self.versions(),
            changes=changes,
            changes_table=changes_table(changes),
            draft_url=self.address(self.month, version=DRAFT),
            signed_url=self.address(self.month),
            may_sign=self._may_sign(now, signed=last),
            seen=now.fingerprint if now else "",
            is_running=next_month(self.month) > business_day(),
            back_url=self.address(self.month, version=self.version),
            **kwargs,
        )

    def versions(self) -> list[tuple[AdoptionNotice, str]]:
        return [(one, self.address(self.month, version=str(one.version))) for one in self.notices]

    def _may_sign(self, now: Adoption | None, *, signed: Adoption | None) -> bool:
        """Whether there is something new to sign, on a page that shows what would be signed."""
        if now is None or not now.rows or self.month > business_day():
            return False
        if not allowed(self.request.user, SIGN_ADOPTION):
            return False
        return signed is None or signed.by_unit != now.by_unit

    def table(self, found: Adoption) -> Table:
        foot = {
            "name": "合计",
            "submitted": found.submitted,
            "adopted": found.adopted,
            "placed": found.placed,
        }
        columns = (
            Column("name", "单位", link=self._unit_url, phone="title"),
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
        query = {"month": f"{self.month:%Y-%m}", "counted": "yes"}
        if not isinstance(row, Mapping):
            query["unit"] = row.unit.pk
        return f"{reverse(name)}?{urlencode(query)}"


def changes_table(changes: Sequence[AdoptionChange]) -> Table:
    """What was signed beside what it is now, unit by unit."""

    def pair(place: int) -> Any:
        def write(row: Row) -> SafeString:
            then, now = row.signed[place], row.now[place]
            text = f"{then} → {now}" if then != now else str(now)
            return format_html('<span class="num">{}</span>', text)

        return write

    columns = (
        Column("name", "单位", phone="title"),
        Column("submitted", "投稿", kind="number", unit="篇", value=pair(0)),
        Column("adopted", "采用", kind="number", unit="篇", value=pair(1)),
        Column("placed", "刊发", kind="number", unit="篇次", value=pair(2)),
    )
    return Table(columns, changes, caption="签发后的变动")


class AdoptionPrintView(AdoptionView):
    """The same on one sheet, marked 送审稿 until somebody has signed it."""

    template_name = "publicity/adoption_print.html"


@portal_action(SIGN_ADOPTION)
def sign_adoption(request: HttpRequest) -> HttpResponseBase:
    """签发 of what was on the page: its campaign, its month, its figures."""
    form = SignAdoptionForm(request.POST)
    form.fields["campaign"].queryset = Campaign.objects.visible_to(request.user)  # type: ignore[attr-defined]
    if not form.is_valid():
        raise AdoptionRefusedError("页面内容不完整，请刷新后再签发。")
    user: Any = request.user
    month = form.cleaned_data["month"]
    notice, is_new = services.sign_adoption(by=user, now=timezone.now(), **form.cleaned_data)
    name = f"{month.year}年{month.month}月采用通报"
    if is_new:
        messages.success(request, f"{name}第{notice.version}版已签发。")
    else:
        messages.warning(request, f"{name}已由{notice.signed_by}签发，数字没有变动，未重复签发。")
    query = urlencode({"campaign": notice.campaign.code, "month": f"{month:%Y-%m}"})
    return redirect(f"{reverse('publicity:adoption')}?{query}")


@portal_action(VIEW)
def adoption_sheet(request: HttpRequest) -> HttpResponseBase:
    """The month's table as it stands on the page the button is on."""
    page = AdoptionView()
    page.setup(request)
    campaign, notice = current_campaign(request), page.notice
    if campaign is None:
        raise Http404
    found = (
        signed_adoption(notice, user=request.user)
        if notice
        else adoption(campaign, month=page.month, user=request.user)
    )
    organ = portal_of(request).organ_name
    paper = adoption_paper(found, campaign=campaign, month=page.month, notice=notice, organ=organ)
    return paper_answer(request, paper)
