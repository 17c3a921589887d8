"""One unit's registration with the community of its office, and its stamped slip."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column
from apps.core.views import (
    Action,
    PortalView,
)

from ..models import UnitRegistration
from .common import span
from .registrations import REGISTER, VIEW, receipt


class UnitRegistrationDetailView(PanelledDetailView):
    permission = VIEW
    model = UnitRegistration
    queryset = UnitRegistration.objects.select_related(
        "unit", "community__street__district", "recorded_by", "slip"
    )
    facts = (
        Column("unit__short_name", label="单位", link="units:unit_detail", link_by="unit_id"),
        Column(
            "community__name",
            label="报到社区",
            link="communities:community_detail",
            link_by="community_id",
        ),
        Column("community__street__district__name", label="区县"),
        Column("span", label="起止", value=span),
        Column("contact", blank="未登记"),
        Column("contact_phone", kind="phone", blank="未登记"),
        Column("services", blank="未登记"),
        Column("received_on", kind="day", blank="未收到"),
        Column("received_by", blank="未登记"),
        Column(
            "slip",
            label="回执照片",
            value=lambda row: "查看" if row.slip_id else None,
            link=lambda row: _slip_url(row) if row.slip_id else "",
            blank="无",
        ),
        Column("note", blank="无"),
        Column("recorded_at", kind="moment"),
    )

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("单位报到", reverse("deployments:unit_registration_list"))]

    def get_state(self) -> Tag | None:
        return receipt(self.object.received_on)

    def get_actions(self) -> Sequence[Action]:
        row = self.object
        edit = reverse("deployments:unit_registration_update", args=[row.pk])
        slip = reverse("deployments:registration_slip", args=[row.pk])
        needs = reverse("deployments:registration_needs", args=[row.pk])
        found = [
            Action("打印报到单", slip, icon="printer"),
            Action("打印需求与服务表", needs, icon="printer"),
        ]
        if self.request.user.has_perm(REGISTER, row):
            label = "修改" if row.received_on else "登记回执"
            found.insert(0, Action(label, edit, icon="edit", primary=not row.received_on))
        return found


def _slip_url(row: UnitRegistration) -> str:
    return reverse("deployments:registration_slip_photo", args=[row.pk])


class SlipPhotoView(PortalView):
    """The picture of a stamped slip, under its registration's scope."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = UnitRegistration.objects.visible_to(request.user).exclude(slip=None)
        row = get_object_or_404(rows.select_related("slip"), pk=pk)
        answer = FileResponse(row.slip.file.open("rb"), content_type=row.slip.content_type)
        answer["Content-Disposition"] = "inline"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer
