"""投稿→初审→复审→终审签发, 退回修改 and 撤稿: each one conditional UPDATE and one step on record."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.accounts.models import User

from ..enums import ITEM_STEPS, REVIEWED, ItemState
from ..errors import ItemRefusedError, ReviewerRefusedError
from ..models import ItemStep, PublicityItem
from .claims import stale
from .telling import tell_step

THREE_PEOPLE = "初审、复审、终审须由三人分别办理，您在本次审签中已办理过一次。"
RETURNABLE = frozenset(state for state, after in ITEM_STEPS.items() if ItemState.RETURNED in after)


@transaction.atomic
def submit_item(item: PublicityItem, *, version: int, by: User, now: dt.datetime) -> None:
    """投稿, again after 退回: the reviews begin anew. Raises StaleItemError."""
    _move(
        item,
        ItemState.SUBMITTED,
        version=version,
        by=by,
        now=now,
        values={"chain": F("chain") + 1, "submitted_at": item.submitted_at or now},
    )


def pass_first_review(
    item: PublicityItem, *, version: int, by: User, now: dt.datetime, note: str = ""
) -> None:
    """初审通过. Raises StaleItemError, ReviewerRefusedError."""
    _review(item, ItemState.FIRST, version=version, by=by, now=now, note=note)


def pass_second_review(
    item: PublicityItem, *, version: int, by: User, now: dt.datetime, note: str = ""
) -> None:
    """复审通过. Raises StaleItemError, ReviewerRefusedError."""
    _review(item, ItemState.SECOND, version=version, by=by, now=now, note=note)


def sign_item(
    item: PublicityItem, *, version: int, by: User, now: dt.datetime, note: str = ""
) -> None:
    """终审签发. Raises StaleItemError, ReviewerRefusedError."""
    _review(item, ItemState.SIGNED, version=version, by=by, now=now, note=note)


@transaction.atomic
def return_item(
    item: PublicityItem, *, version: int, by: User, now: dt.datetime, reason: str
) -> None:
    """退回修改 by whoever has the next review. Raises ItemRefusedError without a reason."""
    _refuse_empty(reason, "退回修改须填写原因。")
    _refuse_reviewer(item, by, version=version)
    _move(
        item,
        ItemState.RETURNED,
        version=version,
        by=by,
        now=now,
        note=reason,
        leaving=RETURNABLE,
    )


@transaction.atomic
def withdraw_item(
    item: PublicityItem, *, version: int, by: User, now: dt.datetime, reason: str
) -> None:
    """撤稿, for good; what appeared is no longer counted. Raises ItemRefusedError, StaleItemError."""
    _refuse_empty(reason, "撤稿须填写原因。")
    _move(item, ItemState.WITHDRAWN, version=version, by=by, now=now, note=reason)


@transaction.atomic
def _review(
    item: PublicityItem, to: ItemState, *, version: int, by: User, now: dt.datetime, note: str
) -> None:
    _refuse_reviewer(item, by, version=version)
    try:
        with transaction.atomic():
            # 刊发 taken back also leads to 终审签发, but is no review.
            leaving = _before(to) - {ItemState.PUBLISHED}
            _move(item, to, version=version, by=by, now=now, note=note, leaving=leaving)
    except IntegrityError as error:
        # The database's word on it: two presses in the same moment.
        raise ReviewerRefusedError(THREE_PEOPLE) from error


def _refuse_reviewer(item: PublicityItem, by: User, *, version: int) -> None:
    """Nobody reviews what he wrote or handed in, nor twice between 投稿 and 签发."""
    if item.version != version:
        # A second press, or a page from before: say what was done rather than what is barred.
        raise stale(item)
    steps = ItemStep.objects.filter(item=item, by=by)
    if item.created_by_id == by.pk or steps.filter(state=ItemState.SUBMITTED).exists():
        raise ReviewerRefusedError("不能审自己投的稿，请由他人办理。")
    if steps.filter(chain=item.chain, state__in=REVIEWED).exists():
        raise ReviewerRefusedError(THREE_PEOPLE)


def _refuse_empty(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ItemRefusedError(sentence, field="reason")


def _before(to: ItemState) -> frozenset[ItemState]:
    return frozenset(state for state, after in ITEM_STEPS.items() if to in after)


def _move(
    item: PublicityItem,
    to: ItemState,
    *,
    version: int,
    by: User,
    now: dt.datetime,
    note: str = "",
    values: dict[str, Any] | None = None,
    leaving: frozenset[ItemState] | None = None,
) -> None:
    """One step from a state that leads to it, if the version is still the one that was read; told
    to those it concerns."""
    moved = PublicityItem.objects.filter(
        pk=item.pk, version=version, state__in=leaving or _before(to)
    ).update(**(values or {}), state=to, version=F("version") + 1)
    if not moved:
        raise stale(item)
    item.refresh_from_db()
    step = ItemStep.objects.create(
        item=item, chain=item.chain, state=to, by=by, at=now, note=note.strip()
    )
    tell_step(step)
