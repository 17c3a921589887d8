from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import LocalPost, Sealing, SealingChange, SealingDeployment


@admin.register(LocalPost)
class LocalPostAdmin(FactAdmin):
    list_display = ("deployment", "estate")
    list_select_related = ("deployment__unit", "deployment__community", "estate")
    search_fields = ("=deployment__unit__short_name",)
    ordering = ("-id",)


@admin.register(Sealing)
class SealingAdmin(FactAdmin):
    list_display = ("kind", "at", "by", "is_drill", "state", "undone_at", "undone_by")
    list_filter = ("kind", "state", "is_drill")
    list_select_related = ("by", "undone_by")
    search_fields = ("by__name",)
    ordering = ("-id",)


@admin.register(SealingChange)
class SealingChangeAdmin(FactAdmin):
    list_display = ("member", "deployment", "kind", "since", "starts_on", "ends_on", "sealing")
    list_filter = ("kind",)
    list_select_related = ("member", "deployment__unit", "deployment__community", "sealing")
    search_fields = ("=member__name", "=member__member_no")
    ordering = ("-id",)


@admin.register(SealingDeployment)
class SealingDeploymentAdmin(FactAdmin):
    list_display = ("sealing", "deployment", "state", "ends_on", "is_local")
    list_select_related = ("sealing", "deployment__unit", "deployment__community")
    search_fields = ("=deployment__unit__short_name",)
    ordering = ("-id",)
