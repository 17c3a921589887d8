"""One press of 应用调整 or 办理返回: how far it is, what it did, what to tell the communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from apps.communities.models import AreaStatus
from apps.core.formats import number
from apps.core.html import Tag
from apps.core.paging import CappedPaginator
from apps.core.tables import Column, Event
from apps.core.views import Action, PortalView, ScopedDetailView, Tab
from apps.jobs.selectors import Progress, progress_of

from ..models import Sealing, SealingChange
from ..sealing import changes_by_unit, described_together
from ..sealing_enums import SealingState
from ..services.sealing_steps import JOB
from ..services.sealing_telling import community_texts
from .sealing import SHOWN, state_tag, unit_table
from .sealing_common import APPLY, BOARD, VIEW, kpis, people

PLACES = 30
WORDS = {SealingState.APPLYING: "正在应用…", SealingState.UNDOING: "正在撤销…"}
TROUBLE = "系统出错，没有改动任何数据，系统会自动再试。"


def _progress(sealing: Sealing) -> Progress:
    found = progress_of(JOB, sealing.scope, word=WORDS.get(SealingState(sealing.state), ""))
    return replace(found, trouble=TROUBLE) if found.trouble else found


class SealingDetailView(ScopedDetailView):
    """One press, from its asking to its undoing."""

    permission = VIEW
    model = Sealing
    queryset = Sealing.objects.select_related("by", "undone_by")
    template_name = "deployments/sealing_detail.html"
    facts = (
        Column("kind"),
        Column("at", kind="moment"),
        Column("by__name", label="办理人"),
        Column("is_drill", kind="bool"),
    )

    def get_title(self) -> str:
        return str(self.object.get_kind_display())

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [(BOARD, self.board)]

    @property
    def board(self) -> str:
        return f"{reverse('deployments:sealing_board')}?drill={int(self.object.is_drill)}"

    @property
    def changes(self) -> Any:
        return SealingChange.objects.visible_to(self.request.user).filter(sealing=self.object)

    def get_state(self) -> Tag | None:
        return state_tag(self.object)

    def get_tabs(self) -> Sequence[Tab]:
        if self.object.state in {SealingState.APPLYING, SealingState.REFUSED}:
            return []
        units = Tab("units", "按单位")
        told = self.object.state == SealingState.APPLIED and self.request.user.has_perm(APPLY)
        if not told:
            return [units]
        return [units, Tab("places", "告知社区", "deployments/_sealing_places.html")]

    def get_timeline(self) -> Sequence[Event]:
        row = self.object
        events = [Event(row.at, row.get_kind_display(), by=str(row.by))]
        if row.undone_at is not None:
            events.insert(0, Event(row.undone_at, "撤销", by=str(row.undone_by), tone="blue"))
        return events

    def get_actions(self) -> Sequence[Action]:
        row = self.object
        open_for = Sealing.objects.filter(pk=row.pk).undoable(now=timezone.now())
        if not self.request.user.has_perm(APPLY) or not open_for.exists():
            return []
        url = reverse("deployments:sealing_undo", args=[row.pk])
        sure = "撤销这次调整？人员和任务恢复到办理之前；已发出的告知请另行说明。"
        return [Action("撤销", url, icon="arrow-back-up", method="post", confirm=sure)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            progress=_progress(row) if row.is_at_work else None,
            progress_url=reverse("deployments:sealing_progress", args=[row.pk]),
            is_refused=row.state == SealingState.REFUSED,
            board=self.board,
            **self._done(),
            **kwargs,
        )

    def _done(self) -> dict[str, Any]:
        """What was done, in numbers that open their rows; nothing while there is nothing."""
        if not self.get_tabs():
            return {}
        counts, units = self.changes.counts()
        causes = AreaStatus.objects.filter(pk__in=self.changes.order_by().values("status"))
        told = f"共调整 {number(sum(counts.values()))} 人，已告知各单位"
        if self.request.user.has_perm(APPLY):
            told += "；请逐一告知社区联系人"
        return {
            "kpis": kpis(counts, units, self.object, is_drill=self.object.is_drill),
            "people": people(self.object),
            "told": f"{told}。",
            "reasons": described_together(
                causes.with_places().order_by("starts_at", "pk"), most=SHOWN
            ),
        }

    def tab_units(self) -> dict[str, Any]:
        """Their names besides for units and groups; the office has too many of them."""
        parts = changes_by_unit(self.changes)
        named = not self.request.user.has_perm(APPLY)
        table = unit_table(parts, lambda **chosen: people(self.object, **chosen), named=named)
        return {"table": table}

    def tab_places(self) -> dict[str, Any]:
        page = CappedPaginator(community_texts(self.object), PLACES).get_page(
            self.request.GET.get("page")
        )
        return {"page": page, "texts": page.object_list}


class SealingProgressView(PortalView):
    """The bar alone; it asks again until the worker is through, then the page is drawn anew."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        sealing = get_object_or_404(Sealing.objects.visible_to(request.user), pk=pk)
        if not sealing.is_at_work:
            return HttpResponseClientRefresh()
        context = {
            "progress": _progress(sealing),
            "progress_url": request.path,
            "found_again": BOARD,
        }
        return render(request, "includes/_progress.html", context)
