"""走访督导: the form on the spot, correcting a visit, and a problem remembered later."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.campaigns.current import current_campaign, current_day
from apps.core.dates import business_day, to_local
from apps.core.views import ScopedCreateView, ScopedUpdateView
from apps.core.views.rowforms import RowFormView

from ..models import Deployment, Finding, Visit
from ..services import visits as services
from ..services.visits_revising import revise_visit
from ..visits_forms import FindingForm, VisitForm, VisitUpdateForm
from ..whereabouts import active_on, with_day
from .common import OfCampaignCreateMixin
from .visits import RECORD


class VisitCreateView(OfCampaignCreateMixin, ScopedCreateView):
    """A visit as it is entered on the spot; `?unit=`, `?community=` or `?deployment=` fill in."""

    permission = RECORD
    model = Visit
    form_class = VisitForm
    title = "登记走访"
    template_name = "deployments/visit_form.html"
    submit_label = "保存走访"
    cancel_to = "deployments:visit_list"

    def get_initial(self) -> dict[str, Any]:
        now = timezone.now()
        found = {
            **super().get_initial(),
            "on": business_day(now),
            "at": to_local(now).time(),
            "visitors": str(self.request.user),
        }
        return self._paired({**found, **self._of_deployment()})

    def _of_deployment(self) -> dict[str, Any]:
        """Who should be there, as the ledger has it; who is there is counted on the spot."""
        asked = self.request.GET.get("deployment", "")
        if not asked.isdecimal():
            return {}
        rows = Deployment.objects.visible_to(self.request.user).filter(pk=asked)
        row: Any = with_day(rows, on=current_day(self.request)).first()
        if row is None:
            return {}
        return {"unit": row.unit_id, "community": row.community_id, "expected": row.expected}

    def _paired(self, found: dict[str, Any]) -> dict[str, Any]:
        """A unit that is at one place only brings it along, a place its one unit in scope."""
        known = {name: found[name] for name in ("unit", "community") if found.get(name)}
        if len(known) != 1:
            return found
        (other,) = {"unit", "community"} - set(known)
        rows = Deployment.objects.visible_to(self.request.user).filter(
            campaign=current_campaign(self.request), **known
        )
        sent = active_on(rows, current_day(self.request)).order_by()
        keys = list(sent.values_list(other, flat=True).distinct()[:2])
        return {**found, other: keys[0]} if len(keys) == 1 else found

    def perform(self, form: VisitForm) -> Visit:
        data = form.cleaned_data
        user: Any = self.request.user
        visit: Visit = form.instance
        visit.submission = data["submission"]
        return services.record_visit(
            visit,
            checks=form.checks,
            other=data["other"],
            due_on=data["due_on"],
            photos=data["photos"],
            by=user,
            now=timezone.now(),
        )

    def get_success_url(self) -> str:
        found: str = self.object.get_absolute_url()
        return found


class VisitUpdateView(ScopedUpdateView):
    """修改走访: what was mistyped, and pictures that came later."""

    permission = RECORD
    model = Visit
    queryset = Visit.objects.select_related("campaign", "unit", "community")
    form_class = VisitUpdateForm

    def get_title(self) -> str:
        return f"修改走访：{self.object}"

    def get_subtitle(self) -> str:
        return "单位、日期、检查结果和问题不在此修改；需要补充的用“补记问题”。"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: VisitUpdateForm) -> Visit:
        data = form.cleaned_data
        user: Any = self.request.user
        visit: Visit = form.instance
        revise_visit(
            visit,
            version=data["version"],
            photos=data["photos"],
            by=user,
            now=timezone.now(),
        )
        return visit


class FindingCreateView(RowFormView):
    """补记问题."""

    permission = RECORD
    model = Visit
    queryset = Visit.objects.select_related("campaign", "unit", "group", "community")
    form_class = FindingForm
    title = "补记问题"
    done = "已记下，已告知单位。"

    def get_subtitle(self) -> str:
        return f"{self.object} · {self.object.where}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Finding(visit=self.object)}

    def perform(self, form: FindingForm) -> Finding:
        data = form.cleaned_data
        user: Any = self.request.user
        return services.add_finding(
            self.object, text=data["text"], due_on=data["due_on"], by=user, now=timezone.now()
        )
