"""The figures of the article beside those the portal counts from its rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from apps.accounts.enums import AuditOperation
from apps.accounts.models import AuditEntry
from apps.assistance.selectors import help_given
from apps.campaigns.models import Campaign, Milestone
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.daily.enums import ActState
from apps.daily.models import DailyRound
from apps.daily.selectors.preview import DESKS
from apps.deployments.models import DeploymentDay, TaskType, Team
from apps.figures.desks import rows_of
from apps.figures.enums import ScopeKind
from apps.publicity.models import Channel, Placement
from apps.units.models import GroupMembership, LiaisonGroup, Unit

from .load import LOAD_KEY
from .scale import SCALES, article

KINDS = ("flood", "epidemic")


class FactState(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    PENDING = "pending"

    @property
    def label(self) -> str:
        return {"same": "一致", "different": "不一致", "pending": "待建台账"}[self]


class NoReferenceWorldError(DomainError):
    """The figures of the article are those of the reference world alone."""


class Bound(StrEnum):
    """How the article means its figure: 多 and 余 are floors, 24小时 a ceiling."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"

    def holds(self, computed: Decimal, told: Decimal) -> bool:
        if self is Bound.AT_LEAST:
            return computed >= told
        return computed <= told if self is Bound.AT_MOST else computed == told


@dataclass(frozen=True)
class Fact:
    """One figure: what is told, and what was counted (None when there is nothing to count)."""

    key: str
    label: str
    measure: str
    told: Decimal
    text: str
    computed: Decimal | None
    counter: str
    bound: Bound = Bound.EXACT
    has_desk: bool = True

    @property
    def state(self) -> FactState:
        if not self.has_desk:
            return FactState.PENDING
        fits = self.computed is not None and self.bound.holds(self.computed, self.told)
        return FactState.SAME if fits else FactState.DIFFERENT


@dataclass(frozen=True)
class Origin:
    """Which world is in the database."""

    scale: str
    seed: int
    today: str

    @property
    def is_article(self) -> bool:
        return self.scale == "full"


def origin() -> Origin:
    """Raises NoReferenceWorldError when no reference world was loaded."""
    loads = AuditEntry.objects.filter(operation=AuditOperation.LOAD, key=LOAD_KEY)
    entry = loads.order_by("-id").first()
    if entry is None or not Unit.objects.exists():
        raise NoReferenceWorldError(
            "数据库中没有演示数据，无从比对。请先运行 manage.py load_reference --scale full。"
        )
    about: dict[str, Any] = entry.after or {}
    return Origin(**{name: about[name] for name in ("scale", "seed", "today")})


def all_facts(world: Origin) -> list[Fact]:
    """Every figure of the article. A smaller world is held to its own scale instead."""
    told = article()
    campaigns = {
        kind: Campaign.objects.real().get(name=told["campaigns"][kind]["name"]) for kind in KINDS
    }
    return [
        *_organisation(world, told),
        *_ledger(world, told, campaigns),
        _teams(world, told, campaigns),
        _task_types(told, campaigns),
        *_milestones(told, campaigns),
        _four_acts(told, campaigns),
        *_assistance(world, told, campaigns["epidemic"]),
        *_publicity(told, campaigns),
        *_pending(told),
    ]


def _organisation(world: Origin, told: dict[str, Any]) -> Iterator[Fact]:
    about = told["organisation"]
    units = Unit.objects.filter(is_active=True)
    today = GroupMembership.objects.on(business_day()).filter(group=OuterRef("pk"))
    groups = LiaisonGroup.objects.filter(Exists(today))
    expected = about["units"]["value"] if world.is_article else SCALES[world.scale]().units
    yield Fact(
        "units", "参与单位", "家", Decimal(expected), about["units"]["text"],
        Decimal(units.count()), "在列单位",
    )  # fmt: skip
    yield Fact(
        "liaison_groups", "联络服务小组", "个", Decimal(about["liaison_groups"]["value"]),
        about["liaison_groups"]["text"], Decimal(groups.count()), "有单位的联络服务小组",
    )  # fmt: skip


