"""The inbox of everybody, and the ledger of mail for the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from apps.core.html import Tag, Tone
from apps.core.permissions import AUTHENTICATED
from apps.core.tables import Column
from apps.core.views import (
    Action,
    BulkAction,
    PortalView,
    ScopedDetailView,
    ScopedListView,
    portal_action,
    ticked_keys,
)
from apps.core.views.records import ScopedObjectMixin

from . import services
from .composing import UnfitLetterError, compose
from .enums import MessageState
from .filters import InboxFilters, MailFilters
from .models import InboxMessage, OutboxMessage

VIEW = "messaging.view_outboxmessage"
SEND = "messaging.resend_message"
TONES: Mapping[str, Tone] = {
    MessageState.QUEUED: "blue",
    MessageState.SENDING: "blue",
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
    MessageState.HELD: "yellow",
}
ANSWERS = {
    MessageState.FAILED: ("重发", "messaging:mail_resend", "refresh"),
    MessageState.HELD: ("确认发出", "messaging:mail_release", "send"),
}
"""What a person may have done with one mail, by its state."""
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'", "'self'"],
    "font-src": ["'self'"],
    "img-src": ["data:"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
"""For the body of a mail alone: its inlined styles and our font may show, nothing else may load,
nothing may run or be sent."""
FONTS = ("vendor/noto/400.css", "vendor/noto/700.css")


def shown_mail(html: str) -> HttpResponse:
    """A mail as it was sent, and after it the portal's font, which mails name last: a device may
    have no Chinese one."""
    return HttpResponse(
        html + "".join(f'<link rel="stylesheet" href="{static(font)}">' for font in FONTS)
    )


class InboxListView(ScopedListView):
    permission = AUTHENTICATED
    model = InboxMessage
    title = "站内信"
    filterset_class = InboxFilters
    columns = (
        Column(
            "read_at",
            "状态",
            value=lambda row: Tag("已读") if row["read_at"] else Tag("未读", "red"),
        ),
        Column("subject", link="messaging:inbox_detail", phone="title"),
        Column("kind", kind="tag"),
        Column("created_at", kind="moment"),
    )
    extra_fields = ("read_at",)
    ordering = ("-created_at",)
    empty = "还没有站内信。"

    def get_actions(self) -> Sequence[Action]:
        if not InboxMessage.objects.visible_to(self.request.user).unread().exists():
            return ()
        url = reverse("messaging:inbox_read_all")
        return [Action("全部标为已读", url, icon="checks", method="post")]


class InboxDetailView(ScopedDetailView):
    """Opening a message is reading it."""

    permission = AUTHENTICATED
    model = InboxMessage
    template_name = "messaging/inbox_detail.html"
    facts = (Column("kind", kind="tag"), Column("created_at", kind="moment"))

    def get_object(self, queryset: Any = None) -> InboxMessage:
        message: InboxMessage = super().get_object(queryset)
        services.mark_read(message, now=timezone.now())
        return message

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("站内信", reverse("messaging:inbox_list"))]

    def get_actions(self) -> Sequence[Action]:
        path = self.object.path
        if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return ()
        return [Action("前往办理", path, icon="arrow-right", primary=True)]


@portal_action(AUTHENTICATED)
def mark_all_read(request: HttpRequest) -> HttpResponse:
    count = services.mark_all_read(request.user, now=timezone.now())
    messages.success(request, f"已将{count}条站内信标为已读。")
    return redirect("messaging:inbox_list")


class MailListView(ScopedListView):
    permission = VIEW
    model = OutboxMessage
    title = "邮件台账"
    subtitle = "每封邮件只发一次；服务器暂时拒收的自动重试，无法送达的在此重发。"
    filterset_class = MailFilters
    columns = (
        Column("on", kind="day", css="nowrap"),
        Column("kind", kind="tag"),
        Column("recipient", blank="未登记", css="nowrap"),
        Column("address", phone="hide"),
        Column("subject", link="messaging:mail_detail", phone="title", note="error"),
        Column("state", kind="tag", tones=TONES),
        Column("sent_at", kind="moment", sort=True, blank="未发出"),
    )
    extra_fields = ("error",)
    ordering = ("-queued_at",)
    measure = "封"
    empty = "还没有邮件。"

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return [
            BulkAction(
                "确认发出",
                reverse("messaging:mail_release"),
                icon="send",
                confirm="将以下“待确认”的邮件发出？",
                permission=SEND,
            ),
            BulkAction(
                "重发",
                reverse("messaging:mail_resend"),
                icon="refresh",
                confirm="重新发送以下“发送失败”的邮件？",
                permission=SEND,
            ),
        ]


class MailDetailView(ScopedDetailView):
    permission = VIEW
    model = OutboxMessage
    template_name = "messaging/mail_detail.html"
    facts = (
        Column("recipient", blank="未登记"),
        Column("address", kind="email"),
        Column("kind", kind="tag"),
        Column("on", kind="day"),
        Column("is_drill", kind="bool"),
        Column("queued_at", kind="moment"),
        Column("not_before", kind="moment", blank="不限"),
        Column("sent_at", kind="moment", blank="未发出"),
        Column("tries", kind="number", unit="次"),
        Column("message_id"),
    )

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), TONES.get(self.object.state, "grey"))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("邮件台账", reverse("messaging:mail_list"))]

    def get_actions(self) -> Sequence[Action]:
        mail = self.object
        file = reverse("messaging:mail_file", args=[mail.pk])
        actions = [Action("下载原件", file, icon="download")]
        answer = ANSWERS.get(mail.state)
        if answer is not None:
            label, name, icon = answer
            url = f"{reverse(name)}?pk={mail.pk}"
            actions.append(Action(label, url, icon, "post", primary=True, permission=SEND))
        return actions


class MailPartView(PortalView, ScopedObjectMixin, abstract=True):
    """What hangs on one mail and is no page."""

    model = OutboxMessage
    permission = VIEW


@method_decorator(csp_replace(MAIL_POLICY), name="dispatch")
class MailBodyView(MailPartView):
    """The HTML as it was sent, on an address of its own under a policy of its own."""

    permission = VIEW

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        message = self.get_object()
        if message.html:
            return shown_mail(message.html)
        return HttpResponse(message.text, content_type="text/plain; charset=utf-8")


class MailFileView(MailPartView):
    """The mail byte for byte, for a mail program."""

    permission = VIEW

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        message = self.get_object()
        try:
            content = compose(message, sender=settings.DEFAULT_FROM_EMAIL)
        except UnfitLetterError as error:
            return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
        name = content_disposition_header(as_attachment=True, filename=f"mail-{message.pk}.eml")
        headers = {"Content-Disposition": name or "attachment"}
        return HttpResponse(content, content_type="message/rfc822", headers=headers)


@portal_action(SEND)
def resend_mails(request: HttpRequest) -> HttpResponse:
    count = services.resend(chosen_mails(request))
    messages.success(request, f"已安排重发{count}封。")
    return redirect("messaging:mail_list")


@portal_action(SEND)
def release_mails(request: HttpRequest) -> HttpResponse:
    count = services.release_chosen(chosen_mails(request))
    messages.success(request, f"已确认发出{count}封。")
    return redirect("messaging:mail_list")


def chosen_mails(request: HttpRequest) -> list[int]:
    """The ids of the ticked rows, or of the one in the address, that the user may see."""
    named = request.POST.getlist("pk") or request.GET.getlist("pk")
    rows = OutboxMessage.objects.visible_to(request.user).filter(pk__in=ticked_keys(named))
    return list(rows.values_list("pk", flat=True))
