"""The one page in words: its sections for the sheet, and the text to paste into a chat.

The sheet is for the leaders' table and may name who to phone; the text holds units and totals only.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.core import formats
from apps.core.addresses import address
from apps.core.linked import linked, plain
from apps.figures.selectors.day_values import Value

from . import wording_digest as digest
from .enums import ActState, Edition, FlashKind
from .selectors.links import flashes_url, posts_url
from .selectors.onepage import NightShift, PageFacts
from .wording import day, hour, names

TEXT_LIMIT = 300
"""Characters of the text: what one reads in a chat without scrolling (office practice)."""
LISTED = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its lines, and the name of the page that has the rows."""

    title: str
    lines: tuple[str, ...]
    rows: str = ""


def title(facts: PageFacts) -> str:
    return f"{facts.campaign.name}{facts.edition.label}（{day(facts.on)}）"


def sections(facts: PageFacts) -> list[Section]:
    """Numbered, in the order a leader asks; what has nothing to say is left out."""
    made = _morning(facts) if facts.edition == Edition.MORNING else _night(facts)
    kept = [section for section in made if section.lines]
    return [
        Section(f"{formats.numeral(n)}、{section.title}", section.lines, section.rows)
        for n, section in enumerate(kept, 1)
    ]


def _morning(facts: PageFacts) -> Iterator[Section]:
    yield Section("昨夜今晨", tuple(_news(facts)), "flashes")
    yield Section("在岗情况", tuple(_present(facts)), "round")
    yield Section("未报单位", digest.owed_lines(facts.day), "missing")
    yield Section("需求对接", (digest.city(facts.day),), "talk")
    yield Section("重要节点", tuple(_clocks(facts)), "milestones")
    yield Section("管控变化", tuple(_closed(facts)), "areas")
    yield Section("更正", tuple(digest.correction_lines(facts.day)), "corrections")
    yield Section("今日安排", (*facts.day.today, *_tomorrow(facts)), "departures")


def _night(facts: PageFacts) -> Iterator[Section]:
    yield Section("数据核定", tuple(_settled(facts)), "round")
    yield Section("今日情况", (*_present(facts), *_news(facts)), "round")
    yield Section("未报单位", digest.owed_lines(facts.day), "missing")
    yield Section("重要节点", tuple(_clocks(facts)), "milestones")
    yield Section("明日人手", tuple(_tomorrow(facts)), "needs")
    yield Section("请领导联系", tuple(_calls(facts)), "missing")
    yield Section("舆情", (_opinions(facts),), "flashes")
    yield Section("更正", tuple(digest.correction_lines(facts.day)), "corrections")
    yield Section("明日见报用数", tuple(_quotable(facts)), "round")
    yield Section("四个一", (_acts(facts),) if facts.acts else (), "round")


def _news(facts: PageFacts) -> Iterator[str]:
    yield digest.safety(facts.day)
    for flash in facts.flashes[:LISTED]:
        place = f"，{flash.place}" if flash.place else ""
        state = "已处理" if flash.handled_at else "正在处理"
        told = f"{flash.unit}报告{flash.get_kind_display()}{place}，{state}。"
        yield f"{linked(formats.clock(flash.at), flash.get_absolute_url())} {told}"
    if len(facts.flashes) > LISTED:
        more = linked(f"{len(facts.flashes) - LISTED}起", flashes_url(facts.campaign))
        yield f"另有{more}，见动态报告。"


def _present(facts: PageFacts) -> Iterator[str]:
    if not facts.day.has_data:
        yield digest.EMPTY
        return
    if facts.day.stage is None:
        yield "当日数据尚未汇总，请勿使用旧数。"
        return
    yield from digest.overall(facts.day)
    if facts.districts:
        yield f"分布：{'、'.join(_there(facts, *row) for row in facts.districts)}。"
    if facts.shifts:
        rows = posts_url(facts.campaign, facts.about)
        heads = linked(f"{formats.number(facts.night_heads)}人", rows)
        yield f"夜班{heads}。带队：{_shifts(facts.shifts, rows)}。"


