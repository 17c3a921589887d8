"""The way out, through Excel and in again, for what belongs to a campaign."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.dates import business_day
from apps.daily.enums import ReportState
from apps.daily.models import DailyReport
from apps.figures.enums import Measure
from tests.cast import posted
from tests.daily.report_day import reported
from tests.factories import (
    AreaPartFactory,
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CampaignIndicatorFactory,
    CommunityFactory,
    DeploymentFactory,
    DistrictFactory,
    IndicatorFactory,
    LiaisonGroupFactory,
    MeasureFactory,
    MemberFactory,
    MemberRegistrationFactory,
    MilestoneFactory,
    NamedAreaFactory,
    NeedFactory,
    StreetFactory,
    TaskTypeFactory,
    TeamFactory,
    UnitFactory,
    UnitRegistrationFactory,
    VisitFactory,
)

from .importing import edits, go_round

TODAY = business_day()
ROUNDS = settings(
    max_examples=2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = st.sampled_from(["示例", "=1+1", "-2", "a\\N", "引号\"'", "两，段；话", None])
DAYS = st.integers(0, 300).map(lambda n: TODAY + dt.timedelta(days=n))
PLACES = st.sampled_from(["示例区甲街道东村", "示例区甲街道西村"])
REGISTERED = {
    "报到社区": PLACES,
    "截止日期": DAYS | st.none(),
    "回执日期": st.just(TODAY) | st.none(),
    "社区经办人": WORDS,
    "备注": WORDS,
}
KINDS = {
    "teams": {
        "队长": st.sampled_from(["示例（N1）", None]),
        "重温入党誓词日期": DAYS | st.none(),
        "临时党支部": WORDS,
    },
    "needs": {
        "数量": st.integers(1, 900).map(str),
        "截止日期": DAYS | st.none(),
        "需要时段": st.sampled_from(["08:00–20:00", None]),
        "紧急程度": st.sampled_from(["一般", "较急", "紧急"]),
        "联系人": WORDS,
        "说明": WORDS,
    },
    "unit_registrations": {
        **REGISTERED,
        "单位联络员": WORDS,
        "联络电话": st.sampled_from(["0371-65500001", None]),
        "可提供的服务": WORDS,
    },
    "member_registrations": REGISTERED,
    "statuses": {
        "解除时间": DAYS.map(lambda day: dt.datetime.combine(day, dt.time(18, 30))) | st.none(),
        "依据通告": WORDS.filter(bool),
    },
    "areas": {"范围说明": WORDS},
    "visits": {
        "地点": WORDS,
        "到达时间": st.sampled_from(["10:30", "00:00", None]),
        "走访人": WORDS.filter(bool),
        "实到": st.integers(0, 30),
        "走访情况": WORDS,
    },
    "milestones": {
        "时限（小时）": st.integers(12, 900),
        "提前提醒（小时）": st.integers(1, 9),
        "起算依据": WORDS.filter(bool),
    },
    "assignments": {
        "截止日期": DAYS | st.none(),
        "社区": st.sampled_from(["东村", "西村"]),
        "任务类型": st.sampled_from(["清淤", "搬运"]),
        "突击队": st.sampled_from(["第一队", None]),
        "就地双报到": st.sampled_from(["是", "否"]),
    },
    "reports": {
        "排查户数": st.sampled_from([0, 7, 400, "约40", "1200余"]),
        "带队领导": WORDS,
        "困难和需求": WORDS,
    },
}


@pytest.fixture
def world(db):
    unit = UnitFactory(short_name="示例甲", group=LiaisonGroupFactory(number=3))
    street = StreetFactory(name="甲街道", district=DistrictFactory(name="示例区"))
    east, west = (CommunityFactory(name=name, street=street) for name in ("东村", "西村"))
    people = [MemberFactory(member_no=f"N{n}", name="示例", unit=unit) for n in (1, 2)]
    campaign = CampaignFactory(starts_on=TODAY - dt.timedelta(days=5))
    tasks = [TaskTypeFactory(name=name) for name in ("清淤", "搬运")]
    team = TeamFactory(name="第一队", campaign=campaign, unit=unit)
    TeamFactory(campaign=campaign, unit=unit)
    for place in (east, west):
        NeedFactory(campaign=campaign, community=place, task_type=tasks[0])
        AreaStatusFactory(community=place, measure=MeasureFactory())
        AreaPartFactory(area=NamedAreaFactory(note="东至东明路"), community=place)
        VisitFactory(campaign=campaign, unit=unit, community=place, expected=30, present=20)
    for member in people:
        MemberRegistrationFactory(member=member, community=east, starts_on=campaign.starts_on)
        sent = DeploymentFactory(
            campaign=campaign, unit=unit, community=east, task_type=tasks[0], team=team
        )
        AssignmentFactory(deployment=sent, member=member)
    UnitRegistrationFactory(unit=unit, community=west, starts_on=campaign.starts_on)
    for name in ("恢复供电", "恢复供水"):
        MilestoneFactory(campaign=campaign, name=name, source="", started_source="据省防指通知")
    indicator = IndicatorFactory(code="X01", name="排查户数", measure=Measure.HOUSEHOLDS)
    CampaignIndicatorFactory(campaign=campaign, indicator=indicator, starts_on=campaign.starts_on)
    # Filed already: words beside blank numbers are no report.
    reported(campaign, unit, TODAY, X01=3)
    assert DailyReport.objects.exclude(current=None).count() == 1
    return posted("staff")


@pytest.mark.parametrize("code", KINDS)
@ROUNDS
@given(data=st.data())
def test_what_belongs_to_a_campaign_comes_back_as_it_was_edited(world, code, data):
    changed = data.draw(st.dictionaries(st.integers(0, 1), edits(KINDS[code]), min_size=1))
    # Who has filed may do so again once it was sent back.
    DailyReport.objects.exclude(current=None).update(state=ReportState.RETURNED)

    go_round(world, code, changed)
