"""Streets, communities and estates under the city's districts, and the measures laid on them."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from apps.communities.enums import MeasureKind
from apps.communities.models import (
    AreaPart,
    AreaStatus,
    Community,
    District,
    Estate,
    Measure,
    NamedArea,
    Street,
)
from apps.core.dates import moment_on

from .chance import apportion, person_name
from .copying import Copier, Row
from .world import Place, World

STREET_NAMES = [
    "建设",
    "花园",
    "解放",
    "人民",
    "和平",
    "文化",
    "东风",
    "长江",
    "黄河",
    "嵩山",
    "桐柏",
    "伏牛",
    "航海",
    "陇海",
    "淮河",
    "汝河",
    "颍河",
    "洛河",
    "商城",
    "西关",
    "南关",
    "北关",
    "东城",
    "西城",
    "新城",
    "龙湖",
    "龙泉",
    "凤凰",
    "祥云",
    "瑞光",
    "朝阳",
    "春晓",
    "秋实",
    "锦绣",
    "明德",
    "崇文",
    "尚武",
    "兴华",
    "振兴",
    "富强",
]
COMMUNITY_NAMES = [
    "幸福",
    "和谐",
    "阳光",
    "新华",
    "光明",
    "团结",
    "友谊",
    "康乐",
    "安居",
    "惠民",
    "清泉",
    "绿荫",
    "桃园",
    "柳林",
    "槐荫",
    "梅苑",
    "兰亭",
    "竹园",
    "菊香",
    "荷塘",
    "金桥",
    "银河",
    "玉泉",
    "翠岗",
    "碧波",
    "丹霞",
    "紫荆",
    "青年",
    "向阳",
    "东苑",
    "西苑",
    "南苑",
    "北苑",
    "中心",
    "前进",
    "胜利",
    "永安",
    "长乐",
    "富民",
    "瑞景",
]
ESTATE_NAMES = ["一号院", "二号院", "家属院", "花苑", "新居", "雅园"]
COUNTY_KINDS = ("县", "市")


def plan_places(world: World) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of streets, communities and estates; the communities are kept in the world."""
    rng = world.chance("places")
    districts = list(District.objects.order_by("sort_order").values_list("id", "code", "name"))
    weights = [rng.uniform(0.6, 1.8) for _ in districts]
    shares = apportion(world.scale.communities, weights, at_least=2)
    streets: list[Row] = []
    communities: list[Row] = []
    estates: list[Row] = []
    for (district, code, name), share in zip(districts, shares, strict=True):
        is_county = name.endswith(COUNTY_KINDS)
        here = _streets(world, district, is_county=is_county, share=share)
        streets.extend(here)
        for number in range(share):
            street = here[number % len(here)]
            place, row = _community(
                world, rng, street, number // len(here), code=code, is_county=is_county
            )
            communities.append(row)
            estates.extend(_estates(world, rng, place))
    return streets, communities, estates


