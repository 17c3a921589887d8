"""The home page: each role finds its own blocks on it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from apps.core import formats
from apps.core.permissions import AUTHENTICATED
from apps.core.scope import Scope, scope_of
from apps.core.search import SHORTEST, search
from apps.core.todos import todos_for
from apps.core.views import Action, BoardView
from apps.units.enums import OFFICE_ROLES, UNIT_ROLES, Role

from .help import topic_of, topics_for
from .home.assistance import assistance
from .home.city import city
from .home.day import Day, day_of
from .home.editor import editor
from .home.group import group
from .home.office import office
from .home.unit import unit


class SearchView(BoardView):
    """Everything the person may see that answers to the words in the box."""

    permission = AUTHENTICATED
    template_name = "dashboard/search.html"
    title = "搜索"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = " ".join(self.request.GET.get("q", "").split())[:40]
        too_short = 0 < len(text) < SHORTEST
        return {
            **super().get_context_data(**kwargs),
            "q": text,
            "too_short": too_short,
            "found": search(self.request, text) if text and not too_short else [],
        }


class HelpView(BoardView):
    """帮助: the pages of one's own work first."""

    permission = AUTHENTICATED
    template_name = "dashboard/help/index.html"
    title = "帮助"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own, others = topics_for(scope_of(self.request.user).roles)
        return super().get_context_data(own=own, others=others, **kwargs)


class HelpTopicView(BoardView):
    permission = AUTHENTICATED

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        topic = topic_of(kwargs.pop("slug"))
        if topic is None:
            raise Http404
        self.topic = topic
        self.template_name = topic.template
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.topic.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("帮助", reverse("dashboard:help"))]


class HomeView(BoardView):
    """What the person signed in opens the portal for; somebody with two roles sees both."""

    permission = AUTHENTICATED
    template_name = "dashboard/home.html"
    title = "工作台"

    @cached_property
    def day(self) -> Day | None:
        return day_of(self.request)

    @cached_property
    def blocks(self) -> dict[str, Any]:
        return _blocks(scope_of(self.request.user), self.day)

    def get_subtitle(self) -> str:
        if self.day is None:
            return ""
        parts = [formats.day_long(self.day.on)]
        if self.day.is_running:
            parts.insert(0, formats.clock(self.day.now))
        else:
            parts.append("任务已结束，显示末日数据")
        if "asked" in self.blocks:
            parts.append(f"{self.blocks['filed']}/{self.blocks['asked']} 家已报")
        return " · ".join(parts)

    def get_actions(self) -> list[Action]:
        count = self.blocks.get("missing_count", 0)
        if not count or self.day is None or not self.day.is_running:
            return []
        return [
            Action(
                f"催报 {count} 家…",
                self.blocks["missing_url"],
                icon="send",
                primary=True,
                permission="daily.chase_report",
            )
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **self.blocks,
            "todos": todos_for(self.request),
            "day": self.day,
            "has_role": bool(scope_of(self.request.user).roles),
        }


def _blocks(scope: Scope, day: Day | None) -> dict[str, Any]:
    if day is None:
        return {}
    found: dict[str, Any] = {}
    if scope.roles & OFFICE_ROLES:
        found |= {"is_office": True, **office(day)}
    if Role.LIAISON in scope.roles:
        found |= {"is_group": True, **group(day)}
    if scope.roles & UNIT_ROLES:
        found |= {"is_unit": True, **unit(day)}
    if Role.CASEWORKER in scope.roles:
        found |= {"is_caseworker": True, **assistance(day)}
    if Role.EDITOR in scope.roles:
        found |= {"is_editor": True, **editor(day)}
    if Role.CITY in scope.roles:
        found |= {"is_city": True, **city(day)}
    return found
