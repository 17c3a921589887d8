"""Stays put right by data stewards, under the rules of every sending."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.core.admin import ScopedAdmin, StewardForm
from apps.core.dates import business_day
from apps.core.errors import DomainError

from .models import Assignment, Deployment
from .services.crossing import why_not_there
from .services.stays import refuse_stay


class AssignmentAdminForm(StewardForm):
    """Unit and world are those of the deployment."""

    class Meta:
        model = Assignment
        fields: ClassVar = ["deployment", "member", "starts_on", "ends_on"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        deployment, member = data.get("deployment"), data.get("member")
        starts_on = data.get("starts_on")
        if deployment is None or member is None or starts_on is None or not self.changed_data:
            return data
        standing = Assignment.objects.filter(pk=self.instance.pk).first()
        if standing is None or standing.deployment_id != deployment.pk:
            self.instance.unit_id = deployment.unit_id
            self.instance.is_drill = deployment.is_drill
        try:
            refuse_stay(
                deployment,
                member,
                starts_on=starts_on,
                ends_on=data.get("ends_on"),
                besides=standing,
                today=business_day(),
            )
        except DomainError as error:
            self.add_error(error.field or "member", error.message)
        return data


@admin.register(Assignment)
class AssignmentAdmin(ScopedAdmin):
    form = AssignmentAdminForm
    list_display = ("member", "unit", "community", "starts_on", "ends_on", "is_drill")
    list_filter = ("is_drill",)
    list_select_related = ("member", "unit", "deployment__community")
    search_fields = ("=member__name", "=member__member_no")
    ordering = ("-id",)
    fields = ("deployment", "member", "starts_on", "ends_on", "unit", "is_drill")
    readonly_fields = ("unit", "is_drill")

    @admin.display(description="社区")
    def community(self, row: Assignment) -> str:
        return str(row.deployment.community)


class DeploymentAdminForm(StewardForm):
    """Another community takes along everybody in the deployment: nobody across a closure."""

    class Meta:
        model = Deployment
        exclude: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        community = data.get("community")
        if self.instance.pk and community is not None and "community" in self.changed_data:
            reason = why_not_there(self.instance, community.pk, today=business_day())
            if reason:
                self.add_error("community", reason)
        return data
