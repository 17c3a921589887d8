"""Those who are helped, what they asked for, and each act of help."""

import datetime as dt
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.crypto import Sealed
from apps.core.scope import ScopedQuerySet, scope_of
from apps.office.models import Attachment
from apps.units.enums import Role
from apps.units.models import Unit

from .enums import (
    KINDS,
    LIVE_CASES,
    NOUNS,
    BeneficiaryKind,
    CaseEventKind,
    CaseSource,
    CaseState,
    Circumstance,
    Mode,
    ServiceType,
)


class AssistedQuerySet(ScopedQuerySet):
    """The office and its caseworkers see all cases of the desk; groups and units their own."""

    def visible_to(self, user: Any) -> Self:
        if Role.CASEWORKER in scope_of(user).roles:
            return self
        return super().visible_to(user)


class BeneficiaryQuerySet(AssistedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Besides those a unit registered, those it was given a case of."""
        scope = scope_of(user)
        if scope.everything or Role.CASEWORKER in scope.roles:
            return self
        cases = AssistanceCase.objects.filter(beneficiary=OuterRef("pk"), unit__in=scope.units)
        return self.filter(Q(unit__in=scope.units) | Exists(cases))

    def counted(self) -> Self:
        """Without those registered a second time."""
        return self.filter(duplicate_of=None)


def number_of(pk: int) -> str:
    """DX000123, the number of the beneficiary with this key."""
    return f"DX{pk:06d}"


def label_of(community: str, circumstance: str) -> str:
    """某社区一被隔离家庭."""
    return f"{community}{NOUNS[Circumstance(circumstance)]}"


def _kinds_fit() -> Q:
    condition = Q()
    for circumstance, kinds in KINDS.items():
        condition |= Q(circumstance=circumstance, kind__in=sorted(kinds))
    return condition


class Beneficiary(models.Model):
    """A household, person, institution or firm that is helped. Whatever names it is sealed.

    Lists, mails and titles show `label` alone: 某社区一被隔离家庭.
    """

    ref = models.UUIDField(
        "标识", default=uuid.uuid4, unique=True, editable=False, help_text="登记表单的提交标识。"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="beneficiaries", verbose_name="登记单位"
    )
    kind = models.CharField("对象类型", max_length=12, choices=BeneficiaryKind)
    circumstance = models.CharField("情形", max_length=12, choices=Circumstance)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="beneficiaries", verbose_name="社区"
    )
    people = models.PositiveSmallIntegerField("人数", null=True, blank=True)
    name_sealed = models.TextField("姓名或名称（密文）", blank=True, editable=False)
    name_index = models.CharField(
        "姓名索引", max_length=64, blank=True, editable=False, db_index=True
    )
    phone_sealed = models.TextField("电话（密文）", blank=True, editable=False)
    phone_index = models.CharField(
        "电话索引", max_length=64, blank=True, editable=False, db_index=True
    )
    address_sealed = models.TextField("住址（密文）", blank=True, editable=False)
    remark_sealed = models.TextField("情况（密文）", blank=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name="与此对象重复",
        help_text="重复登记的不单独计户。",
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_synthetic = models.BooleanField("演示数据", default=False, editable=False)

    name = Sealed("name_sealed", index="name_index")
    phone = Sealed("phone_sealed", index="phone_index")
    address = Sealed("address_sealed")
    remark = Sealed("remark_sealed")

    objects: ClassVar = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶对象"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="beneficiary_not_its_own_duplicate",
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("pk")),
                violation_error_message="不能标为与自身重复。",
            ),
            models.CheckConstraint(
                name="beneficiary_kind_fits_circumstance",
                condition=_kinds_fit(),
                violation_error_message="对象类型与情形不符，如养老机构应为机构。",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("assistance:beneficiary_detail", args=[self.pk])

    @property
    def number(self) -> str:
        """What people quote on the phone."""
        return number_of(self.pk)

    @property
    def label(self) -> str:
        """How it is called wherever others read along; never a name or a door."""
        return label_of(self.community.name, self.circumstance)


class CaseQuerySet(AssistedQuerySet):
    def live(self) -> Self:
        return self.filter(state__in=LIVE_CASES)

    def overdue(self, *, on: dt.date) -> Self:
        return self.live().filter(due_on__lt=on)


class AssistanceCase(models.Model):
    """Something a beneficiary needs done, with somebody who answers for it by a day."""

    number = models.CharField("事项编号", max_length=20, editable=False)
    submission = models.UUIDField("提交标识", default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="cases", verbose_name="应急任务"
    )
    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="cases", verbose_name="帮扶对象"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name="承办单位")
    source = models.CharField("来源", max_length=12, choices=CaseSource)
    service_type = models.CharField("服务类型", max_length=10, choices=ServiceType)
    title = models.CharField(
        "事项", max_length=60, help_text="不写姓名、门牌和病情，如“需要配送婴儿奶粉”。"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="责任人",
    )
    due_on = models.DateField("办结时限")
    state = models.CharField(
        "状态", max_length=10, choices=CaseState, default=CaseState.OPEN, db_index=True
    )
    result = models.CharField("办理结果", max_length=300, blank=True)
    opened_on = models.DateField("受理日期")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="填报人",
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核验人",
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    attachments = models.ManyToManyField(
        Attachment, blank=True, related_name="+", verbose_name="附件"
    )

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶事项"
        ordering: ClassVar = ["-opened_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="case_due_after_opening",
                condition=Q(due_on__gte=models.F("opened_on")),
                violation_error_message="办结时限不得早于受理日期。",
            ),
            models.CheckConstraint(
                name="case_closed_through_its_steps",
                condition=~Q(state=CaseState.CLOSED)
                | Q(closed_at__isnull=False, answered_by__isnull=False, verified_by__isnull=False)
                & ~Q(result=""),
                violation_error_message="办结须先填报办理结果，再经核验。",
            ),
            models.CheckConstraint(
                name="case_verified_by_somebody_else",
                condition=Q(verified_by=None) | ~Q(verified_by=models.F("answered_by")),
                violation_error_message="填报人不能核验自己办理的事项。",
            ),
            models.UniqueConstraint(fields=["campaign", "number"], name="case_number_once"),
            models.CheckConstraint(
                name="case_assigned_has_owner",
                condition=Q(state__in=[CaseState.OPEN, CaseState.CANCELLED])
                | Q(owner__isnull=False),
                violation_error_message="交办须指定责任人。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state"], name="case_by_unit"),
            models.Index(fields=["due_on"], name="case_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("assistance:case_detail", args=[self.pk])


class CaseEventQuerySet(AssistedQuerySet):
    unit_path = "case__unit"


class CaseEvent(models.Model):
    """One entry of a case's timeline."""

    case = models.ForeignKey(
        AssistanceCase, models.CASCADE, related_name="events", verbose_name="帮扶事项"
    )
    kind = models.CharField("类别", max_length=12, choices=CaseEventKind)
    before = models.CharField("原状态", max_length=10, choices=CaseState, blank=True)
    after = models.CharField("新状态", max_length=10, choices=CaseState, blank=True)
    text = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人"
    )

    objects: ClassVar = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering: ClassVar = ["case", "-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"


class AssistanceAction(models.Model):
    """One act of help (次). Households are counted from these, distinct, never added up."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="assistance_actions", verbose_name="应急任务"
    )
    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="actions", verbose_name="帮扶对象"
    )
    case = models.ForeignKey(
        AssistanceCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="帮扶事项",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="assistance_actions", verbose_name="帮扶单位"
    )
    service_type = models.CharField("服务类型", max_length=10, choices=ServiceType)
    mode = models.CharField("方式", max_length=8, choices=Mode, default=Mode.ONSITE)
    on = models.DateField("日期")
    note = models.CharField("内容", max_length=200, blank=True)
    submission = models.UUIDField(
        "提交标识", db_index=True, help_text="一次登记多个对象的，标识相同。"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects: ClassVar = AssistedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶记录"
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "beneficiary"], name="action_once_per_submission"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "on"], name="action_by_day"),
            models.Index(fields=["unit", "-on"], name="action_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_type_display()} {self.on}"
