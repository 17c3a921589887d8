from django.db import models


class SealingKind(models.TextChoices):
    SEALED = "sealed", "封闭调整"
    RETURNED = "returned", "解除返回"


class SealingState(models.TextChoices):
    APPLYING = "applying", "办理中"
    APPLIED = "applied", "已办理"
    REFUSED = "refused", "未办理"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"


# The worker has it, or will have it soon.
AT_WORK = frozenset({SealingState.APPLYING, SealingState.UNDOING})


class ChangeKind(models.TextChoices):
    MOVED = "moved", "转为就地"
    WITHDRAWN = "withdrawn", "撤回"
    RETURNED = "returned", "返回原岗"
