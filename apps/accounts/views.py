"""Log-in and log-out, one's own account, and the two trails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import views as auth
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from apps.core.dates import to_local
from apps.core.html import Tag, Tone
from apps.core.tables import Column, Row, Table
from apps.core.views import (
    AUTHENTICATED,
    PUBLIC,
    Action,
    BoardView,
    PortalView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from . import selectors, services
from .enums import AuditOperation, SecurityEventKind
from .filters import AuditFilters, SecurityEventFilters
from .forms import LoginForm, OwnEmailForm
from .links import account_links
from .models import AuditEntry, SecurityEvent, User

DEMO_ACCOUNTS = (
    ("leader", "工委领导"),
    ("staff", "工委工作人员"),
    ("duty", "值班员"),
    ("group01", "第1联络服务小组"),
    ("unit001", "单位联络员"),
    ("unitleader001", "机关党委专职副书记"),
    ("city", "市直工委联络员"),
    ("steward", "数据管理员"),
)
EVENT_TONES: dict[str, Tone] = {
    SecurityEventKind.LOGIN_FAILED: "yellow",
    SecurityEventKind.LOCKED_OUT: "red",
    SecurityEventKind.DENIED: "red",
    SecurityEventKind.REVEAL: "blue",
}


def to_the_second(row: Row) -> str:
    """A trail says the full moment, however near it is."""
    at = row["at"] if isinstance(row, dict) else row.at
    return f"{to_local(at):%Y-%m-%d %H:%M:%S}"


class LoginView(PortalView, auth.LoginView):
    """The door. The embedded demonstration names its accounts there; no password ever."""

    permission = PUBLIC
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_demonstration = settings.DATABASES["default"].get("EMBEDDED") and settings.DEMO_PASSWORD
        accounts = DEMO_ACCOUNTS if is_demonstration else ()
        return super().get_context_data(demo_accounts=accounts, **kwargs)


class LogoutView(PortalView, auth.LogoutView):  # type: ignore[misc]
    permission = PUBLIC
    http_method_names = ["post", "options"]


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """What axes shows after too many wrong passwords: the way on, and in how many minutes."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    minutes = minutes_until_unlocked(request, name)
    context = {"minutes": minutes, "limit": settings.AXES_FAILURE_LIMIT}
    response = render(request, "accounts/locked_out.html", context, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


def minutes_until_unlocked(request: HttpRequest, username: str) -> int:
    """Whole minutes, at least one."""
    pause = get_cool_off(request) or timedelta()
    attempt = (
        AccessAttempt.objects.filter(username=username, ip_address=get_client_ip_address(request))
        .order_by("-attempt_time")
        .first()
    )
    since = attempt.attempt_time if attempt else timezone.now()
    left = since + pause - timezone.now()
    return max(1, -(-int(left.total_seconds()) // 60))


class PasswordChangeView(PortalView, auth.PasswordChangeView):
    permission = AUTHENTICATED
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:account")
    title = "修改密码"

    def get_subtitle(self) -> str:
        user = self.request.user
        return "首次登录或重置后，请先设置自己的密码。" if user.must_change_password else ""  # type: ignore[union-attr]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submit_label="保存新密码", cancel_url="", **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)  # this session stays, all others end
        services.finish_password_change(form.user, request=self.request)
        return response


class AccountView(BoardView):
    """One's own account: what is known, what may be changed, the latest log-ins."""

    permission = AUTHENTICATED
    title = "我的账号"
    template_name = "accounts/account.html"

    def get_actions(self) -> Sequence[Action]:
        links = [Action(one.label, reverse(one.url_name), one.icon) for one in account_links()]
        return [
            *links,
            Action("修改邮箱", reverse("accounts:email_update"), "mail"),
            Action("修改密码", reverse("password_change"), "key"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = own_events(self.request.user).values("pk", "at", "kind", "address")[:20]
        table = Table.of(SecurityEvent, OWN_COLUMNS, rows, caption="最近登录")
        return super().get_context_data(table=table, **kwargs)


OWN_COLUMNS = (
    Column("at", value=to_the_second, phone="title"),
    Column("kind", kind="tag", tones=EVENT_TONES),
    Column("address", blank="未知"),
)
OWN_KINDS = (
    SecurityEventKind.LOGIN,
    SecurityEventKind.LOGIN_FAILED,
    SecurityEventKind.LOCKED_OUT,
    SecurityEventKind.LOGOUT,
    SecurityEventKind.PASSWORD,
)


def own_events(user: Any) -> QuerySet[SecurityEvent]:
    """What happened at the door under one's own name."""
    return SecurityEvent.objects.filter(username=user.get_username(), kind__in=OWN_KINDS)


class OwnEmailView(ScopedUpdateView):
    permission = AUTHENTICATED
    model = User
    form_class = OwnEmailForm
    title = "修改邮箱"
    done = "邮箱已修改。"

    def get_object(self, queryset: Any = None) -> User:  # noqa: ARG002
        # A fresh row: what is typed must not touch the user of this request until it is valid.
        return User.objects.get(pk=self.request.user.pk)

    def perform(self, form: Any) -> User:
        return services.change_own_email(self.object, email=form.cleaned_data["email"])

    def get_success_url(self) -> str:
        return reverse("accounts:account")

    def get_cancel_url(self) -> str:
        return reverse("accounts:account")


class SecurityEventListView(ScopedListView):
    permission = "accounts.view_securityevent"
    model = SecurityEvent
    title = "安全事件"
    filterset_class = SecurityEventFilters
    columns = (
        Column("at", value=to_the_second, phone="title"),
        Column("kind", kind="tag", tones=EVENT_TONES),
        Column("username", blank="未登录"),
        Column("address", blank="未知"),
        Column("path", phone="hide"),
        Column("detail", value=lambda row: worded_detail(row["detail"]), blank=""),
    )
    extra_fields = ("at", "detail")
    ordering = ("-id",)
    empty = "还没有安全事件。"


DETAIL_LABELS = {
    "method": "方法",
    "member": "党员编号",
    "beneficiary": "帮扶对象编号",
    "field": "项目",
    "reason": "事由",
}


def worded_detail(detail: dict[str, Any]) -> str:
    return "；".join(f"{DETAIL_LABELS.get(key, key)}：{value}" for key, value in detail.items())


class AuditListView(ScopedListView):
    permission = "accounts.view_auditentry"
    model = AuditEntry
    title = "操作记录"
    filterset_class = AuditFilters
    columns = (
        Column("at", value=to_the_second, link="accounts:audit_detail", phone="title"),
        Column("actor"),
        Column("operation", kind="tag"),
        Column("table", value=lambda row: selectors.table_label(row["table"])),
        Column("key"),
        Column("request", phone="hide"),
    )
    extra_fields = ("at", "table")
    ordering = ("-id",)
    empty = "还没有操作记录。"


class AuditDetailView(ScopedDetailView):
    permission = "accounts.view_auditentry"
    model = AuditEntry
    template_name = "accounts/audit_detail.html"
    facts = (
        Column("at", value=to_the_second),
        Column("actor"),
        Column("table", value=lambda row: selectors.table_label(row.table)),
        Column("key"),
        Column("request", blank="无"),
    )

    def get_title(self) -> str:
        return f"{selectors.table_label(self.object.table)} {self.object.key}"

    def get_state(self) -> Tag:
        tone: Tone = "red" if self.object.operation == AuditOperation.DELETE else "grey"
        return Tag(self.object.get_operation_display(), tone)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("操作记录", reverse("accounts:audit_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (change,) = selectors.changes_of([self.object])
        columns = (
            Column("label", "项目", phone="title"),
            Column("before", "变更前"),
            Column("after", "变更后"),
        )
        table = Table(columns, change.fields, caption="变更内容", empty="没有记录内容。")
        return super().get_context_data(changes=table, **kwargs)


class AdminLoginView(PortalView):
    """Django's admin has no door of its own: strangers go to ours, others are refused there."""

    permission = AUTHENTICATED

    def get(self, request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):  # the admin would send them back here
            raise PermissionDenied
        target = request.GET.get("next", "")
        return redirect(target if target.startswith("/admin/") else "admin:index")
