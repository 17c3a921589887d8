from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin import ScopedAdmin, ScopedInline, SmallAdmin, StewardForm
from apps.core.crypto import mask_phone
from apps.core.dates import business_day
from apps.core.errors import DomainError

from .enums import FunctionLine
from .filters import people_named
from .forms import MemberForm
from .models import (
    GroupMembership,
    LiaisonGroup,
    Member,
    Membership,
    PartyBranch,
    Posting,
    Unit,
)
from .services import move_unit


class UnitAdminForm(StewardForm):
    function_lines = forms.MultipleChoiceField(
        label="职能线",
        choices=FunctionLine.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Unit
        fields: ClassVar = [
            "name",
            "short_name",
            "code",
            "category",
            "function_lines",
            "duty_phone",
            "duty_email",
            "office_community",
            "is_leader_contact",
            "sort_order",
            "is_active",
        ]


class GroupMembershipForm(forms.ModelForm[GroupMembership]):
    """A unit goes to another group from today on, before its report stands: never a past day."""

    class Meta:
        model = GroupMembership
        fields: ClassVar = ["unit", "group", "starts_on"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and data["unit"].pk:
            try:
                with transaction.atomic():
                    self._move(data)
                    transaction.set_rollback(True)
            except DomainError as error:
                field = "starts_on" if error.field == "since" else "group"
                self.add_error(field, error.message)
        return data

    def validate_constraints(self) -> None:
        """The former belonging is ended by the move itself."""

    def save(self, commit: bool = True) -> Any:
        return self._move(self.cleaned_data)

    def save_m2m(self) -> None:
        """The admin asks for it after a save that was put off; this one never is."""

    def _move(self, data: dict[str, Any]) -> GroupMembership:
        return move_unit(
            data["unit"], group=data["group"], since=data["starts_on"], on=business_day()
        )


class MovedOnceMixin(BaseModelAdmin):
    """Belongings are added, and the one before ends; what has been stays as it was."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GroupMembershipInline(MovedOnceMixin, ScopedInline):
    model = GroupMembership
    form = GroupMembershipForm


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    form = UnitAdminForm
    list_display = (
        "short_name",
        "code",
        "category",
        "duty_phone",
        "is_leader_contact",
        "is_active",
    )
    list_filter = ("category", "is_active", "is_leader_contact")
    search_fields = ("short_name", "name", "code")
    ordering = ("sort_order",)
    inlines = (GroupMembershipInline,)
    fieldsets = (
        (None, {"fields": ("name", "short_name", "code", "category", "function_lines")}),
        ("值班与驻地", {"fields": ("duty_phone", "duty_email", "office_community")}),
        ("管理", {"fields": ("is_leader_contact", "sort_order", "is_active")}),
    )


@admin.register(LiaisonGroup)
class LiaisonGroupAdmin(SmallAdmin):
    list_display = ("__str__", "leader")
    list_select_related = ("leader",)
    search_fields = ("number",)
    ordering = ("number",)
    # Chosen in the portal, among the people posted to the group.
    readonly_fields = ("leader",)


@admin.register(GroupMembership)
class GroupMembershipAdmin(MovedOnceMixin, ScopedAdmin):
    form = GroupMembershipForm
    list_display = ("unit", "group", "starts_on", "ends_on")
    list_filter = ("group",)
    list_select_related = ("unit", "group")
    search_fields = ("unit__short_name", "unit__code")
    ordering = ("unit__sort_order", "-starts_on")


@admin.register(PartyBranch)
class PartyBranchAdmin(ScopedAdmin):
    list_display = ("name", "unit", "sort_order")
    list_select_related = ("unit",)
    search_fields = ("name", "unit__short_name")
    ordering = ("unit__sort_order", "sort_order", "id")


class MemberAdminForm(StewardForm, MemberForm):
    """The portal's form with the fields stewards fill; admin gives its own choice widgets."""

    class Meta(MemberForm.Meta):
        fields: ClassVar = ["name", "member_no", *MemberForm.Meta.fields]
        widgets: ClassVar = {}


class MembershipInline(ScopedInline):
    model = Membership


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    """Phones are masked and may be replaced; stewards never see one in full."""

    form = MemberAdminForm
    list_display = ("name", "member_no", "kind", "masked_phone", "home_community", "is_exempt")
    list_filter = ("kind", "is_exempt")
    list_select_related = ("home_community",)
    search_fields = ("name", "member_no")
    ordering = ("id",)
    readonly_fields = ("masked_phone", "user")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("name", "member_no", "kind", "is_exempt")}),
        ("手机", {"fields": ("masked_phone", "new_phone")}),
        ("居住地", {"fields": ("home_community", "home_estate")}),
        ("账号", {"fields": ("user",)}),
    )

    @admin.display(description="手机")
    def masked_phone(self, row: Member) -> str:
        return mask_phone(row.phone) if row.phone_sealed else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return people_named(queryset, search_term), False


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    list_display = ("member", "unit", "branch", "starts_on", "ends_on")
    list_select_related = ("member", "unit", "branch")
    search_fields = ("=member__name", "=member__member_no")
    ordering = ("-id",)


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """The only grant; the security administrator picks places without reading their records."""

    list_display = ("user", "role", "unit", "group", "starts_on", "ends_on")
    list_filter = ("role",)
    list_select_related = ("user", "unit", "group")
    search_fields = ("user__username", "user__name", "unit__short_name")
    ordering = ("user__username", "role")
    selects = ("unit", "group")
