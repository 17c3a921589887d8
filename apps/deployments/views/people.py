"""Sending people to a deployment and bringing them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.html import Tag
from apps.core.tables import Column, Row
from apps.core.views import BulkAction, portal_action, ticked_keys
from apps.core.views.edit import check_object
from apps.core.views.keyed import KeyedListView
from apps.core.views.rowforms import RowFormView
from apps.units.models import Member, Membership
from apps.units.selectors import with_unit

from .. import services
from ..filters import CandidateFilters
from ..forms import LastDayForm
from ..models import Assignment, Deployment
from ..whereabouts import with_place_of_today
from .common import EDIT


def deployment_for(request: HttpRequest, pk: int) -> Deployment:
    """The deployment the user may change people of: else 404, or 403 when only seen."""
    rows = Deployment.objects.visible_to(request.user).select_related("unit", "community")
    found: Deployment = get_object_or_404(rows, pk=pk)
    check_object(request, EDIT, found)
    return found


def _where(row: Row) -> Tag | str:
    return Tag(row["busy_at"], "yellow") if row["busy_at"] else "未派出"


class CandidateListView(KeyedListView):
    """People of the sending unit, with where they are today."""

    permission = EDIT
    model = Member
    filterset_class = CandidateFilters
    columns = (
        Column("name", phone="title"),
        Column("branch_name", label="党支部", blank=""),
        Column("home_community__street__district__short_name", label="居住区县", blank="未登记"),
        Column("where", label="现在何处", value=_where),
        Column("busy_until", label="至", kind="day", blank=""),
    )
    extra_fields = ("busy_at",)
    ordering = ("id",)
    page_size = 100
    measure = "人"
    empty = "该单位没有可派的人员。"

    @cached_property
    def deployment(self) -> Deployment:
        return deployment_for(self.request, self.kwargs["pk"])

    def get_title(self) -> str:
        return "增派人员"

    def get_subtitle(self) -> str:
        return f"{self.deployment} · 免派人员不在此列"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("下沉任务", reverse("deployments:deployment_list")),
            (str(self.deployment), self.deployment.get_absolute_url()),
        ]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        url = reverse("deployments:send_members", args=[self.deployment.pk])
        question = f"自今日起派往{self.deployment.community}？"
        return [BulkAction("派往该处", url, icon="users-plus", confirm=question, primary=True)]

    def get_queryset(self) -> QuerySet[Any]:
        today, row = business_day(), self.deployment
        belongs = Membership.objects.filter(unit=row.unit_id).on(today).values("member")
        people = super().get_queryset().filter(pk__in=belongs, is_exempt=False)
        placed = with_place_of_today(people, is_drill=row.is_drill, on=today)
        return with_unit(placed, on=today)


@portal_action(EDIT)
def send_members(request: HttpRequest, pk: int) -> HttpResponse:
    """Those ticked go to the deployment from today."""
    deployment = deployment_for(request, pk)
    ids = ticked_keys(request.POST.getlist("pk"))
    members = list(Member.objects.visible_to(request.user).filter(pk__in=ids))
    if not members:
        raise DomainError("请先勾选要派出的人员。")
    actor: Any = request.user
    services.send_batch(
        deployment, members=members, since=business_day(), by=actor, now=timezone.now()
    )
    messages.success(request, f"已派出 {len(members)} 人。")
    return redirect(f"{deployment.get_absolute_url()}?tab=people")


class AssignmentEndView(RowFormView):
    """One person comes back."""

    permission = EDIT
    model = Assignment
    queryset = Assignment.objects.select_related(
        "member", "deployment__unit", "deployment__community"
    )
    form_class = LastDayForm
    submit_label = "离岗"
    done = "已登记离岗。"

    def get_title(self) -> str:
        return f"登记离岗：{self.object.member}"

    def get_subtitle(self) -> str:
        return str(self.object.deployment)

    def perform(self, form: Any) -> Deployment:
        deployment: Deployment = self.object.deployment
        services.bring_back(self.object, last_day=form.cleaned_data["last_day"])
        return deployment

    def get_cancel_url(self) -> str:
        return str(self.object.deployment.get_absolute_url())
