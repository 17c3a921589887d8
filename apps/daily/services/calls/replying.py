"""An answer to a request for numbers: one conditional UPDATE, then its values."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.core.errors import Difference
from apps.figures.values import Reading

from ...enums import CallState, ReplyState, ReportSource
from ...errors import CallRefusedError, StaleReplyError
from ...models import DataCall, DataCallReply, DataCallValue


@dataclass(frozen=True, slots=True)
class Answer:
    """One pressing of 报送. `values` go by item id; a missing number is a Reading of None.

    A proxy (代录) names its `source` and who told.
    """

    version: int
    submission: uuid.UUID
    values: Mapping[int, Reading]
    note: str = ""
    source: ReportSource = ReportSource.UNIT
    source_name: str = ""
    opened_at: dt.datetime | None = None


@transaction.atomic
def file_reply(
    reply: DataCallReply, answer: Answer, *, by: User, now: dt.datetime
) -> DataCallReply:
    """Store the answer; the same submission again changes nothing. May be changed until the end.

    Raises CallRefusedError when the call has ended or the answer is empty, StaleReplyError with
    both values when somebody else answered first.
    """
    if reply.submission == answer.submission:
        return reply
    if all(one.value is None for one in answer.values.values()) and not answer.note:
        raise CallRefusedError("请至少填写一项；确无法提供的，请在说明中写明原因。")
    open_ = DataCall.objects.filter(pk=reply.call_id, state=CallState.OPEN).select_for_update()
    if not open_.exists():
        raise CallRefusedError(f"“{reply.call}”已结束，不再接收。")
    taken = DataCallReply.objects.filter(pk=reply.pk, version=answer.version).update(
        version=F("version") + 1,
        state=ReplyState.FILED,
        submission=answer.submission,
        note=answer.note,
        source=answer.source,
        source_name=answer.source_name,
        opened_at=answer.opened_at,
        filed_at=now,
        filed_by=by,
    )
    reply.refresh_from_db()
    if not taken:
        if reply.submission == answer.submission:
            return reply
        raise _stale(reply, answer)
    DataCallValue.objects.bulk_create(
        [
            DataCallValue(reply=reply, item_id=item, value=one.value, qualifier=one.qualifier.value)
            for item, one in answer.values.items()
        ],
        update_conflicts=True,
        unique_fields=["reply", "item"],
        update_fields=["value", "qualifier"],
    )
    return reply


def _stale(reply: DataCallReply, answer: Answer) -> StaleReplyError:
    stored = {row.item_id: row for row in reply.values.select_related("item")}
    return StaleReplyError(
        f"{reply.filed_by}已在您填写期间报送，请核对后再提交。",
        differences=[
            Difference(str(stored[item].item), one.value, stored[item].value)
            for item, one in answer.values.items()
            if item in stored and stored[item].value != one.value
        ],
    )
