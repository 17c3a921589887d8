"""Many hands on one report at the same moment, and what happens when the guard is away."""

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F

from apps.daily.enums import ReportState
from apps.daily.models import DailyReport, ReportRevision
from apps.daily.services import reports as services
from apps.daily.services.reports import submitting

from .report_day import AT_FOUR

HANDS = 20


@pytest.fixture
def open_report(transactional_db, report):
    return report


def filing(submission, value):
    cells = {"F06": 9, "F03": value, "F14": 0, "F08": 1}
    entries = {code: services.Entry(Decimal(number)) for code, number in cells.items()}
    return services.Filing(version=0, submission=submission, entries=entries)


def all_at_once(report, user, filings):
    """Each filing in a thread of its own, released together; what each got back."""
    start = threading.Barrier(len(filings))
    answers = [None] * len(filings)

    def run(place, one):
        mine = DailyReport.objects.select_related("campaign", "unit").get(pk=report.pk)
        start.wait()
        try:
            answers[place] = services.submit_report(mine, one, by=user, now=AT_FOUR).receipt
        except services.StaleReportError as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(filings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_form_pressed_twenty_times_is_one_submission(open_report, reporter):
    submission = uuid.uuid4()

    answers = all_at_once(open_report, reporter, [filing(submission, 40)] * HANDS)

    assert set(answers) == {"20210805-FLOOD-U901-1"}
    assert ReportRevision.objects.count() == 1
    open_report.refresh_from_db()
    assert open_report.version == 1


def test_of_twenty_editors_one_files_and_the_others_see_both_values(open_report, reporter):
    filings = [filing(uuid.uuid4(), 30 + hand) for hand in range(HANDS)]

    answers = all_at_once(open_report, reporter, filings)

    won = [answer for answer in answers if isinstance(answer, str)]
    lost = [answer for answer in answers if isinstance(answer, services.StaleReportError)]
    assert (len(won), len(lost)) == (1, HANDS - 1)
    assert ReportRevision.objects.count() == 1
    standing = services.current_values(DailyReport.objects.get(pk=open_report.pk))["F03"]
    assert {one.differences[0].theirs for one in lost} == {standing}


def test_without_the_guard_editors_overwrite_one_another(open_report, reporter, monkeypatch):
    """The control arm: the same twenty, with the version left out of the UPDATE."""

    def take_anyway(report, _filing, *, state, **_more):
        rows = DailyReport.objects.filter(pk=report.pk)
        return bool(rows.update(state=ReportState(state), version=F("version") + 1))

    monkeypatch.setattr(submitting, "_take", take_anyway)
    filings = [filing(uuid.uuid4(), 30 + hand) for hand in range(HANDS)]

    all_at_once(open_report, reporter, filings)

    assert ReportRevision.objects.count() == HANDS
