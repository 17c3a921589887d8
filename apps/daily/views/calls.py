"""临时报数: the list, and asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import running_campaign
from apps.core.html import Tone
from apps.core.tables import Column
from apps.core.views import (
    Action,
    ScopedFormView,
    ScopedListView,
)

from ..enums import CallState, ReplyState
from ..filters import CallFilter
from ..forms.calls import CallForm, CallItems
from ..models import DataCall, DataCallReply
from ..selectors.hours import quiet_until
from ..services import calls as services
from ..wording import kept_back

VIEW = "daily.view_datacall"
OPEN = "daily.open_call"
ANSWER = "daily.answer_call"
CHASE = "daily.chase_report"
TONES: dict[str, Tone] = {
    CallState.OPEN: "blue",
    CallState.CLOSED: "green",
    CallState.WITHDRAWN: "grey",
}


class CallListView(ScopedListView):
    permission = VIEW
    model = DataCall
    title = "临时报数"
    filterset_class = CallFilter
    measure = "次"
    empty = "还没有临时报数。"
    ordering = ("-made_at",)
    columns = (
        Column("title", link="daily:call_detail", phone="title"),
        Column("campaign__name", "应急任务"),
        Column("purpose", phone="hide"),
        Column("due_at", kind="moment", sort=True),
        Column("filed", "已报", kind="number", unit="家"),
        Column("asked", "应报", kind="number", unit="家"),
        Column("state", kind="tag", tones=TONES),
        Column("made_by__name", "发起人", phone="hide"),
    )

    def get_queryset(self) -> QuerySet[DataCall]:
        mine = Q(replies__in=DataCallReply.objects.visible_to(self.request.user))
        return (
            super()
            .get_queryset()
            .annotate(
                asked=Count("replies", filter=mine),
                filed=Count("replies", filter=mine & Q(replies__state=ReplyState.FILED)),
            )
        )

    def get_actions(self) -> Sequence[Action]:
        return [
            Action(
                "发起报数",
                reverse("daily:call_create"),
                icon="plus",
                primary=True,
                permission=OPEN,
            )
        ]


class CallCreateView(ScopedFormView):
    """The request with its one to five numbers, on one page."""

    permission = OPEN
    form_class = CallForm
    template_name = "daily/call_form.html"
    title = "发起临时报数"
    submit_label = "发起"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": running_campaign(self.request)}

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form, items = self.get_form(), self.item_forms(request.POST)
        # Both are asked, so that one round shows everything that is wrong.
        if form.is_valid() & items.is_valid() and self.is_confirmed(form, items):
            self.items = items
            return self.form_valid(form)
        return self.answer(form, status=422, items=items)

    def is_confirmed(self, form: CallForm, items: Any) -> bool:
        """减负: what is asked already is asked again only by decision."""
        alike = [sentence for item in items if (sentence := item.likeness)]
        if not alike or form.cleaned_data["is_needed"]:
            return True
        form.add_error(
            "is_needed", f"{'；'.join(alike)}。建议直接取用；仍需另报的，请勾选后再发起。"
        )
        return False

    def item_forms(self, data: Any = None) -> Any:
        campaign = running_campaign(self.request)
        return CallItems(data, prefix="items", form_kwargs={"campaign": campaign})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("items", getattr(self, "items", None) or self.item_forms())
        return super().get_context_data(**kwargs)

    def get_subtitle(self) -> str:
        return str(running_campaign(self.request))

    def perform(self, form: CallForm) -> DataCall:
        user: Any = self.request.user
        wanted = [one for item in self.items if (one := item.wanted)]
        now = timezone.now()
        waits = kept_back(quiet_until([form.campaign], now=now), while_owed=False)
        self.done = f"已发起，已通知各单位{waits}。"
        return services.open_call(form.campaign, form.ask(wanted), by=user, now=now)

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_cancel_url(self) -> str:
        return reverse("daily:call_list")


def call_of(request: HttpRequest, pk: int) -> DataCall:
    rows = DataCall.objects.visible_to(request.user).select_related("campaign", "made_by")
    call: DataCall = get_object_or_404(rows, pk=pk)
    return call
