"""Occurrences by job and state, what is missing and what ran late."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count
from django.utils import timezone

from apps.core.commands import PortalCommand
from apps.core.dates import to_local
from apps.core.formats import DASH, moment
from apps.jobs import registry, selectors
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence


class Command(PortalCommand):
    help = "各项任务的执行情况：上次完成、下次应执行、补跑、未完成、失败、略过"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一份 JSON")
        parser.add_argument(
            "--days", metavar="天数", type=int, default=7, help="统计最近几天（默认 7）"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        statuses = selectors.job_statuses(now=now, days=max(options["days"], 1))
        if options["json"]:
            self.stdout.write(as_json(statuses))
            return
        for status in statuses:
            last = moment(status.last_done, now=now) if status.last_done else DASH
            following = moment(status.next_due, now=now) if status.next_due else DASH
            self.stdout.write(
                f"{status.label}　上次完成 {last}　下次 {following}　完成 {status.done}"
                f"（补跑 {status.late}）　未完成 {status.missing}　失败 {status.failed}"
                f"　略过 {status.skipped}"
            )


def as_json(statuses: list[selectors.JobStatus]) -> str:
    counted = Occurrence.objects.order_by("job", "state").values_list("job", "state")
    ring = selectors.last_ring()
    document = {
        "jobs": [
            {
                "job": status.name,
                "label": status.label,
                "last_done": to_local(status.last_done) if status.last_done else None,
                "next_due": to_local(status.next_due) if status.next_due else None,
                "done": status.done,
                "late": status.late,
                "missing": status.missing,
                "failed": status.failed,
                "skipped": status.skipped,
            }
            for status in statuses
        ],
        "occurrences": [
            {"job": job, "state": state, "count": count}
            for job, state, count in counted.annotate(n=Count("id"))
        ],
        "missing": sum(s.missing for s in statuses if s.name != registry.PLAN),
        "late": Occurrence.objects.filter(state=OccurrenceState.DONE, is_late=True).count(),
        "last_ring": to_local(ring) if ring else None,
    }
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
