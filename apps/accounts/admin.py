from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from apps.core.admin import FactAdmin, ScopedAdmin, StewardForm

from .models import AuditEntry, SecurityEvent, User


class UserForm(StewardForm):
    """A password is set here, never shown; who gets one must choose his own at the next log-in."""

    new_password = forms.CharField(
        label="设置密码",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="不填则保持原密码；填写后，该用户下次登录须自行修改。",
    )

    class Meta:
        model = User
        fields: ClassVar = ["username", "name", "email", "is_active"]

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError("请设置初始密码。")
        return password


@admin.register(User)
class UserAdmin(ScopedAdmin):
    form = UserForm
    list_display = ("username", "name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "name", "email")
    ordering = ("username",)
    readonly_fields = ("must_change_password", "last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "new_password")}),
        ("状态", {"fields": ("is_active", "must_change_password", "last_login", "created_at")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        password = form.cleaned_data.get("new_password")
        if password:
            obj.set_password(password)
            obj.must_change_password = True
        super().save_model(request, obj, form, change)


@admin.register(AuditEntry)
class AuditEntryAdmin(FactAdmin):
    list_display = ("at", "actor", "operation", "table", "key", "request")
    list_filter = ("operation",)
    search_fields = ("=actor", "=table", "=key", "=request")
    ordering = ("-id",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(FactAdmin):
    list_display = ("at", "kind", "username", "address", "path")
    list_filter = ("kind",)
    search_fields = ("=username", "=address")
    ordering = ("-id",)
