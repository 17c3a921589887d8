"""Who was helped: households, institutions and firms, the acts of help, and cases in every state."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from apps.assistance.enums import (
    KINDS,
    BeneficiaryKind,
    Circumstance,
    Mode,
    ServiceType,
)
from apps.assistance.models import AssistanceAction, Beneficiary
from apps.assistance.personal import SEALED
from apps.campaigns.enums import CampaignKind
from apps.core.crypto import blind_index, seal
from apps.core.dates import moment_on

from .caseload import Case, write_cases
from .chance import apportion, person_name
from .copying import Copier, Row
from .world import CampaignPlan, Place, UnitPlan, World

DAY = dt.timedelta(days=1)
SECOND_VISIT = 0.15
ONLINE = {ServiceType.COUNSEL: 0.6, ServiceType.ERRAND: 0.3, ServiceType.VISIT: 0.06}
# What is done for whom, and how often beside each other.
SERVICES: dict[Circumstance, dict[ServiceType, int]] = {
    Circumstance.FLOODED: {ServiceType.CLEANUP: 5, ServiceType.GOODS: 4, ServiceType.ERRAND: 1},
    Circumstance.ISOLATED: {
        ServiceType.GOODS: 6,
        ServiceType.COUNSEL: 3,
        ServiceType.ERRAND: 2,
        ServiceType.MEDICAL: 1,
    },
    Circumstance.HARDSHIP: {ServiceType.GOODS: 5, ServiceType.VISIT: 2, ServiceType.MEDICAL: 1},
    Circumstance.FRONTLINE: {ServiceType.VISIT: 1},
    Circumstance.CARE_HOME: {ServiceType.GOODS: 4, ServiceType.CLEANUP: 1},
    Circumstance.SHELTER: {ServiceType.GOODS: 1},
    Circumstance.BUSINESS: {ServiceType.POLICY: 3, ServiceType.PROBLEM: 2},
    Circumstance.OTHER: {ServiceType.ERRAND: 2, ServiceType.PROBLEM: 1},
}
NOTES: dict[ServiceType, tuple[str, ...]] = {
    ServiceType.GOODS: ("送米面油和蔬菜", "送口罩和消毒液", "送婴儿奶粉", "送药到楼下"),
    ServiceType.COUNSEL: ("电话疏导", "视频疏导，情绪平稳"),
    ServiceType.MEDICAL: ("陪同复诊", "联系绿色通道"),
    ServiceType.ERRAND: ("代买生活用品", "代缴水电费"),
    ServiceType.CLEANUP: ("清理淤泥杂物", "协助搬移家具"),
    ServiceType.POLICY: ("讲解惠企政策", "协助申报补助"),
    ServiceType.VISIT: ("送慰问信和慰问品", "了解家庭困难", ""),
    ServiceType.PROBLEM: ("协调恢复供水", "协调通行"),
}
INSTITUTIONS = {
    Circumstance.CARE_HOME: "示例养老院",
    Circumstance.SHELTER: "示例救助管理站",
    Circumstance.BUSINESS: "示例商店",
}


@dataclass(slots=True)
class Helped:
    """A beneficiary with the acts it is to receive."""

    id: int
    unit: UnitPlan
    place: Place
    circumstance: Circumstance
    registered_on: dt.date
    phone: str
    duplicate_of: int | None = None
    acts: list[tuple[dt.date, ServiceType, UnitPlan]] = field(default_factory=list)


def write_assistance(world: World, copier: Copier) -> None:
    found = {plan.id: _plan(world, plan) for plan in world.campaigns}
    everybody = [one for helped in found.values() for one in helped]
    copier.load(
        Beneficiary,
        "id ref unit kind circumstance community people name_sealed name_index phone_sealed "
        "phone_index address_sealed remark_sealed duplicate_of registered_by registered_at "
        "is_synthetic",
        _beneficiaries(world, everybody),
    )
    cases = write_cases(world, copier, found)
    copier.load(
        AssistanceAction,
        "id campaign beneficiary case unit service_type mode on note submission by recorded_at",
        (row for plan in world.campaigns for row in _actions(world, plan, found[plan.id], cases)),
    )


def _plan(world: World, plan: CampaignPlan) -> list[Helped]:
    rng = world.chance(plan.code + " assistance")
    if plan.kind == CampaignKind.EPIDEMIC:
        return _epidemic(world, plan, rng)
    return _drill(world, plan, rng) if plan.is_drill else _flood(world, plan, rng)


def _helped(world: World, plan: CampaignPlan, rng: Random, circumstance: Circumstance) -> Helped:
    key = world.next_id("beneficiary")
    last = min(plan.days[-1], world.today)
    first_half = [day for day in plan.days if day <= last][: max(1, len(plan.days) * 2 // 3)]
    unit = rng.choice(world.units)
    # Eleven digits that begin with 1001: no number of any network, nor of a member's.
    phone = f"1001{key:07d}"
    return Helped(key, unit, rng.choice(world.places), circumstance, rng.choice(first_half), phone)


def _act(
    world: World, plan: CampaignPlan, rng: Random, one: Helped, unit: UnitPlan | None = None
) -> None:
    last = min(plan.days[-1], world.today)
    services = SERVICES[one.circumstance]
    kind = rng.choices(list(services), list(services.values()))[0]
    day = one.registered_on + rng.randint(0, (last - one.registered_on).days) * DAY
    one.acts.append((day, kind, unit or one.unit))


def _epidemic(world: World, plan: CampaignPlan, rng: Random) -> list[Helped]:
    """Exactly as many frontline households visited and acts of help as the scale asks."""
    scale = world.scale
    families = [_helped(world, plan, rng, Circumstance.FRONTLINE) for _ in range(scale.visits)]
    for one in families:
        _act(world, plan, rng, one)
        if rng.random() < SECOND_VISIT:
            _act(world, plan, rng, one, rng.choice(world.units))
    again = [_twice(world, plan, rng, one) for one in rng.sample(families, scale.visits // 60 + 2)]
    kinds = (Circumstance.ISOLATED, Circumstance.HARDSHIP)
    helped = [
        _helped(world, plan, rng, rng.choices(kinds, (6, 5))[0]) for _ in range(scale.helps // 4)
    ]
    parts = apportion(scale.helps, [rng.uniform(0.5, 2) for _ in helped], at_least=1)
    for one, count in zip(helped, parts, strict=True):
        for _ in range(count):
            _act(world, plan, rng, one)
    others = {Circumstance.CARE_HOME: 3, Circumstance.BUSINESS: 6, Circumstance.OTHER: 4}
    return [*families, *again, *helped, *_some(world, plan, rng, others)]


def _twice(world: World, plan: CampaignPlan, rng: Random, first: Helped) -> Helped:
    """The same household, registered and visited by another unit as well."""
    one = _helped(world, plan, rng, Circumstance.FRONTLINE)
    one.place, one.phone, one.duplicate_of = first.place, first.phone, first.id
    _act(world, plan, rng, one)
    return one


def _some(
    world: World, plan: CampaignPlan, rng: Random, counts: dict[Circumstance, int]
) -> list[Helped]:
    """So many of each, with one to four acts."""
    found = []
    for circumstance, count in counts.items():
        for _ in range(count):
            one = _helped(world, plan, rng, circumstance)
            for _ in range(rng.randint(1, 4)):
                _act(world, plan, rng, one)
            found.append(one)
    return found


def _flood(world: World, plan: CampaignPlan, rng: Random) -> list[Helped]:
    counts = {
        Circumstance.FLOODED: world.scale.visits // 3,
        Circumstance.HARDSHIP: world.scale.visits // 12,
        Circumstance.CARE_HOME: 4,
        Circumstance.SHELTER: 2,
        Circumstance.BUSINESS: 8,
        Circumstance.OTHER: 4,
    }
    return _some(world, plan, rng, counts)


def _drill(world: World, plan: CampaignPlan, rng: Random) -> list[Helped]:
    """Of every kind, the first of the first demo units; two pairs are alike and not looked into."""
    counts = {
        Circumstance.FLOODED: max(16, world.scale.visits // 20),
        Circumstance.HARDSHIP: 6,
        Circumstance.CARE_HOME: 2,
        Circumstance.SHELTER: 1,
        Circumstance.BUSINESS: 2,
        Circumstance.OTHER: 2,
    }
    found = _some(world, plan, rng, counts)
    for one, unit in zip(found, world.units[:2], strict=False):
        one.unit, one.acts = unit, [(day, kind, unit) for day, kind, _ in one.acts]
    for first, second in (found[2:4], found[4:6]):
        second.phone = first.phone
    return found


def _kind(one: Helped, rng: Random) -> BeneficiaryKind:
    return rng.choice(sorted(KINDS[one.circumstance]))


def _beneficiaries(world: World, everybody: Sequence[Helped]) -> Iterator[Row]:
    rng = world.chance("beneficiaries")
    for one in everybody:
        ref = uuid.UUID(int=rng.getrandbits(128), version=4)
        kind = _kind(one, rng)
        is_home = kind in (BeneficiaryKind.HOUSEHOLD, BeneficiaryKind.PERSON)
        name = person_name(rng) if is_home else f"{INSTITUTIONS[one.circumstance]}{one.id}"
        door = f"{rng.randint(1, 12)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 6)}0{rng.randint(1, 4)}"
        plain = {
            "name": name,
            "phone": one.phone,
            "address": f"{one.place.name}{door}" if is_home else one.place.name,
            "remark": rng.choice(("", "", "家有老人", "家有婴儿", "行动不便")) if is_home else "",
        }
        sealed = {key: _sealed(plain[key], key, ref) for key in SEALED}
        people = rng.randint(1, 5) if kind == BeneficiaryKind.HOUSEHOLD else None
        hour = 7 if one.registered_on == world.today else rng.randint(8, 17)
        at = moment_on(one.registered_on, dt.time(hour, rng.randint(0, 59)))
        yield (
            one.id, ref, one.unit.id, kind, one.circumstance, one.place.id, people,
            sealed["name"], blind_index(name, column="name_sealed"),
            sealed["phone"], blind_index(one.phone, column="phone_sealed"),
            sealed["address"], sealed["remark"], one.duplicate_of,
            world.users[f"unit{one.unit.code}"], at, True,
        )  # fmt: skip


def _sealed(plain: str, name: str, ref: uuid.UUID) -> str:
    return seal(plain, table=Beneficiary._meta.db_table, column=f"{name}_sealed", ref=ref)


def _actions(
    world: World, plan: CampaignPlan, helped: Sequence[Helped], cases: Mapping[int, Case]
) -> Iterator[Row]:
    rng = world.chance(plan.code + " acts")
    acts = [(day, kind, unit, one) for one in helped for day, kind, unit in one.acts]
    # In the order in which they would have been recorded.
    for day, kind, unit, one in sorted(acts, key=lambda act: (act[0], act[3].id)):
        mode = Mode.ONLINE if rng.random() < ONLINE.get(kind, 0) else Mode.ONSITE
        hour = 8 if day == world.today else rng.randint(9, 18)
        at = moment_on(day, dt.time(hour, rng.randint(0, 49)))
        submission = uuid.UUID(int=rng.getrandbits(128), version=4)
        case = cases.get(one.id)
        is_for_it = case is not None and kind == case.service and case.opened_on <= day
        yield (
            world.next_id("action"), plan.id, one.id, case.id if case and is_for_it else None,
            unit.id, kind, mode, day,
            rng.choice(NOTES[kind]), submission, world.users[f"unit{unit.code}"], at,
        )  # fmt: skip
