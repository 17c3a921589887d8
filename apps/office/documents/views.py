"""公文: the list, one document as a page, the file, the sheet to print, and the three steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.core.html import Tag, Tone
from apps.core.panels import PanelledDetailView
from apps.core.permissions import allowed
from apps.core.tables import Column, Event
from apps.core.views import Action, PortalView, ScopedListView, portal_action
from apps.core.views.rowforms import RowFormView

from ..models import Document
from . import services
from .enums import STANDING, DocumentState
from .filters import DocumentFilter
from .forms import SignForLeaderForm, VoidForm
from .services import DOCX
from .sheet import sheet_of

VIEW, SIGN, SIGN_FOR, VOID = (
    "office.view_document",
    "office.sign_document",
    "office.sign_for_leader",
    "office.void_document",
)
TONES: dict[str, Tone] = {
    DocumentState.DRAFT: "yellow",
    DocumentState.SIGNED: "green",
    DocumentState.VOID: "grey",
}
PEOPLE = (
    "series",
    "draft_file",
    "signed_file",
    "made_by",
    "signed_by",
    "signature_by",
    "voided_by",
)


class DocumentListView(ScopedListView):
    permission = VIEW
    model = Document
    filterset_class = DocumentFilter
    as_objects = True
    ordering = ("-made_at", "-pk")
    measure = "件"
    empty = "还没有公文。简报在当日四个一的页面上生成，每晚小结后也自动生成送审稿。"
    columns = (
        Column("title", "标题", value=str, link=lambda row: row.get_absolute_url(), phone="title"),
        Column("kind", kind="tag"),
        Column("number_text", "编号", blank="未编号", css="nowrap"),
        Column("state", kind="tag", tones=TONES),
        Column("about_on", kind="day", sort=True),
        Column("made_at", kind="moment", sort=True),
        Column("signed_by", blank="未签发", css="nowrap"),
        Column("signed_at", kind="moment", blank="未签发", phone="hide"),
    )

    def get_title(self) -> str:
        return "简报公文"

    def get_subtitle(self) -> str:
        return "" if self.request.GET.get("state") else "作废的在“状态”中选择查看"

    def get_queryset(self) -> QuerySet[Document]:
        rows = super().get_queryset().select_related("series", "signed_by")
        return rows if self.request.GET.get("state") else rows.filter(state__in=STANDING)


class OfDocumentView(PanelledDetailView, abstract=True):
    permission = VIEW
    model = Document

    def get_queryset(self) -> QuerySet[Document]:
        return super().get_queryset().select_related(*PEOPLE)


class DocumentDetailView(OfDocumentView):
    """The document as a page: read, proved, signed, also on a phone."""

    permission = VIEW
    template_name = "documents/document_detail.html"
    facts = (
        Column("kind"),
        Column("number_text", "编号", blank="签发时编号"),
        Column("series", "系列", value=lambda row: row.series.name),
        Column("about_on", kind="day"),
        Column("made_at", kind="moment"),
        Column("made_by", blank="按时自动"),
        Column("signed_by", blank="未签发"),
    )

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), TONES[self.object.state])

    def get_subtitle(self) -> str:
        number = self.object.number_text
        return f"{self.object.series.name}{f' · {number}' if number else ''}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return (("简报公文", reverse("documents:document_list")),)

    def get_actions(self) -> Sequence[Action]:
        pk, state = self.object.pk, self.object.state
        actions = [
            Action("下载", reverse("documents:document_file", args=[pk]), icon="file-download"),
            Action(
                "打印",
                reverse("documents:document_print", args=[pk]),
                icon="printer",
                new_tab=True,
            ),
        ]
        if state != DocumentState.VOID:
            actions.append(
                Action(
                    "作废",
                    reverse("documents:document_void", args=[pk]),
                    danger=True,
                    permission=VOID,
                )
            )
        if state == DocumentState.DRAFT:
            actions += self._signatures(pk)
        return actions

    def _signatures(self, pk: int) -> list[Action]:
        return [
            Action("代签", reverse("documents:document_sign_for", args=[pk]), permission=SIGN_FOR),
            Action(
                "签发",
                reverse("documents:document_sign", args=[pk]),
                icon="writing-sign",
                method="post",
                primary=True,
                confirm=f"签发“{self.object.title}”？签发后编号并去掉送审稿标识，内容不能再改。",
                permission=SIGN,
            ),
        ]

    def get_timeline(self) -> Sequence[Event]:
        row = self.object
        events = [Event(row.made_at, "生成送审稿", by=str(row.made_by or "按时自动"))]
        if row.signed_at:
            by = (
                f"{row.signature_by}代{row.signed_by}" if row.is_signed_on_behalf else row.signed_by
            )
            events.append(
                Event(row.signed_at, f"签发，编为{row.number_text}", by=str(by), tone="green")
            )
        if row.voided_at:
            events.append(
                Event(
                    row.voided_at, "作废", by=str(row.voided_by or "按时自动"), text=row.void_reason
                )
            )
        return events

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = sheet_of(self.object)
        is_draft = self.object.state == DocumentState.DRAFT
        return super().get_context_data(
            sheet=sheet,
            findings=services.document_findings(self.object) if is_draft else None,
            numbers=len(sheet.content.references),
            successor=Document.objects.filter(replaces=self.object).first(),
            **kwargs,
        )


class DocumentPrintView(OfDocumentView):
    """The same words on paper; the file is the official form."""

    permission = VIEW
    template_name = "documents/document_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet=sheet_of(self.object), back_url=self.object.get_absolute_url(), **kwargs
        )


class DocumentFileView(PortalView):
    """The .docx: the signed file where there is one, else the draft."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = Document.objects.visible_to(request.user)
        document = get_object_or_404(rows.select_related("draft_file", "signed_file"), pk=pk)
        answer = FileResponse(
            document.file.file.open("rb"),
            as_attachment=True,
            filename=document.file_name,
            content_type=DOCX,
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer


@portal_action(SIGN)
def sign_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    user: Any = request.user
    signed = services.sign_document(document, by=user, now=timezone.now())
    messages.success(request, f"已签发，编为{signed.number_text}。")
    return redirect(signed)


class SignForLeaderView(RowFormView):
    permission = SIGN_FOR
    model = Document
    form_class = SignForLeaderForm
    submit_label = "代签"
    done = "已代签。"

    def get_title(self) -> str:
        return f"代签：{self.object}"

    def get_cancel_url(self) -> str:
        return self.object.get_absolute_url()

    def perform(self, form: SignForLeaderForm) -> Document:
        user: Any = self.request.user
        return services.sign_document(
            self.object,
            by=user,
            on_behalf_of=form.cleaned_data["on_behalf_of"],
            now=timezone.now(),
        )


class VoidView(RowFormView):
    permission = VOID
    model = Document
    form_class = VoidForm
    submit_label = "作废"
    done = "已作废。"

    def get_title(self) -> str:
        return f"作废：{self.object}"

    def get_subtitle(self) -> str:
        if self.object.state != DocumentState.SIGNED:
            return "送审稿作废后不占编号。"
        return f"{self.object.number_text}已签发；作废后编号不再使用，如已印发请另行收回。"

    def get_cancel_url(self) -> str:
        return self.object.get_absolute_url()

    def perform(self, form: VoidForm) -> Document:
        user: Any = self.request.user
        services.void_document(
            self.object, by=user, reason=form.cleaned_data["reason"], now=timezone.now()
        )
        return self.object


def drafts_badge(request: HttpRequest) -> int:
    """Drafts that wait for a signature, for whoever may sign."""
    if not allowed(request.user, (SIGN, SIGN_FOR)):
        return 0
    return Document.objects.visible_to(request.user).filter(state=DocumentState.DRAFT).count()
