from django.db import models


class Measure(models.TextChoices):
    """Kinds of quantity; never added to one another."""

    PEOPLE = "people", "人"
    PERSON_TIMES = "person_times", "人次"
    HOUSEHOLDS = "households", "户"
    HOUSEHOLD_TIMES = "household_times", "户次"
    TIMES = "times", "次"
    PIECES = "pieces", "件"
    ORGANISATIONS = "organisations", "家"
    COUNT = "count", "个"
    SPOTS = "spots", "处"
    ITEMS = "items", "项"
    INCIDENTS = "incidents", "起"
    HOURS = "hours", "小时"
    TONNES = "tonnes", "吨"
    CUBIC_METRES = "cubic_metres", "立方米"
    SQUARE_METRES = "square_metres", "平方米"
    YUAN = "yuan", "元"


class IndicatorKind(models.TextChoices):
    STOCK = "stock", "时点"
    FLOW = "flow", "当日"
    CUMULATIVE = "cumulative", "累计"


class Rollup(models.TextChoices):
    """How values of units become one: added, counted distinct by a ledger, or not at all."""

    SUM = "sum", "相加"
    DISTINCT = "distinct", "去重"
    NONE = "none", "不汇总"


class IndicatorSource(models.TextChoices):
    REPORTED = "reported", "填报"
    LEDGER = "ledger", "台账"
    BOTH = "both", "填报或台账"


class Section(models.TextChoices):
    """Blocks of the report form."""

    FORCE = "force", "力量"
    WORK = "work", "当日工作量"


class Qualifier(models.TextChoices):
    EXACT = "", "准确"
    ABOUT = "about", "约"
    OVER = "over", "余"


class Stage(models.TextChoices):
    FLASH = "flash", "快报数"
    LOCKED = "locked", "核定数"


class ScopeKind(models.TextChoices):
    UNIT = "unit", "单位"
    GROUP = "group", "联络服务小组"
    CATEGORY = "category", "类别"
    DISTRICT = "district", "区县"
    TOTAL = "total", "合计"


class CorrectionState(models.TextChoices):
    PROPOSED = "proposed", "待审核"
    ACCEPTED = "accepted", "已更正"
    DECLINED = "declined", "未采纳"
