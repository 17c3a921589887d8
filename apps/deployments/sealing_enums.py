from django.db import models


class SealingKind(models.TextChoices):
    SEALED = "sealed", "封闭调整"
    RETURNED = "returned", "解除返回"


class ChangeKind(models.TextChoices):
    MOVED = "moved", "转为就地"
    WITHDRAWN = "withdrawn", "撤回"
    RETURNED = "returned", "返回原岗"
