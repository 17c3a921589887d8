import datetime as dt

from django.db import models


class CampaignKind(models.TextChoices):
    FLOOD = "flood", "防汛救灾"
    EPIDEMIC = "epidemic", "疫情防控"


class CampaignState(models.TextChoices):
    PLANNED = "planned", "筹备"
    ACTIVE = "active", "进行中"
    RECOVERY = "recovery", "恢复"
    CLOSED = "closed", "已结束"


# What each state may become.
NEXT_STATES = {
    CampaignState.PLANNED: frozenset({CampaignState.ACTIVE}),
    CampaignState.ACTIVE: frozenset({CampaignState.RECOVERY, CampaignState.CLOSED}),
    CampaignState.RECOVERY: frozenset({CampaignState.ACTIVE, CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset(),
}
REPORTING_STATES = frozenset({CampaignState.ACTIVE, CampaignState.RECOVERY})


class CampaignMode(models.TextChoices):
    ORDINARY = "ordinary", "常态"
    EMERGENCY = "emergency", "应急"


class Hour(models.TextChoices):
    """The hours of a campaign's day; each is a row of the campaign, these are the defaults."""

    OPENING = "opening", "生成当日应报"
    QUIET_END = "quiet_end", "免打扰结束"
    LEADER_DIGEST = "leader_digest", "领导每日情况"
    GROUP_DIGEST = "group_digest", "联络组每日情况"
    UNIT_DIGEST = "unit_digest", "单位每日待办"
    ARRIVAL = "arrival", "到岗确认"
    CITY_TALK = "city_talk", "对接市直工委时限"
    DATA_CUT = "data_cut", "统计时点"
    FILING = "filing", "截报"
    FLASH = "flash", "快报数"
    LOCK = "lock", "数据锁定"
    UPWARD = "upward", "向上报送"
    JUDGMENT = "judgment", "研判时限"
    FORECAST = "forecast", "明日需求预测"
    DISPATCH = "dispatch", "调度时限"
    NIGHT = "night", "四个一小结"
    QUIET_START = "quiet_start", "免打扰开始"


DEFAULT_HOURS: dict[str, dt.time] = {
    Hour.OPENING: dt.time(0, 5),
    Hour.QUIET_END: dt.time(6, 30),
    Hour.LEADER_DIGEST: dt.time(7, 30),
    Hour.GROUP_DIGEST: dt.time(7, 40),
    Hour.UNIT_DIGEST: dt.time(8, 0),
    Hour.ARRIVAL: dt.time(9, 30),
    Hour.CITY_TALK: dt.time(16, 0),
    Hour.DATA_CUT: dt.time(17, 0),
    Hour.FILING: dt.time(17, 0),
    Hour.FLASH: dt.time(18, 0),
    Hour.LOCK: dt.time(19, 0),
    Hour.UPWARD: dt.time(19, 0),
    Hour.JUDGMENT: dt.time(20, 0),
    Hour.FORECAST: dt.time(20, 0),
    Hour.DISPATCH: dt.time(21, 0),
    Hour.NIGHT: dt.time(22, 0),
    Hour.QUIET_START: dt.time(23, 0),
}


class Rung(models.TextChoices):
    """Steps of the reminder ladder. The colours of the trade are classes in our lists only."""

    HINT = "hint", "提示"
    DUE = "due", "到点"
    LATE = "late", "逾期一级"
    LOCKED = "locked", "逾期二级"


class MilestoneClock(models.TextChoices):
    FROM_EVENT = "from_event", "自事件起限时"
    CLEAR_DAYS = "clear_days", "连续无新增天数"


class MilestoneState(models.TextChoices):
    """How a clock stands; the colours are classes of our own lists alone."""

    RUNNING = "running", "计时中"
    NEAR = "near", "临近时限"
    PASSED = "passed", "已过时限"
    FULL = "full", "已满天数"
    UNPROVEN = "unproven", "证据不全"
    IN_TIME = "in_time", "如期实现"
    LATE = "late", "逾期实现"
    REACHED = "reached", "已实现"
    CANCELLED = "cancelled", "已撤销"
