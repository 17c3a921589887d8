"""What 双报到 adds to the records of units, communities and people, and to the to-do list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.panels import Panel, register_panel
from apps.core.scope import scope_of
from apps.core.tables import Column, Row, Table
from apps.units.models import Unit

from .models import MemberRegistration, UnitRegistration
from .registrations import coverage_of
from .views.common import span
from .views.registrations import REGISTER, VIEW, receipt

MOST = 200


def _kind(row: Row) -> Tag:
    return Tag("就地报到", "blue") if row.is_local else Tag("居住地")


OF_UNIT = (
    Column("span", label="起止", value=span),
    Column("contact", blank="未登记"),
    Column("contact_phone", kind="phone", blank="未登记"),
    Column("receipt", label="报到回执", value=lambda row: receipt(row.received_on)),
)
OF_MEMBER = (
    Column("span", label="起止", value=span),
    Column("kind", label="类别", value=_kind),
    Column(
        "receipt",
        label="报到回执",
        value=lambda row: receipt(row.received_on, row.void_reason),
    ),
)


def registrations_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    rows = UnitRegistration.objects.visible_to(request.user).filter(unit=unit)
    place = Column(
        "community__name",
        label="报到社区",
        link="deployments:unit_registration_detail",
        phone="title",
    )
    found = rows.select_related("community").order_by("-starts_on")
    return {"table": Table.of(UnitRegistration, (place, *OF_UNIT), found, empty="该单位尚未报到。")}


def units_registered_at(request: HttpRequest, community: Any) -> dict[str, Any]:
    rows = UnitRegistration.objects.visible_to(request.user).filter(community=community)
    unit = Column(
        "unit__short_name", label="单位", link="deployments:unit_registration_detail", phone="title"
    )
    found = rows.on(business_day()).select_related("unit").order_by("unit__sort_order")
    return {
        "table": Table.of(UnitRegistration, (unit, *OF_UNIT), found, empty="没有单位在该社区报到。")
    }


def members_registered_at(request: HttpRequest, community: Any) -> dict[str, Any]:
    today = business_day()
    rows = MemberRegistration.objects.visible_to(request.user).effective(today)
    name = Column(
        "member__name", label="姓名", link="units:member_detail", link_by="member_id", phone="title"
    )
    found = rows.filter(community=community).select_related("member").order_by("pk")
    table = Table.of(
        MemberRegistration, (name, *OF_MEMBER), found[:MOST], empty="没有党员在该社区报到。"
    )
    return {"table": table}


def registrations_of_member(request: HttpRequest, member: Any) -> dict[str, Any]:
    rows = MemberRegistration.objects.visible_to(request.user).filter(member=member)
    place = Column("community__name", label="报到社区", phone="title")
    found = rows.select_related("community", "member").order_by("-starts_on", "-pk")
    table = Table.of(MemberRegistration, (place, *OF_MEMBER), found, empty="尚未报到。")
    return {"table": table, "member": member.pk}


def unregistered(request: HttpRequest) -> Iterator[Todo]:
    """A unit's own people who have not registered, or the unit itself; three queries."""
    own = scope_of(request.user).own_units
    if not own:
        return
    units = Unit.objects.filter(pk__in=own, is_active=True)
    found = coverage_of(units, on=business_day())
    if found["units_done"] < found["units"]:
        url = reverse("deployments:unit_registration_create")
        yield Todo(label="报到", tone="yellow", text="单位尚未向驻地社区报到", url=url)
    missing = found["due"] - found["done"]
    if missing:
        url = reverse("deployments:registration_missing")
        yield Todo(label="报到", tone="grey", text=f"尚未向居住社区报到 {missing} 人", url=url)


def register_all() -> None:
    from apps.core.menu import MenuItem, register
    from apps.core.search import SearchSource, register_search
    from apps.core.todos import register_todos

    from .registrations_filters import UnitRegistrationFilters

    register_panel(
        Panel("units.unit", "registrations", "双报到", registrations_of_unit, VIEW, order=25),
        Panel(
            "communities.community", "reg_units", "报到单位", units_registered_at, VIEW, order=30
        ),
        Panel(
            "communities.community", "reg_people", "报到党员", members_registered_at, VIEW, order=35
        ),
        Panel(
            "units.member",
            "registrations",
            "双报到",
            registrations_of_member,
            VIEW,
            template="deployments/_registrations_of_member.html",
            order=20,
        ),
    )
    register_todos(REGISTER, unregistered)
    name = "deployments"
    register(
        MenuItem(
            "双报到",
            f"{name}:registration_coverage",
            VIEW,
            name,
            40,
            match=(
                f"{name}:registration_",
                f"{name}:unit_registration_",
                f"{name}:member_registration_",
            ),
        ),
    )
    register_search(
        SearchSource(
            "单位报到",
            VIEW,
            UnitRegistrationFilters,
            f"{name}:unit_registration_list",
            note=lambda row: str(row.community),
            related=("unit", "community"),
            order=60,
        )
    )
