"""Named areas: drawn once from a notice's list of places, then closed and opened as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.urls import reverse

from apps.core.tables import Column, Table
from apps.core.views import Action, ScopedCreateView, ScopedDetailView, ScopedListView, Tab

from .drawing import listed
from .filters import NamedAreaFilters
from .forms import NamedAreaForm
from .models import AreaPart, AreaStatus, NamedArea
from .places import DRAWN, PlaceKind, with_place
from .views import EDIT, STATUS_COLUMNS, VIEW


class NamedAreaListView(ScopedListView):
    permission = VIEW
    model = NamedArea
    title = "自定范围"
    subtitle = "通告划定的片区：若干街道、社区、小区，登记后作为一处封闭、解除"
    queryset = NamedArea.objects.annotate(
        places=Count("parts", distinct=True), laid=Count("statuses", distinct=True)
    )
    filterset_class = NamedAreaFilters
    columns = (
        Column("name", link="communities:named_area_detail", phone="title"),
        Column("note", blank="未填写"),
        Column("places", label="所含地点（处）", kind="number", sort=True),
        Column("laid", label="登记措施（条）", kind="number", sort=True),
    )

    def get_actions(self) -> Sequence[Action]:
        url = reverse("communities:named_area_create")
        return [Action("新增自定范围", url, icon="plus", primary=True, permission=EDIT)]


class NamedAreaDetailView(ScopedDetailView):
    permission = VIEW
    model = NamedArea
    facts = (Column("note", blank="未填写"),)
    tabs = (Tab("parts", "所含地点"), Tab("statuses", "风险与管控"))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("风险与管控", reverse("communities:area_status_list")),
            ("自定范围", reverse("communities:named_area_list")),
        ]

    def get_actions(self) -> Sequence[Action]:
        pk = self.object.pk
        lay = f"{reverse('communities:area_status_create')}?area={pk}"
        like = f"{reverse('communities:named_area_create')}?like={pk}"
        return [
            Action("登记管控或风险", lay, icon="alert-triangle", permission=EDIT),
            Action("以此另建", like, icon="copy", permission=EDIT),
        ]

    def tab_parts(self) -> dict[str, Any]:
        columns = (
            Column("place", label="地点", phone="title"),
            Column("place_kind", label="类别", choices=dict(PlaceKind.choices)),
        )
        found = with_place(self.object.parts.order_by("pk"), *DRAWN)
        rows = found.values("pk", "place", "place_kind")
        return {"table": Table.of(AreaPart, columns, rows, empty="尚未登记所含地点。")}

    def tab_statuses(self) -> dict[str, Any]:
        rows = self.object.statuses.with_places()
        empty = "这里没有登记过风险等级或管控措施。"
        return {"table": Table.of(AreaStatus, STATUS_COLUMNS, rows, empty=empty)}


class NamedAreaCreateView(ScopedCreateView):
    """With `?like=` the places of another area stand in the form: all of them but one, say."""

    permission = EDIT
    model = NamedArea
    form_class = NamedAreaForm
    title = "新增自定范围"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("like", "")
        seen = NamedArea.objects.visible_to(self.request.user)
        like = seen.filter(pk=asked).first() if asked.isdecimal() else None
        given = {"note": like.note, "places": listed(like)} if like else {}
        return {**super().get_initial(), **given}

    def get_cancel_url(self) -> str:
        return reverse("communities:named_area_list")
