"""The lines of a 力量调配通知单 that are one's own, as a sheet."""

from __future__ import annotations

from typing import Any

from apps.core import formats
from apps.core.dates import business_day
from apps.office.exports.paper import Paper, PaperColumn, numbered, total_of

from .models import AllocationLine, AllocationSheet

COLUMNS = (
    PaperColumn("序号", width=5),
    PaperColumn("派出单位", "text", width=20),
    PaperColumn("区县", "text", over="去向", width=10),
    PaperColumn("街道", "text", over="去向", width=14),
    PaperColumn("社区", "text", over="去向", width=16),
    PaperColumn("任务", "text", over="去向", width=12),
    PaperColumn("人数", width=7),
    PaperColumn("带队人", "text", over="带队", width=10),
    PaperColumn("联系电话", "text", over="带队", width=15),
    PaperColumn("时段", "text", width=14),
    PaperColumn("集合地点", "text", width=18),
    PaperColumn("接洽人", "text", width=20),
    PaperColumn("防护保障", "text", width=18),
)


def allocation_paper(sheet: AllocationSheet, *, user: Any, organ: str) -> Paper:
    """Lines of `sheet` in the scope of `user` that send somebody, in official order."""
    lines = (
        AllocationLine.objects.visible_to(user)
        .filter(sheet=sheet, heads__gt=0)
        .select_related("unit", "community__street__district", "task_type", "leader")
        .order_by("unit__sort_order", "pk")
    )
    rows = numbered(
        [
            [
                line.unit.short_name,
                line.community.street.district.short_name,
                line.community.street.name,
                line.community.name,
                str(line.task_type),
                line.heads,
                str(line.leader or "接单时定"),
                line.leader_phone or None,
                line.shift or "时段未定",
                line.meeting_place or None,
                line.contact or None,
                line.protection or None,
            ]
            for line in lines
        ]
    )
    total = [*total_of(rows)[:7], *([None] * 6)] if rows else None
    signer = f"　　签发：{sheet.signed_by}" if sheet.signed_by else ""
    return Paper(
        title=f"{sheet.campaign}力量调配通知单",
        organ=organ,
        basis=f"{sheet.number_text}　　{formats.day(sheet.on)}到岗{signer}",
        on=business_day(),
        columns=COLUMNS,
        rows=rows,
        total=total,
        notes=(f"工作要求：{sheet.note}",) if sheet.note else (),
    )
