from django.db import models


class DutyNature(models.TextChoices):
    """Own duty (公安 at a checkpoint) is told apart from being sent to a community."""

    SENT = "sent", "下沉"
    OWN = "own", "本职"


class DeploymentState(models.TextChoices):
    PLANNED = "planned", "待到岗"
    ACTIVE = "active", "在岗"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "已撤回"


class NeedState(models.TextChoices):
    OPEN = "open", "未落实"
    PARTLY = "partly", "部分落实"
    MET = "met", "已落实"
    CLOSED = "closed", "已关闭"


class BatchKind(models.TextChoices):
    """What is done to many at once."""

    SENT = "sent", "批量派出"
    WITHDRAWN = "withdrawn", "批量撤回"
