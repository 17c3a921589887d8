"""An evening at 18:20 over the reference world: what the pictures show.

The drill's day is lived through at its own hours, by the portal's own services: digests and
reminders leave, teams are counted, most units file in the afternoon, a few do not. Those few are
invented ones (示例…): no picture shows an organ that exists as late.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.audit_context import acting
from apps.core.dates import moment_on
from apps.daily.enums import Fulfilment, ReportState
from apps.daily.models import CityTalkItem, DailyReport
from apps.daily.selectors.owed import owed_reports
from apps.daily.selectors.sheets import report_lines
from apps.daily.services import reports
from apps.daily.services.talks import answer_item
from apps.deployments.models import Deployment, DeploymentDay
from apps.deployments.services import record_day
from apps.deployments.whereabouts import active_on
from apps.jobs import services as jobs
from apps.jobs.models import Occurrence
from apps.messaging import services as messaging
from apps.messaging.models import OutboxMessage

NOW = dt.time(18, 20)
SILENT = 8
"""So many units have not filed when the evening comes."""
MORNING = ((0, 6), (6, 31), (7, 31), (7, 41), (8, 1))
LATER = ((16, 31), (17, 1), (18, 1))
MOMENT = dt.timedelta(seconds=20)


@contextmanager
def at(day: dt.date, time: dt.time) -> Iterator[None]:
    with time_machine.travel(moment_on(day, time), tick=True):
        yield


def live_through(campaign: Campaign, *, on: dt.date) -> None:
    """Bring the day up to the evening; a day that is there already stays as it is."""
    if Occurrence.objects.filter(job="flash_figures", on=on).exists():
        return
    for hour, minute in MORNING:
        ring(on, dt.time(hour, minute))
    with at(on, dt.time(15, 40)), acting("command:screenshots"):
        answer_city(campaign, on=on)
        silent = file_most(campaign, on=on)
        count_teams(campaign, silent, on=on)
    for hour, minute in LATER:
        ring(on, dt.time(hour, minute))


def ring(on: dt.date, time: dt.time) -> None:
    """What the bell does at `time`.

    The database's clock cannot be moved: what it stamped is put to the hour it was of.
    """
    known = set(OutboxMessage.objects.values_list("pk", flat=True))
    with at(on, time):
        now = timezone.now()
        jobs.run_due(now=now)
        jobs.run_ticks(now=now)
        messaging.deliver(now=now)
        mails = OutboxMessage.objects.exclude(pk__in=known)
        mails.update(queued_at=now)
        mails.exclude(sent_at=None).update(sent_at=now + MOMENT)
        runs = Occurrence.objects.exclude(job="plan").exclude(finished_at=None)
        runs.update(started_at=F("due_at"), finished_at=F("due_at") + MOMENT)


def answer_city(campaign: Campaign, *, on: dt.date) -> None:
    """Everything the city's committee asked for this morning has its answer before 16:00."""
    asked = CityTalkItem.objects.filter(talk__round__campaign=campaign, talk__round__on=on)
    for item in asked.filter(fulfilment=Fulfilment.OPEN):
        reply = item.reply or "已安排就近单位派出"
        answer_item(item, reply=reply, fulfilment=Fulfilment.PARTLY, now=timezone.now())


def file_most(campaign: Campaign, *, on: dt.date) -> set[int]:
    """All but a few invented units file what they owe with yesterday's numbers; groups accept
    all but one in twenty. Returns the units that stay silent."""
    rows = list(
        DailyReport.objects.filter(pk__in={row.report for row in owed_reports([campaign], on=on)})
        .select_related("unit", "campaign", "group")
        .order_by("unit__sort_order")
    )
    invented = [row for row in rows if row.unit.short_name.startswith("示例")]
    stay = {ReportState.MISSING, ReportState.DRAFT, ReportState.RETURNED}
    silent = [row for row in invented if row.state in stay][:SILENT]
    for number, report in enumerate(row for row in rows if row not in silent):
        file_as_yesterday(report)
        if number % 20 and report.group is not None:
            by = User.objects.get(username=f"group{report.group.number:02}")
            reports.accept_report(report, by=by, now=timezone.now())
    return {row.unit_id for row in silent}


def file_as_yesterday(report: DailyReport) -> None:
    by = User.objects.filter(postings__unit=report.unit, postings__role="reporter").first()
    assert by is not None
    if report.state == ReportState.UNIT_REVIEW:
        reports.approve_in_unit(report, version=report.version, by=by, now=timezone.now())
        return
    entries = {
        line.code: reports.Entry(line.before or 0, is_carried=line.can_carry)
        for line in report_lines(report)
        if line.is_typed
    }
    filing = reports.Filing(report.version, uuid.uuid4(), entries, before_review=True)
    reports.submit_report(report, filing, by=by, now=timezone.now())
    report.refresh_from_db()


def count_teams(campaign: Campaign, silent: set[int], *, on: dt.date) -> None:
    """Deployments of those who filed have their day entered, as many people as the last time."""
    entered = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on)
    rows = active_on(Deployment.objects.filter(~Exists(entered), campaign=campaign), on)
    for deployment in rows.exclude(unit__in=silent):
        last = deployment.days.order_by("-on").first()
        if last is not None:
            record_day(
                deployment,
                day=on,
                expected=last.expected,
                present=last.present,
                night=last.night,
                on=on,
            )
