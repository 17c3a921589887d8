from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import NeedForecast


@admin.register(NeedForecast)
class NeedForecastAdmin(FactAdmin):
    list_display = (
        "community",
        "campaign",
        "on",
        "heads",
        "known",
        "low",
        "high",
        "eve",
        "made_at",
    )
    list_filter = ("campaign",)
    list_select_related = ("community", "campaign")
    search_fields = ("=community__name",)
    ordering = ("-id",)
