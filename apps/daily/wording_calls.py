"""The sentences about ad-hoc requests for numbers (临时报数). Facts in, Chinese out."""

import datetime as dt
from collections.abc import Sequence

from apps.campaigns.enums import Rung
from apps.core import formats
from apps.core.dates import to_local

from .wording import day, hour, names


def until(due_at: dt.datetime) -> str:
    """8月5日15:00."""
    return f"{day(to_local(due_at).date())}{formats.clock(due_at)}"


def opened_subject(title: str, due_at: dt.datetime) -> str:
    return f"请报送{title}（{until(due_at)}前）"


def opened_sentence(
    *, unit: str, title: str, items: Sequence[str], purpose: str, due_at: dt.datetime
) -> str:
    return (
        f"{unit}：请于{until(due_at)}前报送“{title}”，共{len(items)}项：{'、'.join(items)}。"
        f"用途：{purpose}。台账已有的数已预填，请核对后报送；没有的填0，未掌握的留空。"
    )


def reminder_subject(rung: Rung, title: str) -> str:
    return {
        Rung.HINT: f"请报送{title}",
        Rung.DUE: f"{title}已到截止时间",
        Rung.LATE: f"请尽快补报{title}",
    }[rung]


def reminder_sentence(
    rung: Rung, *, unit: str, title: str, due_at: dt.datetime, group: int | None, late_hours: int
) -> str:
    at = hour(to_local(due_at).time())
    helper = f"第{group}联络服务小组" if group else "工委办公室"
    if rung == Rung.HINT:
        return (
            f"{unit}：“{title}”将于{at}截止，贵单位尚未报送，请安排填报。"
            f"停电断网的，可电话报送，由{helper}代录。如已报送，请忽略。"
        )
    if rung == Rung.DUE:
        return (
            f"{unit}：截至{at}，尚未收到贵单位“{title}”。请尽快补报；"
            f"有困难的，请告知{helper}，我们协助办理。"
        )
    return (
        f"{unit}机关党委：贵单位“{title}”逾期{late_hours}小时。请负责同志协调报送；"
        "确无法报送的，请电话说明原因。"
    )


def group_subject(number: int, title: str, missing: int) -> str:
    return f"第{number}组“{title}”还有{missing}家未报"


def group_sentence(*, number: int, title: str, asked: int, missing: Sequence[str]) -> str:
    return (
        f"“{title}”第{number}组应报{asked}家，已报{asked - len(missing)}家，"
        f"未报：{names(missing)}。请逐家电话了解，可代录。"
    )


def copy_text(
    *, title: str, asked: int, missing: Sequence[str], due_at: dt.datetime, sign: str
) -> str:
    """To paste into a chat: totals and unit names only."""
    if not missing:
        return f"【{title}】应报{asked}家，已全部报送。谢谢支持。\n{sign}"
    return (
        f"【{title}】请于{until(due_at)}前报送。应报{asked}家，已报{asked - len(missing)}家，"
        f"未报：{names(missing)}。没有的填0，有困难的请告知联络服务小组，可代录。\n{sign}"
    )
