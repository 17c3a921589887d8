"""The 简报 of a day in words; every number with where it comes from."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.figures.enums import IndicatorKind
from apps.figures.keys import keys_of
from apps.figures.models import Correction, Figure
from apps.office.documents.content import (
    Block,
    Draft,
    Part,
    Piece,
    Quote,
    Reference,
    Source,
    day,
)

from .selectors.briefs import BriefFacts
from .selectors.digest import CampaignDay
from .selectors.links import missing_url
from .wording_digest import short_word
from .wording_pieces import by_category, clock, figure, quoted, record

LISTED = 40
"""Corrections a 简报 prints one by one; so many fill a page."""


def brief_title(campaign: Campaign, on: dt.date) -> str:
    return f"{day(on)}{campaign.get_kind_display()}工作情况"


def brief_blocks(facts: BriefFacts) -> tuple[Block, ...]:
    """The sections of the leader's digest in prose; what has nothing to say is left out."""
    draft = Draft()
    sections = (
        ("总体情况", _overall(facts)),
        ("突发和人员安全", _safety(facts)),
        ("需求对接", _city(facts.campaign, facts.on, facts.day)),
        ("重要节点", [clock(row) for row in facts.reached]),
        ("研判意见", quoted(facts.opinion.splitlines())),
        ("未报单位", _owed(facts)),
        ("更正", _corrections(facts)),
        ("宣传引导", _appeared(facts)),
        ("下步安排", quoted(facts.dispatch)),
    )
    for title, lines in sections:
        written = list(lines)
        if written:
            draft.heading(title)
            for pieces in written:
                draft.say(*pieces)
    return tuple(draft.blocks)


def _overall(facts: BriefFacts) -> Iterator[Sequence[Piece]]:
    keys = keys_of(facts.campaign.kind)
    yield [*_headline(facts), "。以上为核定数，锁定后的更正另列。"]
    parts = [row for row in facts.categories if row.indicator.code == keys.on_post and row.value]
    if parts:
        yield ["其中，", *by_category(facts, parts), "。"]
    work = [row for row in facts.figures if _is_work(row, keys.helped)]
    if work:
        pieces: list[Piece] = ["当日主要工作量："]
        for n, row in enumerate(work):
            pieces += ["、" if n else "", row.indicator.name, _of(facts, row)]
        yield [*pieces, "。"]
    yield _filed(facts)


def _headline(facts: BriefFacts) -> list[Piece]:
    keys = keys_of(facts.campaign.kind)
    pieces: list[Piece] = [f"截至{day(facts.on)}{formats.oclock(facts.data_cut)}"]
    present = facts.total(keys.on_post)
    if present is None:
        pieces.append("，在岗下沉党员未报")
    else:
        pieces += [f"，{present.indicator}", _of(facts, present)]
        if present.compared is not None and present.compared_before is not None:
            over, by = (_of(facts, present, part) for part in (Part.COMPARED_UNITS, Part.CHANGE))
            pieces += ["，同口径（", over, "）较前日", by]
    for code in (keys.communities, keys.teams, keys.helped, keys.ever_on_post, keys.visited):
        row = facts.total(code)
        if row is not None:
            kind = "当日" if row.indicator.kind == IndicatorKind.FLOW else ""
            pieces += [f"；{kind}{row.indicator}", _of(facts, row)]
    return pieces


def _filed(facts: BriefFacts) -> list[Piece]:
    item, url = facts.day, _reports_url(facts.campaign, facts.on)
    asked = record(item.asked, "家", name="应报单位", url=url)
    filed = record(item.filed, "家", name="已报单位", url=url)
    pieces: list[Piece] = ["应报", asked, "，已报", filed]
    if facts.late.count:
        late = record(facts.late.count, "家", name="锁定后补报单位", url=_late_url(facts))
        pieces += ["（其中锁定后补报", late, "）"]
    if item.owed:
        pieces += ["，未报", _missing(facts, len(item.owed))]
    if facts.late.count or item.owed:
        pieces.append("。锁定时未报的不计入以上数据")
    return [*pieces, "。"]


def _is_work(row: Figure, helped: str | None) -> bool:
    indicator = row.indicator
    return bool(
        row.value
        and indicator.kind == IndicatorKind.FLOW
        and not indicator.is_restricted
        and indicator.code != helped
    )


def _of(facts: BriefFacts, row: Figure, part: Part = Part.VALUE) -> Reference:
    return figure(row, on=facts.on, campaign=facts.campaign, part=part)


def _safety(facts: BriefFacts) -> Iterator[Sequence[Piece]]:
    """News of the day and people hurt; none of either is said, too."""
    item, flashes = facts.day, reverse("daily:flash_list")
    news: list[Piece] = ["无突发情况报告"]
    if item.incidents:
        news = ["突发情况报告", record(item.incidents, "起", name="动态报告", url=flashes)]
    hurt = facts.total(keys_of(facts.campaign.kind).injured)
    told = record(item.injured, "人", name="动态报告伤病", url=flashes)
    if hurt is None:
        yield [*news, "；动态报告登记伤病", told, "。"]
        return
    more: list[Piece] = ["，动态报告登记", told] if item.injured > (hurt.value or 0) else []
    yield [*news, f"；{hurt.indicator}", _of(facts, hurt), *more, "。"]


