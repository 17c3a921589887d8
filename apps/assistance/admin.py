from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import AssistanceAction, AssistanceCase, Beneficiary, BeneficiaryEvent, CaseEvent


@admin.register(Beneficiary)
class BeneficiaryAdmin(FactAdmin):
    """By label alone: stewards look at what is registered, never at whom."""

    list_display = ("number", "label", "kind", "unit", "duplicate_of", "registered_at")
    list_filter = ("circumstance", "kind")
    list_select_related = ("community", "unit", "duplicate_of__community")
    search_fields = ("community__name",)
    ordering = ("-id",)
    fields = (
        "number",
        "unit",
        "kind",
        "circumstance",
        "community",
        "people",
        "duplicate_of",
        "registered_by",
        "registered_at",
    )
    readonly_fields = ("number",)

    @admin.display(description="编号")
    def number(self, row: Beneficiary) -> str:
        return row.number

    @admin.display(description="帮扶对象")
    def label(self, row: Beneficiary) -> str:
        return row.label


@admin.register(BeneficiaryEvent)
class BeneficiaryEventAdmin(FactAdmin):
    list_display = ("beneficiary", "kind", "text", "at", "by")
    list_filter = ("kind",)
    list_select_related = ("beneficiary__community", "by")
    search_fields = ("=by__name",)
    ordering = ("-id",)


@admin.register(AssistanceCase)
class AssistanceCaseAdmin(FactAdmin):
    """Cases move by their steps in the portal alone."""

    list_display = ("number", "title", "unit", "owner", "due_on", "state", "campaign")
    list_filter = ("campaign", "state", "service_type")
    list_select_related = ("unit", "owner", "campaign")
    search_fields = ("number", "title")
    ordering = ("-id",)


@admin.register(CaseEvent)
class CaseEventAdmin(FactAdmin):
    list_display = ("case", "kind", "before", "after", "at", "by")
    list_filter = ("kind",)
    list_select_related = ("case", "by")
    search_fields = ("=case__number",)
    ordering = ("-id",)


@admin.register(AssistanceAction)
class AssistanceActionAdmin(FactAdmin):
    list_display = ("on", "beneficiary", "service_type", "mode", "unit", "campaign", "recorded_at")
    list_filter = ("campaign", "service_type", "mode")
    list_select_related = ("beneficiary__community", "unit", "campaign")
    search_fields = ("=unit__short_name", "=case__number")
    ordering = ("-id",)
