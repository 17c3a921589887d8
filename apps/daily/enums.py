from collections.abc import Mapping

from django.db import models

from apps.core.html import Tone


class ReportState(models.TextChoices):
    """Where a unit's report of a day stands."""

    MISSING = "missing", "未报"
    DRAFT = "draft", "草稿"
    UNIT_REVIEW = "unit_review", "待本单位审核"
    FILED = "filed", "已报"
    RETURNED = "returned", "退回核改"
    ACCEPTED = "accepted", "已审核"
    LATE = "late", "补报"
    EXEMPT = "exempt", "免报"


# A value of the unit counts from the moment its own reviewer let it out.
COUNTED = frozenset({ReportState.FILED, ReportState.ACCEPTED})
# Still owed: these stand on the missing list and are reminded.
OWED = frozenset(
    {ReportState.MISSING, ReportState.DRAFT, ReportState.UNIT_REVIEW, ReportState.RETURNED}
)


# How a report reads wherever it is shown: yellow waits for its unit, blue for its group.
REPORT_TONES: Mapping[str, Tone] = {
    ReportState.MISSING: "grey",
    ReportState.DRAFT: "grey",
    ReportState.UNIT_REVIEW: "yellow",
    ReportState.FILED: "blue",
    ReportState.RETURNED: "yellow",
    ReportState.ACCEPTED: "green",
    ReportState.LATE: "yellow",
    ReportState.EXEMPT: "grey",
}

# A first or further submission may replace these; what stands as filed is sent back first.
FILEABLE = frozenset(
    {
        ReportState.MISSING,
        ReportState.DRAFT,
        ReportState.UNIT_REVIEW,
        ReportState.RETURNED,
        ReportState.LATE,
    }
)
# After the lock a filed report may be filed again as well: that is a correction.
FILEABLE_AFTER_LOCK = FILEABLE | COUNTED


class ReportSource(models.TextChoices):
    UNIT = "unit", "本单位填报"
    PHONE = "phone", "电话代录"
    WECHAT = "wechat", "微信代录"
    FAX = "fax", "传真代录"
    TABLE = "table", "汇总表代录"


class DoubtReason(models.TextChoices):
    """One-tap answers to a doubtful value."""

    NEW_TASK = "new_task", "新增任务"
    DEFINITION = "definition", "口径调整"
    ENDED = "ended", "任务结束"


class FlashKind(models.TextChoices):
    INCIDENT = "incident", "突发情况"
    INJURY = "injury", "下沉人员伤病"
    OUTAGE = "outage", "停电断网"
    OPINION = "opinion", "舆情"
    OTHER = "other", "其他"


GRAVE = frozenset({FlashKind.INCIDENT, FlashKind.INJURY})
"""What the head of a home page counts as 突发情况."""


class ActKind(models.TextChoices):
    """The four daily acts, in the order of their hours."""

    CITY_TALK = "city_talk", "沟通"
    SUMMARY = "summary", "汇总"
    JUDGMENT = "judgment", "研判"
    DISPATCH = "dispatch", "调度"


class ActState(models.TextChoices):
    PENDING = "pending", "待办"
    DONE = "done", "已办"
    DONE_LATE = "done_late", "逾期办结"
    WAIVED = "waived", "免办"


SETTLED = (ActState.DONE, ActState.DONE_LATE, ActState.WAIVED)
"""An act that asks for nothing more."""


class TalkMethod(models.TextChoices):
    PHONE = "phone", "电话"
    LIST = "list", "需求清单"
    MEETING = "meeting", "会商"


class Fulfilment(models.TextChoices):
    OPEN = "open", "待派出"
    PARTLY = "partly", "部分落实"
    DONE = "done", "已落实"
    DECLINED = "declined", "不能落实"


class ContactMethod(models.TextChoices):
    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    VISIT = "visit", "当面"


class Edition(models.TextChoices):
    """The two hours at which a leader wants the day on one page."""

    MORNING = "morning", "早报"
    NIGHT = "night", "22点情况"


class DigestKind(models.TextChoices):
    LEADER = "leader", "领导每日情况"
    GROUP = "group", "联络组每日情况"
    UNIT = "unit", "单位每日待办"


class CallState(models.TextChoices):
    """Where an ad-hoc request for numbers (临时报数) stands."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"
    WITHDRAWN = "withdrawn", "已撤销"


class ReplyState(models.TextChoices):
    OWED = "owed", "未报"
    FILED = "filed", "已报"
