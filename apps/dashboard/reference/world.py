"""What the parts of the world know of each other while it is being planned."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from apps.campaigns.enums import CampaignKind

from .scale import CampaignScale, Scale


@dataclass(slots=True)
class Place:
    """A community."""

    id: int
    district: int
    street: int
    name: str
    estates: list[int] = field(default_factory=list)


@dataclass(slots=True)
class UnitPlan:
    """A unit with its people: members `first` to `first + size - 1` belong to it."""

    id: int
    code: str
    name: str
    short_name: str
    category: str
    lines: list[str]
    is_leader_contact: bool
    group: int
    size: int = 0
    first: int = 0
    free: list[int] = field(default_factory=list)
    """Members who may be sent and have not been so far."""


@dataclass(slots=True)
class Work:
    """What a unit's people did on one day, the ground for what it reports."""

    present: int = 0
    night: int = 0
    posts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    output: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass(slots=True)
class Post:
    """A deployment and who is in it."""

    id: int
    unit: UnitPlan
    team: int | None
    place: Place
    task: str
    members: list[int]
    starts_on: dt.date
    ends_on: dt.date
    has_night: bool
    rotation: int | None
    is_local: bool = False
    need: int | None = None
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Want:
    """A need as the city's committee puts it to the office."""

    need: int
    place: Place
    task: str
    heads: int


@dataclass
class CampaignPlan:
    id: int
    code: str
    name: str
    kind: CampaignKind
    starts_on: dt.date
    ends_on: dt.date
    is_drill: bool
    scale: CampaignScale
    posts: list[Post] = field(default_factory=list)
    work: dict[tuple[int, dt.date], Work] = field(default_factory=dict)
    wants: dict[dt.date, list[Want]] = field(default_factory=lambda: defaultdict(list))
    """By the day they are raised on."""

    @property
    def days(self) -> list[dt.date]:
        return [self.starts_on + dt.timedelta(days=n) for n in range(self.scale.days)]


class World:
    """The plan of everything, filled part by part before it is written."""

    def __init__(self, *, scale: Scale, seed: int, today: dt.date) -> None:
        self.scale, self.seed, self.today = scale, seed, today
        self.places: list[Place] = []
        self.units: list[UnitPlan] = []
        self.homes: list[int | None] = []
        self.free_from: dict[int, dt.date] = {}
        self.sealed: list[int] = []
        self.users: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.groups: dict[int, int] = {}
        self.indicators: dict[str, int] = {}
        self.tasks: dict[str, int] = {}
        self.task_names: dict[str, str] = {}
        self.campaigns: list[CampaignPlan] = []
        self._ids: dict[str, int] = defaultdict(int)

    def chance(self, noun: str) -> Random:
        """A generator of its own for each part: a change in one moves no other."""
        return Random(f"{self.seed}:{self.scale.name}:{noun}")  # noqa: S311

    def next_id(self, noun: str) -> int:
        self._ids[noun] += 1
        return self._ids[noun]

    def campaign(self, kind: CampaignKind, *, is_drill: bool = False) -> CampaignPlan:
        return next(c for c in self.campaigns if c.kind == kind and c.is_drill == is_drill)