def _streets(world: World, district: int, *, is_county: bool, share: int) -> list[Row]:
    count = min(max(1, share // 14), len(STREET_NAMES))
    shift = district * 7
    suffix = "镇" if is_county else "街道"
    names = [STREET_NAMES[(shift + n) % len(STREET_NAMES)] for n in range(count)]
    rows: list[Row] = []
    for name in names:
        key = world.next_id("street")
        rows.append((key, district, f"{name}{suffix}", key * 10))
    return rows


def _community(
    world: World, rng: Random, street: Row, number: int, *, code: str, is_county: bool
) -> tuple[Place, Row]:
    key = world.next_id("community")
    stem = COMMUNITY_NAMES[(street[0] * 11 + number) % len(COMMUNITY_NAMES)]
    name = f"{stem}{'村' if is_county and number % 3 else '社区'}"
    place = Place(key, street[1], street[0], name)
    world.places.append(place)
    phone = f"0371-0000{key:04d}"
    households = rng.randint(320, 4200)
    row = (key, f"{code}{key:04d}", name, street[0], person_name(rng), phone, households, key * 10)
    return place, row


def _estates(world: World, rng: Random, place: Place) -> Iterator[Row]:
    for name in rng.sample(ESTATE_NAMES, rng.choice((0, 0, 1, 1, 2))):
        key = world.next_id("estate")
        place.estates.append(key)
        yield key, place.id, f"{place.name.removesuffix('社区').removesuffix('村')}{name}"


def write_places(copier: Copier, rows: tuple[list[Row], list[Row], list[Row]]) -> None:
    streets, communities, estates = rows
    copier.load(Street, "id district name sort_order", streets)
    copier.load(
        Community, "id code name street contact duty_phone households sort_key", communities
    )
    copier.load(Estate, "id community name", estates)


def write_area_status(world: World, copier: Copier) -> None:
    """Closures of August 2021 on the communities where people serve on the spot, and risk levels."""
    measures = dict(Measure.objects.values_list("name", "id"))
    rng = world.chance("area status")
    columns = "id measure kind street community estate starts_at ends_at basis is_drill"
    copier.load(AreaStatus, columns, _statuses(world, rng, measures))
    _draw_area(world, copier, measures["高风险"])


def _draw_area(world: World, copier: Copier, measure: int) -> None:
    """An area a notice of the epidemic drew by itself: some communities of a street, at high risk."""
    closed = {place.street for place in world.places if place.id in world.sealed}
    street = next(place.street for place in world.places if place.street not in closed)
    area = world.next_id("area")
    name, note = "沿河路片区（通告28号）", "沿河路以南、铁路以北"
    copier.load(NamedArea, "id name note", [(area, name, note)])
    inside = [place.id for place in world.places if place.street == street][:3]
    rows = [(world.next_id("area part"), area, None, place, None) for place in inside]
    copier.load(AreaPart, "id area street community estate", rows)
    start, end = world.campaigns[1].starts_on, world.campaigns[1].ends_on
    row: Row = (
        world.next_id("status"), measure, MeasureKind.RISK, area,
        moment_on(start, dt.time(9)), moment_on(end, dt.time(9)), "市指挥部通告2021年28号", False,
    )  # fmt: skip
    copier.load(AreaStatus, "id measure kind area starts_at ends_at basis is_drill", [row])


def _statuses(world: World, rng: Random, measures: dict[str, int]) -> Iterator[Row]:
    starts, ends = world.campaigns[1].starts_on, world.campaigns[1].ends_on
    places = {place.id: place for place in world.places}
    # Nowhere does it end before it began, however short the campaign.
    spare = (ends - starts).days - 3
    first, latest = min(2, spare), max(2, min(8, spare))
    for number in sorted(world.sealed):
        place = places[number]
        start = moment_on(starts + dt.timedelta(days=rng.randint(0, first)), dt.time(18))
        end = moment_on(ends - dt.timedelta(days=rng.randint(2, latest)), dt.time(18))
        notice = f"市指挥部通告2021年{30 + rng.randint(0, 9)}号"
        control = rng.choice(("封闭管理", "封控管理"))
        yield _status(world, measures[control], MeasureKind.CONTROL, place, start, end, notice)
        risk = rng.choice(("中风险", "中风险", "高风险"))
        yield _status(world, measures[risk], MeasureKind.RISK, place, start, end, notice)
    for street in sorted({places[n].street for n in world.sealed})[:3]:
        start, end = moment_on(starts, dt.time(12)), moment_on(ends, dt.time(12))
        key = world.next_id("status")
        risk_kind = MeasureKind.RISK
        yield (
            key, measures["中风险"], risk_kind, street, None, None, start, end,
            "市指挥部通告2021年29号", False,
        )  # fmt: skip


def _status(
    world: World,
    measure: int,
    kind: MeasureKind,
    place: Place,
    start: dt.datetime,
    end: dt.datetime,
    notice: str,
) -> Row:
    """On one estate where the community has some, else on the whole of it."""
    estate = place.estates[0] if place.estates and kind == MeasureKind.RISK else None
    community = None if estate else place.id
    key = world.next_id("status")
    return key, measure, kind, None, community, estate, start, end, notice, False
