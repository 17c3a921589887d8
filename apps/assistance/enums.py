from django.db import models


class BeneficiaryKind(models.TextChoices):
    HOUSEHOLD = "household", "家庭"
    PERSON = "person", "个人"
    INSTITUTION = "institution", "机构"
    FIRM = "firm", "市场主体"


class Circumstance(models.TextChoices):
    """Why somebody is helped; the article's 重点关注 first."""

    FLOODED = "flooded", "受灾严重家庭"
    ISOLATED = "isolated", "被隔离家庭"
    HARDSHIP = "hardship", "困难家庭"
    FRONTLINE = "frontline", "一线防控人员家庭"
    CARE_HOME = "care_home", "养老机构"
    SHELTER = "shelter", "救助管理站"
    BUSINESS = "business", "市场主体"
    OTHER = "other", "其他群众"


_HOUSEHOLD = frozenset({BeneficiaryKind.HOUSEHOLD})
_INSTITUTION = frozenset({BeneficiaryKind.INSTITUTION})
# What each circumstance says of the kind; only 其他群众 leaves a choice.
KINDS: dict[Circumstance, frozenset[BeneficiaryKind]] = {
    Circumstance.FLOODED: _HOUSEHOLD,
    Circumstance.ISOLATED: _HOUSEHOLD,
    Circumstance.HARDSHIP: _HOUSEHOLD,
    Circumstance.FRONTLINE: _HOUSEHOLD,
    Circumstance.CARE_HOME: _INSTITUTION,
    Circumstance.SHELTER: _INSTITUTION,
    Circumstance.BUSINESS: frozenset({BeneficiaryKind.FIRM}),
    Circumstance.OTHER: frozenset({BeneficiaryKind.HOUSEHOLD, BeneficiaryKind.PERSON}),
}
# How one of them is spoken of behind the name of its community.
NOUNS: dict[Circumstance, str] = {
    **{one: f"一{one.label}" for one in Circumstance},
    Circumstance.FRONTLINE: "一户一线防控人员家庭",
    Circumstance.OTHER: "一名群众",
}

# 被隔离家庭、困难家庭帮扶 counts acts to these; 走访慰问 counts households of that one.
ISOLATED_OR_HARDSHIP = frozenset({Circumstance.ISOLATED, Circumstance.HARDSHIP})


class CaseSource(models.TextChoices):
    COMMUNITY = "community", "社区转来"
    VISIT = "visit", "走访发现"
    UNIT = "unit", "单位上报"
    HOTLINE = "hotline", "电话来访"
    PROGRAMME = "programme", "专项活动"


class CaseState(models.TextChoices):
    OPEN = "open", "待交办"
    ASSIGNED = "assigned", "已交办"
    UNDERWAY = "underway", "办理中"
    ANSWERED = "answered", "待核验"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已撤销"


# What each state may become; a case is closed only through its steps.
CASE_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.ASSIGNED, CaseState.CANCELLED}),
    CaseState.ASSIGNED: frozenset(
        {CaseState.ASSIGNED, CaseState.UNDERWAY, CaseState.OPEN, CaseState.CANCELLED}
    ),
    CaseState.UNDERWAY: frozenset(
        {CaseState.ASSIGNED, CaseState.ANSWERED, CaseState.OPEN, CaseState.CANCELLED}
    ),
    CaseState.ANSWERED: frozenset({CaseState.CLOSED, CaseState.UNDERWAY}),
    CaseState.CLOSED: frozenset(),
    CaseState.CANCELLED: frozenset(),
}
LIVE_CASES = frozenset({CaseState.OPEN, CaseState.ASSIGNED, CaseState.UNDERWAY, CaseState.ANSWERED})


class ServiceType(models.TextChoices):
    GOODS = "goods", "物资配送"
    COUNSEL = "counsel", "心理疏导"
    MEDICAL = "medical", "陪同就医"
    ERRAND = "errand", "代办事务"
    CLEANUP = "cleanup", "清理恢复"
    POLICY = "policy", "政策咨询"
    VISIT = "visit", "走访慰问"
    PROBLEM = "problem", "解决问题"


class Mode(models.TextChoices):
    ONSITE = "onsite", "线下"
    ONLINE = "online", "线上"


class CaseEventKind(models.TextChoices):
    REGISTERED = "registered", "登记"
    MOVED = "moved", "流转"
    NOTE = "note", "记录"
    DUE_CHANGED = "due_changed", "时限调整"
    EDITED = "edited", "修改"


class BeneficiaryEventKind(models.TextChoices):
    CHANGED = "changed", "修改"
    CLEARED = "cleared", "清除个人信息"
    FOLDED = "folded", "标为重复"
    DISTINCT = "distinct", "取消重复标记"
