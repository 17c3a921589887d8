from django.contrib import admin

from apps.core.admin import ScopedAdmin, ScopedInline, SmallAdmin

from .models import Campaign, LadderStep, Milestone, PolicyHour, UnitActivation


class PolicyHourInline(ScopedInline):
    model = PolicyHour


class LadderStepInline(ScopedInline):
    model = LadderStep


class MilestoneInline(ScopedInline):
    model = Milestone


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
        "clock",
        "started_at",
        "limit_hours",
        "reached_at",
        "source",
    )
    list_filter = ("campaign",)
    list_select_related = ("campaign",)
    search_fields = ("name",)
    ordering = ("campaign", "started_at")


@admin.register(UnitActivation)
class UnitActivationAdmin(ScopedAdmin):
    list_display = ("campaign", "unit", "starts_on", "ends_on")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "unit")
    search_fields = ("unit__short_name", "unit__code")
    ordering = ("campaign", "unit__sort_order")
