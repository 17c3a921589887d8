from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.core.admin import ScopedAdmin, SmallAdmin, StewardForm

from .forms import AreaStatusForm
from .models import AreaPart, AreaStatus, Community, District, Estate, Measure, NamedArea, Street


@admin.register(District)
class DistrictAdmin(SmallAdmin):
    list_display = ("name", "short_name", "code", "sort_order")
    search_fields = ("name", "code")
    ordering = ("sort_order",)


@admin.register(Street)
class StreetAdmin(ScopedAdmin):
    list_display = ("name", "district", "sort_order")
    list_filter = ("district",)
    list_select_related = ("district",)
    search_fields = ("name",)
    ordering = ("sort_order",)


@admin.register(Community)
class CommunityAdmin(ScopedAdmin):
    list_display = ("name", "code", "street", "contact", "duty_phone", "households")
    list_filter = ("street__district",)
    list_select_related = ("street",)
    search_fields = ("name", "code")
    ordering = ("sort_key",)
    fieldsets = (
        (None, {"fields": ("name", "code", "street", "households", "sort_key")}),
        ("联系", {"fields": ("contact", "duty_phone")}),
    )


@admin.register(Estate)
class EstateAdmin(ScopedAdmin):
    list_display = ("name", "community")
    list_select_related = ("community",)
    search_fields = ("name",)
    ordering = ("community__sort_key", "name")


@admin.register(Measure)
class MeasureAdmin(SmallAdmin):
    list_display = ("name", "kind", "is_sealed", "valid_from", "valid_to", "sort_order")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("kind", "sort_order")


@admin.register(NamedArea)
class NamedAreaAdmin(ScopedAdmin):
    list_display = ("name", "note")
    search_fields = ("name", "note")
    ordering = ("name",)


@admin.register(AreaPart)
class AreaPartAdmin(ScopedAdmin):
    """A place stays in its area; it is exchanged as long as no measure lies there."""

    list_display = ("__str__", "area")
    list_select_related = ("area", "street", "community", "estate")
    search_fields = ("area__name", "street__name", "community__name", "estate__name")
    ordering = ("area__name", "id")
    fieldsets = (
        (None, {"fields": ("area",)}),
        ("地点（三项只选一项）", {"fields": ("street", "community", "estate")}),
    )

    def get_readonly_fields(
        self,
        request: HttpRequest,
        obj: Model | None = None,
    ) -> tuple[str, ...]:
        return ("area",) if obj else ()


class AreaStatusAdminForm(StewardForm, AreaStatusForm):
    """The portal's rules with the admin's own widgets."""

    class Meta(AreaStatusForm.Meta):
        widgets: ClassVar = {}


@admin.register(AreaStatus)
class AreaStatusAdmin(ScopedAdmin):
    form = AreaStatusAdminForm
    list_display = ("__str__", "kind", "measure", "starts_at", "ends_at", "basis", "is_drill")
    list_filter = ("kind", "measure", "is_drill")
    list_select_related = ("measure", "street", "community", "estate", "area")
    search_fields = ("community__name", "street__name", "estate__name", "area__name", "basis")
    ordering = ("-starts_at",)
    fieldsets = (
        ("地点（四项只选一项）", {"fields": ("street", "community", "estate", "area")}),
        ("措施", {"fields": ("measure", "starts_at", "ends_at", "basis", "is_drill")}),
    )
