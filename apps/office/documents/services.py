"""A document made, signed, declared void. Each is safe to press twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.core.dates import to_local
from apps.core.errors import ConflictError, DomainError

from ..models import Attachment, Document, DocumentSeries
from .content import Content, Frame, from_json, to_json
from .enums import STANDING, DocumentState
from .layout import Stamp, lay_out
from .linter import lint
from .sources import Frozen, frozen_figures

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MADE_ANEW = "重新生成"
TOLD = 3
"""Findings that a refusal names; the document's page has them all."""


class DocumentRefusedError(DomainError):
    """A document cannot take this step."""


class FaultyDocumentError(DocumentRefusedError):
    """The linter found something; `findings` are its sentences."""

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = list(findings)
        more = f"等{len(self.findings)}处" if len(self.findings) > TOLD else ""
        super().__init__(f"校对未通过：{''.join(self.findings[:TOLD])}{more}")


class DocumentConflictError(ConflictError):
    """Somebody else was there first."""


@transaction.atomic
def make_document(
    series: DocumentSeries,
    content: Content,
    *,
    subject: str,
    about_on: dt.date | None,
    now: dt.datetime,
    by: User | None = None,
    is_drill: bool = False,
    replaces: Document | None = None,
) -> Document:
    """Freeze `content`, lay it out, prove it and keep it as 送审稿; `by` None is the clock.

    One document stands per subject: without `replaces` the standing one is answered, with it that
    draft becomes void and this one takes its place. Raises DocumentConflictError when a signed one
    stands or somebody else has replaced the draft, FaultyDocumentError with the linter's findings.
    """
    _queue_for(series)
    standing = (
        series.documents.standing().filter(subject=subject).select_related("signed_by").first()
    )
    if standing is not None:
        if replaces is None or standing.replaces_id == replaces.pk:
            return standing
        _replace(standing, replaces, by=by, now=now)
    stamp = Stamp(to_local(now).year, to_local(now).date(), is_drill=is_drill)
    return Document.objects.create(
        series=series,
        kind=content.kind,
        subject=subject,
        title=content.title,
        about_on=about_on,
        is_drill=is_drill,
        content=to_json(content),
        draft_file=_keep(_proved(content, stamp), name=f"{content.title}（送审稿）.docx", by=by),
        replaces=replaces if standing is not None else None,
        made_at=now,
        made_by=by,
    )


def _queue_for(series: DocumentSeries) -> None:
    """Whoever makes or numbers a document of a series waits for those before him."""
    DocumentSeries.objects.select_for_update().get(pk=series.pk)


def _replace(standing: Document, replaces: Document, *, by: User | None, now: dt.datetime) -> None:
    if standing.state == DocumentState.SIGNED:
        raise DocumentConflictError(
            f"“{standing}”已由{standing.signed_by}签发，作废后方可重新生成。"
        )
    if standing.pk != replaces.pk:
        raise DocumentConflictError("送审稿刚被重新生成，请刷新后查看。")
    Document.objects.filter(pk=standing.pk).update(
        state=DocumentState.VOID, voided_at=now, voided_by=by, void_reason=MADE_ANEW
    )


