from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet

from apps.core.dates import TOO_LONG_AGO, business_day, earliest_day
from apps.core.formats import day as written
from apps.core.forms import (
    AutocompleteSelect,
    DayInput,
    PhotosField,
    PortalForm,
    PortalModelForm,
    refuse_far_days,
)
from apps.core.layouts import Block, PairedMixin
from apps.office.forms import PhoneField
from apps.units.enums import MemberKind
from apps.units.models import Member, Membership, Unit

from .models import MemberRegistration, UnitRegistration
from .registrations import NOT_YET

MAY_REGISTER = "deployments.register_members"


class ReceiptForm(PairedMixin, PortalModelForm):
    """What both registrations ask: the community's receipt is complete or not there."""

    wants_user = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts, received = data.get("starts_on"), data.get("received_on")
        starts = starts or self.instance.starts_on
        ends = data.get("ends_on")
        if starts and starts > business_day():
            self.add_error("starts_on", NOT_YET)
        refuse_far_days(self, "ends_on", long_ago=["starts_on"])
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不得早于报到日期，请核对。")
        if received and received > business_day():
            self.add_error("received_on", "还没到这一天，收到社区盖章的回执后再登记。")
        elif received and starts and received < starts:
            self.add_error("received_on", "回执日期不得早于报到日期。")
        if received and not data.get("received_by"):
            self.add_error("received_by", "请填写在回执上签收的社区经办人。")
        if data.get("received_by") and not received:
            self.add_error("received_on", "请填写回执日期。")
        if not self.errors:
            self._refuse_overlap(data)
        return data

    def _refuse_overlap(self, data: dict[str, Any]) -> None:
        """Nobody is registered at two places at a time: says at which."""
        last = data.get("ends_on") or dt.date.max
        others = self.others(data).filter(Q(ends_on=None) | Q(ends_on__gte=data["starts_on"]))
        found = others.filter(starts_on__lte=last).exclude(pk=self.instance.pk).first()
        if found is not None:
            until = f"至{written(found.ends_on)}" if found.ends_on else "起"
            way = "请核对日期" if found.ends_on else "请先填写那一段的截止日期"
            self.add_error(
                "starts_on",
                f"自{written(found.starts_on)}{until}已向{found.community}报到，{way}。",
            )

    def others(self, data: dict[str, Any]) -> QuerySet[Any]:
        """The registrations of the same owner."""
        raise NotImplementedError


class UnitRegistrationForm(ReceiptForm):
    blocks = (
        ("报到", ("unit", "community", "starts_on", "ends_on")),
        ("联络", ("contact", "contact_phone", "services")),
        ("报到回执（社区盖章）", ("received_on", "received_by", "note", "slips")),
    )
    slips = PhotosField(
        label="回执照片",
        required=False,
        help_text="可不传；只留一张。本平台为非涉密平台，勿拍摄个人证件。",
    )

    class Meta:
        model = UnitRegistration
        fields: ClassVar = [
            "unit",
            "community",
            "starts_on",
            "ends_on",
            "contact",
            "contact_phone",
            "services",
            "received_on",
            "received_by",
            "note",
        ]
        widgets: ClassVar = {
            "unit": AutocompleteSelect("units:unit_lookup"),
            "community": AutocompleteSelect("communities:community_lookup"),
        }
        field_classes: ClassVar = {"contact_phone": PhoneField}

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(MAY_REGISTER, unit):
            raise forms.ValidationError("您不能为该单位登记，请重新选择。")
        return unit

    def others(self, data: dict[str, Any]) -> QuerySet[Any]:
        return UnitRegistration.objects.filter(unit=data["unit"]).select_related("community")

    def clean_slips(self) -> list[Any]:
        found: list[Any] = self.cleaned_data["slips"]
        if len(found) > 1:
            raise forms.ValidationError("回执照片只留一张，请重新选择。")
        return found


class MemberRegistrationForm(ReceiptForm):
    blocks: Sequence[Block] = (
        ("报到", ("member", "community", "starts_on", "ends_on")),
        ("报到回执（社区盖章）", ("received_on", "received_by", "note")),
    )

    class Meta:
        model = MemberRegistration
        fields: ClassVar = [
            "member",
            "community",
            "starts_on",
            "ends_on",
            "received_on",
            "received_by",
            "note",
        ]
        widgets: ClassVar = {
            "member": AutocompleteSelect("units:member_lookup"),
            "community": AutocompleteSelect("communities:community_lookup"),
        }

    def clean_member(self) -> Member:
        member: Member = self.cleaned_data["member"]
        if not self.user.has_perm(MAY_REGISTER, member):
            raise forms.ValidationError("您不能为该党员登记，请重新选择。")
        if member.kind != MemberKind.MEMBER:
            raise forms.ValidationError(
                f"{member}的身份是{member.get_kind_display()}，双报到只登记在职党员。"
            )
        return member

    def others(self, data: dict[str, Any]) -> QuerySet[Any]:
        row = self.instance
        return MemberRegistration.objects.filter(
            member=data.get("member") or row.member_id,
            is_local=row.is_local,
            is_drill=row.is_drill,
            void_reason="",
        ).select_related("community")

    def _get_validation_exclusions(self) -> set[str]:
        # What must not overlap is told apart by these, which no form offers.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"is_local", "is_drill", "void_reason"}


class MemberRegistrationUpdateForm(MemberRegistrationForm):
    """The person stays; a local registration ends with its closure."""

    blocks = (
        ("报到", ("community", "starts_on", "ends_on")),
        ("报到回执（社区盖章）", ("received_on", "received_by", "note")),
    )

    class Meta(MemberRegistrationForm.Meta):
        fields: ClassVar = [name for name in MemberRegistrationForm.Meta.fields if name != "member"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"member"}


class BulkRegistrationForm(PortalForm):
    """Everybody of a unit whose home community is known, from one day on."""

    wants_user = True

    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="单位", widget=AutocompleteSelect("units:unit_lookup")
    )
    on = forms.DateField(label="报到日期", widget=DayInput(), initial=business_day)

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(MAY_REGISTER, unit):
            raise forms.ValidationError("您不能为该单位登记，请重新选择。")
        return unit

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > business_day():
            raise forms.ValidationError(NOT_YET)
        if day < earliest_day(business_day()):
            raise forms.ValidationError(TOO_LONG_AGO)
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        unit, day = data.get("unit"), data.get("on")
        if unit and day and not Membership.objects.filter(unit=unit).on(day).exists():
            self.add_error("unit", f"{unit}在这一天没有登记党员，请先建立名册。")
        return data
