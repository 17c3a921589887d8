"""The 报告 of a campaign in words; every number with where it comes from."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of
from apps.figures.models import Figure
from apps.office.documents.content import Block, Draft, Piece, Quote, Reference, Source, day

from .selectors.briefs import ReportFacts
from .selectors.links import figure_url
from .wording_pieces import by_category, clock, figure, quoted, record


def report_title(campaign: Campaign) -> str:
    return f"关于{campaign}省直机关党员下沉服务工作情况的报告"


def report_blocks(facts: ReportFacts) -> tuple[Block, ...]:
    """Figures so far, present strength, work done, milestones, what was asked, what comes next."""
    draft, campaign = Draft(), facts.campaign
    keys = keys_of(campaign.kind)
    draft.say(
        "现将",
        Quote(campaign.name),
        f"省直机关党员下沉服务工作情况报告如下。数据截至{day(facts.on)}{formats.oclock(facts.data_cut)}，"
        "均为核定数。",
    )
    draft.heading("总体情况")
    draft.say(*_so_far(facts))
    draft.heading("力量分布")
    present = facts.total(keys.on_post)
    if present is None:
        draft.say("当日没有在岗登记。")
    else:
        draft.say(*_strength(facts, present))
    if facts.work:
        draft.heading("主要工作量")
        draft.say(
            "按",
            record(facts.locked_days, "天", name="已锁定数据的天数"),
            "核定数累计（人次、件次等不去重）：",
            *_work(facts),
            "。",
        )
    if facts.milestones:
        draft.heading("重要节点")
        for number, milestone in enumerate(facts.milestones, 1):
            draft.item(number, *clock(milestone))
    draft.heading("需求对接")
    draft.say(*_asked(facts))
    if facts.dispatch:
        draft.heading("下步安排")
        for pieces in quoted(facts.dispatch):
            draft.say(*pieces)
    draft.say("特此报告。")
    return tuple(draft.blocks)


def _so_far(facts: ReportFacts) -> list[Piece]:
    keys, campaign = keys_of(facts.campaign.kind), facts.campaign
    about = campaign.get_absolute_url()
    days = record((facts.on - campaign.starts_on).days + 1, "天", name="任务天数", url=about)
    units = record(facts.units, "家", name="参与单位", url=about)
    pieces: list[Piece] = [f"自{day(campaign.starts_on)}起，历时", days, "，参与单位", units]
    for code in (keys.ever_on_post, keys.ever_communities, keys.visited):
        row = facts.total(code)
        if row is not None:
            pieces += [
                f"，{row.indicator}",
                figure(row, on=facts.on, campaign=campaign),
            ]
    return [*pieces, "（按人、按社区去重）。"]


def _strength(facts: ReportFacts, present: Figure) -> list[Piece]:
    keys = keys_of(facts.campaign.kind)
    pieces: list[Piece] = [
        f"{present.indicator}",
        figure(present, on=facts.on, campaign=facts.campaign),
    ]
    for code in (keys.communities, keys.teams, keys.gap):
        row = facts.total(code)
        if row is not None:
            pieces += [f"，{row.indicator}", figure(row, on=facts.on, campaign=facts.campaign)]
    parts = [row for row in facts.categories if row.indicator.code == keys.on_post and row.value]
    return [*pieces, "。", *(["其中，", *by_category(facts, parts), "。"] if parts else [])]


def _work(facts: ReportFacts) -> Iterator[Piece]:
    for n, rows in enumerate(facts.work.values()):
        indicator = rows[0].indicator
        yield f"{'，' if n else ''}{indicator}"
        yield Reference(
            source=Source.FIGURE,
            value=sum((row.value or Decimal() for row in rows), Decimal()),
            measure=indicator.get_measure_display(),
            name=indicator.name,
            qualifier=_qualifier(rows),
            ids=tuple(row.pk for row in rows),
            indicator=indicator.code,
            scope=ScopeKind.TOTAL.value,
            place="累计",
            on=facts.on.isoformat(),
            url=figure_url(facts.campaign, facts.on, indicator.code),
        )


def _qualifier(rows: Sequence[Figure]) -> str:
    """A sum with one approximate part is approximate."""
    words = {row.get_qualifier_display() for row in rows if row.qualifier}
    return "约" if len(words) > 1 else next(iter(words), "")


def _asked(facts: ReportFacts) -> list[Piece]:
    if not facts.asked_by_city:
        return ["市直工委未提出需求。"]
    url = reverse("daily:round_list")
    pieces: list[Piece] = [
        "市直工委累计提出",
        record(facts.asked_by_city, "项", name="市直工委提出需求", url=url),
        "，已落实",
        record(facts.met, "项", name="已落实需求", url=url),
    ]
    if facts.partly_met:
        pieces += ["，部分落实", record(facts.partly_met, "项", name="部分落实需求", url=url)]
    return [*pieces, "。"]
