from django.contrib import admin

from apps.core.admin import ScopedAdmin

from .models import MemberRegistration, UnitRegistration


@admin.register(UnitRegistration)
class UnitRegistrationAdmin(ScopedAdmin):
    list_display = ("unit", "community", "starts_on", "ends_on", "received_on", "received_by")
    list_select_related = ("unit", "community")
    search_fields = ("unit__short_name", "community__name")
    ordering = ("-starts_on", "id")
    fieldsets = (
        (None, {"fields": ("unit", "community", "starts_on", "ends_on")}),
        ("联络", {"fields": ("contact", "contact_phone", "services")}),
        ("回执", {"fields": ("received_on", "received_by", "note")}),
    )


@admin.register(MemberRegistration)
class MemberRegistrationAdmin(ScopedAdmin):
    list_display = ("member", "community", "starts_on", "ends_on", "is_local", "received_on")
    list_filter = ("is_local", "is_drill")
    readonly_fields = ("void_reason",)
    list_select_related = ("member", "community")
    search_fields = ("=member__name", "=member__member_no", "=community__name")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("member", "community", "starts_on", "ends_on", "void_reason")}),
        ("回执", {"fields": ("received_on", "received_by", "note")}),
    )
