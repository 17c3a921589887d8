"""One who is helped: the record, what was given, and who may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from apps.core.crypto import mask_phone
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
    Tab,
)

from ..models import AssistanceAction, AssistanceCase, Beneficiary
from ..personal import SEALED
from ..selectors.caseload import alike
from .common import (
    FOLD,
    OPEN,
    RECORD,
    REGISTER,
    REVEAL,
    STATE_TONES,
    VIEW_BENEFICIARY,
    is_running,
)


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
