"""Corrections (更正): what changed a locked leaf afterwards. The old value stays where it was."""

import datetime as dt
from decimal import Decimal

from django.db import connection, transaction

from apps.accounts.models import User

from ..enums import CorrectionState, ScopeKind, Stage
from ..errors import CorrectionRefusedError
from ..models import Correction, Figure, Snapshot
from ..selectors.values import current_value

# The leaf of the new lock gets what was said about the leaf of the lock before it, unless the
# unit has filed again since (another revision) or its ledger has come to the value by itself.
# Of an unchanged leaf the whole chain comes, or its last word would be lost; each link but the
# first keeps the old value it had.
CARRY_CORRECTIONS = """
INSERT INTO figures_correction (figure_id, old, new, reason, state, proposed_by_id, proposed_at,
                                reviewed_by_id, reviewed_at)
SELECT leaf.id,
       CASE WHEN c.old IS NOT DISTINCT FROM old.value THEN leaf.value ELSE c.old END,
       c.new, c.reason, c.state, c.proposed_by_id, c.proposed_at,
       c.reviewed_by_id, c.reviewed_at
  FROM figures_figure leaf
  JOIN figures_figure old
    ON old.snapshot_id = (
           SELECT s.id FROM figures_snapshot s
            WHERE s.campaign_id = %(campaign)s AND s."on" = %(on)s AND s.stage = 'locked'
              AND s.withdrawn_at IS NOT NULL
            ORDER BY s.withdrawn_at DESC LIMIT 1)
   AND old.indicator_id = leaf.indicator_id AND old.scope = 'unit' AND old.unit_id = leaf.unit_id
   AND old.revision_id IS NOT DISTINCT FROM leaf.revision_id
  JOIN figures_correction c ON c.figure_id = old.id AND c.state IN ('accepted', 'proposed')
 WHERE leaf.snapshot_id = %(snapshot)s AND leaf.scope = 'unit'
   AND (old.value IS NOT DISTINCT FROM leaf.value OR c.new IS DISTINCT FROM leaf.value)
 ORDER BY c.id
"""


@transaction.atomic
def propose(
    figure: Figure,
    *,
    new: Decimal | None,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Correction:
    """Put a new value of a locked leaf up for review; an older open proposal of it steps back.

    The same proposal again changes nothing.
    Raises CorrectionRefusedError for a total, a provisional figure, no reason or no change.
    """
    reason = reason.strip()
    if figure.scope != ScopeKind.UNIT or figure.snapshot.stage != Stage.LOCKED:
        raise CorrectionRefusedError("只能更正已锁定的单位数值；当日未锁定的，请修改日报。")
    if figure.snapshot.withdrawn_at is not None:
        raise CorrectionRefusedError("该日数据已解锁，请修改日报，重新锁定后再作更正。")
    if not reason:
        raise CorrectionRefusedError("请填写更正原因。", field="reason")
    locked = Figure.objects.select_for_update(of=["self"]).get(pk=figure.pk)
    old = current_value(locked)
    if old == new:
        raise CorrectionRefusedError("更正前后的数值相同。", field="new")
    standing = Correction.objects.filter(figure=figure, state=CorrectionState.PROPOSED)
    same: Correction | None = standing.filter(new=new, reason=reason, proposed_by=by).first()
    if same is not None:
        return same
    standing.update(state=CorrectionState.DECLINED, reviewed_at=now)
    return Correction.objects.create(
        figure=figure, old=old, new=new, reason=reason, proposed_by=by, proposed_at=now
    )


@transaction.atomic
def accept(correction: Correction, *, by: User, now: dt.datetime) -> Correction:
    """The proposed value becomes current. Nobody accepts their own. Raises CorrectionRefusedError."""
    _refuse_own(correction, by=by)
    if correction.figure.snapshot.withdrawn_at is not None:
        raise CorrectionRefusedError("该日数据已解锁，重新锁定后再审核更正。")
    return _review(correction, CorrectionState.ACCEPTED, by=by, now=now)


@transaction.atomic
def decline(correction: Correction, *, by: User, now: dt.datetime) -> Correction:
    """The locked value stays. Raises CorrectionRefusedError."""
    return _review(correction, CorrectionState.DECLINED, by=by, now=now)


def carry_corrections(snapshot: Snapshot) -> int:
    """After a day was unlocked and locked anew, corrections that still say something come along."""
    with connection.cursor() as cursor:
        cursor.execute(
            CARRY_CORRECTIONS,
            {
                "campaign": snapshot.campaign_id,
                "on": snapshot.on,
                "snapshot": snapshot.pk,
            },
        )
        return cursor.rowcount


def _refuse_own(correction: Correction, *, by: User) -> None:
    if correction.proposed_by_id == by.pk:
        raise CorrectionRefusedError("本人提出的更正须由其他人审核。")


def _review(
    correction: Correction, state: CorrectionState, *, by: User, now: dt.datetime
) -> Correction:
    open_ones = Correction.objects.filter(pk=correction.pk, state=CorrectionState.PROPOSED)
    if not open_ones.update(state=state, reviewed_by=by, reviewed_at=now):
        raise CorrectionRefusedError("该更正已审核。")
    correction.refresh_from_db()
    return correction
