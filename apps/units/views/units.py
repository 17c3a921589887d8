"""Units: the list of the 179 and the record of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.panels import ExtendedListView, PanelledDetailView
from apps.core.tables import Column, Event, Row, Table
from apps.core.views import Action, ScopedUpdateView, Tab
from apps.core.views.rowforms import RowFormView

from .. import services
from ..enums import FunctionLine
from ..filters import UnitFilters
from ..forms import GroupChangeForm, UnitForm
from ..models import GroupMembership, PartyBranch, Unit
from ..selectors import (
    group_membership_on,
    headcount_by_kind,
    posted_people,
    with_group,
    with_headcount,
)

VIEW = "units.view_unit"
EDIT = "units.change_unit_records"


def lines_of(codes: Sequence[str]) -> str:
    """Function lines in words."""
    names = dict(FunctionLine.choices)
    return "、".join(names.get(code, code) for code in codes or ())


def _lines(row: Row) -> str:
    return lines_of(row["function_lines"] if isinstance(row, dict) else row.function_lines)


class UnitListView(ExtendedListView):
    permission = VIEW
    model = Unit
    queryset = Unit.objects.filter(is_active=True)
    title = "单位"
    filterset_class = UnitFilters
    columns = (
        Column("short_name", label="单位", link="units:unit_detail", phone="title"),
        Column("category", sort="sort_order"),
        Column(
            "group_number",
            label="联络组",
            value=lambda row: f"第{row['group_number']}组" if row["group_number"] else None,
            link="units:group_detail",
            link_by="group_id",
            sort=True,
        ),
        Column("lines", label="职能线", value=_lines, phone="hide"),
        Column("duty_phone", kind="phone", blank="未登记"),
        Column("members", label="党员数", kind="number", unit="人", sort=True),
        Column(
            "is_leader_contact",
            label="备注",
            value=lambda row: Tag("由领导沟通") if row["is_leader_contact"] else None,
            blank="",
            phone="hide",
        ),
    )
    own_tail = 1
    extra_fields = ("function_lines", "is_leader_contact", "group_id", "group_number")
    ordering = ("sort_order",)
    measure = "家"

    def get_queryset(self) -> QuerySet[Any]:
        today = business_day()
        return with_headcount(with_group(super().get_queryset(), on=today), on=today)


class UnitDetailView(PanelledDetailView):
    permission = VIEW
    model = Unit
    queryset = Unit.objects.select_related("office_community__street__district")
    template_name = "units/unit_detail.html"
    facts = (
        Column("name"),
        Column("code"),
        Column("category"),
        Column("lines", label="职能线", value=_lines, blank="未登记"),
        Column(
            "office_community__name",
            label="驻地社区",
            link="communities:community_detail",
            link_by="office_community_id",
            blank="未登记",
        ),
        Column(
            "is_leader_contact",
            label="催报方式",
            value=lambda unit: "由领导沟通" if unit.is_leader_contact else "按催报安排",
        ),
    )
    tabs = (Tab("branches", "党支部"),)

    @cached_property
    def group_of_today(self) -> GroupMembership | None:
        return group_membership_on(self.object, on=business_day())

    def get_subtitle(self) -> str:
        group = self.group_of_today
        category = self.object.get_category_display()
        return f"{category} · {group.group}" if group else f"{category} · 未分组"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("单位", reverse("units:unit_list"))]

    def get_state(self) -> Tag | None:
        return None if self.object.is_active else Tag("不在列")

    def get_actions(self) -> Sequence[Action]:
        pk = self.object.pk
        members = f"{reverse('units:member_list')}?unit={pk}"
        group = reverse("units:unit_group_change", args=[pk])
        edit = reverse("units:unit_update", args=[pk])
        return [
            Action("党员名册", members, icon="users", permission="units.view_member"),
            Action("变更联络组", group, icon="arrows-exchange", permission=EDIT),
            Action("修改", edit, icon="edit", permission=EDIT),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = business_day()
        return super().get_context_data(
            group_history=self.group_history(),
            group=self.group_of_today.group if self.group_of_today else None,
            people=posted_people(self.object, on=today),
            headcounts=headcount_by_kind(self.object, on=today),
            members_url=f"{reverse('units:member_list')}?unit={self.object.pk}",
            **kwargs,
        )

    def group_history(self) -> list[Event]:
        today = business_day()
        rows = GroupMembership.objects.filter(unit=self.object).select_related("group")
        may_open = self.request.user.has_perm("units.view_liaisongroup")
        return [
            Event(
                at=row.starts_on,
                title=str(row.group),
                text=f"至{row.ends_on:%Y年%-m月%-d日}" if row.ends_on else "",
                tone="green" if row.starts_on <= today <= (row.ends_on or today) else "grey",
                link=row.group.get_absolute_url() if may_open else "",
            )
            for row in rows.order_by("-starts_on")
        ]

    def tab_branches(self) -> dict[str, Any]:
        rows = with_headcount(
            PartyBranch.objects.filter(unit=self.object), on=business_day(), by="branch"
        )
        columns = (
            Column("name", phone="title"),
            Column("members", label="党员数", kind="number", unit="人"),
        )
        return {"table": Table.of(PartyBranch, columns, rows, empty="尚未登记党支部。")}


class UnitUpdateView(ScopedUpdateView):
    permission = EDIT
    model = Unit
    form_class = UnitForm


class UnitGroupChangeView(RowFormView):
    """The unit goes over to another group from a day on."""

    permission = EDIT
    model = Unit
    form_class = GroupChangeForm
    submit_label = "变更"
    done = "已变更，自所填日期起生效。"

    def get_title(self) -> str:
        return f"变更联络组：{self.object}"

    def get_subtitle(self) -> str:
        row = group_membership_on(self.object, on=business_day())
        return f"现由{row.group}联络" if row else "现未分组"

    def perform(self, form: Any) -> Unit:
        services.move_unit(self.object, on=business_day(), **form.cleaned_data)
        unit: Unit = self.object
        return unit
