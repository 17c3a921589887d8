import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.core.dates import business_day
from apps.jobs import registry, selectors
from apps.jobs.models import Occurrence
from apps.jobs.services import claims, run_due
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import OccurrenceFactory

pytestmark = pytest.mark.django_db


def test_status_page_is_for_those_who_keep_the_portal_going(staff, system_admin, reporter, city):
    assert client_for(staff).get("/jobs/").status_code == 200
    assert client_for(system_admin).get("/jobs/").status_code == 200
    assert client_for(reporter).get("/jobs/").status_code == 403
    assert client_for(city).get("/jobs/").status_code == 403


def test_status_page_says_when_each_job_last_ran_and_what_failed(clockwork, staff):
    clockwork.add("a", at=dt.time(0, 0))
    clockwork.add("b", at=dt.time(0, 0))
    clockwork.failing.add("b")
    run_due(now=timezone.now())

    page = client_for(staff).get("/jobs/")

    rows = {row[0]: row[1] for row in cells(page)}
    assert rows["编排当日任务"] == "正常"
    assert rows["任务a"] == "正常"
    assert rows["任务b"] == "失败"
    assert "RuntimeError(&#x27;b is broken&#x27;)" in page.content.decode()


def test_status_page_warns_before_the_first_ring(clockwork, staff):
    assert "定时任务尚未运行过" in client_for(staff).get("/jobs/").content.decode()


def test_status_knows_the_next_hour_before_the_day_is_planned(clockwork):
    clockwork.add("a", at=dt.time(7, 30))

    [_, status] = selectors.job_statuses(now=timezone.now())

    assert status.next_due is not None
    assert timezone.localtime(status.next_due).time() == dt.time(7, 30)
    assert status.next_due.date() >= business_day()


def test_list_filters_by_job_and_lateness(clockwork, staff):
    clockwork.add("a")
    OccurrenceFactory(job="a", scope="flood", state="done", is_late=True)
    OccurrenceFactory(job="a", scope="drill", state="done")
    client = client_for(staff)

    assert len(cells(client.get("/jobs/occurrences/?job=a"))) == 2
    assert [row[2] for row in cells(client.get("/jobs/occurrences/?late=1"))] == ["flood"]


def test_list_takes_as_many_statements_for_three_as_for_one(staff):
    client = client_for(staff)
    OccurrenceFactory()
    one = statements(client, "/jobs/occurrences/")
    OccurrenceFactory.create_batch(2)

    assert statements(client, "/jobs/occurrences/") == one


def test_record_shows_result_and_reason(staff):
    result = {"mails": 7, "missing": ["研判", "调度"], "already_locked": True}
    row = OccurrenceFactory(state="failed", error="没有连接", result=result)

    page = client_for(staff).get(f"/jobs/occurrences/{row.pk}/").content.decode()

    assert "没有连接" in page
    assert "<dt>邮件（封）</dt><dd>7</dd>" in page
    assert "<dt>未办事项</dt><dd>研判、调度</dd>" in page
    assert "<dt>此前已锁定</dt><dd>是</dd>" in page


def test_staff_has_a_failed_run_tried_again(staff, leader):
    row = OccurrenceFactory(state="failed", tries=claims.MOST_TRIES)

    assert client_for(leader).post(f"/jobs/occurrences/{row.pk}/retry/").status_code == 403
    assert client_for(staff).post(f"/jobs/occurrences/{row.pk}/retry/").url == "/jobs/"
    row.refresh_from_db()
    assert (row.tries, row.claimed_until) == (0, None)


def test_jobs_command_tells_states_late_and_missing_as_one_document(clockwork, capsys):
    clockwork.add("a", at=dt.time(0, 0))
    clockwork.add("b", at=dt.time(0, 0))
    clockwork.failing.add("b")
    run_due(now=timezone.now())

    call_command("jobs", "--json")

    told = json.loads(capsys.readouterr().out)
    counts = {(o["job"], o["state"]): o["count"] for o in told["occurrences"]}
    assert counts == {("a", "done"): 1, ("b", "failed"): 1, (registry.PLAN, "done"): 1}
    assert told["missing"] == 1
    assert [job["label"] for job in told["jobs"]] == ["编排当日任务", "任务a", "任务b"]
    assert dt.datetime.fromisoformat(told["last_ring"]).utcoffset() == dt.timedelta(hours=8)


def test_jobs_command_speaks_to_people_too(clockwork, capsys):
    clockwork.add("a", at=dt.time(0, 0))
    run_due(now=timezone.now())

    call_command("jobs")

    assert "任务a　上次完成" in capsys.readouterr().out
    assert Occurrence.objects.filter(job="a", state="done").count() == 1
