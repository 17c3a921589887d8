"""One's own morning digests: what they tell, when they come, a switch for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property

from apps.campaigns.current import current_campaign
from apps.campaigns.selectors import running_campaigns
from apps.core.dates import business_day
from apps.core.views import AUTHENTICATED, BoardView, PortalView, ScopedFormView
from apps.messaging.views import MAIL_POLICY, shown_mail

from ..enums import DigestKind
from ..forms.subscriptions import DigestForm
from ..selectors.subscriptions import OwnDigest, own_digests
from ..services.digests import DAY, preview
from ..services.letters import Letter
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


def previewed(request: HttpRequest, digest: str) -> Letter | None:
    """Tomorrow's digest of the person, about today: of all campaigns that run, of one kind."""
    user: Any = request.user
    own = own_digests(user, campaign=None)
    if digest not in [one.offer.digest for one in own]:
        raise Http404
    now = timezone.now()
    running = running_campaigns(on=business_day(now))
    real = [one for one in running if not one.is_drill] or running
    return preview(DigestKind(digest), real, user, on=business_day(now) + DAY, now=now)


class PreviewView(BoardView):
    """What the next digest would say if it left now."""

    permission = AUTHENTICATED
    template_name = "daily/subscription_preview.html"

    def get_title(self) -> str:
        return f"预览：{DigestKind(self.digest).label}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.digest = kwargs.pop("digest")
        self.letter = previewed(request, self.digest)
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("摘要订阅", reverse("daily:subscriptions"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            mail=self.letter.mail if self.letter else None,
            frame_url=reverse("daily:subscription_frame", args=[self.digest]),
            **kwargs,
        )


@method_decorator(csp_replace(MAIL_POLICY), name="dispatch")
class PreviewFrameView(PortalView):
    """The mail itself, on an address of its own under the policy of mails."""

    permission = AUTHENTICATED

    def get(self, request: HttpRequest, digest: str) -> HttpResponse:
        letter = previewed(request, digest)
        return shown_mail(letter.mail.html) if letter else HttpResponse("")
