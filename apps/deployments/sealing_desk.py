"""What closed areas add to the portal: a job of the worker, a line in the menu, things to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.communities.consequences import register_consequence
from apps.core import menu
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.todos import register_todos
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, name_results, register

from .sealing import plan_of_closures, plan_of_returns
from .services.sealing_steps import JOB
from .services.sealing_work import work_on_sealing
from .views.sealing import sealing_to_decide
from .views.sealing_common import APPLY, VIEW


def register_all() -> None:
    name = "deployments"
    board = f"{name}:sealing_board"
    match = (f"{name}:sealing_",)
    menu.register(menu.MenuItem("封闭区域调整", board, VIEW, name, 50, match=match))
    register(Job(JOB, "封闭区域调整", None, _work))
    name_results({"changes": "变动（人次）"})
    register_todos(APPLY, to_rearrange)
    register_consequence(sealing_to_decide)


def _work(occurrence: Occurrence) -> dict[str, Any]:
    return work_on_sealing(occurrence, now=timezone.now())


def to_rearrange(request: HttpRequest) -> Iterator[Todo]:  # noqa: ARG001
    """Who crosses a closed boundary, and who may return; at most four statements."""
    today = business_day()
    for is_drill, name, query in ((False, "", "?drill=0"), (True, "演练：", "?drill=1")):
        url = f"{reverse('deployments:sealing_board')}{query}"
        crossing = len(plan_of_closures(is_drill=is_drill, today=today).moves)
        if crossing:
            text = f"{name}{crossing} 人的派出跨越封闭边界，待调整"
            yield Todo(label="封闭", tone="red", text=text, url=url)
        back = len(plan_of_returns(is_drill=is_drill, today=today).moves)
        if back:
            text = f"{name}封闭解除，{back} 人可返回原岗"
            yield Todo(label="封闭", tone="blue", text=text, url=url)
