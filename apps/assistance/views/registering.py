"""Opening a case, and correcting what was said of it while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import running_campaign
from apps.campaigns.in_campaign import InRunningCampaignMixin
from apps.core.views import ScopedCreateView, ScopedUpdateView
from apps.units.models import Unit

from .. import services
from ..enums import LIVE_CASES
from ..forms.cases import CaseChangeForm, CaseForm
from ..models import AssistanceCase, Beneficiary
from .common import OPEN


class CaseCreateView(InRunningCampaignMixin, ScopedCreateView):
    permission = OPEN
    model = AssistanceCase
    form_class = CaseForm
    title = "登记帮扶事项"
    submit_label = "登记"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶事项", reverse("assistance:case_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:case_list")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": running_campaign(self.request)}

    def get_initial(self) -> dict[str, Any]:
        """The beneficiary the address names, with the unit that registered it."""
        asked = self.request.GET.get("beneficiary", "")
        rows = Beneficiary.objects.visible_to(self.request.user)
        found = rows.filter(pk=asked).first() if asked.isdecimal() else None
        units = Unit.objects.visible_to(self.request.user)
        if found is None or not units.filter(pk=found.unit_id).exists():
            return {"beneficiary": found.pk} if found else {}
        return {"beneficiary": found.pk, "unit": found.unit_id}

    def perform(self, form: Any) -> AssistanceCase:
        user: Any = self.request.user
        case = services.open_case(form.filled(), by=user, now=timezone.now())
        self.done = f"已登记，编号 {case.number}。"
        return case


class CaseUpdateView(ScopedUpdateView):
    permission = OPEN
    model = AssistanceCase
    queryset = AssistanceCase.objects.select_related("beneficiary__community", "unit")
    form_class = CaseChangeForm
    title = "修改帮扶事项"

    def get_object(self, queryset: Any = None) -> AssistanceCase:
        case: AssistanceCase = super().get_object(queryset)
        if case.state not in LIVE_CASES:
            raise services.CaseMovedError(f"{case.number}{case.get_state_display()}，不能再修改。")
        return case

    def get_subtitle(self) -> str:
        return f"{self.object.number} · {self.object.beneficiary.label}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("帮扶事项", reverse("assistance:case_list")),
            (self.object.number, self.object.get_absolute_url()),
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: Any) -> AssistanceCase:
        user: Any = self.request.user
        case: AssistanceCase = form.instance
        version = form.cleaned_data["version"]
        services.revise_case(case, version=version, by=user, now=timezone.now())
        return case
