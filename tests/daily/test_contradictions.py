"""A 零报告 that the ledger contradicts later: who is told, and what settles it."""

import pytest
from django.urls import reverse

from apps.daily.enums import ReportState
from apps.daily.models import DailyReport
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import (
    DeploymentDayFactory,
    DeploymentFactory,
    PostingFactory,
    UserFactory,
)

from .report_day import DAY, typed

TOLD = "1份日报为“今日无下沉”，台账却登记有人在岗"
ZEROS = {"F03": "", "F08": "", "F14": "0", "is_zero": "on"}


@pytest.fixture
def contradicted(flood, report, unit, reporter):
    """Filed as 今日无下沉 at four; afterwards nine people are entered as present."""
    send(reporter, report, **ZEROS)
    there = DeploymentFactory(campaign=flood, unit=unit)
    DeploymentDayFactory(deployment=there, on=DAY, present=9)
    report.refresh_from_db()
    return report


def send(user, report, **fields):
    return client_for(user).post(
        reverse("daily:report_edit", args=[report.pk]), typed(report, **fields)
    )


def told(user):
    todos = client_for(user).get("/").context["todos"]
    return [(todo.text, todo.url) for todo in todos if "台账" in todo.text]


@pytest.mark.parametrize("who", ["reporter", "unit_leader", "liaison", "staff"])
def test_whoever_may_settle_it_is_told_and_led_to_the_report(contradicted, who, request):
    user = request.getfixturevalue(who)

    [(text, url)] = told(user)

    assert text == TOLD
    assert [row.pk for row in client_for(user).get(url).context["table"].lines] == [contradicted.pk]
    page = client_for(user).get(contradicted.get_absolute_url()).content.decode()
    assert "本日报为“今日无下沉”，台账却登记有人在岗，请核对" in page


def test_another_unit_is_not_told(contradicted, foreign_unit):
    stranger = UserFactory()
    PostingFactory(user=stranger, role=Role.REPORTER, unit=foreign_unit)

    assert told(stranger) == []


def test_the_round_lists_it_among_what_is_to_be_checked(contradicted, staff, flood):
    page = client_for(staff).get(reverse("daily:round_detail", args=[flood.code, DAY.isoformat()]))

    assert "示例甲报“今日无下沉”，台账却登记有人在岗" in page.content.decode()


@pytest.mark.parametrize("how", ["ledger", "reason", "returned"])
def test_it_goes_when_ledger_or_report_is_put_right(contradicted, how, reporter, unit):
    if how == "ledger":
        unit.deployments.get().days.update(present=0, night=0)
    if how == "reason":
        send(reporter, contradicted, **ZEROS, zero_reason="ended")
    if how == "returned":
        DailyReport.objects.update(state=ReportState.RETURNED)

    assert told(reporter) == []
