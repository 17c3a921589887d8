"""Who is who: revealing one field, finding by what is sealed, folding what was registered twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.accounts.enums import SecurityEventKind
from apps.accounts.reveal import Revealable
from apps.accounts.services import record_event
from apps.core.tables import Column, Table
from apps.core.views import ScopedFormView, portal_action
from apps.core.views.edit import check_object
from apps.core.views.rowforms import RowFormView

from .. import services
from ..forms.beneficiaries import DuplicateForm, FindForm
from ..models import Beneficiary
from ..personal import SEALED
from ..selectors.caseload import same_person
from .beneficiaries import record_trail
from .common import FOLD, REVEAL

SECRETS = Revealable(
    permission=REVEAL,
    fields=SEALED,
    key="beneficiary",
    mark=lambda row: row.number,
    limit=60,
)


@never_cache
@portal_action(REVEAL)
def reveal_beneficiary(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Answer with the one field asked for."""
    rows = Beneficiary.objects.visible_to(request.user).select_related("community")
    return SECRETS.show(request, get_object_or_404(rows, pk=pk), field)


class FindView(ScopedFormView):
    """Whole name or phone in, registrations out. Posted, so that no address holds a name."""

    permission = REVEAL
    form_class = FindForm
    template_name = "assistance/beneficiary_find.html"
    title = "按姓名电话查找"
    submit_label = "查找"

    def get_subtitle(self) -> str:
        return "须填写完整的姓名或电话；每次查找都会留下记录"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶对象", reverse("assistance:beneficiary_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:beneficiary_list")

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        found = same_person(name=data["name"], phone=data["phone"])
        rows = list(found.visible_to(self.request.user)[:50])  # type: ignore[attr-defined]
        record_event(
            SecurityEventKind.REVEAL,
            request=self.request,
            beneficiary="、".join(row.number for row in rows) or "未找到",
            field="按姓名电话查找",
            reason=data["reason"],
        )
        columns = (
            Column("number", label="编号", link="assistance:beneficiary_detail", phone="title"),
            Column("label", label="帮扶对象"),
            Column("kind"),
            Column("unit", label="登记单位"),
            Column("registered_at", kind="moment"),
        )
        table = Table.of(Beneficiary, columns, rows, empty="没有登记过，姓名、电话须完整一致。")
        response = self.answer(form, table=table)
        response["Cache-Control"] = "no-store"
        return response


class DuplicateView(RowFormView):
    permission = FOLD
    model = Beneficiary
    queryset = Beneficiary.objects.select_related("community")
    form_class = DuplicateForm
    submit_label = "标为重复"
    done = "已标为重复，不另计户。"

    title = "标为重复"

    def get_subtitle(self) -> str:
        return f"{self.object.number} · {self.object.label}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return record_trail(self.object)

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("of", "")
        return {"of": asked} if asked.isdecimal() else {}

    def perform(self, form: Any) -> Beneficiary:
        row: Beneficiary = self.object
        user: Any = self.request.user
        of = form.cleaned_data["of"]
        services.mark_duplicate(row, of=of, by=user, now=timezone.now())
        return row


@portal_action(FOLD)
def mark_distinct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """取消重复标记."""
    row = get_object_or_404(Beneficiary.objects.visible_to(request.user), pk=pk)
    check_object(request, FOLD, row)
    user: Any = request.user
    services.unmark_duplicate(row, by=user, now=timezone.now())
    messages.success(request, "已取消重复标记。")
    return redirect(row)
