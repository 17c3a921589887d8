"""Places members are sent to, and the measures that lie on them."""

import functools
import operator
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from apps.core.constraints import no_overlap
from apps.core.scope import scope_of
from apps.core.submissions import submission_field

from .enums import MeasureKind

PLACES = ("street", "community", "estate", "area")
"""What a measure may lie on; one of them is set."""
FIXED = "该范围已登记过风险或管控措施，所含地点不再更改；请另起名称登记新的范围。"


def _place(model: type[models.Model], related_name: str) -> Any:
    return models.ForeignKey(
        model,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=model._meta.verbose_name,
        related_name=related_name,
    )


def _one_of(*places: str) -> models.Q:
    """Exactly one of these columns is set."""
    every = (models.Q(**{f"{one}__isnull": one != chosen for one in places}) for chosen in places)
    return functools.reduce(operator.or_, every)


class PlaceQuerySet(models.QuerySet[Any]):
    """Places are no secret inside the portal: whoever holds any posting may look them up."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).roles else self.none()


class District(models.Model):
    """A district or county of the city, in the official order."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("区县", max_length=40, unique=True)
    short_name = models.CharField("简称", max_length=10)
    sort_order = models.PositiveSmallIntegerField("排序")

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "区县"
        ordering: ClassVar = ["sort_order"]

    def __str__(self) -> str:
        return self.name


class Street(models.Model):
    """A street office or town of a district."""

    district = models.ForeignKey(District, models.PROTECT, verbose_name="区县")
    name = models.CharField("街道", max_length=60)
    sort_order = models.PositiveIntegerField("排序")

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "街道"
        ordering: ClassVar = ["sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district", "name"], name="street_once_in_district"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('communities:community_list')}?street={self.pk}"


class Community(models.Model):
    """A residential community or village that members serve."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("社区（村）", max_length=60)
    street = models.ForeignKey(Street, models.PROTECT, verbose_name="街道")
    contact = models.CharField("社区联系人", max_length=40, blank=True)
    duty_phone = models.CharField("值班电话", max_length=30, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    sort_key = models.PositiveIntegerField("排序", db_index=True)

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区"
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["street", "name"],
                name="community_once_in_street",
                violation_error_message="该街道已有同名社区，请核对名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("communities:community_detail", args=[self.pk])


class Estate(models.Model):
    """A housing estate inside a community; never the door."""

    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区")
    name = models.CharField("小区", max_length=60)

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "小区"
        ordering: ClassVar = ["community", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "name"], name="estate_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """An entry of the two dated dictionaries: a risk level or a control measure."""

    kind = models.PositiveSmallIntegerField("类别", choices=MeasureKind)
    name = models.CharField("名称", max_length=20)
    is_sealed = models.BooleanField("封闭", default=False, help_text="人员不得跨界派出。")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    sort_order = models.PositiveSmallIntegerField("排序")

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险与管控字典"
        ordering: ClassVar = ["kind", "sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name"], name="measure_once"),
        ]

    def __str__(self) -> str:
        return self.name


class NamedArea(models.Model):
    """An area a notice draws by itself: streets, communities and estates under one name.

    What it takes in stays as it is once a measure lies on it: who was inside is part of the record.
    """

    submission = submission_field()
    name = models.CharField(
        "名称",
        max_length=60,
        unique=True,
        error_messages={"unique": "已有同名的自定范围，请另起名称，如加上通告号。"},
    )
    note = models.CharField(
        "范围说明", max_length=200, blank=True, help_text="如：东至东明路，西至城东路"
    )

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自定范围"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("communities:named_area_detail", args=[self.pk])

    @property
    def is_fixed(self) -> bool:
        """Whether a measure lies or lay on it."""
        return self.statuses.exists()


class AreaPart(models.Model):
    """A place that a named area takes in."""

    area = models.ForeignKey(
        NamedArea, models.CASCADE, verbose_name="自定范围", related_name="parts"
    )
    street = _place(Street, "area_parts")
    community = _place(Community, "area_parts")
    estate = _place(Estate, "area_parts")

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自定范围所含地点"
        ordering: ClassVar = ["area", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_part_one_place",
                condition=_one_of("street", "community", "estate"),
                violation_error_message="请在街道、社区、小区中只选一项。",
            ),
            *(
                models.UniqueConstraint(
                    fields=["area", place],
                    name=f"area_part_{place}_once",
                    violation_error_message="该自定范围已含此处，请勿重复。",
                )
                for place in ("street", "community", "estate")
            ),
        ]

    def __str__(self) -> str:
        return str(self.place)

    @property
    def place(self) -> models.Model | None:
        return self.street or self.community or self.estate

    def clean(self) -> None:
        """Raises ValidationError where the area may no longer be drawn otherwise."""
        if self.area_id is not None and self.area.is_fixed:
            raise ValidationError(FIXED)


class AreaStatusQuerySet(PlaceQuerySet):
    def with_places(self) -> Self:
        """Joined with all that `place` and `measure` are read from."""
        return self.select_related("measure", "street", "community", "estate", "area")


class AreaStatus(models.Model):
    """A measure that lies on one place by the hour, with the notice it rests on."""

    submission = submission_field()
    measure = models.ForeignKey(Measure, models.PROTECT, verbose_name="等级或措施")
    kind = models.PositiveSmallIntegerField("类别", choices=MeasureKind)
    street = _place(Street, "statuses")
    community = _place(Community, "statuses")
    estate = _place(Estate, "statuses")
    area = _place(NamedArea, "statuses")
    starts_at = models.DateTimeField("起始时间")
    ends_at = models.DateTimeField("解除时间", null=True, blank=True)
    basis = models.CharField("依据通告", max_length=120, help_text="如：市指挥部通告2021年31号")
    is_drill = models.BooleanField("演练", default=False)

    objects: ClassVar = AreaStatusQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "管控与风险"
        ordering: ClassVar = ["-starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_status_one_place",
                condition=_one_of(*PLACES),
                violation_error_message="请在街道、社区、小区、自定范围中只选一项。",
            ),
            models.CheckConstraint(
                name="area_status_ends_after_start",
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message="解除时间应晚于起始时间。",
            ),
            *(
                no_overlap(
                    name=f"area_status_{place}_once",
                    same=[f"{place}_id", "kind", "is_drill"],
                    start="starts_at",
                    end="ends_at",
                    moments=True,
                    condition=models.Q(**{f"{place}__isnull": False}),
                    message="同一地点同一时段已有该类措施，请先填写前一条的解除时间。",
                )
                for place in PLACES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.measure}"

    @property
    def place(self) -> models.Model | None:
        return self.street or self.community or self.estate or self.area
