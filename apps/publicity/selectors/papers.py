"""采用通报 by unit as the office prints it."""

from __future__ import annotations

import datetime as dt

from apps.campaigns.models import Campaign
from apps.core.dates import business_day, to_local
from apps.office.exports.paper import Cell, Paper, PaperColumn, numbered

from ..models import AdoptionNotice
from .adoption import Adoption

COLUMNS = (
    PaperColumn("序号", width=6),
    PaperColumn("单位", "text", width=28),
    PaperColumn("投稿（篇）", over="投稿采用情况", width=13),
    PaperColumn("采用（篇）", over="投稿采用情况", width=13),
    PaperColumn("刊发（篇次）", over="投稿采用情况", width=13),
    PaperColumn("备注", "text", width=22),
)


def adoption_paper(
    found: Adoption,
    *,
    campaign: Campaign,
    month: dt.date,
    notice: AdoptionNotice | None,
    organ: str,
) -> Paper:
    """`notice` is the signed version the figures are of; without it they may still move."""
    rows: list[list[Cell]] = [
        [row.name, row.submitted, row.adopted, row.placed, None] for row in found.rows
    ]
    total: list[Cell] = [None, "合计", found.submitted, found.adopted, found.placed, None]
    notes = [
        "投稿按首次投稿日期计；采用为当月刊发、推送、发布的稿件，一稿多发计1篇、按次计篇次；撤稿的不计",
        "按单位序列排列，不作排名",
    ]
    if found.silent:
        notes.append(f"其余 {found.silent} 家当月没有投稿和采用")
    # 2021年疫情防控 has said its year.
    year = "" if str(month.year) in str(campaign) else f"{month.year}年"
    return Paper(
        title=f"{campaign}{year}{month.month}月稿件采用情况表",
        organ=organ,
        basis=_basis(notice),
        on=business_day(),
        columns=COLUMNS,
        rows=numbered(rows),
        total=total,
        notes=notes,
        empty="本月没有投稿，也没有刊发",
    )


def _basis(notice: AdoptionNotice | None) -> str:
    if notice is None:
        return "送审稿（未签发）"
    at = to_local(notice.signed_at)
    day = f"{at.year}年{at.month}月{at.day}日"
    return f"{notice.signed_by} {day}签发（第{notice.version}版）"
