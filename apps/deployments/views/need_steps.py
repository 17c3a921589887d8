"""What is done to a need: raised, changed, confirmed by the community, settled."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_day
from apps.core.dates import business_day, parsed_day
from apps.core.views import (
    ScopedCreateView,
    ScopedUpdateView,
)
from apps.core.views.rowforms import RowFormView, StoredFormView

from ..allocating import NeedSource
from ..enums import NeedState
from ..forms_allocation import ReasonForm
from ..forms_needs import ConfirmNeedForm, NeedForm, SettleNeedForm
from ..models import Need
from ..services import needs as services
from .common import OfCampaignCreateMixin
from .needs import PROPOSE, RAISE


class NeedCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = RAISE
    model = Need
    form_class = NeedForm
    title = "登记社区需求"
    cancel_to = "deployments:need_list"

    def get_initial(self) -> dict[str, Any]:
        is_office = self.request.user.has_perm(PROPOSE)
        source = NeedSource.PHONE if is_office else NeedSource.CITY
        return {**super().get_initial(), "source": source, "heads": None}

    def perform(self, form: NeedForm) -> Need:
        user: Any = self.request.user
        return services.raise_need(form.save(commit=False), by=user, now=timezone.now())

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])


class NeedUpdateView(ScopedUpdateView):
    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign")
    form_class = NeedForm

    def perform(self, form: NeedForm) -> Need:
        fields = [name for name in form.changed_data if name in form.Meta.fields]
        return services.change_need(form.save(commit=False), fields=fields)

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class NeedConfirmView(StoredFormView):
    """社区确认: how many people were there, as the community says."""

    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign", "community", "task_type")
    form_class = ConfirmNeedForm
    stored = ("heads", "source")
    done = "已登记社区确认。"

    def get_title(self) -> str:
        return f"社区确认：{self.object}"

    def get_initial(self) -> dict[str, Any]:
        """What was said of the day before; of a form that comes back, of the day it names."""
        is_office = self.request.user.has_perm(PROPOSE)
        source = NeedSource.PHONE if is_office else NeedSource.CITY
        named = parsed_day(self.request.POST.get("on", ""))
        day = named or min(current_day(self.request), business_day())
        said = self.object.confirmations.filter(on=day).values("heads", "source").first()
        return {"on": day, **(said or {"heads": None, "source": source})}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: ConfirmNeedForm) -> Need:
        user: Any = self.request.user
        services.confirm_need(
            self.object, by=user, now=timezone.now(), today=business_day(), **form.cleaned_data
        )
        need: Need = self.object
        return need


class NeedSettleView(RowFormView):
    """已落实 or 关闭; why, where anything is still lacking."""

    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign", "community", "task_type")
    form_class = SettleNeedForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["state"] not in services.SETTLING:
            raise Http404
        self.state = NeedState(kwargs["state"])
        self.submit_label = "关闭" if self.state == NeedState.CLOSED else "已落实"
        self.done = f"{self.state.label}。"
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.submit_label}：{self.object}"

    def get_subtitle(self) -> str:
        lacking = services.lacks(self.object, on=business_day())
        return f"该需求还差 {lacking} 人" if lacking else ""

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: SettleNeedForm) -> Need:
        user: Any = self.request.user
        return services.settle_need(
            self.object, state=self.state, by=user, now=timezone.now(), **form.cleaned_data
        )


class NeedReopenView(RowFormView):
    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign", "community", "task_type")
    form_class = ReasonForm
    submit_label = "恢复"
    done = "已恢复，重新计入缺口。"

    def get_title(self) -> str:
        return f"恢复需求：{self.object}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: ReasonForm) -> Need:
        user: Any = self.request.user
        return services.reopen_need(
            self.object, reason=form.cleaned_data["reason"], by=user, now=timezone.now()
        )
