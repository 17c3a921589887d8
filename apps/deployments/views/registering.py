"""双报到: registering a unit, a member, and all members of a unit at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.formats import number
from apps.core.views import (
    ScopedCreateView,
    ScopedFormView,
    ScopedUpdateView,
)
from apps.units.models import Member, Unit

from ..models import MemberRegistration, UnitRegistration
from ..registrations import with_coverage
from ..registrations_forms import (
    BulkRegistrationForm,
    MemberRegistrationForm,
    MemberRegistrationUpdateForm,
    UnitRegistrationForm,
)
from ..services.registrations import register_unit_members, save_unit_registration
from .registrations import COVERAGE, REGISTER


class UnitRegistrationCreateView(ScopedCreateView):
    permission = REGISTER
    model = UnitRegistration
    form_class = UnitRegistrationForm
    title = "登记单位报到"

    def get_initial(self) -> dict[str, Any]:
        """The one unit in scope, or the one the address names, with the community of its office."""
        found: dict[str, Any] = {**super().get_initial(), "starts_on": business_day()}
        asked = self.request.GET.get("unit", "")
        rows = Unit.objects.visible_to(self.request.user)
        own = list((rows.filter(pk=asked) if asked.isdecimal() else rows)[:2])
        if len(own) == 1:
            found |= {
                "unit": own[0].pk,
                "community": own[0].office_community_id,
                "contact_phone": own[0].duty_phone,
            }
        return found

    def perform(self, form: Any) -> UnitRegistration:
        actor: Any = self.request.user
        return save_unit_registration(form.instance, slips=form.cleaned_data["slips"], by=actor)

    def get_cancel_url(self) -> str:
        return reverse("deployments:unit_registration_list")


class UnitRegistrationUpdateView(ScopedUpdateView):
    permission = REGISTER
    model = UnitRegistration
    form_class = UnitRegistrationForm

    def perform(self, form: Any) -> UnitRegistration:
        actor: Any = self.request.user
        return save_unit_registration(form.instance, slips=form.cleaned_data["slips"], by=actor)


class MemberRegistrationMixin:
    """Both forms of a member's registration end on the list."""

    request: HttpRequest

    def perform(self, form: Any) -> MemberRegistration:
        form.instance.recorded_by = self.request.user
        saved: MemberRegistration = form.save()
        return saved

    def get_success_url(self) -> str:
        return reverse("deployments:member_registration_list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class MemberRegistrationCreateView(MemberRegistrationMixin, ScopedCreateView):
    permission = REGISTER
    model = MemberRegistration
    form_class = MemberRegistrationForm
    title = "登记党员报到"

    def get_initial(self) -> dict[str, Any]:
        """The person the address names, with the community of the home."""
        found: dict[str, Any] = {**super().get_initial(), "starts_on": business_day()}
        asked = self.request.GET.get("member", "")
        if asked.isdecimal():
            member = Member.objects.visible_to(self.request.user).filter(pk=asked).first()
            if member is not None:
                found |= {"member": member.pk, "community": member.home_community_id}
        return found


class MemberRegistrationUpdateView(MemberRegistrationMixin, ScopedUpdateView):
    permission = REGISTER
    model = MemberRegistration
    queryset = MemberRegistration.objects.select_related("member", "community")
    form_class = MemberRegistrationUpdateForm


class BulkRegistrationView(ScopedFormView):
    """整单位登记: everybody of a unit whose home community is known."""

    permission = REGISTER
    form_class = BulkRegistrationForm
    title = "整单位登记党员报到"
    subtitle = "在职党员按名册上的居住社区一次登记；已报到的不变，居住社区不详的须逐人登记"
    submit_label = "登记"
    done = ""

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("unit", "")
        rows = Unit.objects.visible_to(self.request.user)
        own = list((rows.filter(pk=asked) if asked.isdecimal() else rows)[:2])
        given = {"unit": own[0].pk} if len(own) == 1 else {}
        return {**super().get_initial(), **given}

    def perform(self, form: Any) -> Unit:
        unit: Unit = form.cleaned_data["unit"]
        actor: Any = self.request.user
        made = register_unit_members(unit, on=form.cleaned_data["on"], by=actor, now=timezone.now())
        today = business_day()
        [found] = with_coverage(Unit.objects.filter(pk=unit.pk), on=today).values("homeless")
        rest = f"；另有 {found['homeless']} 人居住社区不详，请逐人登记" if found["homeless"] else ""
        messages.success(self.request, f"{unit}已登记 {number(made)} 人{rest}。")
        return unit

    def get_success_url(self) -> str:
        return reverse(COVERAGE)

    def get_cancel_url(self) -> str:
        return reverse(COVERAGE)
