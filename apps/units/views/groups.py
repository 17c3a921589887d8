"""The 18 liaison groups: their units and their people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.core.dates import business_day
from apps.core.panels import ExtendedListView, PanelledDetailView
from apps.core.tables import Column, Row, Table
from apps.core.views import Action, ScopedUpdateView, Tab

from ..enums import Role
from ..filters import GroupFilters
from ..forms import GroupLeaderForm
from ..models import GroupMembership, LiaisonGroup, Posting, Unit
from ..selectors import units_of_group, with_headcount

VIEW = "units.view_liaisongroup"
EDIT = "units.change_unit_records"


def _counted(rows: QuerySet[Any]) -> Any:
    counts = rows.order_by().values("group").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0, output_field=IntegerField())


def _units(row: Row) -> str:
    return f"{reverse('units:unit_list')}?group={row['pk']}"


class GroupListView(ExtendedListView):
    permission = VIEW
    model = LiaisonGroup
    title = "联络服务小组"
    filterset_class = GroupFilters
    columns = (
        Column(
            "number",
            label="小组",
            value=lambda row: f"第{row['number']}组",
            link="units:group_detail",
            phone="title",
        ),
        Column("leader__name", label="组长", blank="未指定"),
        Column("people", label="组员", kind="number", unit="人", link="units:group_detail"),
        Column("units", label="联络单位", kind="number", unit="家", link=_units),
    )
    extra_fields = ("number",)
    ordering = ("number",)
    measure = "个组"

    def get_queryset(self) -> QuerySet[Any]:
        today = business_day()
        units = GroupMembership.objects.filter(group=OuterRef("pk")).on(today)
        people = Posting.objects.filter(group=OuterRef("pk"), role=Role.LIAISON).on(today)
        return super().get_queryset().annotate(units=_counted(units), people=_counted(people))


class GroupDetailView(PanelledDetailView):
    permission = VIEW
    model = LiaisonGroup
    queryset = LiaisonGroup.objects.select_related("leader")
    facts = (
        Column("number", label="小组", value=str),
        Column("leader__name", label="组长", blank="未指定"),
    )
    tabs = (Tab("units", "联络单位"), Tab("people", "组员"))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("联络服务小组", reverse("units:group_list"))]

    def get_actions(self) -> Sequence[Action]:
        url = reverse("units:group_update", args=[self.object.pk])
        return [Action("指定组长", url, icon="edit", permission=EDIT)]

    def tab_units(self) -> dict[str, Any]:
        today = business_day()
        seen = units_of_group(self.object, on=today) & Unit.objects.visible_to(self.request.user)
        columns = (
            Column("short_name", label="单位", link="units:unit_detail", phone="title"),
            Column("category"),
            Column("duty_phone", kind="phone", blank="未登记"),
            Column("members", label="党员数", kind="number", unit="人"),
        )
        rows = with_headcount(seen, on=today)
        return {"table": Table.of(Unit, columns, rows, empty="该组今天没有联络单位。")}

    def tab_people(self) -> dict[str, Any]:
        rows = Posting.objects.filter(group=self.object).on(business_day())
        columns = (
            Column("user__name", label="姓名", phone="title"),
            Column("starts_on", label="任职起", kind="day"),
        )
        found = rows.select_related("user").order_by("user__username")
        return {"table": Table.of(Posting, columns, found, empty="该组还没有组员。")}


class GroupUpdateView(ScopedUpdateView):
    permission = EDIT
    model = LiaisonGroup
    form_class = GroupLeaderForm

    def get_title(self) -> str:
        return f"指定组长：{self.object}"
