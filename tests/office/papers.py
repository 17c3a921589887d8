"""One document of each kind, as desks write them, and the books its numbers stand in."""

import datetime as dt
from decimal import Decimal

from apps.office.documents.content import (
    Content,
    Draft,
    Frame,
    Part,
    Quote,
    Reference,
    Source,
)
from apps.office.documents.enums import DocumentKind
from apps.office.documents.layout import Stamp
from apps.office.documents.sources import Frozen

ON = dt.date(2021, 8, 5)
DRAFT = Stamp(2021, ON)
SIGNED = Stamp(2021, ON, number=5, signer="张明", is_signed=True)
BOOKS = {
    1: Frozen(Decimal(23418), "人", change=Decimal(-38), compared_units=171),
    2: Frozen(Decimal("12.5"), "立方米"),
    3: Frozen(Decimal("7.5"), "立方米"),
}
COMMON = {"issuer": "省直机关工委办公室", "prefix": "直工办"}
FRAMES = {
    DocumentKind.BRIEF: Frame(
        "省直机关防汛救灾工作简报", report_to="工委领导", send_to="工委各部室", copies=30, **COMMON
    ),
    DocumentKind.REPORT: Frame(
        "省直机关工委办公室文件", addressee="省直机关工委", copied_to="省委组织部", **COMMON
    ),
    DocumentKind.REQUEST: Frame(
        "省直机关工委办公室文件",
        addressee="省直机关工委",
        contact="联系人：李明　电话：65900001",
        **COMMON,
    ),
    DocumentKind.NOTICE: Frame(
        "省直机关工委办公室文件", addressee="省直机关各单位机关党委", **COMMON
    ),
    DocumentKind.MINUTES: Frame(
        "省直机关工委办公室会议纪要",
        attendance=(("出席", "张明、李明"), ("列席", "王明")),
        **COMMON,
    ),
}
TITLES = {
    DocumentKind.BRIEF: "8月5日防汛救灾工作情况",
    DocumentKind.REPORT: "关于2021年防汛救灾下沉服务工作情况的报告",
    DocumentKind.REQUEST: "关于增派下沉服务力量的请示",
    DocumentKind.NOTICE: "关于做好下沉服务工作的通知",
    DocumentKind.MINUTES: "四个一工作调度会议纪要",
}


def number(pk=1, **fields):
    book = BOOKS[pk]
    fields = {"ids": (pk,), "value": book.value, "measure": book.measure, **fields}
    return Reference(source=Source.FIGURE, name="在岗下沉党员", on="2021-08-05", **fields)


def paper(kind, *, ending=None, extra=(), **frame):
    """A document of `kind`; `extra` pieces make a paragraph of their own."""
    draft = Draft()
    draft.heading("总体情况")
    draft.subheading("在岗力量")
    draft.say(
        "截至8月5日17时，在岗下沉党员",
        number(),
        "，同口径较前日",
        number(part=Part.CHANGE, value=Decimal(-38)),
        "。",
    )
    draft.item(1, "清淤", number(2, ids=(2, 3), value=Decimal(20)), "。")
    draft.point(1, "对方提出：", Quote("3号楼缺6人"), "。")
    if extra:
        draft.say(*extra)
    if ending or kind == DocumentKind.REQUEST:
        draft.say(ending or "妥否，请批示。")
    base = FRAMES[kind]
    return Content(kind, TITLES[kind], Frame(**{**base.__dict__, **frame}), tuple(draft.blocks))
