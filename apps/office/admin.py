from django.contrib import admin

from apps.core.admin import FactAdmin

from .models import Attachment


@admin.register(Attachment)
class AttachmentAdmin(FactAdmin):
    """What is stored, by whom; the file itself is served by the record that holds it."""

    list_display = ("name", "content_type", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("name", "=sha256")
    ordering = ("-id",)
    fields = ("name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at")
