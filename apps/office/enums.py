from django.db import models


class ImportState(models.TextChoices):
    CHECKING = "checking", "核对中"
    REFUSED = "refused", "无法读取"
    FAULTY = "faulty", "有错误"
    READY = "ready", "待导入"
    APPLYING = "applying", "导入中"
    STALE = "stale", "需重新核对"
    APPLIED = "applied", "已导入"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"
    DROPPED = "dropped", "已放弃"


# The worker has it, or will have it soon.
AT_WORK = frozenset({ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING})
# May be checked anew.
CHECKABLE = frozenset(
    {ImportState.REFUSED, ImportState.FAULTY, ImportState.READY, ImportState.STALE}
)


class RowState(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    UNCHANGED = "unchanged", "无变化"
    WRONG = "wrong", "有错误"


class ExportShape(models.TextChoices):
    """What kind of file it is, and for a list in whose columns."""

    LIST = "list", "列表"
    SHEET = "sheet", "列表（导入表样）"
    PAPER = "paper", "统计表"
    TEMPLATE = "template", "导入模板"
    BUNDLE = "bundle", "文件包"


class ExportState(models.TextChoices):
    SENT = "sent", "已下载"
    WAITING = "waiting", "制作中"
    READY = "ready", "可下载"
    REFUSED = "refused", "未能导出"
    EXPIRED = "expired", "已过期"
