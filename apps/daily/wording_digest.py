"""The sentences of the morning digests and of the night's note. Facts in, Chinese out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.addresses import address
from apps.core.linked import linked
from apps.figures.corrected import corrected_text, corrections_url
from apps.figures.enums import Stage
from apps.figures.keys import keys_of
from apps.figures.models import Correction
from apps.figures.selectors.day_values import Value

from .enums import Fulfilment, ReportState
from .models import CityTalkItem
from .selectors.digest import CampaignDay, GroupMorning
from .selectors.links import figure_url, flashes_url, missing_url, reports_url
from .selectors.owed import Owed
from .wording import day, hour, names

EMPTY = "昨日无新增，查询正常。"
CORRECTIONS = 10
"""Changed values a digest prints; the page of corrections has them all."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered heading and what stands under it."""

    title: str
    lines: tuple[str, ...]


def leader_subject(days: Sequence[CampaignDay], on: dt.date) -> str:
    kinds = "、".join(item.campaign.get_kind_display() for item in days)
    counts = "，".join(map(filed_of_asked, days))
    return f"{day(on)}{kinds}工作情况（{counts}）"


def filed_of_asked(item: CampaignDay) -> str:
    """已报172/179家，锁定后补报4家: what is locked, and apart from it what came later."""
    return f"已报{item.in_time}/{item.asked}家{late(item)}"


def late(item: CampaignDay) -> str:
    return f"，锁定后补报{item.late}家" if item.late else ""


def leader_paragraphs(item: CampaignDay) -> list[Paragraph]:
    """One campaign of the leader's digest, numbered; sections with nothing to say are left out."""
    if not item.has_data:
        return [Paragraph("总体情况", (EMPTY,))]
    if item.stage is None:
        return [Paragraph("汇总未完成", ("汇总未完成，原因：当日数据尚未汇总，请勿使用旧数。",))]
    sections = [
        ("总体情况", overall(item)),
        ("突发和人员安全", (safety(item),)),
        ("需求对接", (city(item),)),
        ("请您关注", tuple(f"{n}. {text}" for n, text in enumerate(item.findings, 1))),
        ("未报单位", owed_lines(item)),
        ("更正", tuple(correction_lines(item))),
        ("宣传引导", (f"{linked(item.appeared, _placements(item))}。",) if item.appeared else ()),
        ("今日安排", tuple(item.today)),
    ]
    kept = [(title, lines) for title, lines in sections if lines]
    return [
        Paragraph(f"{formats.numeral(n)}、{title}", lines)
        for n, (title, lines) in enumerate(kept, 1)
    ]


def overall(item: CampaignDay) -> tuple[str, ...]:
    """The key figures in one sentence, and apart from it the line of those who are missing."""
    stage = "核定数" if item.stage == Stage.LOCKED else "快报数"
    parts = [f"截至{day(item.on)}{formats.oclock(item.data_cut)}"]
    on_post = item.headlines.get("on_post")
    parts.append(_headline(item, "在岗下沉党员", on_post, "人"))
    if on_post and on_post.change is not None:
        moved = linked(f"{_moved(on_post.change)}人", figure_of(item, on_post))
        parts.append(f"同口径较前日{moved}")
    text = "，".join(parts)
    for name, label, measure in (
        ("communities", "在服务社区", "个"),
        ("teams", "在岗突击队", "个"),
        ("helped", "当日被隔离、困难家庭帮扶", "次"),
        ("visited", "累计走访慰问一线人员家庭", "户"),
    ):
        if name in item.headlines:
            text += f"；{_headline(item, label, item.headlines[name], measure)}"
    owed = f"；未报{linked(f'{len(item.owed)}家', _missing(item))}未计入" if item.owed else ""
    return (f"{text}。（{stage}{owed}。）", *_held_over(item, on_post))


def _headline(item: CampaignDay, label: str, figure: Value | None, measure: str) -> str:
    if figure is None:
        return f"{label}{formats.figure(None, measure)}"
    said = formats.figure(figure.value, measure, qualifier=figure.qualifier)
    return f"{label}{linked(said, figure_of(item, figure))}{corrected(item, figure)}"


def figure_of(item: CampaignDay, figure: Value) -> str:
    """The address of the leaves of a headline."""
    return figure_url(item.campaign, item.on, figure.asked.code)


def _missing(item: CampaignDay) -> str:
    return missing_url(item.campaign, item.on)


def _placements(item: CampaignDay) -> str:
    asked = f"?campaign={item.campaign.code}&on={item.on.isoformat()}"
    return f"{address('publicity:placement_list')}{asked}"


def corrected(item: CampaignDay, figure: Value) -> str:
    """（更正后318人）: the locked number stays, what became of it stands beside it."""
    if not figure.is_corrected:
        return ""
    at = (figure.scope, figure.key)
    url = corrections_url(item.campaign, item.on, figure.asked.code, at=at)
    return f"（{linked(formats.tight(corrected_text(figure)), url)}）"


def _moved(change: Decimal) -> str:
    if change == 0:
        return "持平，增减0"
    return f"{'增加' if change > 0 else '减少'}{formats.number(abs(change))}"


def _held_over(item: CampaignDay, figure: Value | None) -> tuple[str, ...]:
    """The grey line that is never mixed into the total.

    A typed figure lacks the reports of units; one of the ledger lacks entries of deployments,
    whether or not their units have reported.
    """
    about = figure.with_carried if figure else None
    if figure is None or about is None:
        return ()
    lacking = "未报单位" if figure.asked.is_typed else "未登记任务"
    said = linked(f"约{formats.number(about.value)}{about.measure.label}", figure_of(item, figure))
    return (f"{lacking}暂按前日数计，{said}。",)