def _listed(names: Collection[str], measure: str, url: str) -> str:
    """As many names as are told; how many there are opens them all."""
    text = formats.listing(names, most=LISTED, measure=measure)
    told, etc, count = text.rpartition("等") if len(names) > LISTED else (text, "", "")
    return f"{told}{etc}{linked(count, url if count else '')}"


def _there(facts: PageFacts, name: str, value: Value) -> str:
    url = posts_url(facts.campaign, facts.about, district=value.key)
    return f"{name}{linked(f'{formats.number(value.number or 0)}人', url)}"


def _shifts(shifts: Sequence[NightShift], rows: str) -> str:
    led = [f"{row.unit}{row.leader}（{row.community}）" for row in shifts if row.leader]
    unled = len(shifts) - len(led)
    text = _listed(led, "处", rows)
    return f"{text}；{linked(f'{unled}处', rows)}未登记带队人" if unled else text


def _closed(facts: PageFacts) -> Iterator[str]:
    places, members = facts.closures.places, facts.closures.members
    if places:
        rows = address("communities:area_status_list")
        people = linked(f"{formats.number(members)}人", rows)
        living = f"，涉及居住在内的党员{people}" if members else ""
        yield f"新增{linked(f'{len(places)}处', rows)}：{_listed(places, '处', rows)}{living}。"


def _clocks(facts: PageFacts) -> Iterator[str]:
    """Limits near or missed, and what a notice has just said was reached."""
    for one in facts.clocks:
        row = one.milestone
        limit = linked(row.limit_text, row.get_absolute_url())
        if row.reached_at is not None:
            at = formats.moment(row.reached_at, on=facts.on)
            yield f"{row}（{limit}）：{row.source}，{at}{one.word}。"
        else:
            due = formats.moment(row.due_at, on=facts.on)
            yield f"{row}（{limit}）{one.state.label}：应于{due}前实现。"


def _tomorrow(facts: PageFacts) -> Iterator[str]:
    when = "今日" if facts.edition == Edition.MORNING else "明日"
    if facts.short:
        gap = sum(row.gap for row in facts.short)
        places = dict.fromkeys(f"{row.district}{row.community}" for row in facts.short)
        asked = {"campaign": facts.campaign.code, "unmet": facts.next_day.isoformat()}
        unmet = f"{address('deployments:need_list')}?{urlencode(asked)}"
        lacking = linked(f"{formats.number(gap)}人", unmet)
        yield f"{when}尚缺{lacking}，涉及{_listed(places, '个社区', unmet)}。"
    else:
        yield f"{when}没有未满足的社区需求。"
    if facts.leaving:
        heads = sum(heads for _, heads in facts.leaving)
        is_known = facts.about >= facts.campaign.starts_on  # the evening they were listed on
        eve = facts.about.isoformat()
        sent = address("daily:dispatch_list", facts.campaign.code, eve) if is_known else ""
        listed = [f"{name}{linked(f'{formats.number(n)}人', sent)}" for name, n in facts.leaving]
        yield (
            f"{when}派出{linked(f'{formats.number(heads)}人', sent)}："
            f"{_listed(listed, '家', sent)}。"
        )
    if facts.foretold is not None and facts.edition == Edition.NIGHT:
        asked = {"campaign": facts.campaign.code, "on": facts.next_day.isoformat()}
        rows = f"{address('deployments:forecast_list')}?{urlencode(asked)}"
        told = linked(f"约{formats.number(facts.foretold)}人", rows)
        yield f"按已登记需求和近七日情况推算，{when}需求{told}，以登记为准。"


