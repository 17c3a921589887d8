"""People who sign in, and the two records of what they did."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager

# How Django's own users ask every backend; the stubs do not name them.
from django.contrib.auth.models import (  # type: ignore[attr-defined]
    _user_has_module_perms,
    _user_has_perm,
)
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from apps.core.scope import scope_of

from .enums import AuditOperation, SecurityEventKind


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody for the office and for whoever keeps the accounts, else oneself alone."""
        if scope_of(user).everything or user.has_perm("accounts.view_user"):
            return self
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person with an account. What they may do comes from postings alone."""

    username = models.CharField(
        "用户名",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "该用户名已被使用，请换一个。"},
    )
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True, help_text="停用后不能登录，记录保留。")
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects: ClassVar = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.name

    @property
    def roles(self) -> frozenset[str]:
        """Roles of today's postings."""
        return scope_of(self).roles

    # What Django's admin asks of a user. There is no superuser: Posting is the only grant.
    is_superuser = False

    @property
    def is_staff(self) -> bool:
        return self.has_perm("accounts.enter_admin")

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_active and _user_has_perm(self, perm, obj)

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and _user_has_module_perms(self, app_label)


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.has_perm("accounts.view_auditentry") else self.none()


class AuditEntry(models.Model):
    """One change of one row, written by the database itself. Nobody may alter or remove it."""

    at = models.DateTimeField("时间")
    actor = models.CharField("操作人", max_length=80, blank=True)
    request = models.CharField("请求编号", max_length=40, blank=True)
    table = models.CharField("数据表", max_length=63)
    key = models.CharField("主键", max_length=40, blank=True)
    operation = models.CharField("操作", max_length=1, choices=AuditOperation)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)

    objects: ClassVar = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["table", "key", "-id"], name="audit_by_row"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            # Rows come in the order of time: a range index of a few pages finds the days.
            BrinIndex(fields=["at"], name="audit_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} {self.table} {self.key}"


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def visible_to(self, user: Any) -> Self:
        """All for those who watch over access, else one's own."""
        if user.has_perm("accounts.view_securityevent"):
            return self
        return self.filter(username=user.get_username())


class SecurityEvent(models.Model):
    """One event of access: log-in, refusal, reveal of personal data."""

    at = models.DateTimeField("时间")
    kind = models.CharField("事件", max_length=20, choices=SecurityEventKind)
    username = models.CharField("用户名", max_length=150, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)
    path = models.CharField("页面", max_length=300, blank=True)
    detail = models.JSONField("说明", default=dict, blank=True)

    objects: ClassVar = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全事件"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["username", "-id"], name="security_by_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.username}"


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> Self:
        """One's own alone."""
        return self.filter(user=user.pk)


class SavedFilter(models.Model):
    """Filters and order of one list, kept by one person under a name."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="saved_filters", verbose_name="用户", db_index=False
    )
    path = models.CharField("列表", max_length=200)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000)
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects: ClassVar = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "path", "name"],
                name="saved_filter_once",
                violation_error_message="已有同名的常用筛选，请换一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{self.path}?{self.query}"