def _ledger(world: Origin, told: dict[str, Any], campaigns: dict[str, Campaign]) -> Iterator[Fact]:
    """Cumulative distinct counts of the last day, as the deployment desk hands them up."""
    codes = {"flood": ("F02", "F06"), "epidemic": ("E02", "E05")}
    for kind, campaign in campaigns.items():
        totals = _totals(campaign)
        about = told["campaigns"][kind]
        scale = getattr(SCALES[world.scale](), kind)
        people, places = codes[kind]
        for name, label, measure, code, planned in (
            ("members_deployed", "下沉党员", "人", people, scale.members),
            ("communities", "覆盖社区", "个", places, scale.communities),
        ):
            expected = about[name]["value"] if world.is_article else planned
            yield Fact(
                f"{kind}.{name}", f"{campaign.name}{label}", measure, Decimal(expected),
                about[name]["text"], totals.get(code) or Decimal(0), f"指标 {code}，任务末日",
            )  # fmt: skip


def _totals(campaign: Campaign) -> dict[str, Decimal | None]:
    """The ledger's totals of the campaign's last day; none while it is not over."""
    if campaign.ends_on is None:
        return {}
    counts = (desk(campaign, campaign.ends_on) for desk in DESKS)
    rows = [row for count in counts if count for row in rows_of(count)]
    return {row.indicator: row.value for row in rows if row.scope == ScopeKind.TOTAL}


def _teams(world: Origin, told: dict[str, Any], campaigns: dict[str, Campaign]) -> Fact:
    about = told["campaigns"]["both"]["teams"]
    scale = SCALES[world.scale]()
    planned = scale.flood.teams + scale.epidemic.teams
    count = Team.objects.filter(campaign__in=campaigns.values()).count()
    expected = about["value"] if world.is_article else planned
    return Fact(
        "teams", "党员突击队", "个", Decimal(expected), about["text"], Decimal(count),
        "两项任务的突击队",
    )  # fmt: skip


def _task_types(told: dict[str, Any], campaigns: dict[str, Campaign]) -> Fact:
    names = told["campaigns"]["both"]["task_types"]
    done = DeploymentDay.objects.filter(
        deployment__task_type=OuterRef("pk"),
        deployment__campaign__in=campaigns.values(),
        output__gt=0,
    )
    count = TaskType.objects.filter(Exists(done), name__in=names).count()
    return Fact(
        "task_types", "开展的具体工作", "项", Decimal(len(names)), "、".join(names),
        Decimal(count), "有工作量的任务类型",
    )  # fmt: skip