def _settled(facts: PageFacts) -> Iterator[str]:
    snapshot = facts.figures.snapshot
    if snapshot is None or not facts.is_locked:
        yield "当日数据尚未锁定，以下为快报数，未核定。"
    else:
        yield f"当日数据已于{formats.clock(snapshot.taken_at)}锁定。"
    for told in facts.told:
        row = told.row
        said = formats.figure(row.value, row.indicator.get_measure_display())
        number = linked(said, f"{address('daily:upward_list')}?campaign={facts.campaign.code}")
        agrees = f"，与{formats.listing(told.differs)}不一致" if told.differs else "，数字一致"
        why = f"（{row.explanation}）" if row.explanation else ""
        yield f"{formats.clock(row.at)}报{row.receiver}{row.indicator}{number}{agrees}{why}。"
    if not facts.told:
        yield "今日尚无向上报送记录。"


def _calls(facts: PageFacts) -> Iterator[str]:
    for call in facts.calls:
        who = f"，机关党委专职副书记{call.secretary}" if call.secretary else ""
        phone = f"，值班电话{call.phone}" if call.phone else ""
        days = f"，连续{call.days}日未报" if call.days > 1 else ""
        yield f"{call.unit}{who}{phone}{days}。"


def _opinions(facts: PageFacts) -> str:
    found = [flash for flash in facts.flashes if flash.kind == FlashKind.OPINION]
    if not found:
        return "无舆情报告。"
    count = linked(f"{len(found)}起", flashes_url(facts.campaign, kind=FlashKind.OPINION.value))
    return f"舆情报告{count}：{formats.listing([str(flash.unit) for flash in found])}。"


def _quotable(facts: PageFacts) -> Iterator[str]:
    """Only what is locked may be printed; each number with what it counts and until when."""
    if not facts.is_locked:
        yield "数据尚未锁定，暂不可对外使用。"
        return
    figures = [
        _quoted(facts, value)
        for value in facts.day.headlines.values()
        if value.number is not None and not value.asked.is_restricted
    ]
    if figures:
        cut = f"{day(facts.about)}{formats.oclock(facts.day.data_cut)}"
        yield f"截至{cut}：{'，'.join(figures)}。（核定数）"


def _quoted(facts: PageFacts, value: Value) -> str:
    asked = value.asked
    said = formats.figure(value.number, asked.measure, qualifier=value.qualifier)
    number = linked(said, digest.figure_of(facts.day, value))
    return f"{asked.name}{number}{digest.corrected(facts.day, value)}"


def _acts(facts: PageFacts) -> str:
    done = {ActState.DONE, ActState.DONE_LATE, ActState.WAIVED}
    open_ = [act for act in facts.acts if act.state not in done]
    if not open_:
        return "今日四项均已办结。"
    named = [f"{act.get_kind_display()}（{act.owner or '未定责任人'}）" for act in open_]
    count = linked(f"{len(open_)}项", open_[0].round.get_absolute_url())
    return f"未办{count}：{'、'.join(named)}。"


def text(facts: PageFacts, *, sign: str) -> str:
    """At most TEXT_LIMIT characters: sentences in the order of their weight, as many as fit whole.

    Units and totals only: neither a person's name nor a phone number, and nothing restricted.
    """
    head, foot = f"【{title(facts)}】", f"——{sign}，{hour(facts.at.time())}"
    kept = head
    for sentence in map(plain, _sentences(facts)):
        if len(kept) + len(sentence) + len(foot) + 1 <= TEXT_LIMIT:
            kept += sentence
    return f"{kept}\n{foot}"


def _sentences(facts: PageFacts) -> Iterator[str]:
    yield f"应报{facts.day.asked}家，已报{facts.day.in_time}家{digest.late(facts.day)}。"
    if facts.day.has_data and facts.day.stage is not None:
        yield from digest.overall(facts.day)
    yield f"{digest.news(facts.day)}。"
    yield from list(_tomorrow(facts))[:1]
    yield digest.city(facts.day, named=False)
    if facts.edition == Edition.NIGHT:
        yield next(_settled(facts))
    if facts.day.owed:
        yield f"未报：{names([row.name for row in facts.day.owed])}。"
