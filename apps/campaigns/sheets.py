"""How the tables of upper apps name a campaign, and the unit a row is about."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, QuerySet, Value, When

from apps.core.dates import business_day
from apps.office.sheets import Check, Lookup, SheetColumn
from apps.office.workbooks.cells import Parsed, read_name
from apps.units.backends import units_granted

from .models import Campaign

CURRENT = "当前任务"
"""What a row means that names no campaign: the one under way, if there is one."""
UNKNOWN = "没有这个进行中的应急任务，请从下拉选项中选择。"


def default_campaign(running: QuerySet[Campaign]) -> int | None:
    """The only real campaign of `running`, or the only drill where nothing real is under way."""
    found = list(running.values_list("pk", "is_drill"))
    real = [pk for pk, is_drill in found if not is_drill]
    candidates = real or [pk for pk, _ in found]
    return candidates[0] if len(candidates) == 1 else None


def campaigns_of(user: Any) -> QuerySet[Campaign]:
    """The campaigns under way, of which one may answer to `CURRENT`."""
    running = Campaign.objects.visible_to(user).running(business_day())
    return _spoken(running, default_campaign(running))


def all_campaigns(user: Any) -> QuerySet[Campaign]:
    """Those that are over as well."""
    running = Campaign.objects.visible_to(user).running(business_day())
    return _spoken(Campaign.objects.visible_to(user), default_campaign(running))


def _spoken(rows: QuerySet[Campaign], only: int | None) -> QuerySet[Campaign]:
    return rows.annotate(spoken=Case(When(pk=only or 0, then=Value(CURRENT)), default=Value("")))


def read_campaign(cell: Any) -> Parsed:
    """A campaign's name; a blank is the one under way."""
    read = read_name(cell, most=60)
    return Parsed(CURRENT) if read.is_blank else read


def read_unit(cell: Any) -> Parsed:
    """A unit's name; a table is often signed by its party committee (省水利厅机关党委)."""
    read = read_name(cell, most=90)
    if read.problem or read.is_blank:
        return read
    return Parsed(str(read.value).removesuffix("机关党委") or read.value)


def unit_column(label: str, permission: str, **more: Any) -> SheetColumn:
    """A unit for which the person may bring in this table."""
    return SheetColumn(
        "unit",
        label,
        read_unit,
        aliases=("单位", "单位名称", "所在单位", "工作单位", "填报单位"),
        lookup=Lookup(
            lambda user: units_granted(user, permission),
            ("short_name", "name", "code"),
            unknown="没有这个单位，或不在您的范围内，请核对名称。",
        ),
        choices=lambda user: list(
            units_granted(user, permission)
            .filter(is_active=True)
            .values_list("short_name", flat=True)
        ),
        **more,
    )


def campaign_column(**more: Any) -> SheetColumn:
    """应急任务; may be left out while one campaign is under way. Rows of one that is over come back
    as they went out; what is new of it, `IS_UNDER_WAY` refuses."""
    return SheetColumn(
        "campaign",
        "应急任务",
        read_campaign,
        aliases=("任务名称", "专项任务"),
        blank=CURRENT,
        lookup=Lookup(all_campaigns, ("name", "code", "spoken"), unknown=UNKNOWN),
        choices=lambda user: list(campaigns_of(user).values_list("name", flat=True)),
        help="只有一项任务在进行时可以不填",
        width=20,
        **more,
    )


IS_UNDER_WAY = Check(
    "campaign",
    UNKNOWN,
    "c.state = 'new' AND c.campaign_id <> ALL(%s)",
    lambda user, _on: [list(campaigns_of(user).values_list("pk", flat=True))],
)
IS_OVER = "应急任务已结束，其中的记录不再更改，请改回原值。"