def _milestones(told: dict[str, Any], campaigns: dict[str, Campaign]) -> Iterator[Fact]:
    """The time each took, in the measure of the article, rounded up."""
    for about in told["milestones"]:
        in_hours = "within_hours" in about
        limit = about["within_hours" if in_hours else "within_days"]
        unit = 3600 if in_hours else 86400
        campaign = campaigns[about["campaign"]]
        clock = Milestone.objects.filter(campaign=campaign, name=about["name"]).first()
        took = None
        # What has no evidence has not been shown to be reached.
        if clock is not None and clock.reached_at is not None and clock.is_proven:
            seconds = (clock.reached_at - clock.started_at).total_seconds()
            took = Decimal(-(-int(seconds) // unit))
        measure = "小时" if in_hours else "天"
        yield Fact(
            f"milestones.{about['name']}", about["name"], measure, Decimal(limit),
            f"{limit}{measure}{about['name']}", took,
            "重要节点，起算到实现（进整）", Bound.AT_MOST,
        )  # fmt: skip


def _four_acts(told: dict[str, Any], campaigns: dict[str, Campaign]) -> Fact:
    """The fewest acts done or waived on any day of either campaign."""
    settled = Count("acts", filter=~Q(acts__state=ActState.PENDING))
    rounds = DailyRound.objects.filter(campaign__in=campaigns.values()).annotate(settled=settled)
    fewest = min(rounds.values_list("settled", flat=True), default=0)
    acts = told["four_ones"]
    return Fact(
        "four_ones", "“四个一”每日办结", "项", Decimal(len(acts)), "、".join(a["text"] for a in acts),
        Decimal(fewest), "各日已办与免办之最少者",
    )  # fmt: skip


def _assistance(world: Origin, told: dict[str, Any], epidemic: Campaign) -> Iterator[Fact]:
    """Households counted distinct on the last day; acts of help over all days."""
    about, scale = told["assistance"], SCALES[world.scale]()
    visits, helps = about["frontline_family_visits"], about["isolated_or_hardship_help"]
    yield Fact(
        "family_visits", "走访慰问一线人员家庭", "户",
        Decimal(visits["value"] if world.is_article else scale.visits), visits["text"],
        _totals(epidemic).get("E13") or Decimal(0), "指标 E13，任务末日",
    )  # fmt: skip
    yield Fact(
        "help", "被隔离、困难家庭帮扶", "次",
        Decimal(helps["at_least"] if world.is_article else scale.helps), helps["text"],
        Decimal(help_given(epidemic)), "任务期间帮扶记录", Bound.AT_LEAST,
    )  # fmt: skip


def _publicity(told: dict[str, Any], campaigns: dict[str, Campaign]) -> Iterator[Fact]:
    """Channels in which something of the two campaigns appeared, counted by their names."""
    about = told["publicity"]
    seen = Placement.objects.standing().filter(
        channel=OuterRef("pk"), item__campaign__in=campaigns.values()
    )
    for key, label, measure, rows, counter in (
        ("channels", "宣传渠道", "种", seen, "有刊发记录的渠道"),
        ("columns_on", "开设专栏", "个", seen.filter(place__contains="专栏"), "在专栏刊发的渠道"),
        ("special_issues", "专刊", "种", seen, "有刊发记录的专刊"),
    ):
        names = about[key]
        count = Channel.objects.filter(Exists(rows), name__in=names).count()
        yield Fact(
            f"publicity.{key}", label, measure, Decimal(len(names)), "、".join(names),
            Decimal(count), counter,
        )  # fmt: skip


# Figures whose desk is not there yet: where the article has them, and which desk will count them.
WAITING: tuple[tuple[str, str, str, str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("provincial_meetings", "疫情防控专题会议", "次", "会议",
     lambda told: told["campaigns"]["epidemic"]["provincial_meetings"]),
    ("notices", "印发通知", "次", "通知", lambda told: told["campaigns"]["both"]["notices"]),
    ("special_allocation", "专项资金", "元", "资金",
     lambda told: told["funds"]["special_allocation_yuan"]),
    ("volunteers", "“四送一助力”志愿者", "人", "志愿服务",
     lambda told: told["supplies"]["volunteers"]),
    ("goods_value", "物资价值（折合）", "元", "物资",
     lambda told: told["supplies"]["goods_value_yuan"]),
    ("problems_solved", "解决急难愁盼问题", "件", "问题办结",
     lambda told: told["assistance"]["problems_solved"]),
    ("survey", "问卷参与", "人", "思想动态", lambda told: told["survey"]["participants"]),
)  # fmt: skip


def _pending(told: dict[str, Any]) -> Iterator[Fact]:
    for key, label, measure, desk, find in WAITING:
        about = find(told)
        at_least = "at_least" in about
        value = Decimal(about["at_least"] if at_least else about["value"])
        yield Fact(
            key,
            label,
            measure,
            value,
            about["text"],
            None,
            f"{desk}台账未启用",
            Bound.AT_LEAST if at_least else Bound.EXACT,
            has_desk=False,
        )
