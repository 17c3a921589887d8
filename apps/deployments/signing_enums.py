"""States of a sheet that both sides sign, and whose number counts when they differ."""

from django.db import models


class Standing(models.TextChoices):
    """How a sheet stands; never stored: it follows from what both sides say now."""

    OPEN = "open", "待确认"
    EXPIRED = "expired", "链接已过期"
    DIFFERS = "differs", "有出入"
    WAITING = "waiting", "待单位登记"
    SETTLED = "settled", "已核定"
    AGREED = "agreed", "已确认一致"


class Manner(models.TextChoices):
    """How a community's word reached the office that enters it."""

    PAPER = "paper", "纸质单"
    PHONE = "phone", "电话"


class Side(models.TextChoices):
    """The number that stands after a difference was settled."""

    UNIT = "unit", "按单位登记数"
    COMMUNITY = "community", "按社区确认数"
