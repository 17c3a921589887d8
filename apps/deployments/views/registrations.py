"""双报到: units with the community of their office, members with that of their home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.boards import Kpi
from apps.core.dates import business_day
from apps.core.formats import number
from apps.core.html import Tag
from apps.core.tables import Column
from apps.core.views import (
    Action,
)
from apps.core.views.keyed import KeyedListView
from apps.units.models import Member, Unit
from apps.units.selectors import with_group, with_unit

from ..models import MemberRegistration, UnitRegistration
from ..registrations import coverage_of, not_registered, with_coverage
from ..registrations_filters import (
    CoverageFilters,
    MemberRegistrationFilters,
    MissingFilters,
    UnitRegistrationFilters,
)
from .common import span

VIEW = "deployments.view_registration"
REGISTER = "deployments.register_members"
COVERAGE = "deployments:registration_coverage"


def links() -> list[Action]:
    """The three pages of 双报到 lead to one another."""
    return [
        Action("报到情况", reverse(COVERAGE)),
        Action("单位报到", reverse("deployments:unit_registration_list")),
        Action("党员报到", reverse("deployments:member_registration_list")),
    ]


class CoverageView(KeyedListView):
    """Unit by unit: registered or not, how many of its people are, and who is not."""

    permission = VIEW
    model = Unit
    title = "双报到情况"
    template_name = "deployments/registration_coverage.html"
    filterset_class = CoverageFilters
    extra_fields = ("done", "due", "group_number")
    ordering = ("sort_order",)
    measure = "家"
    columns = (
        Column("short_name", label="单位", link="units:unit_detail", phone="title"),
        Column(
            "group_number",
            label="联络组",
            value=lambda row: f"第{row['group_number']}组" if row["group_number"] else None,
            blank="未分组",
        ),
        Column("registered_at", label="单位报到社区", blank="未报到"),
        Column("received_on", label="回执", kind="day", blank="未收到"),
        Column("due", label="应报到", kind="number", unit="人"),
        Column("done", label="已报到", kind="number", unit="人"),
        Column(
            "missing",
            label="未报到",
            kind="number",
            unit="人",
            value=lambda row: row["due"] - row["done"],
            link=lambda row: _missing_url(row["pk"]) if row["due"] > row["done"] else "",
        ),
        Column("homeless", label="其中居住社区不详", kind="number", unit="人", phone="hide"),
        Column(
            "share",
            label="报到率",
            kind="percent",
            value=lambda row: row["done"] / row["due"] if row["due"] else None,
            phone="hide",
        ),
    )

    def get_queryset(self) -> QuerySet[Any]:
        today = business_day()
        rows = super().get_queryset().filter(is_active=True)
        return with_coverage(with_group(rows, on=today), on=today)

    def get_subtitle(self) -> str:
        return "应报到为组织关系在本单位的在职党员"

    def get_actions(self) -> Sequence[Action]:
        bulk = reverse("deployments:registration_bulk")
        return [
            *links()[1:],
            Action("未报到人员", reverse("deployments:registration_missing")),
            Action("整单位登记", bulk, icon="users-plus", primary=True, permission=REGISTER),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        units = Unit.objects.visible_to(self.request.user).filter(is_active=True)
        found = coverage_of(units, on=business_day())
        kpis = [
            Kpi(
                "单位已报到",
                found["units_done"],
                "家",
                notes=(f"应报到 {found['units']} 家",),
                url=f"{reverse(COVERAGE)}?unit_done=yes",
            ),
            Kpi("党员已报到", found["done"], "人", notes=(f"应报到 {number(found['due'])} 人",)),
            Kpi(
                "党员未报到",
                found["due"] - found["done"],
                "人",
                url=reverse("deployments:registration_missing"),
                good="down",
            ),
        ]
        return super().get_context_data(kpis=kpis, **kwargs)


def _missing_url(unit: int) -> str:
    return f"{reverse('deployments:registration_missing')}?{urlencode({'unit': unit})}"


class MissingView(KeyedListView):
    """Who has not registered, by name, for those who may see them."""

    permission = VIEW
    model = Member
    title = "未报到人员"
    subtitle = "组织关系在本单位、尚未向居住社区报到的在职党员"
    filterset_class = MissingFilters
    columns = (
        Column("name", link="units:member_detail", phone="title"),
        Column("unit_name", label="单位", blank="无"),
        Column("branch_name", label="党支部", blank=""),
        Column("home_community__name", label="居住社区", blank="未登记"),
        Column("home_community__street__district__short_name", label="区县", blank="未登记"),
    )
    row_template = "deployments/_registration_missing.html"
    ordering = ("id",)
    measure = "人"
    empty_filtered = "没有未报到的人员。"

    def get_queryset(self) -> QuerySet[Any]:
        today = business_day()
        visible = super().get_queryset().filter(pk__in=not_registered(on=today).values("pk"))
        return with_unit(visible, on=today)

    def get_actions(self) -> Sequence[Action]:
        return links()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm(REGISTER)
        return super().get_context_data(may_register=may, **kwargs)


def receipt(received_on: dt.date | None, void_reason: str = "") -> Tag:
    """Whether the stamped slip came back; of what never began, why."""
    if void_reason:
        return Tag(f"作废：{void_reason}", "grey")
    return Tag("已收到", "green") if received_on else Tag("未收到", "yellow")


class UnitRegistrationListView(KeyedListView):
    permission = VIEW
    model = UnitRegistration
    title = "单位报到"
    subtitle = "单位向驻地社区报到，社区盖章回执"
    filterset_class = UnitRegistrationFilters
    columns = (
        Column(
            "unit__short_name",
            label="单位",
            link="deployments:unit_registration_detail",
            phone="title",
        ),
        Column("community__name", label="报到社区"),
        Column("community__street__district__short_name", label="区县"),
        Column("span", label="起止", value=span),
        Column("contact", blank="未登记"),
        Column("contact_phone", kind="phone", blank="未登记"),
        Column("receipt", label="报到回执", value=lambda row: receipt(row["received_on"])),
        Column("received_on", kind="day", blank=""),
    )
    extra_fields = ("starts_on", "ends_on", "received_on")
    ordering = ("unit__sort_order", "-starts_on")
    measure = "条"
    empty = "还没有登记过单位报到。"

    def get_actions(self) -> Sequence[Action]:
        url = reverse("deployments:unit_registration_create")
        new = Action("登记单位报到", url, icon="plus", primary=True, permission=REGISTER)
        return [links()[0], links()[2], new]


class MemberRegistrationListView(KeyedListView):
    permission = VIEW
    model = MemberRegistration
    title = "党员报到"
    subtitle = "党员向居住社区报到；封闭期间以就地报到为准"
    filterset_class = MemberRegistrationFilters
    columns = (
        Column(
            "member__name", label="姓名", link="units:member_detail", link_by="member_id",
            phone="title",
        ),
        Column("community__name", label="报到社区"),
        Column("community__street__district__short_name", label="区县"),
        Column("span", label="起止", value=span),
        Column(
            "kind",
            label="类别",
            value=lambda row: Tag("就地报到", "blue") if row["is_local"] else Tag("居住地"),
        ),
        Column(
            "receipt",
            label="报到回执",
            value=lambda row: receipt(row["received_on"], row["void_reason"]),
        ),
    )  # fmt: skip
    extra_fields = ("starts_on", "ends_on", "received_on", "is_local", "void_reason")
    row_template = "deployments/_registration_actions.html"
    ordering = ("-starts_on", "id")
    measure = "条"
    empty = "还没有登记过党员报到。"

    def get_actions(self) -> Sequence[Action]:
        new = reverse("deployments:member_registration_create")
        bulk = reverse("deployments:registration_bulk")
        return [
            *links()[:2],
            Action("整单位登记", bulk, icon="users-plus", permission=REGISTER),
            Action("登记党员报到", new, icon="plus", primary=True, permission=REGISTER),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm(REGISTER)
        return super().get_context_data(may_register=may, **kwargs)
