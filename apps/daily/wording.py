"""The sentences of the reminder ladder and of the daily acts, in the office's own words.

Pure functions: facts in, Chinese out. No colour words, no personal names, no exclamation marks.
Hours and counts are always passed in; nothing here knows a default.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from apps.campaigns.enums import Rung
from apps.core import formats

from .enums import ReportState

LISTED = 30
"""Names that one sentence lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The moments of one campaign's day that its sentences name."""

    data_cut: dt.time
    filing: dt.time
    flash: dt.time
    lock: dt.time
    dispatch: dt.time


def hour(at: dt.time) -> str:
    return f"{at:%H:%M}"


def kept_back(until: dt.datetime | None, *, while_owed: bool = True) -> str:
    """When mails leave that were written in the quiet hours; nothing to say at other hours.

    `while_owed`: who files first gets none.
    """
    if until is None:
        return ""
    filed = "，其间已报的不再发" if while_owed else ""
    return f"（现为免打扰时段，邮件{formats.moment(until)}发出{filed}）"


def before(at: dt.time, minutes: int) -> str:
    """`minutes` before `at`, on the same day."""
    moment = dt.datetime.combine(dt.date.min, at) + dt.timedelta(days=1, minutes=-minutes)
    return hour(moment.time())


def names(units: Sequence[str]) -> str:
    return formats.listing(units, most=LISTED)


def day(on: dt.date) -> str:
    """A sentence about a day is read on that day: no year."""
    return formats.day(on, today=on)


def unit_subject(rung: Rung, tasks: Sequence[str], on: dt.date) -> str:
    task = "、".join(tasks)
    return {
        Rung.HINT: f"请报送{task}日报（{day(on)}）",
        Rung.DUE: f"{task}日报已到截报时间",
        Rung.LATE: f"请尽快补报{task}日报",
        Rung.LOCKED: f"关于{task}日报未报情况的提醒",
    }[rung]


def unit_sentence(
    rung: Rung,
    *,
    unit: str,
    on: dt.date,
    hours: Hours,
    group: int | None,
    state: ReportState,
    late_minutes: int = 0,
) -> str:
    """What one unit is told about one report it owes. `late_minutes` counts from 截报."""
    filing, lock = hour(hours.filing), hour(hours.lock)
    if state == ReportState.UNIT_REVIEW:
        until = filing if rung == Rung.HINT else hour(hours.dispatch)
        return f"{unit}机关党委：贵单位{day(on)}日报已填报，待贵单位审核。请审核人于{until}前审核报送。"
    if state == ReportState.RETURNED:
        until = lock if rung in (Rung.HINT, Rung.DUE, Rung.LATE) else hour(hours.dispatch)
        return f"{unit}：贵单位{day(on)}日报已退回核改。请核实后于{until}前重新报送；情况属实的，请填写说明。"
    if rung == Rung.HINT:
        return (
            f"{unit}：{day(on)}日报截报时间为{filing}（数据截至{hour(hours.data_cut)}）。"
            "贵单位尚未报送，请安排填报；今日无下沉的，请作零报告。"
            "停电断网的，可电话报送，由联络服务小组代录。如已报送，请忽略。谢谢支持。"
        )
    if rung == Rung.DUE:
        helper = f"第{group}联络服务小组" if group else "工委办公室"
        return (
            f"{unit}：截至{filing}，尚未收到贵单位{day(on)}日报。请于{hour(hours.flash)}前补报；"
            f"有困难的，请告知{helper}，我们协助办理。"
        )
    if rung == Rung.LATE:
        return (
            f"{unit}机关党委：贵单位{day(on)}日报逾期{formats.span(dt.timedelta(minutes=late_minutes))}，汇总将于{lock}锁定。"
            f"请负责同志协调，于{before(hours.lock, 30)}前报送；确无法报送的，请电话说明原因。"
        )
    return (
        f"{unit}机关党委：截至{lock}，{day(on)}日报仍未收到，当日汇总将按未报列示，不以零计。"
        f"请于{hour(hours.dispatch)}前补报并简要说明原因，补报数据列入更正。感谢理解支持。"
    )


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How one group (or the whole office) stands with one campaign's day."""

    asked: int
    filed: int
    missing: tuple[str, ...]
    repeated: tuple[tuple[str, int], ...] = ()


def group_subject(number: int, count: int, on: dt.date) -> str:
    return f"第{number}组还有{count}家未报（{day(on)}）"


def group_sentence(rung: Rung, *, number: int, count: GroupCount, hours: Hours) -> str:
    """What one group is told about its units that owe a report."""
    listed = names(count.missing)
    if rung == Rung.HINT:
        return f"请协助提醒：{listed}。截报{hour(hours.filing)}。"
    if rung == Rung.DUE:
        return (
            f"第{number}组应报{count.asked}家，已报{count.filed}家，未报：{listed}。"
            "请逐家电话了解，可代录。"
        )
    if rung == Rung.LATE:
        repeated = "、".join(f"{name}连续{days}日未报" for name, days in count.repeated[:LISTED])
        middle = f"；其中{repeated}" if repeated else ""
        return (
            f"未报{len(count.missing)}家：{listed}{middle}。请组长与机关党委负责同志联系，"
            f"{before(hours.lock, 30)}前反馈情况。"
        )
    return (
        f"截至{hour(hours.lock)}第{number}组仍有{len(count.missing)}家未报：{listed}。"
        "当日数据已锁定，请在平台登记联系情况；需工委领导协调的，请注明。"
    )


def office_subject(count: int, on: dt.date) -> str:
    return f"还有{count}家未报（{day(on)}）"


def office_sentence(*, count: GroupCount, groups: Sequence[int], late: int, for_leader: int) -> str:
    """What the office is told. `late` units are 2 hours over or more; `for_leader` are left to it."""
    where = f"（涉及第{'、'.join(map(str, sorted(groups)))}组）" if groups else ""
    text = f"应报{count.asked}家，已报{count.filed}家，未报{len(count.missing)}家{where}。"
    if late:
        text += f"逾期2小时以上{late}家，"
    if for_leader:
        text += f"拟由工委负责同志联系{for_leader}家，请审定。"
    return text.rstrip("，") + ("。" if text.endswith("，") else "")


def copy_lines(
    *,
    task: str,
    on: dt.date,
    number: int | None,
    count: GroupCount,
    hours: Hours,
    sign: str,
) -> str:
    """A text to paste into a chat: totals and unit names only."""
    who = f"第{number}组" if number else ""
    return (
        f"【{task}】{day(on)}日报（数据截至{hour(hours.data_cut)}）：{who}应报{count.asked}家，"
        f"已报{count.filed}家，未报{len(count.missing)}家：{names(count.missing)}。"
        f"请未报单位抓紧报送，{hour(hours.lock)}锁定；今日无下沉的，请作零报告；"
        f"停电断网的，可电话报送，由联络服务小组代录。谢谢支持。——{sign}"
    )
