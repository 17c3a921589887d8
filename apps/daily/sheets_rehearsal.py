"""What keeps the rows of a table from being filed: each is filed, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from apps.core.errors import DomainError

from .services.reports import IncompleteReportError
from .sheets_filing import FiledRow, RowFiler
from .sheets_values import ValueColumn

ON_A_FORM, IN_A_TABLE = "选择原因", "在“核对说明”选择原因"
"""A doubt is answered beside its value on the form, in a column of its own in a table."""


class _Rehearsed(Exception):  # noqa: N818 — undoes a rehearsal, no fault
    """Takes back what was filed to see whether it can be."""


class Rehearsal:
    """Rehearses rows through the services, and says of every cell what they say."""

    def __init__(
        self, filer: RowFiler, values: Collection[ValueColumn], columns: Collection[str]
    ) -> None:
        self._filer, self._values, self._columns = filer, values, columns

    def problems(self, row: FiledRow, unread: Collection[str] = ()) -> Mapping[str, str]:
        """By column, what is to be mended beside the cells in `unread`, which say nothing yet."""
        found: dict[str, str] = {}
        try:
            with transaction.atomic():
                found |= self._filer.as_yesterday(row)
                found |= self._filer.not_asked(row)
                self._filer.file(row.without(found))
                raise _Rehearsed
        except _Rehearsed:
            pass
        except IncompleteReportError as refusal:
            for field, sentence in refusal.problems.items():
                told = sentence.replace(ON_A_FORM, IN_A_TABLE)
                found.setdefault(self._column_of(field), told)
        except DomainError as refusal:
            found.setdefault(self._column_of(refusal.field), refusal.message)
        return {column: reason for column, reason in found.items() if column not in unread}

    def _column_of(self, field: str | None) -> str:
        """The column that a refusal's field stands in."""
        code = (field or "").removeprefix("v-")
        for value in self._values:
            if code in value.codes:
                return value.name
        return field if field and field in self._columns else "unit"
