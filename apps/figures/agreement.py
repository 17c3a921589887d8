"""Which measure, kind and way of adding up go together: what the dictionary of indicators refuses.

A configuration by hand must not make the portal add what cannot be added: 人 to 人次, 次 to 户, a
distinct count of units' own figures.
"""

from collections import defaultdict

from django.db.models import BaseConstraint, CheckConstraint, Q

from .enums import IndicatorKind, IndicatorSource, Measure, Rollup
from .keys import KEYS

THINGS = (Measure.PEOPLE, Measure.HOUSEHOLDS, Measure.ORGANISATIONS, Measure.COUNT)
"""What can be told apart and counted once; of 人次, 吨 or 小时 there is no same one twice."""
HAPPENINGS = (Measure.PERSON_TIMES, Measure.HOUSEHOLD_TIMES, Measure.TIMES, Measure.HOURS)
"""What happens during a day, and so is never what stands at an hour."""

COUNTED = {
    "on_post": Measure.PEOPLE,
    "ever_on_post": Measure.PEOPLE,
    "local": Measure.PEOPLE,
    "gap": Measure.PEOPLE,
    "injured": Measure.PEOPLE,
    "confined": Measure.PEOPLE,
    "communities": Measure.COUNT,
    "ever_communities": Measure.COUNT,
    "teams": Measure.COUNT,
    "helped": Measure.TIMES,
    "visited": Measure.HOUSEHOLDS,
}
"""What the desks and the boards count under each key indicator, whatever a form says."""


def _codes_by_measure() -> dict[Measure, list[str]]:
    found: dict[Measure, list[str]] = defaultdict(list)
    for keys in KEYS.values():
        for name, measure in COUNTED.items():
            if code := getattr(keys, name):
                found[measure].append(code)
    return {measure: sorted(codes) for measure, codes in sorted(found.items())}


def _key_measures() -> Q:
    rule = Q()
    for measure, codes in _codes_by_measure().items():
        rule &= ~Q(code__in=codes) | Q(measure=measure)
    return rule


AGREEMENTS: list[BaseConstraint] = [
    CheckConstraint(
        name="indicator_distinct_is_of_things",
        condition=~Q(rollup=Rollup.DISTINCT) | Q(measure__in=THINGS),
        violation_error_message=(
            "去重只适用于人、户、家、个：人次、次、吨、小时等没有重复可去，请改为“相加”或“不汇总”。"
        ),
    ),
    CheckConstraint(
        name="indicator_distinct_is_from_ledger",
        condition=~Q(rollup=Rollup.DISTINCT, source=IndicatorSource.REPORTED),
        violation_error_message=(
            "各单位填报的数不能由系统去重，只有台账能去重：请改来源为“台账”，或改为“不汇总”。"
        ),
    ),
    CheckConstraint(
        name="indicator_cumulative_is_not_added",
        condition=~Q(
            kind=IndicatorKind.CUMULATIVE, rollup=Rollup.SUM, measure__in=[m.value for m in THINGS]
        ),
        violation_error_message=(
            "累计的人、户、家、个须去重得出，不能由各单位或各日相加：请改为“去重”或“不汇总”。"
        ),
    ),
    CheckConstraint(
        name="indicator_happening_is_no_stock",
        condition=~Q(kind=IndicatorKind.STOCK, measure__in=[m.value for m in HAPPENINGS]),
        violation_error_message=(
            "人次、户次、次、小时是当日发生的量，不是时点数：请改性质为“当日”，或改计量单位。"
        ),
    ),
    CheckConstraint(
        name="indicator_key_keeps_its_measure",
        condition=_key_measures(),
        violation_error_message=(
            "该指标由系统按固定口径计数（人、个、次或户），计量单位不能更改；口径不同的，请另建指标。"
        ),
    ),
]
