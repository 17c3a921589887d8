"""One's own morning digests: what they tell, when they come, a switch for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property

from apps.campaigns.current import current_campaign
from apps.core.views import AUTHENTICATED, ScopedFormView

from ..forms.subscriptions import DigestForm
from ..selectors.subscriptions import OwnDigest, own_digests
from ..services.subscriptions import choose_digests


class SubscriptionView(ScopedFormView):
    permission = AUTHENTICATED
    template_name = "daily/subscriptions.html"
    form_class = DigestForm
    title = "摘要订阅"
    done = "摘要订阅已保存。"
    success_url = reverse_lazy("daily:subscriptions")

    @cached_property
    def digests(self) -> list[OwnDigest]:
        return own_digests(self.request.user, campaign=current_campaign(self.request))

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request)
        return f"时间按{campaign}的安排" if campaign and self.digests else ""

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("我的账号", reverse("accounts:account"))]

    def get_cancel_url(self) -> str:
        return reverse("accounts:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "digests": self.digests}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(digests=self.digests, **kwargs)

    def perform(self, form: DigestForm) -> None:
        user: Any = self.request.user
        choose_digests(user, choices=form.cleaned_data)
