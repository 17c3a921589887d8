"""What an app declares of a sheet that goes out as Excel and comes back: columns, rows, rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from apps.core.crypto import Sealer, mask_phone
from apps.core.scope import scope_of

if TYPE_CHECKING:
    from apps.accounts.models import User

    from ..workbooks.cells import Parsed
    from ..workbooks.tables import Heading

Labels = Sequence[str] | Callable[[Any], Sequence[str]]


@dataclass(frozen=True)
class Lookup:
    """A column that names a row of another table.

    `rows(user)` are the rows that may be named. Each of `names` is a field path or expression under
    which a row is known; the first is the one written out. `within` maps columns of the source to columns of
    the staging table: a branch is looked for within the unit of its line (`{"unit_id": "unit_id"}`).
    The id found stands in `<column>_id`: that of the row, or its `key` where rows are of several tables.
    """

    rows: Callable[[Any], QuerySet[Any]]
    names: Sequence[str | Combinable]
    within: Mapping[str, str] = field(default_factory=dict)
    unknown: str = "没有这一项，或不在您的范围内，请从下拉选项中选择。"
    several: str = "同名的不止一个，请写明代码。"
    key: str = "pk"


@dataclass(frozen=True)
class SheetColumn:
    """One column. `read` makes a value of a cell; `write` a cell of a value.

    `blank` is the value of an empty cell: an empty optional cell clears what stood there, a column
    that is not in the file leaves it alone. `stored` is the column of the model's table that takes
    the value (of a lookup: its id); empty where the sheet writes it by itself. `path` is where the
    present value is found from the model or `annotate` (default: the name), `id_path` the id of a
    lookup (default: `<name>_id`). With `sealed`, the field of `apps.core.crypto.Sealed`, the value
    is encrypted before it leaves Python; the column then goes out masked, and a mask that comes
    back means: as it was. What `follows` from other columns stands there to be read: empty it says
    nothing, another value is for a check to refuse. With `made`, a new row without the value gets one from the sheet
    (`find_problems` fills it into `compared`).
    """

    name: str
    label: str
    read: Callable[[Any], Parsed]
    sql_type: str = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    is_key: bool = False
    made: bool = False
    follows: bool = False
    blank: Any = None
    stored: str = ""
    path: str = ""
    id_path: str = ""
    lookup: Lookup | None = None
    sealed: str = ""
    choices: Labels = ()
    write: Callable[[Any], Any] = lambda value: value
    help: str = ""
    example: str = ""
    width: int = 14

    def labels_for(self, user: Any) -> list[str]:
        """The options of the drop-down."""
        return list(self.choices(user) if callable(self.choices) else self.choices)

    @property
    def is_needed(self) -> bool:
        return (self.required or self.is_key) and not self.made

    @property
    def paths(self) -> list[str]:
        """Where its present values are found: value, and id or index."""
        if self.sealed:
            return [f"{self.sealed}_sealed", f"{self.sealed}_index"]
        own = self.path or self.name
        return [own, self.id_path or f"{self.name}_id"] if self.lookup else [own]


@dataclass(frozen=True)
class Check:
    """A rule over the compared rows: `where` is SQL over the alias `c`, true for what is wrong.

    The alias has every column as it will stand (`c.name`, `c.unit_id`), as it stands (`c.was_name`),
    `c.target_id` (None for a new row) and `c.row`. `reason` is a sentence with the remedy.
    `params(user, on)` fills the placeholders.
    """

    column: str
    reason: str
    where: str
    params: Callable[[Any, dt.date], Sequence[Any]] = lambda _user, _on: ()


@dataclass(frozen=True)
class Applying:
    """What a sheet needs to write its rows: the batch's number, who, and the business day."""

    cursor: CursorWrapper
    user: User
    on: dt.date
    batch_id: int


