"""Units moved to another group by data stewards: from a day on, never a day that has been."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.core.dates import business_day
from apps.units.models import GroupMembership
from tests.cast import client_for
from tests.factories import DailyReportFactory, LiaisonGroupFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def belongings(unit):
    rows = GroupMembership.objects.filter(unit=unit).order_by("starts_on")
    return [(row.group, row.starts_on, row.ends_on) for row in rows]


def send(steward, unit, group, since):
    form = {"unit": unit.pk, "group": group.pk, "starts_on": str(since)}
    return client_for(steward).post(reverse("admin:units_groupmembership_add"), form)


def test_a_past_or_reported_day_keeps_its_group(steward, unit):
    other = LiaisonGroupFactory()
    today, before = business_day(), belongings(unit)
    past = send(steward, unit, other, today - DAY)
    DailyReportFactory(unit=unit, on=today)
    reported = send(steward, unit, other, today)

    told = [answer.context["adminform"].form.errors["starts_on"][0] for answer in (past, reported)]
    assert told[0] == "起始日期不能早于今天，以前各日的归属保持不变。"
    assert "请自次日起变更" in told[1]
    assert belongings(unit) == before

    assert send(steward, unit, other, today + DAY).status_code == 302
    (group, first, last), new = belongings(unit)
    assert (group, first) == before[0][:2]
    assert (last, new) == (today, (other, today + DAY, None))


def test_beside_the_unit_what_has_been_is_only_shown(steward, unit):
    other, today = LiaisonGroupFactory(), business_day()
    page = reverse("admin:units_unit_change", args=[unit.pk])
    client = client_for(steward)
    form = client.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    rows = {
        "group_memberships-TOTAL_FORMS": "1",
        "group_memberships-INITIAL_FORMS": "0",
        "group_memberships-0-group": other.pk,
    }

    wrong = client.post(page, {**sent, **rows, "group_memberships-0-starts_on": str(today - DAY)})
    right = client.post(page, {**sent, **rows, "group_memberships-0-starts_on": str(today + DAY)})

    assert "以前各日的归属保持不变" in wrong.content.decode()
    assert right.status_code == 302
    assert [row[0] for row in belongings(unit)][-1] == other
    assert belongings(unit)[0][2] == today
