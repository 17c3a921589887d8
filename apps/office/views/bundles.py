"""文件包: which campaign, which days, what goes in; below, those one had made."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils import timezone

from apps.core.context import CampaignBar, portal_of
from apps.core.tables import Column, Table
from apps.core.views import ScopedFormView

from ..bundles.sources import BundleSource, sources_for
from ..enums import ExportShape
from ..forms import BundleForm
from ..models import ExportFile
from ..services.bundles import TAKE, request_bundle
from .exports import TONES, size_of

LATEST = 10
"""Bundles named below the form; the list of exports has them all."""


class BundleCreateView(ScopedFormView):
    """The form; its address with a query shows what was chosen for a former bundle."""

    permission = TAKE
    form_class = BundleForm
    template_name = "office/bundle_form.html"
    title = "文件包"
    subtitle = "把一天或几天的公文、通知单和统计表做成一个压缩包，附目录。"
    submit_label = "制作文件包"
    done = ""

    @cached_property
    def sources(self) -> list[BundleSource]:
        return sources_for(self.request.user)

    @property
    def campaign(self) -> CampaignBar | None:
        found: CampaignBar | None = portal_of(self.request).campaign
        return found

    @cached_property
    def campaigns(self) -> Sequence[tuple[str, str]]:
        return [(one.code, one.name) for one in (self.campaign.options if self.campaign else ())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "campaigns": self.campaigns,
            "parts": [(one.code, one.label) for one in self.sources],
        }

    def get_initial(self) -> dict[str, Any]:
        """The campaign in hand and its day, all that may go in; or what the address says."""
        day = self.campaign.day if self.campaign else None
        query = self.request.GET
        return {
            "campaign": query.get("campaign") or (self.campaign.code if self.campaign else ""),
            "first": query.get("first") or day,
            "last": query.get("last") or query.get("first") or day,
            "parts": query.getlist("parts") or [one.code for one in self.sources],
        }

    def perform(self, form: Any) -> ExportFile:
        actor: Any = self.request.user
        data = form.cleaned_data
        return request_bundle(
            campaign=data["campaign"],
            name=dict(self.campaigns)[data["campaign"]],
            first=data["first"],
            last=data["last"],
            parts=data["parts"],
            by=actor,
            now=timezone.now(),
        )

    def get_success_url(self) -> str:
        url: str = self.object.get_absolute_url()
        return url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(made=self.made(), **kwargs)
        ticks: Any = context["form"]["parts"]
        return {**context, "ticks": list(zip(ticks, self.sources, strict=True))}

    def made(self) -> Table | None:
        """One's latest bundles, where there are any."""
        rows = list(
            ExportFile.objects.owned_by(self.request.user)
            .filter(shape=ExportShape.BUNDLE)
            .values("pk", "title", "state", "rows", "size", "asked_at", "expires_at")[:LATEST]
        )
        columns = (
            Column("title", link="office:export_detail", phone="title"),
            Column("state", kind="tag", tones=TONES),
            Column("rows", "文件", kind="number", unit="份", blank="—"),
            Column("size", label="大小", value=size_of, blank=""),
            Column("asked_at", "制作时间", kind="moment"),
            Column("expires_at", kind="moment", blank=""),
        )
        return Table.of(ExportFile, columns, rows, caption="制作过的文件包") if rows else None
