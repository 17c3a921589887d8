from django.contrib import admin

from apps.core.admin import FactAdmin, ScopedAdmin, SmallAdmin

from .models import (
    AllocationLine,
    AllocationSheet,
    Batch,
    BatchDeployment,
    BatchStay,
    Deployment,
    DeploymentDay,
    Need,
    NeedConfirmation,
    TaskType,
    Team,
)
from .stays_admin import DeploymentAdminForm


@admin.register(TaskType)
class TaskTypeAdmin(SmallAdmin):
    list_display = ("name", "code", "measure", "sort_order")
    search_fields = ("name", "code")
    ordering = ("sort_order",)


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    list_display = ("name", "campaign", "unit", "captain", "formed_on", "oath_on")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "unit", "captain")
    search_fields = ("name", "unit__short_name")
    ordering = ("-id",)


@admin.register(Need)
class NeedAdmin(ScopedAdmin):
    list_display = ("community", "task_type", "heads", "starts_on", "ends_on", "state", "campaign")
    list_filter = ("campaign", "state", "task_type")
    list_select_related = ("community", "task_type", "campaign")
    search_fields = ("community__name", "note")
    ordering = ("-raised_at",)


@admin.register(Deployment)
class DeploymentAdmin(ScopedAdmin):
    form = DeploymentAdminForm
    list_display = ("unit", "community", "task_type", "starts_on", "ends_on", "state", "campaign")
    list_filter = ("campaign", "state", "task_type", "nature")
    list_select_related = ("unit", "community", "task_type", "campaign")
    search_fields = ("=community__name", "=unit__short_name")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("campaign", "unit", "team", "community", "task_type", "need")}),
        ("时间", {"fields": ("starts_on", "ends_on", "shift", "has_night_shift", "rotation_days")}),
        ("人员", {"fields": ("leader", "nature", "is_local")}),
        ("状态", {"fields": ("state", "is_drill")}),
    )


@admin.register(DeploymentDay)
class DeploymentDayAdmin(ScopedAdmin):
    list_display = ("on", "unit", "community", "expected", "present", "night", "recorded_at")
    list_select_related = ("deployment__unit", "deployment__community")
    search_fields = ("=deployment__unit__short_name", "=deployment__community__name")
    ordering = ("-id",)

    @admin.display(description="单位")
    def unit(self, row: DeploymentDay) -> str:
        return str(row.deployment.unit)

    @admin.display(description="社区")
    def community(self, row: DeploymentDay) -> str:
        return str(row.deployment.community)


@admin.register(Batch)
class BatchAdmin(FactAdmin):
    list_display = ("kind", "on", "at", "by", "undone_at", "undone_by")
    list_filter = ("kind",)
    list_select_related = ("by", "undone_by")
    search_fields = ("by__name",)
    ordering = ("-id",)


@admin.register(BatchDeployment)
class BatchDeploymentAdmin(FactAdmin):
    list_display = ("batch", "deployment", "state", "ends_on")
    list_select_related = ("batch", "deployment__unit", "deployment__community")
    search_fields = ("=deployment__unit__short_name",)
    ordering = ("-id",)


@admin.register(BatchStay)
class BatchStayAdmin(FactAdmin):
    list_display = ("batch", "member", "unit", "starts_on", "ends_on")
    list_select_related = ("batch", "member", "unit")
    search_fields = ("=member__name",)
    ordering = ("-id",)


@admin.register(AllocationSheet)
class AllocationSheetAdmin(FactAdmin):
    list_display = ("on", "numbered", "state", "campaign", "signed_by", "signed_at")
    list_filter = ("campaign", "state")
    list_select_related = ("campaign", "signed_by")
    search_fields = ("=number",)
    ordering = ("-id",)

    @admin.display(description="编号", ordering="number")
    def numbered(self, sheet: AllocationSheet) -> str:
        return sheet.number_text


@admin.register(AllocationLine)
class AllocationLineAdmin(FactAdmin):
    list_display = ("sheet", "unit", "community", "heads", "proposed", "leader")
    list_select_related = ("sheet", "unit", "community", "leader")
    search_fields = ("=unit__short_name", "=community__name")
    ordering = ("-id",)


@admin.register(NeedConfirmation)
class NeedConfirmationAdmin(FactAdmin):
    list_display = ("on", "need", "heads", "source", "at")
    list_select_related = ("need__community", "need__task_type")
    search_fields = ("=need__community__name",)
    ordering = ("-id",)


from . import (  # noqa: E402
    forecast_admin,  # noqa: F401
    registrations_admin,  # noqa: F401
    sealing_admin,  # noqa: F401
    signing_admin,  # noqa: F401
    visits_admin,  # noqa: F401
)
