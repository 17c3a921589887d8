"""The steps of the chain: 投稿, the three reviews, 退回修改, 撤稿."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.core.views import portal_action
from apps.core.views.rowforms import RowFormView

from .. import services
from ..errors import ItemRefusedError
from ..forms import ReviewForm, WithdrawForm
from ..models import PublicityItem
from ..services.claims import stale
from .common import REVIEW, STAGES, SUBMIT, WITHDRAW, item_of, list_breadcrumb, refuse_foreign_pen
from .items import ItemDetailView


@portal_action(SUBMIT)
def submit_item(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    item = item_of(request, pk)
    refuse_foreign_pen(request, item)
    user: Any = request.user
    services.submit_item(item, version=version, by=user, now=timezone.now())
    messages.success(request, "已投稿，请等候审签。")
    return redirect(item)


@portal_action(REVIEW)
def review_item(request: HttpRequest, pk: int, stage: str) -> HttpResponseBase:
    """初审通过, 复审通过 or 签发."""
    item = item_of(request, pk)
    asked = next((one for one in STAGES.values() if one.key == stage), None)
    if asked is None:
        raise Http404
    user: Any = request.user
    if not user.has_perm(asked.permission, item):
        raise PermissionDenied
    form = _form(request)
    if form.errors:
        return _drawn_again(request, item, form)
    asked.carry_out(item, by=user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, f"“{item}”{item.get_state_display()}。")
    return redirect(item)


@portal_action(REVIEW)
def return_item(request: HttpRequest, pk: int) -> HttpResponseBase:
    """退回修改 by whoever has the next review."""
    item = item_of(request, pk)
    form = _form(request)
    if form.errors:
        return _drawn_again(request, item, form)
    version = form.cleaned_data["version"]
    if version != item.version:
        raise stale(item)
    stage, user = STAGES.get(item.state), request.user
    if stage is None or not user.has_perm(stage.permission, item):
        raise PermissionDenied
    by: Any = user
    reason = form.cleaned_data["note"]
    try:
        services.return_item(item, version=version, by=by, now=timezone.now(), reason=reason)
    except ItemRefusedError as error:
        form.add_error("note", error.message)
        return _drawn_again(request, item, form)
    messages.success(request, f"“{item}”已退回修改。")
    return redirect(item)


def _form(request: HttpRequest) -> ReviewForm:
    """The posted remark, examined. Raises ItemRefusedError for a page that was tampered with."""
    form = ReviewForm(request.POST)
    form.full_clean()
    if "version" in form.errors:
        raise ItemRefusedError("页面内容不完整，请刷新后再办理。")
    return form


def _drawn_again(request: HttpRequest, item: PublicityItem, form: ReviewForm) -> HttpResponseBase:
    """The record once more, with what was typed and the sentence at its field."""
    view = ItemDetailView()
    view.setup(request, pk=item.pk)
    view.review_form = form
    answer = view.get(request)
    answer.status_code = 422
    return answer


class ItemWithdrawView(RowFormView):
    permission = WITHDRAW
    model = PublicityItem
    form_class = WithdrawForm
    submit_label = "撤稿"
    done = "已撤稿。"

    def get_title(self) -> str:
        return f"撤稿：{self.object}"

    def get_subtitle(self) -> str:
        return "撤稿后不能恢复，已登记的刊发不再计入采用"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return list_breadcrumb()

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: WithdrawForm) -> PublicityItem:
        item: PublicityItem = self.object
        user: Any = self.request.user
        services.withdraw_item(item, by=user, now=timezone.now(), **form.cleaned_data)
        return item
