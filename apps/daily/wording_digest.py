"""The sentences of the morning digests and of the night's note. Facts in, Chinese out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from apps.core import formats
from apps.figures.corrected import corrected_text
from apps.figures.enums import Stage
from apps.figures.models import Correction
from apps.figures.selectors.day_values import Value

from .enums import Fulfilment
from .models import CityTalkItem
from .selectors.digest import CampaignDay, GroupMorning
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
        ("未报单位", owed_lines(item.owed)),
        ("更正", tuple(correction_lines(item.corrections))),
        ("宣传引导", (f"{item.appeared}。",) if item.appeared else ()),
        ("今日安排", tuple(item.today)),
    ]
    kept = [(title, lines) for title, lines in sections if lines]
    return [Paragraph(f"{numeral(n)}、{title}", lines) for n, (title, lines) in enumerate(kept, 1)]


def numeral(number: int) -> str:
    return "一二三四五六七八九十"[number - 1]


def overall(item: CampaignDay) -> tuple[str, ...]:
    """The key figures in one sentence, and apart from it the line of those who are missing."""
    stage = "核定数" if item.stage == Stage.LOCKED else "快报数"
    parts = [f"截至{day(item.on)}{formats.oclock(item.data_cut)}"]
    on_post = item.headlines.get("on_post")
    parts.append(_headline("在岗下沉党员", on_post, "人"))
    if on_post and on_post.change is not None:
        parts.append(f"同口径较前日{_moved(on_post.change)}人")
    text = "，".join(parts)
    for name, label, measure in (
        ("communities", "在服务社区", "个"),
        ("teams", "在岗突击队", "个"),
        ("helped", "当日被隔离、困难家庭帮扶", "次"),
        ("visited", "累计走访慰问一线人员家庭", "户"),
    ):
        if name in item.headlines:
            text += f"；{_headline(label, item.headlines[name], measure)}"
    owed = len(item.owed)
    return (f"{text}。（{stage}{f'；未报{owed}家未计入' if owed else ''}。）", *_held_over(on_post))


def _headline(label: str, figure: Value | None, measure: str) -> str:
    value = figure.value if figure else None
    qualifier = figure.qualifier if figure else ""
    return f"{label}{formats.figure(value, measure, qualifier=qualifier)}{corrected(figure)}"


def corrected(figure: Value | None) -> str:
    """（更正后318人）: the locked number stays, what became of it stands beside it."""
    return (
        f"（{corrected_text(figure).replace(' ', '')}）" if figure and figure.is_corrected else ""
    )


def _moved(change: Decimal) -> str:
    if change == 0:
        return "持平，增减0"
    return f"{'增加' if change > 0 else '减少'}{formats.number(abs(change))}"


def _held_over(figure: Value | None) -> tuple[str, ...]:
    """The grey line that is never mixed into the total.

    A typed figure lacks the reports of units; one of the ledger lacks entries of deployments,
    whether or not their units have reported.
    """
    about = figure.with_carried if figure else None
    if figure is None or about is None:
        return ()
    lacking = "未报单位" if figure.asked.is_typed else "未登记任务"
    return (f"{lacking}暂按前日数计，约{formats.number(about.value)}{about.measure.label}。",)


def safety(item: CampaignDay) -> str:
    """News and people hurt; none of either is said, too."""
    reported = item.headlines.get("injured")
    injured = max(item.injured, int(reported.number or 0) if reported else 0)
    return f"{news(item)}；下沉人员伤病{injured}人。"


def news(item: CampaignDay) -> str:
    return f"突发情况报告{item.incidents}起" if item.incidents else "无突发情况报告"


def city(item: CampaignDay, *, named: bool = True) -> str:
    """What the city asked for; `named` lists what is still to be met."""
    if not item.asked_by_city:
        return "市直工委未提出新的需求。"
    text = f"市直工委提出{item.asked_by_city}项，已落实{item.met}项"
    if not named:
        counts = [f"{short_word(state)}{len(rows)}项" for state, rows in item.unmet.items()]
        return f"{'，'.join((text, *counts))}。"
    lists = [
        f"{short_word(state)}{len(rows)}项：{'；'.join(map(_unmet, rows))}"
        for state, rows in item.unmet.items()
    ]
    return f"{'，'.join((text, *lists[:1]))}。{''.join(f'{one}。' for one in lists[1:])}"


def short_word(state: Fulfilment) -> str:
    """What is 待派出 on the page of its day is 未落实 once the day is told."""
    return "未落实" if state == Fulfilment.OPEN else str(state.label)


def _unmet(row: CityTalkItem) -> str:
    heads = "" if row.says_heads else f"（{formats.number(row.heads or 0)}人）"
    return f"{formats.tight(row.content)}{heads}"


def owed_lines(owed: Sequence[Owed]) -> tuple[str, ...]:
    """The missing units by group, and how many of them have been silent for days."""
    by_group = sorted(owed, key=lambda row: row.group or 0)
    lines = [
        f"第{number}组：{names([row.name for row in rows])}"
        if number
        else names([r.name for r in rows])
        for number, rows in groupby(by_group, key=lambda row: row.group)
    ]
    repeated = sum(row.days > 1 for row in owed)
    return (*lines, f"其中连续两日以上未报{repeated}家。") if repeated else tuple(lines)


def correction_lines(rows: Sequence[Correction]) -> Iterator[str]:
    """Changed values one by one; what came in after the lock only by the names of the units."""
    changed = [row for row in rows if row.old is not None]
    yield from (_correction(row) for row in changed[:CORRECTIONS])
    if len(changed) > CORRECTIONS:
        yield f"另有{len(changed) - CORRECTIONS}项更正，见平台。"
    late: dict[dt.date, dict[str, None]] = {}
    for row in rows:
        if row.old is None:
            late.setdefault(row.figure.snapshot.on, {})[str(row.figure.unit)] = None
    for on, units in late.items():
        yield f"{day(on)}补报{len(units)}家，已列入更正：{names(list(units))}。"


def _correction(row: Correction) -> str:
    figure = row.figure
    measure = figure.indicator.get_measure_display()
    old, new = formats.figure(row.old, measure), formats.figure(row.new, measure)
    return (
        f"{day(figure.snapshot.on)}{figure.unit}{figure.indicator}{old}更正为{new}，"
        f"原因：{row.reason}。"
    )


def group_line(morning: GroupMorning) -> str:
    on_post = (
        f"；在岗{formats.figure(morning.on_post, '人')}" if morning.on_post is not None else ""
    )
    todo = f"；今日请办：{'、'.join(morning.todo)}" if morning.todo else "；今日无待办"
    return f"第{morning.number}组：应报{morning.asked}，已报{morning.filed}{on_post}{todo}。"


def unit_line(name: str, todo: Sequence[str]) -> str:
    return f"{name}今日待办{len(todo)}项：{'、'.join(todo)}。"


def sign_line(organ: str, at: dt.time, data_cut: dt.time) -> str:
    return f"——{organ}，{hour(at)}，数据时点{hour(data_cut)}，内部资料，请勿转发。"


def catch_up_line(campaign: str, missed: Sequence[dt.date]) -> str:
    """What the office is told after days on which nothing ran."""
    days = formats.listing([day(on) for on in missed])
    return f"{campaign}：{days}的提醒和摘要未按时发出，当日汇总现已补齐；催报不再补发。"
