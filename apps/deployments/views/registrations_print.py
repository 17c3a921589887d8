"""Sheets of 双报到 on paper: 报到单, 需求与服务表, 服务登记卡."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.core.dates import business_day
from apps.core.views import PortalView
from apps.units.models import Member
from apps.units.selectors import membership_on

from ..models import Assignment, MemberRegistration, Need, UnitRegistration
from ..registrations import with_coverage
from .registrations import VIEW

LINES = 8
"""Rows of a sheet, those to be filled in by hand included."""


class SheetView(PortalView, abstract=True):
    """One A4 sheet of one row; `back_url` leads to the record."""

    permission = VIEW
    template_name: str

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return TemplateResponse(request, self.template_name, self.sheet(pk))

    def sheet(self, pk: int) -> dict[str, Any]:
        raise NotImplementedError


def blanks(taken: int) -> range:
    return range(max(LINES - taken, 0))


class UnitSheetView(SheetView, abstract=True):
    def row(self, pk: int) -> UnitRegistration:
        rows = UnitRegistration.objects.visible_to(self.request.user)
        found: UnitRegistration = get_object_or_404(
            rows.select_related("unit", "community__street__district"), pk=pk
        )
        return found


class SlipView(UnitSheetView):
    """报到单: handed in at the community; its lower part comes back stamped."""

    template_name = "deployments/registration_slip.html"

    def sheet(self, pk: int) -> dict[str, Any]:
        row = self.row(pk)
        unit = type(row.unit).objects.filter(pk=row.unit_id)
        [people] = with_coverage(unit, on=business_day()).values("due", "done")
        return {
            "title": "单位报到单",
            "row": row,
            "people": people,
            "back_url": row.get_absolute_url(),
        }


class NeedsSheetView(UnitSheetView):
    """需求与服务表: what the community asks for, and what the unit offers."""

    template_name = "deployments/registration_needs.html"

    def sheet(self, pk: int) -> dict[str, Any]:
        row = self.row(pk)
        # Whoever may see the registration may see these: before anybody is sent, no need is a
        # unit's own, and this sheet is where it learns what it could take on.
        needs = Need.objects.open().filter(community=row.community)
        found = list(needs.select_related("task_type", "campaign").order_by("starts_on")[:LINES])
        return {
            "title": "需求与服务表",
            "row": row,
            "needs": found,
            "blanks": blanks(len(found)),
            "back_url": row.get_absolute_url(),
        }


class CardView(SheetView):
    """服务登记卡: where one person served and for how many days, with room to fill in by hand."""

    template_name = "deployments/registration_card.html"

    def sheet(self, pk: int) -> dict[str, Any]:
        today = business_day()
        people = Member.objects.visible_to(self.request.user)
        member = get_object_or_404(people.select_related("home_community"), pk=pk)
        holds = MemberRegistration.objects.effective(today).filter(member=member)
        stays = Assignment.objects.visible_to(self.request.user).filter(
            member=member, is_drill=False
        )
        found = list(
            stays.select_related("deployment__community", "deployment__task_type").order_by(
                "-starts_on"
            )[:LINES]
        )
        return {
            "title": "党员服务登记卡",
            "member": member,
            "membership": membership_on(member, on=today),
            "registration": holds.select_related("community__street__district").first(),
            "stays": found,
            "blanks": blanks(len(found)),
            "campaign": current_campaign(self.request),
            "back_url": reverse("units:member_detail", args=[member.pk]),
        }
