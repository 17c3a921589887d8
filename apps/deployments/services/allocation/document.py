"""The notice of a sheet as a document: 送审稿 until it is signed, numbered when it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from django.conf import settings

from apps.accounts.models import User
from apps.office.documents.content import (
    Block,
    Content,
    Draft,
    Quote,
    Reference,
    Source,
    day,
)
from apps.office.documents.enums import DocumentKind, DocumentState
from apps.office.documents.services import (
    MADE_ANEW,
    frame_of,
    make_document,
    sign_document,
    void_document,
)
from apps.office.models import Document, DocumentSeries

from ...models import AllocationLine, AllocationSheet

PREFIX = "调配"
ADDRESSEE = "各有关单位"
REQUIREMENTS = (
    "各派出单位收到通知后即在平台接单，落实带队人和联系电话，按时到集合地点与社区接洽。",
    "带队人到岗后当日登记应到、实到人数；人员变动、不能按时到岗的，及时告知联络服务小组。",
    "注意防护和人身安全，轮班的按期交接，未经批准不得脱岗、顶岗。",
)


def series_of(sheet: AllocationSheet) -> DocumentSeries:
    """Drills are numbered apart, so that the real ones have no gap."""
    code = "allocation-drill" if sheet.is_drill else "allocation"
    series, _ = DocumentSeries.objects.get_or_create(
        code=code,
        defaults={
            "kind": DocumentKind.NOTICE,
            "name": settings.ORGAN_NAME,
            "issuer": settings.ORGAN_NAME,
            "prefix": PREFIX,
            "addressee": ADDRESSEE,
        },
    )
    return series


def make_notice(
    sheet: AllocationSheet, lines: Sequence[AllocationLine], *, by: User, now: dt.datetime
) -> Document:
    """The 送审稿; that of an earlier review becomes void."""
    series = series_of(sheet)
    before = sheet.document
    replaces = before if before is not None and before.state == DocumentState.DRAFT else None
    if replaces is not None:
        void_document(replaces, by=by, reason=MADE_ANEW, now=now)
    content = Content(
        kind=DocumentKind.NOTICE,
        title=f"关于{sheet.on.month}月{sheet.on.day}日力量调配的通知",
        frame=frame_of(series),
        blocks=tuple(blocks(sheet, lines)),
    )
    return make_document(
        series,
        content,
        subject=f"allocation/{sheet.pk}",
        about_on=sheet.on,
        now=now,
        by=by,
        is_drill=sheet.is_drill,
    )


def sign_notice(
    document: Document, *, by: User, now: dt.datetime, on_behalf_of: User | None
) -> Document:
    """Number the notice and take 送审稿 off it; safe to press twice."""
    return sign_document(document, by=by, now=now, on_behalf_of=on_behalf_of)


def void_notice(document: Document, *, by: User, reason: str, now: dt.datetime) -> None:
    """The notice of a sheet that was taken back; one that is void already is left alone."""
    if document.state != DocumentState.VOID:
        void_document(document, by=by, reason=reason, now=now)


def blocks(sheet: AllocationSheet, lines: Sequence[AllocationLine]) -> list[Block]:
    """Whole, then unit by unit in official order, then what is asked of all."""
    draft = Draft()
    url = sheet.get_absolute_url()

    def count(value: int, measure: str, name: str) -> Reference:
        return Reference(Source.RECORD, Decimal(value), measure, name=name, url=url)

    until = f"至{day(sheet.ends_on)}" if sheet.ends_on else "起"
    draft.say(
        "根据社区需求，现就",
        day(sheet.on),
        until,
        "力量调配通知如下。",
    )
    draft.heading("总体安排")
    units = {line.unit_id for line in lines}
    needs = {line.need_id for line in lines}
    draft.say(
        "由",
        count(len(units), "家", "派出单位"),
        "单位派出",
        count(sum(line.heads for line in lines), "人", "派出人数"),
        "，对应社区需求",
        count(len(needs), "项", "对应需求"),
        "。",
    )
    draft.heading("调配明细")
    for unit, own in groupby(lines, key=lambda line: line.unit):
        draft.subheading("")
        _name(draft, str(unit))
        for number, line in enumerate(own, 1):
            draft.item(
                number,
                Quote(f"{line.community.street.district.short_name}{line.community}"),
                "，",
                Quote(str(line.task_type)),
                "，派出",
                count(line.heads, "人", f"{unit}第{number}项派往{line.community}"),
                "，",
                Quote(_terms(line)),
                "。",
            )
    draft.heading("有关要求")
    for number, text in enumerate(REQUIREMENTS, 1):
        draft.item(number, text)
    if sheet.note:
        draft.item(len(REQUIREMENTS) + 1, Quote(sheet.note.rstrip("。")), "。")
    return draft.blocks


def _name(draft: Draft, name: str) -> None:
    """The unit's name behind the number of its heading; names may hold digits."""
    last = draft.blocks.pop()
    draft.blocks.append(Block(last.style, (*last.pieces, Quote(name))))


def _terms(line: AllocationLine) -> str:
    """性质、时段、轮班、带队人、集合地点、接洽人、防护保障, as they stand on the line."""
    words = [
        line.get_nature_display(),
        f"时段{line.shift}" if line.shift else "",
        f"{line.rotation_days}天轮班" if line.rotation_days else "",
        f"带队人{line.leader or '由单位接单时确定'}",
        f"联系电话{line.leader_phone}" if line.leader_phone else "",
        f"集合地点{line.meeting_place}" if line.meeting_place else "",
        f"接洽人{line.contact}" if line.contact else "",
        f"防护保障：{line.protection}" if line.protection else "",
    ]
    return "，".join(word for word in words if word)
