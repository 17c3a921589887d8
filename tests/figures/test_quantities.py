from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.campaigns.enums import CampaignKind
from apps.core.constraints import broken_rule
from apps.figures.agreement import COUNTED
from apps.figures.enums import IndicatorKind, IndicatorSource, Measure, Rollup
from apps.figures.models import CampaignIndicator, Indicator
from apps.figures.quantities import MixedMeasuresError, Quantity, total
from apps.figures.services.indicators import install_indicators
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    FigureFactory,
    IndicatorFactory,
    ReportValueFactory,
)

numbers = st.decimals(
    min_value=-(10**11), max_value=10**11, places=2, allow_nan=False, allow_infinity=False
)
measures = st.sampled_from(list(Measure))


@given(numbers, numbers, measures, measures)
def test_only_the_same_measure_adds_up(one, other, measure, another):
    left, right = Quantity(one, measure), Quantity(other, another)

    if measure == another:
        assert left + right == Quantity(one + other, measure)
        assert (left + right) - right == left
        assert (left > right) == (one > other)
    else:
        for act in (left.__add__, left.__sub__, left.__lt__, left.__gt__):
            with pytest.raises(MixedMeasuresError, match=measure.label):
                act(right)


@given(st.lists(st.tuples(numbers, measures), max_size=8))
def test_total_is_of_one_measure_or_refused(parts):
    quantities = [Quantity(value, measure) for value, measure in parts]

    if len({measure for _, measure in parts}) > 1:
        with pytest.raises(MixedMeasuresError):
            total(quantities)
    elif parts:
        assert total([None, *quantities]) == Quantity(sum(value for value, _ in parts), parts[0][1])
    else:
        assert total([None]) is None


def test_people_and_person_times_say_why_they_do_not_add():
    with pytest.raises(MixedMeasuresError, match="人与人次口径不同，不能相加或比较。"):
        Quantity(Decimal(57_000), Measure.PEOPLE) + Quantity(Decimal(15_000), Measure.PERSON_TIMES)


def test_bare_number_is_refused():
    with pytest.raises(TypeError, match="裸数"):
        Quantity(Decimal(3), Measure.PEOPLE) + 3
    with pytest.raises(TypeError):
        sum([Quantity(Decimal(3), Measure.PEOPLE)])


