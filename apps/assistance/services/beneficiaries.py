"""Who is helped: registering, correcting, and folding what was registered twice."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.core.errors import ConflictError, Difference, DomainError

from ..enums import BeneficiaryEventKind
from ..models import Beneficiary, BeneficiaryEvent, number_of
from ..personal import SEALED

PLAIN = ("kind", "circumstance", "community", "people")
WRITTEN = (
    *("kind", "circumstance", "community_id", "people"),
    *("name_sealed", "name_index", "phone_sealed", "phone_index"),
    *("address_sealed", "remark_sealed"),
)


class BeneficiaryRefusedError(DomainError):
    """The beneficiary cannot be registered or folded as asked."""


@transaction.atomic
def register_beneficiary(
    row: Beneficiary, *, duplicate_of: Beneficiary | None = None, by: User
) -> Beneficiary:
    """Store `row`, new and filled in, as registered by `by`; a second one of `duplicate_of`.

    Its `ref` is the submission of its form: the same one again answers with the row it made.
    """
    known = _registered(row, by)
    if known is not None:
        return known
    row.registered_by = by
    row.duplicate_of = None if duplicate_of is None else _first_of(duplicate_of)
    # Whether the form came before is for the database to say: only it sees both presses.
    row.full_clean(exclude=["ref"])
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # The same form pressed twice at once: the other press was first.
        known = _registered(row, by)
        if known is None:
            raise
        return known
    return row


def _registered(row: Beneficiary, by: User) -> Beneficiary | None:
    found: Beneficiary | None = Beneficiary.objects.filter(ref=row.ref).first()
    if found is not None and found.registered_by_id != by.pk:
        raise BeneficiaryRefusedError("此表单已由他人提交，请重新打开登记页面。")
    return found


def _first_of(row: Beneficiary) -> Beneficiary:
    """The row that counts: duplicates always point to it, never to one another."""
    locked = Beneficiary.objects.select_for_update().get(pk=row.pk)
    first: Beneficiary = locked.duplicate_of or locked
    return first


@transaction.atomic
def change_beneficiary(row: Beneficiary, *, version: int, by: User, now: dt.datetime) -> None:
    """Store the changed `row`, if nobody else has since `version`; nothing changed is no event.

    What was changed goes on record, of sealed fields the names alone. Raises ConflictError with
    both values of what is not sealed.
    """
    theirs = _locked(row)
    changes = {name: getattr(row, name) for name in WRITTEN}
    if all(getattr(theirs, name) == value for name, value in changes.items()):
        return
    row.full_clean()
    differences = _differences(row, theirs)
    if theirs.version != version:
        raise ConflictError(
            "他人刚刚修改了该对象，请核对后再保存。",
            differences=differences,
            marks={"version": theirs.version},
        )
    Beneficiary.objects.filter(pk=row.pk).update(**changes, version=version + 1)
    row.version = version + 1
    said = [
        f"{one.label}由“{_or_blank(one.theirs)}”改为“{_or_blank(one.mine)}”" for one in differences
    ]
    replaced, cleared = _sealed_changes(row, theirs)
    if replaced:
        said.append(f"更换{'、'.join(replaced)}")
    if said:
        _note(row, BeneficiaryEventKind.CHANGED, by=by, now=now, text="；".join(said))
    if cleared:
        _note(row, BeneficiaryEventKind.CLEARED, by=by, now=now, text="、".join(cleared))


def _locked(row: Beneficiary) -> Beneficiary:
    rows = Beneficiary.objects.select_for_update(of=["self"], no_key=True)
    found: Beneficiary = rows.select_related("community").get(pk=row.pk)
    return found


def _differences(mine: Beneficiary, theirs: Beneficiary) -> list[Difference]:
    found = []
    for name in PLAIN:
        label = str(Beneficiary._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        values = [_shown(row, name) for row in (mine, theirs)]
        if values[0] != values[1]:
            found.append(Difference(label, *values))
    return found


def _shown(row: Beneficiary, name: str) -> object:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)


def _or_blank(value: object) -> object:
    return "未登记" if value is None else value


def _sealed_changes(mine: Beneficiary, theirs: Beneficiary) -> tuple[list[str], list[str]]:
    """Labels of what was replaced and of what was emptied. Sealing the same words again counts
    as replacing: whether they were the same is not for the person to learn."""
    replaced: list[str] = []
    cleared: list[str] = []
    for name, label in SEALED.items():
        new, old = getattr(mine, f"{name}_sealed"), getattr(theirs, f"{name}_sealed")
        if new != old:
            (replaced if new else cleared).append(label)
    return replaced, cleared


def _note(
    row: Beneficiary, kind: BeneficiaryEventKind, *, by: User, now: dt.datetime, text: str = ""
) -> None:
    BeneficiaryEvent.objects.create(beneficiary=row, kind=kind, text=text[:300], at=now, by=by)


@transaction.atomic
def mark_duplicate(row: Beneficiary, *, of: Beneficiary, by: User, now: dt.datetime) -> None:
    """`row` is the same as `of`: from now on it is not counted apart.

    What was registered as a second `row` follows it. Raises BeneficiaryRefusedError when the two
    are one already.
    """
    locked = {
        one.pk: one
        for one in Beneficiary.objects.select_for_update()
        .filter(pk__in=[row.pk, of.pk])
        .order_by("pk")
    }
    first = locked[of.pk].duplicate_of_id or of.pk
    if first == row.pk:
        raise BeneficiaryRefusedError("不能标为与自身重复，或与自己的重复登记重复。", field="of")
    if locked[row.pk].duplicate_of_id == first:
        return
    Beneficiary.objects.filter(duplicate_of=row.pk).update(duplicate_of=first)
    Beneficiary.objects.filter(pk=row.pk).update(duplicate_of=first)
    row.refresh_from_db(fields=["duplicate_of"])
    same = f"与{number_of(first)}是同一对象"
    _note(row, BeneficiaryEventKind.FOLDED, by=by, now=now, text=same)


@transaction.atomic
def unmark_duplicate(row: Beneficiary, *, by: User, now: dt.datetime) -> None:
    """The row is counted on its own again; harmless when it was already."""
    if Beneficiary.objects.filter(pk=row.pk, duplicate_of__isnull=False).update(duplicate_of=None):
        _note(row, BeneficiaryEventKind.DISTINCT, by=by, now=now)
    row.refresh_from_db(fields=["duplicate_of"])
