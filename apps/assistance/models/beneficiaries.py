"""Those who are helped. Whatever names them is sealed."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.communities.models import Community
from apps.core.crypto import Sealed
from apps.core.scope import scope_of
from apps.units.enums import Role
from apps.units.models import Unit

from ..enums import KINDS, NOUNS, BeneficiaryEventKind, BeneficiaryKind, Circumstance
from .scope import AssistedQuerySet


class BeneficiaryQuerySet(AssistedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Besides those a unit registered, those it was given a case of."""
        scope = scope_of(user)
        if scope.everything or Role.CASEWORKER in scope.roles:
            return self
        from .cases import AssistanceCase

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
    registered_by = person_field("登记人", is_known=True)
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


class BeneficiaryEventQuerySet(AssistedQuerySet):
    unit_path = "beneficiary__unit"


class BeneficiaryEvent(models.Model):
    """What became of a registration after it was made; of sealed fields the names alone."""

    beneficiary = models.ForeignKey(
        Beneficiary, models.CASCADE, related_name="events", verbose_name="帮扶对象"
    )
    kind = models.CharField("类别", max_length=10, choices=BeneficiaryEventKind)
    text = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = person_field("操作人", is_known=True)

    objects: ClassVar = BeneficiaryEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记变更"
        ordering: ClassVar = ["beneficiary", "-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"
