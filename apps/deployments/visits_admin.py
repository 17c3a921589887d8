from django.contrib import admin

from apps.core.admin import FactAdmin, SmallAdmin

from .models import Finding, FindingStep, Visit, VisitItem, VisitResult


@admin.register(VisitItem)
class VisitItemAdmin(SmallAdmin):
    list_display = ("name", "code", "standard", "is_active", "sort_order")
    search_fields = ("name", "code")
    ordering = ("sort_order",)


@admin.register(Visit)
class VisitAdmin(FactAdmin):
    list_display = ("on", "group", "unit", "community", "place", "expected", "present", "by")
    list_filter = ("campaign", "group")
    list_select_related = ("group", "unit", "community", "by")
    search_fields = ("=unit__short_name", "=community__name")
    ordering = ("-id",)


@admin.register(VisitResult)
class VisitResultAdmin(FactAdmin):
    list_display = ("visit", "item", "verdict")
    list_filter = ("verdict",)
    list_select_related = ("visit__unit", "item")
    search_fields = ("=visit__unit__short_name",)
    ordering = ("-id",)


@admin.register(Finding)
class FindingAdmin(FactAdmin):
    list_display = ("text", "visit", "item", "due_on", "state", "answered_by", "verified_by")
    list_filter = ("state",)
    list_select_related = ("visit__unit", "item", "answered_by", "verified_by")
    search_fields = ("=visit__unit__short_name",)
    ordering = ("-id",)


@admin.register(FindingStep)
class FindingStepAdmin(FactAdmin):
    list_display = ("finding", "after", "text", "at", "by")
    list_filter = ("after",)
    list_select_related = ("finding", "by")
    search_fields = ("=finding__visit__unit__short_name",)
    ordering = ("-id",)
