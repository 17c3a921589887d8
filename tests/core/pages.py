"""A URLconf of kit pages over real models, for the tests of the kit alone."""

from typing import ClassVar

from django.http import HttpResponse
from django.urls import include, path

from apps.core.errors import ConflictError, Difference, DomainError
from apps.core.filters import LookupFilter, PortalFilterSet, SearchFilter
from apps.core.forms import PortalModelForm
from apps.core.html import Tag
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    BulkAction,
    ScopedCreateView,
    ScopedDeleteView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
    Tab,
    portal_action,
)
from apps.units.models import LiaisonGroup, PartyBranch, Unit


class UnitFilters(PortalFilterSet):
    folded = ("lookup",)
    q = SearchFilter(fields=["short_name", "code"], label="单位名称、代码")
    lookup = LookupFilter(
        url_name="kit_lookup", field_name="pk", queryset=Unit.objects.all(), label="查找单位"
    )

    class Meta:
        model = Unit
        fields: ClassVar = ["category"]


class UnitList(ScopedListView):
    permission = "units.view_unit"
    model = Unit
    title = "单位名录"
    measure = "家"
    filterset_class = UnitFilters
    columns = (
        Column("short_name", link="kit_unit", sort=True, phone="title"),
        Column("category", kind="tag", sort=True),
        Column("duty_phone", kind="phone"),
        Column("sort_order", "顺序", kind="number", sort=True),
    )

    def get_bulk_actions(self):
        return [
            BulkAction("催报", "/kit/act/", confirm="向以下单位催报？"),
            BulkAction("解锁", "/kit/act/", permission="nobody.may"),
        ]

    def get_actions(self):
        return [
            Action("新增单位", "/kit/branches/new/"),
            Action("锁定", "/", permission="nobody.may"),
        ]


class UnitRecord(ScopedDetailView):
    permission = "units.view_unit"
    model = Unit
    facts = (Column("code"), Column("category"), Column("duty_email"))
    tabs = (Tab("branches", "党支部"), Tab("broken", "未完成"))

    def get_state(self):
        return Tag("已报", "green")

    def get_timeline(self):
        return [Event(self.object.group_memberships.model.objects.first().starts_on, "编入小组")]

    def tab_branches(self):
        rows = PartyBranch.objects.filter(unit=self.object)
        return {"table": Table.of(PartyBranch, [Column("name"), Column("unit__short_name")], rows)}

    def tab_broken(self):
        raise AssertionError("only the tab that is open is asked")


class BranchForm(PortalModelForm):
    class Meta:
        model = PartyBranch
        fields: ClassVar = ["unit", "name", "sort_order"]


class BranchCreate(ScopedCreateView):
    permission = "units.view_unit"
    model = PartyBranch
    form_class = BranchForm
    success_url = "/kit/units/"

    def perform(self, form):
        branch = form.save()
        if branch.name == "已满":
            raise DomainError("该单位的党支部已满。", field="name")
        if branch.name == "他人":
            raise ConflictError("他人已先保存。", differences=[Difference("排序", 7, None)])
        return branch


class BranchUpdate(ScopedUpdateView):
    permission = "kit.reviewed"
    model = PartyBranch
    form_class = BranchForm
    success_url = "/kit/units/"


class BranchDelete(ScopedDeleteView):
    permission = "units.view_unit"
    model = PartyBranch
    success_url = "/kit/units/"


class UnitLookup(AutocompleteView):
    permission = "units.view_unit"
    model = Unit
    search_fields = ("short_name",)


@portal_action("units.view_unit")
def refused(request):
    LiaisonGroup.objects.create(number=77)
    raise DomainError("8月5日数据已锁定，不能催报。")


@portal_action("units.view_unit")
def fine(request):
    return HttpResponse("好")


def broken(request):
    raise RuntimeError("broken")


kit = [
    path("units/", UnitList.as_view(), name="kit_units"),
    path("units/<int:pk>/", UnitRecord.as_view(), name="kit_unit"),
    path("branches/new/", BranchCreate.as_view()),
    path("branches/<int:pk>/", BranchUpdate.as_view()),
    path("branches/<int:pk>/delete/", BranchDelete.as_view()),
    path("lookup/", UnitLookup.as_view(), name="kit_lookup"),
    path("act/", refused),
    path("fine/", fine),
    path("broken/", broken),
]
urlpatterns = [path("", include("apps.accounts.urls")), path("kit/", include(kit))]
handler400 = "apps.core.views.refusals.bad_request"
