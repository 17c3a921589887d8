from django.contrib import admin

from apps.core.admin import FactAdmin, SmallAdmin

from .models import Attachment, Document, DocumentSeries, ExportFile, ImportBatch, ImportRow


@admin.register(Attachment)
class AttachmentAdmin(FactAdmin):
    """What is stored, by whom; the file itself is served by the record that holds it."""

    list_display = ("name", "content_type", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("name", "=sha256")
    ordering = ("-id",)
    fields = ("name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at")


@admin.register(ImportBatch)
class ImportBatchAdmin(FactAdmin):
    """Which files came in, by whom, and what became of them; worked on in the portal's own pages."""

    list_display = ("name", "sheet", "state", "by", "at")
    list_filter = ("state",)
    list_select_related = ("by",)
    search_fields = ("name", "=sha256")
    ordering = ("-id",)
    fields = (
        "name",
        "sheet",
        "state",
        "by",
        "at",
        "news",
        "changes",
        "same",
        "wrongs",
        "message",
        "removed_at",
    )


@admin.register(ImportRow)
class ImportRowAdmin(FactAdmin):
    """Lines of imported files: what each adds or changes, or why it is wrong."""

    list_display = ("batch", "row", "state", "label")
    list_filter = ("state",)
    list_select_related = ("batch",)
    search_fields = ("label",)
    ordering = ("-id",)
    fields = ("batch", "row", "state", "label", "changes", "problems")


@admin.register(DocumentSeries)
class DocumentSeriesAdmin(SmallAdmin):
    """What stands around the text of each kind of document: names, receivers, copies."""

    list_display = ("name", "kind", "issuer", "prefix", "copies")
    list_filter = ("kind",)
    search_fields = ("name", "code")
    ordering = ("code",)


@admin.register(Document)
class DocumentAdmin(FactAdmin):
    """Which documents were made, signed and declared void; worked on in the portal's own pages."""

    list_display = ("title", "series", "state", "year", "number", "made_at", "signed_by")
    list_filter = ("kind", "state")
    list_select_related = ("series", "signed_by")
    search_fields = ("title",)
    ordering = ("-id",)
    exclude = ("content",)


@admin.register(ExportFile)
class ExportFileAdmin(FactAdmin):
    """Which lists and bundles were taken as files, by whom; the files are for their owners alone."""

    list_display = ("title", "shape", "by", "state", "rows", "asked_at")
    list_filter = ("shape", "state")
    list_select_related = ("by",)
    search_fields = ("title", "by__username", "by__name")
    ordering = ("-id",)
    exclude = ("file",)
