from django.contrib import admin

from apps.core.admin import FactAdmin, ScopedAdmin, ScopedInline, SmallAdmin

from .models import (
    Campaign,
    LadderStep,
    Milestone,
    MilestoneReset,
    PolicyHour,
    UnitActivation,
)


class PolicyHourInline(ScopedInline):
    model = PolicyHour


class LadderStepInline(ScopedInline):
    model = LadderStep


# Who recorded a claim or took it back is written by the steps of the portal alone.
WRITTEN_BY_STEPS = (
    "reached_at",
    "source",
    "source_at",
    "source_number",
    "recorded_by",
    "recorded_at",
    "withdrawn_at",
    "withdrawn_by",
    "withdrawn_reason",
)


class MilestoneInline(ScopedInline):
    model = Milestone
    fields = ("name", "district", "area", "clock", "started_at", "limit_hours", "alarm_hours")


@admin.register(Campaign)
class CampaignAdmin(SmallAdmin):
    list_display = ("name", "code", "kind", "state", "mode", "is_drill", "starts_on", "ends_on")
    list_filter = ("kind", "state", "is_drill")
    search_fields = ("name", "code")
    ordering = ("-starts_on",)
    inlines = (PolicyHourInline, LadderStepInline, MilestoneInline)
    # The state changes by the office's steps in the portal, not by a field.
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": ("name", "code", "kind", "is_drill", "starts_on", "ends_on")}),
        ("状态", {"fields": ("state", "mode")}),
        ("响应级别", {"fields": ("level", "level_source", "level_at")}),
        ("对接", {"fields": ("counterpart",)}),
    )


@admin.register(PolicyHour)
class PolicyHourAdmin(ScopedAdmin):
    list_display = ("campaign", "hour", "at")
    list_filter = ("campaign", "hour")
    list_select_related = ("campaign",)
    search_fields = ("campaign__name",)
    ordering = ("campaign", "at")


@admin.register(LadderStep)
class LadderStepAdmin(ScopedAdmin):
    list_display = ("campaign", "rung", "offset_minutes", "needs_confirmation")
    list_filter = ("campaign",)
    list_select_related = ("campaign",)
    search_fields = ("campaign__name",)
    ordering = ("campaign", "offset_minutes")


@admin.register(Milestone)
class MilestoneAdmin(ScopedAdmin):
    list_display = (
        "name",
        "campaign",
        "district",
        "clock",
        "started_at",
        "limit_hours",
        "reached_at",
        "source",
    )
    list_filter = ("campaign", "clock")
    list_select_related = ("campaign", "district")
    search_fields = ("name", "area")
    ordering = ("campaign", "started_at")
    readonly_fields = WRITTEN_BY_STEPS
    fieldsets = (
        (None, {"fields": ("campaign", "name", "district", "area")}),
        (
            "计时",
            {"fields": ("clock", "started_at", "started_source", "limit_hours", "alarm_hours")},
        ),
        ("登记", {"fields": WRITTEN_BY_STEPS}),
    )


@admin.register(MilestoneReset)
class MilestoneResetAdmin(FactAdmin):
    list_display = ("milestone", "at", "source", "source_number", "by", "withdrawn_at")
    list_filter = ("milestone__campaign",)
    list_select_related = ("milestone__district", "by")
    search_fields = ("milestone__name", "source")
    ordering = ("-at",)


@admin.register(UnitActivation)
class UnitActivationAdmin(ScopedAdmin):
    list_display = ("campaign", "unit", "starts_on", "ends_on")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "unit")
    search_fields = ("unit__short_name", "unit__code")
    ordering = ("campaign", "unit__sort_order")