def _city(campaign: Campaign, on: dt.date, item: CampaignDay) -> Iterator[Sequence[Piece]]:
    url = f"{reverse('daily:round_detail', args=[campaign.code, on.isoformat()])}#city_talk"
    if not item.asked_by_city:
        yield ["市直工委未提出新的需求。"]
        return
    pieces: list[Piece] = [
        "市直工委提出",
        record(item.asked_by_city, "项", name="市直工委提出需求", url=url),
        "，已落实",
        record(item.met, "项", name="已落实需求", url=url),
    ]
    for n, (state, rows) in enumerate(item.unmet.items()):
        word = short_word(state)
        count = record(len(rows), "项", name=f"{word}需求", url=url)
        pieces += ["。" if n else "，", word, count, "："]
        for k, row in enumerate(rows):
            pieces += ["；" if k else "", Quote(formats.tight(row.content))]
            if not row.says_heads:
                heads = record(row.heads or 0, "人", name=f"第{k + 1}项{word}需求人数", url=url)
                pieces += ["（", heads, "）"]
    yield [*pieces, "。"]


def _missing(facts: BriefFacts, count: int, name: str = "未报单位") -> Reference:
    return record(count, "家", name=name, url=missing_url(facts.campaign, facts.on))


def _owed(facts: BriefFacts) -> Iterator[Sequence[Piece]]:
    """Units by name and group in the groups' order; how many have been silent for days."""
    owed = facts.day.owed
    by_group = sorted(owed, key=lambda row: row.group or 0)
    for number, rows in groupby(by_group, key=lambda row: row.group):
        names = "、".join(row.name for row in rows)
        yield [f"第{number}组：" if number else "未编组：", Quote(names), "。"]
    repeated = sum(row.days > 1 for row in owed)
    if repeated:
        yield ["其中连续两日以上未报", _missing(facts, repeated, "连续两日以上未报单位"), "。"]


def _corrections(facts: BriefFacts) -> Iterator[Sequence[Piece]]:
    """Old, new and reason of each; what came in after the lock by the names of the units, so that
    those of the brief's own day add up to the number in its first section."""
    changed = [row for row in facts.corrections if row.old is not None]
    for n, row in enumerate(changed[:LISTED], 1):
        yield _correction(n, row)
    listed = reverse("figures:correction_list")
    url = f"{listed}?state=accepted"
    if len(changed) > LISTED:
        more = record(len(changed) - LISTED, "项", name="更正", url=url)
        yield ["另有", more, "更正，见平台更正台账。"]
    late: dict[dt.date, dict[str, None]] = {}
    for row in facts.corrections:
        if row.old is None:
            late.setdefault(row.figure.snapshot.on, {})[str(row.figure.unit)] = None
    if facts.late.count:
        late.setdefault(facts.on, {}).update(dict.fromkeys(facts.late.corrected))
    for on, units in late.items():
        pieces: list[Piece] = [f"{day(on)}数据锁定后补报"]
        if units:
            of_day = f"{listed}?state=accepted&campaign={facts.campaign.code}&day={on}"
            name = f"{day(on)}锁定后补报单位"
            count = record(len(units), "家", name=name, url=of_day)
            pieces += [count, "：", Quote("、".join(units)), "，已列入更正"]
        for number, word, rows in (
            (facts.late.waiting, "待审核", f"{listed}?state=proposed"),
            (facts.late.unchanged, "未作更正", _late_url(facts)),
        ):
            if number and on == facts.on:
                rest = record(number, "家", name=f"锁定后补报{word}单位", url=rows)
                pieces += ["；另" if len(pieces) > 1 else "", rest, word]
        yield [*pieces, "。"]


def _correction(n: int, row: Correction) -> Sequence[Piece]:
    """Numbered, as a leaf may be corrected twice in one paper."""
    leaf, measure = row.figure, row.figure.indicator.get_measure_display()
    on, url = leaf.snapshot.on, reverse("daily:figure_detail", args=[leaf.pk])
    name = f"{leaf.unit}{leaf.indicator}"

    def value(number: Decimal | None, label: str) -> Piece:
        if number is None:
            return "未报"
        if label == "原值" and number == leaf.value:
            return Reference(
                source=Source.FIGURE,
                value=number,
                measure=measure,
                name=name,
                ids=(leaf.pk,),
                indicator=leaf.indicator.code,
                scope=leaf.scope,
                place=str(leaf.unit),
                on=on.isoformat(),
                url=url,
            )
        return record(number, measure, name=f"第{n}项更正{name}{label}", url=url)

    return [
        f"{day(on)}",
        Quote(name),
        value(row.old, "原值"),
        "更正为",
        value(row.new, "更正值"),
        "，原因：",
        Quote(row.reason),
        "。",
    ]


def _appeared(facts: BriefFacts) -> Iterator[Sequence[Piece]]:
    found = facts.appeared
    if not found.items:
        return
    query = urlencode({"campaign": facts.campaign.code})
    url = f"{reverse('publicity:placement_list')}?{query}"
    pieces: list[Piece] = ["刊发", record(found.items, "篇", name="刊发稿件", url=url), "（"]
    for n, (kind, count) in enumerate(found.kinds.items()):
        pieces += [
            f"{'、' if n else ''}{kind.label}",
            record(count, "篇次", name=f"{kind.label}刊发", url=url),
        ]
    yield [*pieces, "）。"]


def _late_url(facts: BriefFacts) -> str:
    return f"{_reports_url(facts.campaign, facts.on)}&state=late"


def _reports_url(campaign: Campaign, on: dt.date) -> str:
    query = urlencode({"campaign": campaign.code, "day": on.isoformat()})
    return f"{reverse('daily:report_list')}?{query}"
