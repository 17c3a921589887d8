"""The roster: people, where they belong, who may not be sent. Phones are masked throughout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.crypto import mask_phone, unseal
from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Row, Table
from apps.core.views import Action, ScopedUpdateView, Tab
from apps.core.views.keyed import KeyedListView
from apps.core.views.rowforms import RowFormView

from .. import services
from ..filters import MemberFilters
from ..forms import MemberForm, TransferForm
from ..models import Member, Membership
from ..selectors import membership_on, with_unit

VIEW = "units.view_member"
EDIT = "units.change_unit_records"


def masked_phone(row: Row) -> str:
    """The phone of a `.values()` row as others may see it."""
    table = Member._meta.db_table
    plain = unseal(row["phone_sealed"], table=table, column="phone_sealed", ref=row["ref"])
    return mask_phone(plain)


class MemberListView(KeyedListView):
    permission = VIEW
    model = Member
    title = "党员名册"
    filterset_class = MemberFilters
    columns = (
        Column("name", link="units:member_detail", phone="title"),
        Column("member_no", phone="hide"),
        Column("kind"),
        Column("unit_name", label="单位", link="units:unit_detail", link_by="unit_id"),
        Column("branch_name", label="党支部", blank="", phone="hide"),
        Column("home_community__street__district__short_name", label="居住区县", blank="未登记"),
        Column("home_community__name", label="居住社区", blank="未登记", phone="hide"),
        Column("phone", label="手机", value=masked_phone, blank="未登记"),
        Column(
            "is_exempt",
            label="派出",
            value=lambda row: Tag("免派", "yellow") if row["is_exempt"] else None,
            blank="",
        ),
    )
    extra_fields = ("ref", "phone_sealed", "is_exempt", "unit_id")
    ordering = ("id",)
    measure = "人"

    def get_queryset(self) -> QuerySet[Any]:
        return with_unit(super().get_queryset(), on=business_day())


class MemberDetailView(PanelledDetailView):
    permission = VIEW
    model = Member
    queryset = Member.objects.select_related("home_community__street__district", "home_estate")
    template_name = "units/member_detail.html"
    facts = (
        Column("member_no"),
        Column("kind"),
        Column("home_community__street__district__name", label="居住区县", blank="未登记"),
        Column("home_community__name", label="居住社区", blank="未登记"),
        Column("home_estate__name", label="居住小区", blank="未登记"),
    )
    tabs = (Tab("memberships", "组织关系"),)

    def get_subtitle(self) -> str:
        row = membership_on(self.object, on=business_day())
        if row is None:
            return "现无组织关系"
        return f"{row.unit} · {row.branch}" if row.branch else str(row.unit)

    def get_state(self) -> Tag | None:
        return Tag("免派", "yellow") if self.object.is_exempt else None

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("党员名册", reverse("units:member_list"))]

    def get_actions(self) -> Sequence[Action]:
        pk = self.object.pk
        transfer = reverse("units:member_transfer", args=[pk])
        edit = reverse("units:member_update", args=[pk])
        return [
            Action("转移组织关系", transfer, icon="arrows-exchange", permission=EDIT),
            Action("修改", edit, icon="edit", permission=EDIT),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(masked=mask_phone(self.object.phone), **kwargs)

    def tab_memberships(self) -> dict[str, Any]:
        rows = Membership.objects.filter(member=self.object).select_related("unit", "branch")
        columns = (
            Column("unit__short_name", label="单位", phone="title"),
            Column("branch__name", label="党支部", blank=""),
            Column("starts_on", kind="day"),
            Column("ends_on", kind="day", blank="至今"),
        )
        return {"table": Table.of(Membership, columns, rows.order_by("-starts_on"))}


class MemberUpdateView(ScopedUpdateView):
    permission = EDIT
    model = Member
    form_class = MemberForm


class MemberTransferView(RowFormView):
    """The person goes over to another unit or branch from a day on."""

    permission = EDIT
    model = Member
    form_class = TransferForm
    submit_label = "转移"
    done = "已转移，自所填日期起生效。"

    def get_title(self) -> str:
        return f"转移组织关系：{self.object}"

    def get_subtitle(self) -> str:
        row = membership_on(self.object, on=business_day())
        return f"现在{row.unit}" if row else "现无组织关系"

    def perform(self, form: Any) -> Member:
        services.transfer_member(self.object, on=business_day(), **form.cleaned_data)
        member: Member = self.object
        return member
