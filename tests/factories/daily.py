import datetime as dt
import uuid
from decimal import Decimal

import factory

from apps.core.dates import business_day, moment_on
from apps.daily.enums import ActKind, DigestKind, Edition, FlashKind, ReportState, TalkMethod
from apps.daily.models import (
    CityTalk,
    CityTalkItem,
    ContactNote,
    DailyReport,
    DailyRound,
    DataCall,
    DataCallItem,
    DataCallReply,
    DataCallValue,
    DigestSubscription,
    DispatchNote,
    Exemption,
    FlashReport,
    Judgment,
    OnePage,
    ReportRevision,
    ReportValue,
    RoundAct,
    UpwardReturn,
)
from apps.figures.enums import Measure
from apps.units.models import GroupMembership

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .figures import IndicatorFactory
from .units import UnitFactory


def _group_of_the_day(report):
    row = GroupMembership.objects.filter(unit=report.unit).on(report.on).first()
    return row.group if row else None


def _at(hour, minute=0):
    return factory.LazyAttribute(lambda row: moment_on(row.on, dt.time(hour, minute)))


class DailyReportFactory(factory.django.DjangoModelFactory):
    """The row a unit owes today, nothing filed yet."""

    class Meta:
        model = DailyReport

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    on = factory.LazyFunction(business_day)
    group = factory.LazyAttribute(_group_of_the_day)
    category = factory.SelfAttribute("unit.category")
    due_at = _at(17)


class ReportRevisionFactory(factory.django.DjangoModelFactory):
    """A submission that stands as its report's current one, in state 已报."""

    class Meta:
        model = ReportRevision
        skip_postgeneration_save = True

    report = factory.SubFactory(DailyReportFactory)
    number = factory.LazyAttribute(lambda row: row.report.version + 1)
    submission = factory.LazyFunction(uuid.uuid4)
    receipt = factory.LazyAttribute(
        lambda row: f"RB{row.report.on:%Y%m%d}-{row.report.pk}-{row.number}"
    )
    by = factory.SubFactory(UserFactory)
    at = factory.LazyAttribute(lambda row: moment_on(row.report.on, dt.time(16, 0)))

    @factory.post_generation
    def stands(self, create, extracted, **_kwargs):
        if not create or extracted is False:
            return
        report = self.report
        report.current, report.version = self, self.number
        report.first_filed_at = report.first_filed_at or self.at
        if report.state in {ReportState.MISSING, ReportState.DRAFT}:
            report.state = ReportState.FILED
        report.save()


class ReportValueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportValue

    revision = factory.SubFactory(ReportRevisionFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    value = Decimal(10)


class ExemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Exemption

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    starts_on = factory.LazyFunction(business_day)
    ends_on = factory.SelfAttribute("starts_on")
    reason = "办公区停电"
    approved_by = factory.SubFactory(UserFactory)


class ContactNoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactNote

    report = factory.SubFactory(DailyReportFactory)
    note = "已电话，称停电"
    at = factory.LazyAttribute(lambda row: moment_on(row.report.on, dt.time(17, 20)))
    by = factory.SubFactory(UserFactory)


class FlashReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FlashReport

    class Params:
        on = factory.LazyFunction(business_day)

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    kind = FlashKind.INCIDENT
    happened_at = _at(3)
    text = "积水漫过道路，已转移物资。"
    submission = factory.LazyFunction(uuid.uuid4)
    by = factory.SubFactory(UserFactory)
    at = _at(3, 10)


class DailyRoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DailyRound

    campaign = factory.SubFactory(CampaignFactory)
    on = factory.LazyFunction(business_day)
    opened_at = _at(0, 5)


class RoundActFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoundAct

    round = factory.SubFactory(DailyRoundFactory)
    kind = ActKind.SUMMARY
    due_at = factory.LazyAttribute(lambda act: moment_on(act.round.on, dt.time(19, 0)))


class JudgmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Judgment

    round = factory.SubFactory(DailyRoundFactory)
    opinion = "力量总体够用，两处社区尚缺人手。"
    written_by = factory.SubFactory(UserFactory)
    written_at = factory.LazyAttribute(lambda row: moment_on(row.round.on, dt.time(20, 0)))


class DispatchNoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DispatchNote

    round = factory.SubFactory(DailyRoundFactory)
    content = "明日向示例社区增派二十人。"
    written_by = factory.SubFactory(UserFactory)
    written_at = factory.LazyAttribute(lambda row: moment_on(row.round.on, dt.time(21, 0)))


class DataCallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataCall

    campaign = factory.SubFactory(CampaignFactory)
    title = "今晚可增派人数"
    purpose = "报省委办公厅值班室"
    made_at = moment_on(dt.date(2021, 8, 5), dt.time(10))
    due_at = factory.LazyAttribute(lambda row: row.made_at + dt.timedelta(hours=4))
    made_by = factory.SubFactory(UserFactory)
    submission = factory.LazyFunction(uuid.uuid4)


class DataCallItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataCallItem

    call = factory.SubFactory(DataCallFactory)
    position = factory.LazyAttribute(lambda row: row.call.items.count() + 1)
    name = "可增派人数"
    measure = Measure.PEOPLE


class DataCallReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataCallReply

    call = factory.SubFactory(DataCallFactory)
    unit = factory.SubFactory(UnitFactory)


class DataCallValueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataCallValue

    reply = factory.SubFactory(DataCallReplyFactory)
    item = factory.SubFactory(DataCallItemFactory, call=factory.SelfAttribute("..reply.call"))
    value = 12


class OnePageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OnePage

    campaign = factory.SubFactory(CampaignFactory)
    on = dt.date(2021, 8, 5)
    edition = Edition.NIGHT
    made_at = factory.LazyAttribute(lambda row: moment_on(row.on, dt.time(22, 0)))
    content = factory.LazyFunction(
        lambda: {
            "title": "示例任务22点情况（8月5日）",
            "about": "2021-08-05",
            "stage": "核定数",
            "kpis": [],
            "sections": [],
            "text": "【示例任务22点情况】",
        }
    )


class CityTalkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CityTalk

    round = factory.SubFactory(DailyRoundFactory)
    at = factory.LazyAttribute(lambda row: moment_on(row.round.on, dt.time(15, 30)))
    method = TalkMethod.PHONE
    by = factory.SubFactory(UserFactory)


class CityTalkItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CityTalkItem

    talk = factory.SubFactory(CityTalkFactory)
    content = "示例社区缺清淤人手"
    heads = 20


class UpwardReturnFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UpwardReturn

    campaign = factory.SubFactory(CampaignFactory)
    on = factory.LazyFunction(business_day)
    receiver = "省委办公厅值班室"
    as_of = _at(17)
    at = _at(19, 5)
    indicator = factory.SubFactory(IndicatorFactory)
    value = Decimal(100)
    by = factory.SubFactory(UserFactory)


class DigestSubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DigestSubscription

    user = factory.SubFactory(UserFactory)
    digest = DigestKind.UNIT
