"""What the clock does for a day, by hand: the same ledger, the same services."""

import datetime as dt
import json
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.campaigns.selectors import running_campaigns
from apps.core import formats
from apps.core.audit_context import acting
from apps.core.commands import PortalCommand
from apps.core.dates import business_day, parsed_day, to_local
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.registry import label_of
from apps.jobs.services import Outcome, RunSummary, run_due

MARKS: dict[str, str] = {
    OccurrenceState.DONE: "完成",
    OccurrenceState.SKIPPED: "略过",
    OccurrenceState.FAILED: "失败",
}


class Command(PortalCommand):
    help = "执行某日已到时的各项任务（生成应报、催报、快报数、数据锁定、四个一小结、每日情况）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="日期", help="如 2021-08-05（默认当日）")
        parser.add_argument("--campaign", metavar="代码", help="只执行一项应急任务（默认全部）")
        parser.add_argument("--json", action="store_true", help="输出一份 JSON，进度写到标准错误")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        on = self._day(options["on"], today=business_day(now))
        code = self._campaign(options["campaign"], on=on, is_named=options["on"] is not None)
        with acting("command:nightly"):
            summary = run_due(now=now, on=on, scope_prefix=code, progress=self._tell)
        ahead = _ahead(on=on, now=now, code=code)
        if options["json"]:
            self.stdout.write(as_json(on, code, summary, ahead))
        else:
            self._report(on, summary, ahead)
        if summary.failed:
            sys.exit(1)

    def _day(self, text: str | None, *, today: dt.date) -> dt.date:
        if text is None:
            return today
        day = parsed_day(text)
        if day is None:
            self._refuse(f"--on：“{text}”不是日期，请写成 2021-08-05 这样的形式。")
        if day > today:
            self._refuse(f"--on：{text} 还没有到，请写今天（{today}）或以前的日期。")
        return day

    def _campaign(self, code: str | None, *, on: dt.date, is_named: bool) -> str:
        """A day that was asked for by name needs a campaign; today has its housekeeping anyway."""
        running = [campaign.code for campaign in running_campaigns(on=on)]
        if is_named and not running and not code:
            self._refuse(
                f"--on：{on} 没有进行中的应急任务，没有要执行的任务；请写应急任务进行期间的日期。"
            )
        if code and code not in running:
            known = Campaign.objects.filter(code=code).first()
            trouble = (
                f"“{known}”{known.get_state_display()}，{on} 没有要执行的任务。"
                if known
                else f"没有代码为“{code}”的应急任务。"
            )
            way_out = f"可用：{'、'.join(running)}。" if running else "该日没有进行中的应急任务。"
            self._refuse(f"--campaign：{trouble}{way_out}")
        return code or ""

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)

    def _tell(self, outcome: Outcome) -> None:
        late = "（补跑）" if outcome.is_late else ""
        self.stderr.write(
            f"{MARKS.get(outcome.state, outcome.state)}{late}　{label_of(outcome.job)}"
            f"　{outcome.scope}{f'　{outcome.error}' if outcome.error else ''}"
        )

    def _report(self, on: dt.date, summary: RunSummary, ahead: list[Occurrence]) -> None:
        self.stdout.write(
            f"{formats.day(on)}：完成 {summary.done}（补跑 {summary.late}），"
            f"略过 {summary.skipped}，失败 {summary.failed}，待他处执行 {summary.waiting}。"
        )
        for row in ahead:
            self.stdout.write(
                f"未到时　{formats.moment(row.due_at)}　{label_of(row.job)}　{row.scope}"
            )


def _ahead(*, on: dt.date, now: dt.datetime, code: str) -> list[Occurrence]:
    rows = Occurrence.objects.filter(on=on, state=OccurrenceState.EXPECTED, due_at__gt=now)
    if code:
        rows = rows.filter(scope=code) | rows.filter(scope__startswith=f"{code}/")
    return list(rows.order_by("due_at", "id"))


def as_json(on: dt.date, code: str, summary: RunSummary, ahead: list[Occurrence]) -> str:
    document = {
        "on": on,
        "campaign": code or None,
        "planned": summary.planned,
        "done": summary.done,
        "late": summary.late,
        "skipped": summary.skipped,
        "failed": summary.failed,
        "waiting": summary.waiting,
        "runs": [
            {
                "job": outcome.job,
                "on": outcome.on,
                "scope": outcome.scope,
                "state": outcome.state,
                "late": outcome.is_late,
                "result": outcome.result,
                "error": outcome.error,
            }
            for outcome in summary.outcomes
        ],
        "ahead": [
            {"job": row.job, "scope": row.scope, "due_at": to_local(row.due_at)} for row in ahead
        ],
    }
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
