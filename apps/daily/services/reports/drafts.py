"""The draft on the server. The device keeps its own; the later one explains itself."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from apps.accounts.models import User
from apps.core import formats
from apps.core.errors import Difference, DomainError
from apps.figures.values import parse_value

from ...enums import FILEABLE, FILEABLE_AFTER_LOCK, ReportState
from ...models import DailyReport
from ...selectors.sheets import Line
from .filing import Filing
from .refusals import AlreadyFiledError, DraftConflictError


@transaction.atomic
def save_draft(
    report: DailyReport,
    *,
    version: int,
    fields: Mapping[str, Any],
    seen: str,
    by: User,
    now: dt.datetime,
) -> str:
    """Keep `fields` (the form's own) as the draft; the answer is its mark.

    `seen` is the mark of the draft the form last knew, empty for none. Raises DraftConflictError when
    another draft was saved in between, AlreadyFiledError when there is nothing left to draft.
    """
    mark = now.isoformat()
    written = (
        DailyReport.objects.filter(_open_to_filing(), Q(draft__isnull=True) | Q(draft__at=seen))
        .filter(pk=report.pk, version=version)
        .update(
            draft={"at": mark, "by": by.name, "fields": dict(fields)},
            draft_by=by,
            state=Case(
                When(state=ReportState.MISSING, then=Value(ReportState.DRAFT)), default=F("state")
            ),
        )
    )
    if not written:
        report.refresh_from_db()
        raise _refusal(report, version)
    return mark


def _open_to_filing() -> Q:
    return Q(state__in=FILEABLE) | Q(state__in=FILEABLE_AFTER_LOCK, frozen_at__isnull=False)


def refuse_unseen_draft(
    report: DailyReport, filing: Filing, lines: Sequence[Line], *, by: User
) -> None:
    """Filing takes the draft away: not one of somebody else that the form has never shown.

    Raises DraftConflictError with both values.
    """
    rows = DailyReport.objects.select_for_update(no_key=True).filter(pk=report.pk)
    draft, drafted_by = rows.values_list("draft", "draft_by").get()
    if filing.draft_mark is None or not draft or drafted_by == by.pk:
        return
    if draft["at"] == filing.draft_mark:
        return
    fields = draft["fields"]
    differences = [
        Difference(line.name, mine, theirs)
        for line in lines
        if line.is_typed
        and (mine := filing.entries[line.code].value)
        != (theirs := _value(fields.get(f"v-{line.code}", ""), line.indicator.measure))
    ]
    when = formats.moment(dt.datetime.fromisoformat(draft["at"]))
    raise DraftConflictError(
        f"{draft['by']} {when} 在另一处保存了草稿。您填写的内容仍在，核对后可再次提交。",
        differences=differences,
    )


def _value(text: str, measure: str) -> Decimal | str | None:
    """What a draft's cell says: a number, nothing, or words that are none yet."""
    try:
        return parse_value(text, measure).value
    except DomainError:
        return text


def _refusal(report: DailyReport, version: int) -> AlreadyFiledError | DraftConflictError:
    if report.version != version or not report.draft:
        return AlreadyFiledError(
            f"本日报现为“{report.get_state_display()}”，草稿未保存到服务器，您填写的内容仍在本机。"
        )
    when = formats.moment(dt.datetime.fromisoformat(report.draft["at"]))
    return DraftConflictError(f"{report.draft['by']} {when} 在另一处保存了草稿，请选择保留哪一份。")
