"""The data stewards' site: sheets and their lines, to look at."""

from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import SigningLine, SigningSheet


@admin.register(SigningSheet)
class SigningSheetAdmin(FactAdmin):
    list_display = ("on", "community", "campaign", "confirmed_at", "confirmed_by", "expires_at")
    list_filter = ("campaign",)
    list_select_related = ("community", "campaign")
    search_fields = ("=community__name",)
    ordering = ("-id",)


@admin.register(SigningLine)
class SigningLineAdmin(FactAdmin):
    list_display = ("sheet", "deployment", "shown_heads", "heads", "settled_side", "settled_at")
    list_filter = ("settled_side",)
    list_select_related = ("sheet__community", "deployment__unit", "deployment__community")
    search_fields = ("=deployment__unit__short_name", "=sheet__community__name")
    ordering = ("-id",)
