"""The two records a leader signs: the day's judgment (研判) and its dispatch (调度)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts.models import User

from ..errors import ActRefusedError
from ..models import DailyRound, DispatchNote, Judgment
from .acts import settle_acts


@transaction.atomic
def write_judgment(
    round_: DailyRound,
    *,
    opinion: str,
    findings: Sequence[dict[str, Any]],
    by: User,
    now: dt.datetime,
) -> Judgment:
    """Write or rewrite the opinion with the findings it rests on; signed ones stand.

    A finding is `{"kind", "text", "url"}`. Raises ActRefusedError without an opinion.
    """
    opinion = _required(opinion, "请填写研判意见。", "opinion")
    _refuse_signed(Judgment, round_, "研判意见已阅签，不能再改。")
    judgment, _ = Judgment.objects.update_or_create(
        round=round_,
        defaults={
            "opinion": opinion,
            "findings": list(findings),
            "written_by": by,
            "written_at": now,
        },
    )
    return judgment


@transaction.atomic
def sign_judgment(judgment: Judgment, *, by: User, now: dt.datetime) -> None:
    """A leader has read it (已阅); the act of the day is settled with it."""
    _sign(Judgment, judgment, signed_by=by, signed_at=now)
    settle_acts(judgment.round, now=now)


@transaction.atomic
def write_dispatch(round_: DailyRound, *, content: str, by: User, now: dt.datetime) -> DispatchNote:
    """Write or rewrite what is sent where tomorrow. Raises ActRefusedError when empty or signed."""
    content = _required(content, "请填写调度内容。", "content")
    _refuse_signed(DispatchNote, round_, "调度记录已签发，不能再改。")
    note, _ = DispatchNote.objects.update_or_create(
        round=round_, defaults={"content": content, "written_by": by, "written_at": now}
    )
    return note


@transaction.atomic
def sign_dispatch(
    note: DispatchNote, *, by: User, now: dt.datetime, on_behalf_of: User | None = None
) -> None:
    """Sign tomorrow's dispatch: a leader in person, or the office for one who has said so (代签).

    The leader's name stands under it; whose hand it was is kept. Raises ActRefusedError when
    `on_behalf_of` may not sign or the note is signed already.
    """
    signer = on_behalf_of or by
    if not signer.has_perm("daily.sign_round"):
        raise ActRefusedError("请选择授权代签的工委领导。", field="on_behalf_of")
    _sign(
        DispatchNote,
        note,
        signed_by=signer,
        signed_at=now,
        is_signed_on_behalf=on_behalf_of is not None,
        signature_by=by,
    )
    settle_acts(note.round, now=now)


def _required(text: str, sentence: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise ActRefusedError(sentence, field=field)
    return text


def _refuse_signed(model: type[Judgment | DispatchNote], round_: DailyRound, sentence: str) -> None:
    # The lock keeps a signature that is being given from landing on words just rewritten.
    record = model.objects.select_for_update().filter(round=round_).first()
    if record is not None and record.signed_at is not None:
        raise ActRefusedError(sentence)


def _sign(
    model: type[Judgment | DispatchNote], record: Judgment | DispatchNote, **values: Any
) -> None:
    """Only words that are still those the signer has read: the moment of writing must agree."""
    unsigned = model.objects.filter(
        pk=record.pk, signed_at=None, written_at=record.written_at
    ).update(**values)
    if not unsigned:
        raise ActRefusedError("内容已签或刚被修改，请刷新后再签。")
