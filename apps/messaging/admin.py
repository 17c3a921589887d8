from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(FactAdmin):
    """The inbox is not here: a message belongs to its reader alone."""

    list_display = ("subject", "kind", "on", "recipient", "state", "tries", "queued_at", "sent_at")
    list_filter = ("kind", "state", "is_drill")
    search_fields = ("=address", "=message_id", "subject")
    ordering = ("-id",)
