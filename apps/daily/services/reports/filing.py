"""What a submission carries, as the doors hand it to the services."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.formats import figure
from apps.figures.enums import Qualifier
from apps.figures.values import qualifier_word

from ...enums import ReportSource
from ...models import ReportRevision, ReportValue


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell: a number, an explicit zero, or missing (None). Missing is never zero."""

    value: Decimal | None
    qualifier: str = Qualifier.EXACT
    is_carried: bool = False
    doubt_reason: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a proxy's figures came from: by which way, from whom, when (代录)."""

    source: ReportSource
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """One pressing of 提交. `submission` was made when the form was drawn, `version` is the one it
    was drawn from; `entries` go by indicator code. `before_review` is 先报后审; `explanation` is
    asked for once the day is locked. `zero_reason` answers for 今日无下沉 against the ledger.
    `is_blind`: who typed may not see yesterday's restricted values, so those raise no doubt.
    `draft_mark` is the mark of the draft that was seen, empty for none; None where there is no such
    thing, as in a table.
    """

    version: int
    submission: uuid.UUID
    entries: Mapping[str, Entry]
    is_zero: bool = False
    zero_reason: str = ""
    is_calm: bool = False
    leader_on_duty: str = ""
    night_phone: str = ""
    needs: str = ""
    explanation: str = ""
    before_review: bool = False
    is_blind: bool = False
    opened_at: dt.datetime | None = None
    draft_mark: str | None = None


def fields_of(revision: ReportRevision) -> dict[str, Any]:
    """A revision as the form's own fields, so that it can be opened again as a draft."""
    fields: dict[str, Any] = {
        "is_zero": revision.is_zero,
        "zero_reason": revision.zero_reason,
        "is_calm": revision.is_calm,
        "leader_on_duty": revision.leader_on_duty,
        "night_phone": revision.night_phone,
        "needs": revision.needs,
    }
    for value in revision.values.select_related("indicator"):
        fields |= _cell(value)
    return fields


def _cell(value: ReportValue) -> dict[str, Any]:
    code = value.indicator.code
    text = (
        ""
        if value.value is None
        else figure(value.value, qualifier=qualifier_word(value.qualifier))
    )
    return {
        f"v-{code}": text,
        f"r-{code}": value.doubt_reason,
        f"c-{code}": "1" if value.is_carried else "",
    }
