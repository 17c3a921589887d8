"""Choices typed and fetched: units, branches, people; each limited to what the user may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.core.dates import business_day
from apps.core.views import AutocompleteView

from ..models import Member, PartyBranch, Unit
from ..selectors import with_unit


class UnitLookup(AutocompleteView):
    permission = "units.view_unit"
    model = Unit
    search_fields = ("short_name", "name", "code")


class BranchLookup(AutocompleteView):
    permission = "units.view_unit"
    model = PartyBranch
    search_fields = ("name", "unit__short_name")
    ordering = ("unit__sort_order", "sort_order")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("unit")

    def label(self, row: Any) -> str:
        return f"{row.unit} {row.name}"


class MemberLookup(AutocompleteView):
    permission = "units.view_member"
    model = Member
    search_fields = ("name", "member_no")

    def get_queryset(self) -> QuerySet[Any]:
        return with_unit(super().get_queryset().filter(is_exempt=False), on=business_day())

    def label(self, row: Any) -> str:
        return f"{row.name}（{row.unit_name or '无组织关系'}）"