def safety(item: CampaignDay) -> str:
    """News and people hurt; none of either is said, too."""
    reported = item.headlines.get("injured")
    injured = max(item.injured, int(reported.number or 0) if reported else 0)
    url = figure_of(item, reported) if reported else flashes_url(item.campaign)
    return f"{news(item)}；下沉人员伤病{linked(f'{injured}人', url)}。"


def news(item: CampaignDay) -> str:
    if not item.incidents:
        return "无突发情况报告"
    return f"突发情况报告{linked(f'{item.incidents}起', flashes_url(item.campaign, kind='grave'))}"


def city(item: CampaignDay, *, named: bool = True) -> str:
    """What the city asked for; `named` lists what is still to be met."""
    if not item.asked_by_city:
        return "市直工委未提出新的需求。"
    talk = f"{address('daily:round_detail', item.campaign.code, item.on.isoformat())}#city_talk"
    asked, met = linked(f"{item.asked_by_city}项", talk), linked(f"{item.met}项", talk)
    text = f"市直工委提出{asked}，已落实{met}"
    counts = {
        state: f"{short_word(state)}{linked(f'{len(rows)}项', talk)}"
        for state, rows in item.unmet.items()
    }
    if not named:
        return f"{'，'.join((text, *counts.values()))}。"
    lists = [
        f"{counts[state]}：{'；'.join(linked(_unmet(row), talk) for row in rows)}"
        for state, rows in item.unmet.items()
    ]
    return f"{'，'.join((text, *lists[:1]))}。{''.join(f'{one}。' for one in lists[1:])}"


def short_word(state: Fulfilment) -> str:
    """What is 待派出 on the page of its day is 未落实 once the day is told."""
    return "未落实" if state == Fulfilment.OPEN else str(state.label)


def _unmet(row: CityTalkItem) -> str:
    heads = "" if row.says_heads else f"（{formats.number(row.heads or 0)}人）"
    return f"{formats.tight(row.content)}{heads}"


def owed_lines(item: CampaignDay) -> tuple[str, ...]:
    """The missing units by group, and how many of them have been silent for days."""
    by_group = sorted(item.owed, key=_group_of)
    lines = [_owed_line(number, list(rows)) for number, rows in groupby(by_group, key=_group_of)]
    repeated = sum(row.days > 1 for row in item.owed)
    if repeated:
        lines.append(f"其中连续两日以上未报{linked(f'{repeated}家', _missing(item))}。")
    return tuple(lines)


def _group_of(row: Owed) -> int:
    return row.group or 0


def _owed_line(number: int, rows: Sequence[Owed]) -> str:
    listed = names([row.name for row in rows])
    return f"第{number}组：{listed}" if number else listed


def correction_lines(item: CampaignDay) -> Iterator[str]:
    """Changed values one by one; what came in after the lock only by the names of the units."""
    rows, campaign = item.corrections, item.campaign
    changed = [row for row in rows if row.old is not None]
    yield from (_correction(row) for row in changed[:CORRECTIONS])
    if len(changed) > CORRECTIONS:
        every = f"{address('figures:correction_list')}?campaign={campaign.code}"
        yield f"另有{linked(f'{len(changed) - CORRECTIONS}项', every)}更正，见平台。"
    late: dict[dt.date, dict[str, None]] = {}
    for row in rows:
        if row.old is None:
            late.setdefault(row.figure.snapshot.on, {})[str(row.figure.unit)] = None
    for on, units in late.items():
        filed = reports_url(campaign, day=on.isoformat(), state=ReportState.LATE.value)
        count = linked(f"{len(units)}家", filed)
        yield f"{day(on)}补报{count}，已列入更正：{names(list(units))}。"


def _correction(row: Correction) -> str:
    figure = row.figure
    measure = figure.indicator.get_measure_display()
    old, new = formats.figure(row.old, measure), formats.figure(row.new, measure)
    moved = linked(f"{old}更正为{new}", address("daily:figure_detail", figure.pk))
    return f"{day(figure.snapshot.on)}{figure.unit}{figure.indicator}{moved}，原因：{row.reason}。"


def group_line(morning: GroupMorning, campaign: Campaign, on: dt.date) -> str:
    rows = reports_url(campaign, day=on.isoformat(), group=morning.pk, state="asked")
    asked, filed = linked(morning.asked, rows), linked(morning.filed, rows)
    on_post = ""
    if morning.on_post is not None:
        leaves = figure_url(campaign, on, keys_of(campaign.kind).on_post, group=morning.pk)
        on_post = f"；在岗{linked(formats.figure(morning.on_post, '人'), leaves)}"
    todo = f"；今日请办：{'、'.join(morning.todo)}" if morning.todo else "；今日无待办"
    return f"第{morning.number}组：应报{asked}，已报{filed}{on_post}{todo}。"


def unit_line(name: str, todo: Sequence[str]) -> str:
    return f"{name}今日待办{len(todo)}项：{'、'.join(todo)}。"


def sign_line(organ: str, at: dt.time, data_cut: dt.time) -> str:
    return f"——{organ}，{hour(at)}，数据时点{hour(data_cut)}，内部资料，请勿转发。"


def catch_up_line(campaign: str, missed: Sequence[dt.date]) -> str:
    """What the office is told after days on which nothing ran."""
    days = formats.listing([day(on) for on in missed])
    return f"{campaign}：{days}的提醒和摘要未按时发出，当日汇总现已补齐；催报不再补发。"
