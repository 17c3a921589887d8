"""Words of needs and of sending: where a need comes from, the states a sheet passes through."""

from django.db import models


class NeedSource(models.TextChoices):
    """How a need reached the office."""

    CITY = "city", "市直工委登记"
    PHONE = "phone", "电话"
    LIST = "list", "需求清单"


class Urgency(models.IntegerChoices):
    NORMAL = 1, "一般"
    PRESSING = 2, "较急"
    URGENT = 3, "紧急"


class SheetState(models.TextChoices):
    DRAFT = "draft", "草稿"
    REVIEW = "review", "送审"
    SIGNED = "signed", "签发"
    ISSUED = "issued", "已下发"
    ACCEPTED = "accepted", "已接单"
    ARRIVED = "arrived", "已到岗"
    DONE = "done", "已完成"
    PARTLY = "partly", "部分完成"
    WITHDRAWN = "withdrawn", "撤回"


EDITABLE = (SheetState.DRAFT,)
UNDER_WAY = (SheetState.ISSUED, SheetState.ACCEPTED, SheetState.ARRIVED)
"""The units have it, and it is not over."""
TOLD = (*UNDER_WAY, SheetState.DONE, SheetState.PARTLY)
"""What units have been told and stands."""
BINDING = (SheetState.REVIEW, SheetState.SIGNED, *TOLD)
"""Takes people away from what else could be proposed."""
SETTLED = (SheetState.DONE, SheetState.PARTLY, SheetState.WITHDRAWN)


class Nearness(models.IntegerChoices):
    """How far people go, told from the places on record."""

    ON_THE_SPOT = 0, "就地"
    COMMUNITY = 1, "同社区"
    STREET = 2, "同街道"
    DISTRICT = 3, "同区县"
    FURTHER = 4, "跨区县"
