"""Whoever is helped: the list by label alone, the record, registering and correcting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core.crypto import mask_phone
from apps.core.formats import DASH
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Row, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    BulkAction,
    ScopedCreateView,
    ScopedUpdateView,
    Tab,
)
from apps.core.views.keyed import KeyedListView

from .. import services
from ..enums import Circumstance
from ..filters import BeneficiaryFilters, beneficiaries_named
from ..forms.beneficiaries import BeneficiaryChangeForm, BeneficiaryForm
from ..models import AssistanceAction, AssistanceCase, Beneficiary, label_of
from ..personal import SEALED
from ..selectors.caseload import alike, with_help
from .common import (
    FOLD,
    OPEN,
    RECORD,
    REGISTER,
    REVEAL,
    STATE_TONES,
    VIEW_BENEFICIARY,
    VersionedMixin,
    is_running,
    number_cell,
    number_link,
)


def label_cell(row: Row) -> str:
    return label_of(row["community__name"], Circumstance(row["circumstance"]))


def twice_cell(row: Row) -> Tag | None:
    return Tag("已标重复", "grey") if row["duplicate_of"] else None


def record_trail(row: Beneficiary) -> list[tuple[str, str]]:
    """From the list to the record, above the pages that belong to it."""
    return [
        ("帮扶对象", reverse("assistance:beneficiary_list")),
        (row.number, row.get_absolute_url()),
    ]


class BeneficiaryListView(KeyedListView):
    permission = VIEW_BENEFICIARY
    model = Beneficiary
    title = "帮扶对象"
    filterset_class = BeneficiaryFilters
    columns = (
        Column(
            "number", label="编号", value=number_cell, link=number_link, css="num", phone="hide"
        ),
        Column("label", label="帮扶对象", value=label_cell, link=number_link, phone="title"),
        Column("kind", phone="hide"),
        Column("people", kind="number", unit="人", blank=DASH, phone="hide"),
        Column("unit__short_name", label="登记单位", link="units:unit_detail", link_by="unit_id"),
        Column("acts", label="帮扶", kind="number", unit="次"),
        Column("last_on", label="最近帮扶", kind="day", blank="尚未帮扶"),
        Column("live_cases", label="在办事项", kind="number", unit="项", phone="hide"),
        Column("twice", label="重复登记", value=twice_cell, blank="", phone="hide"),
    )
    extra_fields = ("community__name", "circumstance", "duplicate_of", "unit_id")
    ordering = ("-id",)
    measure = "个"
    empty = "还没有登记帮扶对象。"

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request)
        return f"{campaign} · 帮扶次数为本任务内" if campaign else ""

    def get_queryset(self) -> QuerySet[Any]:
        return with_help(super().get_queryset(), campaign=current_campaign(self.request))

    def get_actions(self) -> Sequence[Action]:
        return [
            Action(
                "按姓名电话查找",
                reverse("assistance:beneficiary_find"),
                icon="user-search",
                permission=REVEAL,
            ),
            Action(
                "登记对象",
                reverse("assistance:beneficiary_create"),
                icon="plus",
                primary=True,
                permission=REGISTER,
            ),
        ]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        url = reverse("assistance:action_many")
        act = BulkAction("登记同一帮扶…", url, icon="heart-plus", permission=RECORD)
        return [act] if is_running(self.request) else []


class BeneficiaryDetailView(PanelledDetailView):
    permission = VIEW_BENEFICIARY
    model = Beneficiary
    queryset = Beneficiary.objects.select_related(
        "unit", "community__street__district", "duplicate_of__community", "registered_by"
    )
    template_name = "assistance/beneficiary_detail.html"
    facts = (
        Column("number", label="编号"),
        Column("kind"),
        Column("circumstance"),
        Column("people", kind="number", unit="人", blank="未登记"),
        Column("community", link="communities:community_detail", link_by="community_id"),
        Column("community__street__district__name", label="区县"),
        Column("unit", link="units:unit_detail", link_by="unit_id"),
        Column("registered_by"),
        Column("registered_at", kind="moment"),
    )
    tabs = (Tab("actions", "帮扶记录"), Tab("cases", "帮扶事项"), Tab("twice", "重复登记"))

    def get_title(self) -> str:
        return str(self.object.label)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶对象", reverse("assistance:beneficiary_list"))]

    def get_state(self) -> Tag | None:
        return Tag("重复登记", "grey") if self.object.duplicate_of_id else None

    def get_actions(self) -> Sequence[Action]:
        row, user = self.object, self.request.user
        found = []
        if is_running(self.request):
            query = f"?beneficiary={row.duplicate_of_id or row.pk}"
            record = reverse("assistance:action_create") + query
            case = reverse("assistance:case_create") + query
            found += [
                Action("登记帮扶", record, icon="heart-plus", primary=True, permission=RECORD),
                Action("登记事项", case, icon="plus", permission=OPEN),
            ]
        if user.has_perm(REGISTER, row):
            found.append(self._action("修改", "beneficiary_update", "edit"))
        if user.has_perm(FOLD, row) and not row.duplicate_of_id:
            found.append(self._action("标为重复", "beneficiary_duplicate", "copy"))
        elif user.has_perm(FOLD, row):
            found.append(
                self._action(
                    "取消重复标记",
                    "beneficiary_distinct",
                    "copy-off",
                    method="post",
                    confirm="取消重复标记？此后单独计户。",
                )
            )
        return found

    def _action(self, label: str, name: str, icon: str, **more: Any) -> Action:
        url = reverse(f"assistance:{name}", args=[self.object.pk])
        return Action(label, url, icon=icon, **more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Beneficiary = self.object
        return super().get_context_data(
            sealed=[self._sealed(row, name, label) for name, label in SEALED.items()],
            may_reveal=self.request.user.has_perm(REVEAL, row),
            first=row.duplicate_of,
            **kwargs,
        )

    def _sealed(self, row: Beneficiary, name: str, label: str) -> dict[str, Any]:
        """Whether it is there at all; of a phone, to those who may look, the last four digits."""
        is_there = bool(getattr(row, f"{name}_sealed"))
        shows = name == "phone" and is_there and self.request.user.has_perm(REVEAL, row)
        return {
            "name": name,
            "label": label,
            "is_there": is_there,
            "masked": mask_phone(row.phone) if shows else "",
            "url": reverse("assistance:beneficiary_reveal", args=[row.pk, name]),
        }

    def get_timeline(self) -> Sequence[Event]:
        row: Beneficiary = self.object
        later = [
            Event(event.at, event.get_kind_display(), by=str(event.by), text=event.text)
            for event in row.events.select_related("by")
        ]
        return [*later, Event(row.registered_at, "登记", by=str(row.registered_by))]

    def tab_actions(self) -> dict[str, Any]:
        rows = AssistanceAction.objects.visible_to(self.request.user).filter(
            beneficiary=self.object
        )
        columns = (
            Column("on", label="日期", kind="day", phone="title"),
            Column("campaign__name", label="应急任务"),
            Column("service_type"),
            Column("mode"),
            Column("note", blank=""),
            Column("unit__short_name", label="帮扶单位"),
        )
        found = rows.select_related("campaign", "unit").order_by("-on", "-pk")[:200]
        return {"table": Table.of(AssistanceAction, columns, found, empty="还没有帮扶记录。")}

    def tab_cases(self) -> dict[str, Any]:
        rows = AssistanceCase.objects.visible_to(self.request.user).filter(beneficiary=self.object)
        columns = (
            Column("title", link="assistance:case_detail", phone="title"),
            Column("number", label="编号"),
            Column("owner__name", label="责任人", blank="未交办"),
            Column("due_on", kind="day"),
            Column("state", kind="tag", tones=STATE_TONES),
        )
        found = rows.select_related("owner").order_by("-opened_on", "-pk")[:200]
        return {"table": Table.of(AssistanceCase, columns, found, empty="还没有帮扶事项。")}

    def tab_twice(self) -> dict[str, Any]:
        """Registrations of the same one, and to those who look into it those that may be."""
        user = self.request.user
        first = self.object.duplicate_of_id
        same = Beneficiary.objects.visible_to(user).filter(
            Q(duplicate_of=self.object) | Q(pk=first or 0)
        )
        columns = (
            Column("number", label="编号", link="assistance:beneficiary_detail", phone="title"),
            Column("label", label="帮扶对象"),
            Column("unit__short_name", label="登记单位"),
            Column("registered_at", kind="moment"),
            Column("note", label="关系", value=self._relation),
        )
        found = list(same.select_related("community", "unit"))
        if user.has_perm(FOLD, self.object):
            maybe = alike(self.object).exclude(pk=first or 0)
            found += [*maybe.select_related("community", "unit")]
        return {"table": Table.of(Beneficiary, columns, found, empty="没有重复登记。")}

    def _relation(self, row: Beneficiary) -> Tag:
        if row.pk == self.object.duplicate_of_id:
            return Tag("首次登记", "blue")
        return Tag("已标重复", "grey") if row.duplicate_of_id else Tag("疑似重复", "yellow")


class BeneficiaryCreateView(ScopedCreateView):
    permission = REGISTER
    model = Beneficiary
    form_class = BeneficiaryForm
    title = "登记帮扶对象"
    submit_label = "登记"
    done = "已登记。"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶对象", reverse("assistance:beneficiary_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:beneficiary_list")

    def perform(self, form: Any) -> Beneficiary:
        user: Any = self.request.user
        return services.register_beneficiary(form.filled(), duplicate_of=form.duplicate_of, by=user)


class BeneficiaryUpdateView(VersionedMixin, ScopedUpdateView):
    permission = REGISTER
    model = Beneficiary
    queryset = Beneficiary.objects.select_related("community")
    form_class = BeneficiaryChangeForm
    template_name = "assistance/beneficiary_form.html"
    title = "修改帮扶对象"

    def get_subtitle(self) -> str:
        return f"{self.object.number} · {self.object.label}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return record_trail(self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: Any) -> Beneficiary:
        form.seal()
        row: Beneficiary = form.instance
        user: Any = self.request.user
        version = form.cleaned_data["version"]
        services.change_beneficiary(row, version=version, by=user, now=timezone.now())
        return row


class BeneficiaryLookup(AutocompleteView):
    """By a part of the community's name, or by number."""

    permission = VIEW_BENEFICIARY
    model = Beneficiary

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        return rows.counted().select_related("community")

    def match(self, asked: str) -> Q:
        return beneficiaries_named(asked)

    def label(self, row: Any) -> str:
        return f"{row.number} {row.label}"
