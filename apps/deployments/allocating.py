"""Words of needs and of sending: where a need comes from, the states a sheet passes through."""

import re
import unicodedata

from django.db import models

MOST_HEADS = 9_999
TOO_MANY = f"一项需求最多 {MOST_HEADS} 人，请核对。"
ALREADY_OVER = "截止日期已过，不必再提；仍有需要的，请改为今天或以后。"
NO_HOURS = "没有这样的时段，请写成 08:00–20:00，或用文字说明，如：夜间两班。"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"
_SPAN = rf"(?:{_CLOCK})\s*[-‐‑‒–—―−~至到]+\s*(?:{_CLOCK})"
_HOURS = re.compile(rf"{_SPAN}(?:[\s,、;]+{_SPAN})*")


def are_hours(text: str) -> bool:
    """Whether a need may name `text` as its hours: 08:00–20:00, or words. A clock among the words
    is one that there is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not any(sign.isalpha() for sign in plain):
        return not plain or _HOURS.fullmatch(plain) is not None
    return all(re.fullmatch(_CLOCK, one) for one in re.findall(r"[0-9]+:[0-9]+", plain))


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
