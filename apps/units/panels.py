"""What units add to the records of places."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.core.dates import business_day
from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Table

from .models import Unit
from .selectors import with_group


def units_at_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    """Units whose own office lies there, as far as one may see units."""
    rows = Unit.objects.visible_to(request.user).filter(office_community=community, is_active=True)
    columns = (
        Column("short_name", label="单位", link="units:unit_detail", phone="title"),
        Column("category"),
        Column(
            "group_number",
            label="联络组",
            value=lambda unit: f"第{unit.group_number}组" if unit.group_number else None,
            blank="未分组",
        ),
        Column("duty_phone", kind="phone", blank="未登记"),
    )
    found = with_group(rows, on=business_day())
    return {"table": Table.of(Unit, columns, found, empty="没有单位驻在该社区。")}


def register_panels() -> None:
    register_panel(
        Panel(
            "communities.community",
            "offices",
            "驻地单位",
            units_at_community,
            "units.view_unit",
            order=60,
        )
    )
