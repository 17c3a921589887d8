"""The dictionaries of a new installation: one loader for `setup` and the reference world."""

import csv
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.communities.enums import MeasureKind
from apps.communities.models import District, Measure
from apps.deployments.models import TaskType, VisitItem
from apps.figures.services.indicators import install_indicators
from apps.publicity.models import Channel
from apps.units.models import LiaisonGroup

LIAISON_GROUPS = 18


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of fixtures/<name>.csv."""
    with (settings.BASE_DIR / "fixtures" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def install_dictionaries(*, on: dt.date | None = None) -> dict[str, int]:
    """Add what is missing of districts, measures, task types, indicators and groups.

    Returns how many rows of each are new; a second call adds nothing. New indicators that ledgers
    count join the campaigns under way on `on`.
    """
    return {
        "区县": _add_missing(District, "code", _districts()),
        "风险与管控字典": _add_missing(Measure, "name", _measures()),
        "任务类型": _add_missing(TaskType, "code", _task_types()),
        "检查事项": _add_missing(VisitItem, "code", _visit_items()),
        "宣传渠道": _add_missing(Channel, "name", _channels()),
        "指标": install_indicators(on=on),
        "联络服务小组": _add_missing(LiaisonGroup, "number", _groups()),
    }


def _add_missing(model: Any, key: str, rows: list[Any]) -> int:
    known = set(model.objects.values_list(key, flat=True))
    return len(model.objects.bulk_create(row for row in rows if getattr(row, key) not in known))


def _districts() -> list[District]:
    rows = enumerate(read_table("districts"), start=1)
    return [District(sort_order=order * 10, **row) for order, row in rows]


def _measures() -> list[Measure]:
    kinds = {"risk": MeasureKind.RISK, "control": MeasureKind.CONTROL}
    return [
        Measure(
            kind=kinds[row["kind"]],
            name=row["name"],
            is_sealed=row["is_sealed"] == "1",
            valid_from=dt.date.fromisoformat(row["valid_from"]),
            valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            sort_order=order * 10,
        )
        for order, row in enumerate(read_table("measures"), start=1)
    ]


def _task_types() -> list[TaskType]:
    rows = enumerate(read_table("task_types"), start=1)
    return [TaskType(sort_order=order * 10, **row) for order, row in rows]


def _visit_items() -> list[VisitItem]:
    rows = enumerate(read_table("visit_items"), start=1)
    return [VisitItem(sort_order=order * 10, **row) for order, row in rows]


def _channels() -> list[Channel]:
    return [
        Channel(
            name=row["name"],
            kind=row["kind"],
            is_own=row["is_own"] == "1",
            sort_order=order * 10,
        )
        for order, row in enumerate(read_table("channels"), start=1)
    ]


def _groups() -> list[LiaisonGroup]:
    return [LiaisonGroup(number=number) for number in range(1, LIAISON_GROUPS + 1)]
