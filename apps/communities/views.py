"""Places: communities, and the measures laid on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core.context import portal_of
from apps.core.html import Tag, blank
from apps.core.panels import ExtendedListView, PanelledDetailView
from apps.core.tables import Column, Row, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    ScopedCreateView,
    ScopedListView,
    ScopedUpdateView,
    Tab,
)

from .consequences import next_page
from .enums import MeasureKind
from .filters import AreaStatusFilters, CommunityFilters
from .forms import AreaStatusEndForm, AreaStatusForm, CommunityContactForm
from .models import AreaPart, AreaStatus, Community, Estate, NamedArea, Street
from .selectors import InForce, lies_on, measures_on

VIEW = "communities.view_community"
EDIT = "communities.change_area_status"


def measure_tag(kind: int, name: str) -> Tag:
    return Tag(name, "red" if kind == MeasureKind.CONTROL else "yellow")


def measure_tags(found: Sequence[InForce]) -> SafeString:
    return format_html_join(" ", "{}", ((measure_tag(one.kind, one.name),) for one in found))


class CommunityListView(ExtendedListView):
    permission = VIEW
    model = Community
    title = "社区"
    filterset_class = CommunityFilters
    columns = (
        Column("name", link="communities:community_detail", phone="title"),
        Column("street__district__name", label="区县", sort="street__district__sort_order"),
        Column("street__name", label="街道"),
        Column("contact"),
        Column("duty_phone", kind="phone"),
        Column("households", kind="number", sort=True, phone="hide", blank="未登记"),
        Column("in_force", label="风险与管控", value=lambda row: measure_tags(row["in_force"])),
    )
    own_tail = 1
    ordering = ("sort_key",)
    measure = "个"

    def fetch(self, rows: Any) -> Sequence[Row]:
        page = super().fetch(rows)
        laid = measures_on([row["pk"] for row in page], at=timezone.now())
        for row in page:
            row["in_force"] = laid.get(row["pk"], [])
        return page


class CommunityDetailView(PanelledDetailView):
    permission = VIEW
    model = Community
    queryset = Community.objects.select_related("street__district")
    facts = (
        Column("code"),
        Column("street__district__name", label="区县"),
        Column("street__name", label="街道"),
        Column("contact", blank="未登记"),
        Column("duty_phone", kind="phone", blank="未登记"),
        Column("households", kind="number", unit="户", blank="未登记"),
    )
    tabs = (Tab("statuses", "风险与管控"), Tab("estates", "小区"))

    def get_subtitle(self) -> str:
        return f"{self.object.street.district} · {self.object.street}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("社区", reverse("communities:community_list"))]

    def get_state(self) -> Tag | None:
        found = measures_on([self.object.pk], at=timezone.now()).get(self.object.pk, [])
        return measure_tag(found[0].kind, found[0].name) if found else None

    def get_actions(self) -> Sequence[Action]:
        pk = self.object.pk
        lay = f"{reverse('communities:area_status_create')}?community={pk}"
        return [
            Action("登记管控或风险", lay, icon="alert-triangle", permission=EDIT),
            Action(
                "修改联系方式",
                reverse("communities:community_update", args=[pk]),
                icon="edit",
                permission=EDIT,
            ),
        ]

    def tab_statuses(self) -> dict[str, Any]:
        here = lies_on([self.object.pk], [self.object.street_id])
        found = AreaStatus.objects.filter(here).with_places()
        empty = "这里没有登记过风险等级或管控措施。"
        return {"table": Table.of(AreaStatus, STATUS_COLUMNS, found, empty=empty)}

    def tab_estates(self) -> dict[str, Any]:
        columns = (Column("name", phone="title"),)
        rows = Estate.objects.filter(community=self.object)
        return {"table": Table.of(Estate, columns, rows, empty="尚未登记小区。")}


class CommunityUpdateView(ScopedUpdateView):
    permission = EDIT
    model = Community
    form_class = CommunityContactForm


def _standing(row: AreaStatus) -> Tag:
    now = timezone.now()
    if row.starts_at > now:
        return Tag("未生效", "blue")
    if row.ends_at is not None and row.ends_at <= now:
        return Tag("已解除")
    return measure_tag(row.kind, "现行有效")


def _drill(row: AreaStatus) -> Any:
    return Tag("演练", "yellow") if row.is_drill else blank("否")


STATUS_COLUMNS = (
    Column("place", label="地点", value=lambda row: str(row.place), phone="title"),
    Column("measure", value=lambda row: measure_tag(row.kind, row.measure.name)),
    Column("starts_at", kind="moment", sort=True),
    Column("ends_at", kind="moment", blank="未解除"),
    Column("basis"),
    Column("is_drill", value=_drill),
    Column("standing", label="状态", value=_standing),
)


def _districts(row: AreaStatus) -> str:
    parts = row.area.parts.all() if row.area is not None else [row]
    return "、".join(dict.fromkeys(str(_street(part).district) for part in parts))


def _street(row: AreaStatus | AreaPart) -> Street:
    if row.street is not None:
        return row.street
    community = row.community or row.estate.community
    return community.street


PLACES_BY_DISTRICT = (
    "street__district",
    "community__street__district",
    "estate__community__street__district",
)


class AreaStatusListView(ScopedListView):
    permission = VIEW
    model = AreaStatus
    title = "风险与管控"
    subtitle = "风险等级、管控措施按依据通告登记，精确到时"
    # Prefetched, not joined: planning a dozen outer joins costs more than the rows themselves.
    queryset = AreaStatus.objects.select_related("measure").prefetch_related(
        *PLACES_BY_DISTRICT, "area", *(f"area__parts__{path}" for path in PLACES_BY_DISTRICT)
    )
    filterset_class = AreaStatusFilters
    as_objects = True
    columns = (
        STATUS_COLUMNS[0],
        Column("district", label="区县", value=_districts),
        *STATUS_COLUMNS[1:],
    )
    row_template = "communities/_area_status_actions.html"

    def get_actions(self) -> Sequence[Action]:
        url = reverse("communities:area_status_create")
        return [
            Action("自定范围", reverse("communities:named_area_list"), icon="places"),
            Action("登记", url, icon="plus", primary=True, permission=EDIT),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm(EDIT)
        return super().get_context_data(may_edit=may, **kwargs)


class AreaStatusCreateView(ScopedCreateView):
    permission = EDIT
    model = AreaStatus
    form_class = AreaStatusForm
    title = "登记管控或风险"
    success_url = reverse_lazy("communities:area_status_list")

    def get_success_url(self) -> str:
        return next_page(self.request, self.object) or str(self.success_url)

    def get_initial(self) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "") for name in ("community", "area")}
        given: dict[str, Any] = {name: pk for name, pk in asked.items() if pk.isdecimal()}
        # Whoever is at a drill lays a closure of the drill, unless they say otherwise.
        campaign = portal_of(self.request).campaign
        given["is_drill"] = campaign is not None and campaign.is_drill
        return {**super().get_initial(), **given}

    def get_cancel_url(self) -> str:
        return str(self.success_url)


class AreaStatusEndView(ScopedUpdateView):
    permission = EDIT
    model = AreaStatus
    form_class = AreaStatusEndForm
    submit_label = "登记解除"
    success_url = reverse_lazy("communities:area_status_list")

    def get_success_url(self) -> str:
        return next_page(self.request, self.object) or str(self.success_url)

    def get_title(self) -> str:
        return f"登记解除：{self.object}"

    def get_cancel_url(self) -> str:
        return str(self.success_url)


class CommunityLookup(AutocompleteView):
    permission = VIEW
    model = Community
    search_fields = ("name", "code")
    ordering = ("sort_key",)

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("street__district")

    def label(self, row: Any) -> str:
        return f"{row.name}（{row.street.district.short_name} {row.street.name}）"


class NamedAreaLookup(AutocompleteView):
    permission = VIEW
    model = NamedArea
    search_fields = ("name", "note")


class StreetLookup(AutocompleteView):
    permission = VIEW
    model = Street
    search_fields = ("name",)

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("district")

    def label(self, row: Any) -> str:
        return f"{row.name}（{row.district.short_name}）"


class EstateLookup(AutocompleteView):
    permission = VIEW
    model = Estate
    search_fields = ("name",)
    ordering = ("community__sort_key", "name")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("community")

    def label(self, row: Any) -> str:
        return f"{row.name}（{row.community.name}）"