@transaction.atomic
def sign_document(
    document: Document, *, by: User, now: dt.datetime, on_behalf_of: User | None = None
) -> Document:
    """Give the next number of the year and lay the document out without 送审稿.

    A leader signs in person, or the office for one who has said so (代签): the leader's name stands
    on it, whose hand it was is kept. Signed again by the same hand it stays as it is. Raises
    DocumentRefusedError for a signer who may not, DocumentConflictError once somebody else has
    signed it or it is void, FaultyDocumentError when text, layout or books do not agree.
    """
    signer = on_behalf_of or by
    if not signer.has_perm("office.sign_document"):
        raise DocumentRefusedError("请选择授权代签的工委领导。", field="on_behalf_of")
    _queue_for(document.series)
    current = Document.objects.select_related("signed_by", "draft_file").get(pk=document.pk)
    if current.state != DocumentState.DRAFT:
        return _as_signed(current, by=by)
    if findings := document_findings(current):
        raise FaultyDocumentError(findings)
    content, on = from_json(current.content), to_local(now).date()
    stamp = Stamp(
        year=on.year,
        on=on,
        number=_next_number(current.series, on.year),
        signer=signer.name,
        is_signed=True,
        is_drill=current.is_drill,
    )
    data = _proved(content, stamp)
    Document.objects.filter(pk=current.pk, state=DocumentState.DRAFT).update(
        state=DocumentState.SIGNED,
        year=stamp.year,
        number=stamp.number,
        signed_file=_keep(data, name=f"{content.title}.docx", by=by),
        signed_at=now,
        signed_by=signer,
        is_signed_on_behalf=on_behalf_of is not None,
        signature_by=by,
    )
    return Document.objects.get(pk=current.pk)


def _as_signed(document: Document, *, by: User) -> Document:
    """What pressing twice comes to; anybody else's press is a conflict."""
    if document.state == DocumentState.VOID:
        raise DocumentConflictError(f"“{document}”已作废，不能签发。")
    if document.signature_by_id != by.pk:
        raise DocumentConflictError(f"“{document}”已由{document.signed_by}签发。")
    return document


def _next_number(series: DocumentSeries, year: int) -> int:
    """Without a gap: numbers are given one by one, and a void document keeps its own."""
    last = series.documents.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@transaction.atomic
def void_document(document: Document, *, by: User, reason: str, now: dt.datetime) -> None:
    """Declare a draft or a signed document void; its number is not given again.

    Voided again by the same hand it stays as it is. Raises DocumentRefusedError without a reason,
    DocumentConflictError when somebody else has declared it void.
    """
    reason = reason.strip()
    if not reason:
        raise DocumentRefusedError("请填写作废原因。", field="reason")
    _queue_for(document.series)
    voided = Document.objects.filter(pk=document.pk, state__in=STANDING).update(
        state=DocumentState.VOID, voided_at=now, voided_by=by, void_reason=reason
    )
    if not voided and not Document.objects.filter(pk=document.pk, voided_by=by).exists():
        raise DocumentConflictError(f"“{document}”已由他人作废。")


def frame_of(series: DocumentSeries, **more: Any) -> Frame:
    """What stands around the text by the settings of today; frozen with the content."""
    names = [one.name for one in fields(Frame) if hasattr(series, one.name)]
    return Frame(**{**{name: getattr(series, name) for name in names}, **more})


def document_findings(document: Document) -> list[str]:
    """The standing file read back and compared with what was frozen and with the books."""
    content = from_json(document.content)
    with document.file.file.open("rb") as kept:
        return lint(kept.read(), content, stamp_of(document), _books(content))


def stamp_of(document: Document) -> Stamp:
    """What was stamped on the standing file."""
    at = document.signed_at or document.made_at
    is_signed = document.signed_file_id is not None
    return Stamp(
        year=document.year or to_local(at).year,
        on=to_local(at).date(),
        number=document.number,
        signer=str(document.signed_by) if is_signed else "",
        is_signed=is_signed,
        is_drill=document.is_drill,
    )


def _proved(content: Content, stamp: Stamp) -> bytes:
    data = lay_out(content, stamp)
    if findings := lint(data, content, stamp, _books(content)):
        raise FaultyDocumentError(findings)
    return data


def _books(content: Content) -> dict[int, Frozen]:
    return frozen_figures({pk for number in content.references for pk in number.ids})


def _keep(data: bytes, *, name: str, by: User | None) -> Attachment:
    digest = hashlib.sha256(data).hexdigest()
    kept = Attachment(
        name=name[-200:], sha256=digest, size=len(data), content_type=DOCX, uploaded_by=by
    )
    kept.file.save(digest, ContentFile(data), save=False)
    kept.save(force_insert=True)
    return kept
