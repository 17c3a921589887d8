from django.contrib import admin

from apps.core.admin import FactAdmin, SmallAdmin

from .models import (
    AdoptionNotice,
    AdoptionRow,
    Channel,
    ItemPhoto,
    ItemStep,
    Placement,
    PublicityItem,
)


@admin.register(Channel)
class ChannelAdmin(SmallAdmin):
    list_display = ("name", "kind", "is_own", "is_active", "sort_order")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("sort_order",)


@admin.register(PublicityItem)
class PublicityItemAdmin(FactAdmin):
    list_display = ("title", "number", "unit", "kind", "state", "submitted_at", "campaign")
    list_filter = ("campaign", "state", "kind")
    list_select_related = ("unit", "campaign")
    search_fields = ("title", "=number")
    ordering = ("-id",)
    fields = (
        "number",
        "campaign",
        "unit",
        "kind",
        "title",
        "author",
        "body",
        "state",
        "version",
        "chain",
        "created_by",
        "created_at",
        "submitted_at",
    )


@admin.register(ItemStep)
class ItemStepAdmin(FactAdmin):
    list_display = ("item", "chain", "state", "is_undo", "by", "at")
    list_filter = ("state", "is_undo")
    list_select_related = ("item", "by")
    search_fields = ("item__title", "=item__number")
    ordering = ("-id",)


@admin.register(ItemPhoto)
class ItemPhotoAdmin(FactAdmin):
    list_display = ("item", "caption", "position", "attachment")
    list_select_related = ("item", "attachment")
    search_fields = ("caption", "=item__number")
    ordering = ("-id",)


@admin.register(Placement)
class PlacementAdmin(FactAdmin):
    list_display = ("item", "channel", "on", "place", "by")
    list_filter = ("channel",)
    list_select_related = ("item", "channel", "by")
    search_fields = ("item__title", "place")
    ordering = ("-id",)


@admin.register(AdoptionNotice)
class AdoptionNoticeAdmin(FactAdmin):
    list_display = ("month", "version", "campaign", "signed_by", "signed_at")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "signed_by")
    search_fields = ("campaign__name", "signed_by__name")
    ordering = ("-month", "-version")


@admin.register(AdoptionRow)
class AdoptionRowAdmin(FactAdmin):
    list_display = ("unit_name", "submitted", "adopted", "placed", "notice")
    list_select_related = ("notice",)
    search_fields = ("unit_name",)
    ordering = ("-notice", "position")