class Sheet:
    """A kind of table that is imported and exported in one shape; subclass and `register_sheet`.

    The rows stand in `model`; the columns' paths find their present values, with what `annotate`
    adds. Keys together name one row of the model.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    measure: ClassVar[str] = "行"
    permission: ClassVar[str]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[Sequence[SheetColumn]]
    checks: ClassVar[Sequence[Check]] = ()
    unique: ClassVar[Sequence[Sequence[str]]] = ()
    """Further sets of columns of which no two rows may be equal, where not empty."""
    label: ClassVar[Sequence[str]]
    """The columns a row is called by on the page."""
    or_keys: ClassVar[Sequence[str]] = ()
    """Columns that name a row where the file has no key; one not found so is added if the key is
    `made`."""
    known_by: ClassVar[Sequence[str]] = ()
    """Columns that together tell, where the key's cell is empty, which row is meant, if it is one."""
    stated: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Words above the table after which a column's value stands for every row: 填报单位：省水利厅."""
    assumed: ClassVar[frozenset[str]] = frozenset()
    """Columns whose `blank` stands for every row where the file has no such column."""
    answered_in: ClassVar[Sequence[str]] = ()
    """Columns a file that comes back marked gets, where it has none, to be answered in."""
    days: ClassVar[frozenset[str]] = frozenset()
    """Columns of days: a year stated above the table completes them."""
    order: ClassVar[Sequence[str]] = ()
    added: ClassVar[Mapping[str, str]] = {}
    """Columns of the table with the SQL that fills them in a new row."""
    also: ClassVar[Sequence[type[models.Model]]] = ()
    """Further models the sheet writes to; they are locked while it is applied."""
    list_url: ClassVar[str] = ""
    """The list these rows are seen in, by its URL name."""
    listed: ClassVar[str] = "pk"
    """The path from the model to the rows of that list, where it is of what they belong to."""
    notes: ClassVar[Sequence[str]] = ()
    """Sentences for the help row of the template."""
    fixed: ClassVar[str] = ""
    """Why rows that are `known` and not `writable` stay as they are, in a sentence."""
    writes_itself: ClassVar[bool] = False
    """Whether `apply` alone writes the rows: no INSERT and no UPDATE is made from the columns."""
    not_undone: ClassVar[str] = ""
    """Why an import of this sheet is never undone, in a sentence."""

    def as_of_now(self) -> Sheet:
        """The sheet as it is used for one import: another one where columns are data themselves."""
        return self

    def for_rows(self, rows: QuerySet[Any] | None = None) -> Sheet:  # noqa: ARG002
        """The sheet in which a list of `rows` leaves; without one, its template."""
        return self.as_of_now()

    # --- rows

    def writable(self, user: Any) -> QuerySet[Any]:
        """The rows `user` may change by this sheet; its template holds them."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return rows

    def known(self, user: Any) -> QuerySet[Any]:
        """The rows that go out with a list and are met when they come back. Those that are not
        `writable` are refused when changed: `fixed` says why."""
        return self.writable(user)

    def rows_of(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the model that stand for those of a list."""
        if self.listed == "pk":
            return listed
        keys = listed.order_by().values("pk")
        return self.model._default_manager.filter(**{f"{self.listed}__in": keys})

    def annotate(self, rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:  # noqa: ARG002
        """Adds what the columns' paths name beside the model's own, as of the business day `on`."""
        return rows

    def sees_all(self, user: Any) -> bool:
        """Whether `known(user)` are all rows there are."""
        return scope_of(user).everything

    # --- writing

    def find_problems(self, cursor: CursorWrapper, *, user: Any, on: dt.date) -> None:
        """Add to `problem` what no `Check` can say, such as where somebody is, and to new rows of
        `compared` what is `made`; after the checks."""

    def prepare(self, applying: Applying) -> None:
        """Write what the rows of `model` will stand on, before them; `compared` may get columns."""

    def apply(self, applying: Applying) -> None:
        """Write further tables, after the generic INSERT and UPDATE of `model`.

        The temporary table `compared` holds the rows, as `Check` describes them; `state` is 'new',
        'changed' or 'unchanged'. A new row is met by its key (or by `ref`). Touch a row at most
        once and remove none: undoing puts back what the audit trail has of this import.
        """

    def bars_undoing(self, cursor: CursorWrapper) -> list[str]:  # noqa: ARG002
        """Sentences on why this one import stays, beside changes since; `trail` has what it wrote."""
        return []

    # --- what follows from the above

    def keys(self, present: Collection[str]) -> list[SheetColumn]:
        """The columns by which a file with these columns names rows; none when it cannot."""
        own = [column for column in self.columns if column.is_key]
        for keys in (own, [self.by_name[name] for name in self.or_keys]):
            if keys and all(key.name in present for key in keys):
                return keys
        return []

    @property
    def tables(self) -> list[type[models.Model]]:
        return [self.model, *self.also]

    @cached_property
    def by_name(self) -> dict[str, SheetColumn]:
        return {column.name: column for column in self.columns}

    def headings(self) -> list[Heading]:
        """What is looked for in a file: only the key must be there, where nothing may stand for it."""
        from ..workbooks.tables import Heading

        is_lenient = self.or_keys or self.known_by
        must = set() if is_lenient else {c.name for c in self.columns if c.is_key}
        return [
            Heading(
                c.name,
                c.label,
                c.aliases,
                c.name in must,
                stated=self.stated.get(c.name, ()),
                default=c.blank if c.name in self.assumed else "",
                is_day=c.name in self.days,
            )
            for c in self.columns
        ]

    def paths(self) -> list[str]:
        """Where the present values of all columns are found, the row's key first."""
        found = ["pk", *(path for column in self.columns for path in column.paths)]
        return [*found, "ref"] if self.has_sealed else found

    @property
    def has_sealed(self) -> bool:
        return any(column.sealed for column in self.columns)

    def export_rows(
        self, user: Any, rows: QuerySet[Any] | None = None, *, on: dt.date
    ) -> Iterator[list[Any]]:
        """The cells of each row, as they would come back; `rows` narrows (a filtered list)."""
        found = self.writable(user)
        if rows is not None:
            found = self.known(user).filter(pk__in=rows.order_by().values("pk"))
        found = self.annotate(found, on=on).order_by(*self.order, "pk")
        for row in found.values(*dict.fromkeys(self.paths())).iterator(chunk_size=2000):
            yield [self.cell(column, row) for column in self.columns]

    def masked(self, column: SheetColumn, values: Sequence[str], refs: Sequence[UUID]) -> list[str]:
        """Values of a sealed column as the sheet shows them; `refs` are those of their rows."""
        sealer = Sealer(table=self.model._meta.db_table, column=column.paths[0])
        pairs = zip(values, refs, strict=True)
        return [mask_phone(sealer.unseal(value, str(ref))) for value, ref in pairs]

    def cell(self, column: SheetColumn, row: Mapping[str, Any]) -> Any:
        """One value of a `.values()` row as the sheet shows it."""
        if column.sealed:
            return self.masked(column, [row[column.paths[0]]], [row["ref"]])[0]
        value = row[column.paths[0]]
        return "" if value is None else column.write(value)
