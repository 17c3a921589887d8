"""What is done to sheets: made, given a new link, entered for the community, settled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.campaigns.current import running_campaign
from apps.core.dates import business_day
from apps.core.views import portal_action
from apps.core.views.rowforms import RowFormView

from ..models import SigningLine, SigningSheet
from ..services import signing as services
from ..signing import lines_for
from ..signing_enums import Manner, Side
from ..signing_forms import EnterForm, SettleForm
from .signing import ENTER, MAKE, RENEW, SETTLE, day_of, list_url


@portal_action(MAKE)
def make_sheets(request: HttpRequest) -> HttpResponse:
    """生成确认单 of the day shown; pressed again it makes what is missing."""
    campaign, day = running_campaign(request), day_of(request)
    made = services.make_sheets(campaign, on=day, today=business_day(), now=timezone.now())
    said = f"已生成 {made} 张确认单。" if made else "当日确认单已齐全，没有新增。"
    messages.success(request, said)
    return redirect(list_url(day))


@portal_action(RENEW)
def renew_link(request: HttpRequest, pk: int) -> HttpResponse:
    """重新生成链接: the old one opens nothing any more."""
    sheet = get_object_or_404(SigningSheet.objects.visible_to(request.user), pk=pk)
    services.renew_link(sheet, now=timezone.now())
    messages.success(request, "已重新生成链接，请重新打印或发送。")
    return redirect(sheet)


class SettleView(RowFormView):
    """核定 of one line."""

    permission = SETTLE
    model = SigningLine
    queryset = SigningLine.objects.with_entry().select_related(
        "sheet__community", "deployment__unit"
    )
    form_class = SettleForm
    submit_label = "核定"
    done = "已核定。"

    def get_title(self) -> str:
        return f"核定：{self.object.deployment.unit} · {self.object.sheet}"

    def get_subtitle(self) -> str:
        return "按社区确认数核定的，在岗登记一并改正"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "line": self.object}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: SettleForm) -> SigningLine:
        user: Any = self.request.user
        data, side = form.cleaned_data, Side(form.cleaned_data["side"])
        services.settle_line(
            self.object, side=side, reason=data["reason"], by=user, now=timezone.now()
        )
        line: SigningLine = self.object
        return line


class EnterView(RowFormView):
    """代录: what came on paper or by telephone. The office alone, which sees the whole sheet."""

    permission = ENTER
    model = SigningSheet
    queryset = SigningSheet.objects.select_related("community")
    form_class = EnterForm
    submit_label = "代录"
    done = "已代录社区确认。"

    def get_title(self) -> str:
        return f"代录：{self.object}"

    def get_subtitle(self) -> str:
        return "按社区签字的纸质单或电话填写，代录人一并留存"

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = lines_for(self.request.user).filter(sheet=self.object)
        lines = rows.select_related("deployment__unit").order_by(
            "deployment__unit__sort_order", "pk"
        )
        return {**super().get_form_kwargs(), "lines": list(lines)}

    def perform(self, form: EnterForm) -> SigningSheet:
        user: Any = self.request.user
        data = form.cleaned_data
        return services.enter_for_community(
            self.object,
            answers=form.answers,
            name=data["name"],
            title=data["title"],
            manner=Manner(data["manner"]),
            remark=data["remark"],
            by=user,
            now=timezone.now(),
        )
