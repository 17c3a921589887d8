"""Whoever is helped: the list by label alone, registering and correcting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core.formats import DASH
from apps.core.html import Tag
from apps.core.tables import Column, Row
from apps.core.views import (
    Action,
    AutocompleteView,
    BulkAction,
    ScopedCreateView,
    ScopedUpdateView,
)
from apps.core.views.keyed import KeyedListView

from .. import services
from ..enums import Circumstance
from ..filters import BeneficiaryFilters, beneficiaries_named
from ..forms.beneficiaries import BeneficiaryChangeForm, BeneficiaryForm
from ..models import Beneficiary, label_of
from ..selectors.caseload import with_help
from .common import (
    RECORD,
    REGISTER,
    REVEAL,
    VIEW_BENEFICIARY,
    is_running,
    number_cell,
    number_link,
)


def label_cell(row: Row) -> str:
    return label_of(row["community__name"], Circumstance(row["circumstance"]))


def twice_cell(row: Row) -> Tag | None:
    return Tag("已标重复", "grey") if row["duplicate_of"] else None


def record_trail(row: Beneficiary) -> list[tuple[str, str]]:
    """From the list to the record, above the pages that belong to it."""
    return [
        ("帮扶对象", reverse("assistance:beneficiary_list")),
        (row.number, row.get_absolute_url()),
    ]


class BeneficiaryListView(KeyedListView):
    permission = VIEW_BENEFICIARY
    model = Beneficiary
    title = "帮扶对象"
    filterset_class = BeneficiaryFilters
    columns = (
        Column(
            "number", label="编号", value=number_cell, link=number_link, css="num", phone="hide"
        ),
        Column("label", label="帮扶对象", value=label_cell, link=number_link, phone="title"),
        Column("kind", phone="hide"),
        Column("people", kind="number", unit="人", blank=DASH, phone="hide"),
        Column("unit__short_name", label="登记单位", link="units:unit_detail", link_by="unit_id"),
        Column("acts", label="帮扶", kind="number", unit="次"),
        Column("last_on", label="最近帮扶", kind="day", blank="尚未帮扶"),
        Column("live_cases", label="在办事项", kind="number", unit="项", phone="hide"),
        Column("twice", label="重复登记", value=twice_cell, blank="", phone="hide"),
    )
    extra_fields = ("community__name", "circumstance", "duplicate_of", "unit_id")
    ordering = ("-id",)
    measure = "个"
    empty = "还没有登记帮扶对象。"

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request)
        return f"{campaign} · 帮扶次数为本任务内" if campaign else ""

    def get_queryset(self) -> QuerySet[Any]:
        return with_help(super().get_queryset(), campaign=current_campaign(self.request))

    def get_actions(self) -> Sequence[Action]:
        return [
            Action(
                "按姓名电话查找",
                reverse("assistance:beneficiary_find"),
                icon="user-search",
                permission=REVEAL,
            ),
            Action(
                "登记对象",
                reverse("assistance:beneficiary_create"),
                icon="plus",
                primary=True,
                permission=REGISTER,
            ),
        ]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        url = reverse("assistance:action_many")
        act = BulkAction("登记同一帮扶…", url, icon="heart-plus", permission=RECORD)
        return [act] if is_running(self.request) else []


class BeneficiaryCreateView(ScopedCreateView):
    permission = REGISTER
    model = Beneficiary
    form_class = BeneficiaryForm
    title = "登记帮扶对象"
    submit_label = "登记"
    done = "已登记。"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶对象", reverse("assistance:beneficiary_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:beneficiary_list")

    def perform(self, form: Any) -> Beneficiary:
        user: Any = self.request.user
        return services.register_beneficiary(form.filled(), duplicate_of=form.duplicate_of, by=user)


class BeneficiaryUpdateView(ScopedUpdateView):
    permission = REGISTER
    model = Beneficiary
    queryset = Beneficiary.objects.select_related("community")
    form_class = BeneficiaryChangeForm
    template_name = "assistance/beneficiary_form.html"
    title = "修改帮扶对象"

    def get_subtitle(self) -> str:
        return f"{self.object.number} · {self.object.label}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return record_trail(self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: Any) -> Beneficiary:
        form.seal()
        row: Beneficiary = form.instance
        user: Any = self.request.user
        version = form.cleaned_data["version"]
        services.change_beneficiary(row, version=version, by=user, now=timezone.now())
        return row


class BeneficiaryLookup(AutocompleteView):
    """By a part of the community's name, or by number."""

    permission = VIEW_BENEFICIARY
    model = Beneficiary

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        return rows.counted().select_related("community")

    def match(self, asked: str) -> Q:
        return beneficiaries_named(asked)

    def label(self, row: Any) -> str:
        return f"{row.number} {row.label}"