# What cannot be configured, and the words that say so.
REFUSED = [
    ({"rollup": Rollup.DISTINCT, "measure": Measure.PEOPLE}, "不能由系统去重"),
    (
        {
            "rollup": Rollup.DISTINCT,
            "measure": Measure.PERSON_TIMES,
            "source": IndicatorSource.LEDGER,
        },
        "去重只适用于",
    ),
    (
        {"kind": IndicatorKind.CUMULATIVE, "measure": Measure.PEOPLE, "rollup": Rollup.SUM},
        "须去重得出",
    ),
    ({"kind": IndicatorKind.STOCK, "measure": Measure.PERSON_TIMES}, "不是时点数"),
    (
        {"code": "E12", "measure": Measure.HOUSEHOLDS, "source": IndicatorSource.LEDGER},
        "固定口径计数",
    ),
    ({"code": "F01", "measure": Measure.PERSON_TIMES}, "固定口径计数"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_mixed_configuration_is_refused_by_form_and_database(fields, words):
    with pytest.raises(ValidationError, match=words):
        IndicatorFactory.build(**fields).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorFactory(**fields)


@pytest.mark.django_db
@given(
    measure=measures,
    kind=st.sampled_from(list(IndicatorKind)),
    rollup=st.sampled_from(list(Rollup)),
    source=st.sampled_from(list(IndicatorSource)),
)
def test_whatever_is_configured_adds_only_what_adds(measure, kind, rollup, source):
    """Form and database agree, and what they let pass keeps the rule of the office."""
    made = IndicatorFactory.build(
        code="T01",
        name="试",
        sort_order=1,
        measure=measure,
        kind=kind,
        rollup=rollup,
        source=source,
    )
    try:
        made.full_clean()
    except ValidationError:
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()
        return
    with transaction.atomic():
        made.save()
        transaction.set_rollback(True)
    adds_people = kind == IndicatorKind.CUMULATIVE and measure == Measure.PEOPLE
    assert not (adds_people and rollup == Rollup.SUM)
    assert not (rollup == Rollup.DISTINCT and source == IndicatorSource.REPORTED)


@pytest.mark.django_db
def test_default_indicators_agree():
    install_indicators()

    for indicator in Indicator.objects.all():
        indicator.full_clean()
    assert set(COUNTED.values()) < set(Measure)


@pytest.mark.django_db
def test_published_indicator_keeps_its_measure(steward):
    leaf = FigureFactory(indicator__measure=Measure.SPOTS)
    indicator = leaf.indicator
    client = client_for(steward)
    address = f"/admin/figures/indicator/{indicator.pk}/change/"
    form = {
        "code": indicator.code,
        "name": indicator.name,
        "campaign_kind": indicator.campaign_kind,
        "section": indicator.section,
        "sort_order": indicator.sort_order,
        "measure": Measure.TONNES,
        "kind": indicator.kind,
        "rollup": indicator.rollup,
        "source": indicator.source,
        "definitions-TOTAL_FORMS": 0,
        "definitions-INITIAL_FORMS": 0,
    }

    refused = client.post(address, form)
    renamed = client.post(address, {**form, "measure": Measure.SPOTS, "name": "新名"})

    assert "该指标已有核定数，计量单位、性质和汇总方式不能更改" in refused.content.decode()
    assert renamed.status_code == 302
    indicator.refresh_from_db()
    assert (indicator.measure, indicator.name) == (Measure.SPOTS, "新名")


@pytest.mark.django_db
def test_the_dictionary_is_held_at_any_door():
    published = FigureFactory(indicator__measure=Measure.SPOTS).indicator
    filed = ReportValueFactory(indicator__measure=Measure.PEOPLE).indicator
    asked = CampaignIndicatorFactory(is_typed=True)
    counted = IndicatorFactory(name="缺口", source=IndicatorSource.LEDGER)
    foreign = IndicatorFactory(name="消杀", campaign_kind=CampaignKind.EPIDEMIC)
    typed = {"campaign": asked.campaign, "position": 9, "starts_on": asked.starts_on}
    rows, asks = Indicator.objects, CampaignIndicator.objects

    for change, sentence in (
        (lambda: rows.filter(pk=published.pk).update(measure=Measure.TONNES), "已有核定数"),
        (lambda: rows.filter(pk=published.pk).update(rollup=Rollup.NONE), "已有核定数"),
        (lambda: rows.filter(pk=filed.pk).update(measure=Measure.PERSON_TIMES), "已有单位填报"),
        (lambda: rows.filter(pk=asked.indicator_id).update(source="ledger"), "由台账得出"),
        (lambda: rows.filter(pk=asked.indicator_id).update(campaign_kind="epidemic"), "类型不同"),
        (lambda: asks.create(indicator=counted, is_typed=True, **typed), "“缺口”由台账得出"),
        (lambda: asks.create(indicator=foreign, is_typed=True, **typed), "“消杀”与任务的类型"),
    ):
        with pytest.raises(IntegrityError, match=sentence) as refused, transaction.atomic():
            change()
        assert sentence in broken_rule(refused.value)
    filed.measure = Measure.PERSON_TIMES
    with pytest.raises(ValidationError, match="已有单位填报"):
        filed.clean()
    assert rows.filter(pk=published.pk).update(name="新名", measure=Measure.SPOTS) == 1
    assert asks.create(indicator=counted, is_typed=False, **typed).pk


@pytest.mark.django_db
def test_campaign_asks_for_its_own_kind_and_no_unit_types_a_ledger():
    flood = CampaignFactory(kind=CampaignKind.FLOOD)
    foreign = CampaignIndicatorFactory.build(
        campaign=flood,
        indicator=IndicatorFactory(name="消杀", campaign_kind=CampaignKind.EPIDEMIC),
    )
    typed = CampaignIndicatorFactory.build(
        campaign=flood,
        indicator=IndicatorFactory(name="缺口", source=IndicatorSource.LEDGER),
        is_typed=True,
    )

    with pytest.raises(ValidationError, match="“消杀”是疫情防控的指标"):
        foreign.clean()
    with pytest.raises(ValidationError, match="“缺口”由台账得出"):
        typed.clean()
