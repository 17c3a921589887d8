from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import Occurrence


@admin.register(Occurrence)
class OccurrenceAdmin(FactAdmin):
    list_display = ("job", "on", "scope", "due_at", "state", "tries", "finished_at", "is_late")
    list_filter = ("state", "is_late")
    search_fields = ("job", "scope")
    ordering = ("-id",)
