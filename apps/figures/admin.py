from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from apps.core.admin import FactAdmin, ScopedAdmin, ScopedInline

from .models import (
    CampaignIndicator,
    Correction,
    Figure,
    Indicator,
    IndicatorDefinition,
    Snapshot,
)
from .selectors.likeness import alike

NAMED = 3
"""Similar indicators that one warning names."""


class IndicatorDefinitionInline(ScopedInline):
    model = IndicatorDefinition


@admin.register(Indicator)
class IndicatorAdmin(ScopedAdmin):
    list_display = ("code", "name", "campaign_kind", "measure", "kind", "rollup", "source")
    list_filter = ("campaign_kind", "kind", "source")
    search_fields = ("code", "name")
    ordering = ("sort_order",)
    inlines = (IndicatorDefinitionInline,)
    fieldsets = (
        (None, {"fields": ("code", "name", "campaign_kind", "section", "sort_order")}),
        ("口径", {"fields": ("measure", "kind", "rollup", "source", "is_restricted")}),
    )

    def save_model(self, request: HttpRequest, obj: Indicator, form: Any, change: bool) -> None:
        """减负: an indicator that asks what another asks already is named at once."""
        super().save_model(request, obj, form, change)
        for one in alike(obj.name, obj.measure, but=obj.pk)[:NAMED]:
            messages.warning(request, f"“{obj}”{one.sentence}，请确认不是重复索要。")


@admin.register(IndicatorDefinition)
class IndicatorDefinitionAdmin(ScopedAdmin):
    list_display = ("indicator", "version", "basis", "starts_on", "ends_on")
    list_select_related = ("indicator",)
    search_fields = ("indicator__name", "indicator__code", "text")
    ordering = ("indicator__sort_order", "-starts_on")


@admin.register(CampaignIndicator)
class CampaignIndicatorAdmin(ScopedAdmin):
    list_display = ("campaign", "position", "indicator", "is_typed", "is_required", "starts_on")
    list_filter = ("campaign", "is_typed")
    list_select_related = ("campaign", "indicator")
    search_fields = ("indicator__name", "indicator__code")
    ordering = ("campaign", "position")


@admin.register(Snapshot)
class SnapshotAdmin(FactAdmin):
    list_display = ("campaign", "on", "stage", "as_of", "taken_at", "taken_by", "withdrawn_at")
    list_filter = ("campaign", "stage")
    list_select_related = ("campaign", "taken_by")
    search_fields = ("campaign__name",)
    ordering = ("-id",)


@admin.register(Figure)
class FigureAdmin(FactAdmin):
    list_display = ("indicator", "day", "scope", "unit", "group", "category", "value", "coverage")
    list_filter = ("scope", "snapshot__campaign")
    list_select_related = ("indicator", "snapshot", "unit", "group")
    search_fields = ("=indicator__code", "indicator__name", "unit__short_name")
    ordering = ("-id",)

    @admin.display(description="日期")
    def day(self, row: Figure) -> object:
        return row.snapshot.on

    @admin.display(description="已报/应报")
    def coverage(self, row: Figure) -> str:
        return f"{row.reported}/{row.asked}"


@admin.register(Correction)
class CorrectionAdmin(FactAdmin):
    list_display = ("figure", "old", "new", "reason", "state", "proposed_by", "proposed_at")
    list_filter = ("state",)
    list_select_related = ("figure__indicator", "proposed_by")
    search_fields = ("reason", "figure__unit__short_name")
    ordering = ("-id",)
