"""签发 of 采用通报: the figures of the moment kept under a name."""

import datetime as dt

from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import business_day

from ..errors import AdoptionMovedError, AdoptionRefusedError
from ..models import AdoptionNotice, AdoptionRow
from ..selectors.adoption import Adoption, adoption, notices, signed_adoption


@transaction.atomic
def sign_adoption(
    campaign: Campaign, *, month: dt.date, version: int, seen: str, by: User, now: dt.datetime
) -> tuple[AdoptionNotice, bool]:
    """Sign the notice of `month`, whose page showed `version` as last and figures `seen`.

    Answers the notice and whether it is new: figures that are signed already are not signed again,
    so a second press changes nothing. Raises AdoptionRefusedError for a month to come or without
    figures, AdoptionMovedError when page and figures are no longer the same.
    """
    if month > business_day(now):
        raise AdoptionRefusedError("该月尚未开始，不能签发。")
    # Whoever presses in the same moment waits here, and then finds the notice.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    found = adoption(campaign, month=month, user=by)
    if not found.rows:
        raise AdoptionRefusedError("本月没有投稿，也没有刊发，无需签发。")
    last = next(iter(notices(campaign, month=month)), None)
    if last is not None and signed_adoption(last, user=by).by_unit == found.by_unit:
        return last, False
    _refuse_stale(last, found, version=version, seen=seen)
    notice = AdoptionNotice(
        campaign=campaign,
        month=month,
        version=last.version + 1 if last else 1,
        silent=found.silent,
        signed_by=by,
        signed_at=now,
    )
    notice.full_clean()
    notice.save(force_insert=True)
    AdoptionRow.objects.bulk_create(
        AdoptionRow(
            notice=notice,
            unit=row.unit,
            unit_name=row.name,
            position=position,
            submitted=row.submitted,
            adopted=row.adopted,
            placed=row.placed,
        )
        for position, row in enumerate(found.rows, start=1)
    )
    return notice, True


def _refuse_stale(last: AdoptionNotice | None, found: Adoption, *, version: int, seen: str) -> None:
    if last is not None and last.version != version:
        raise AdoptionMovedError(
            f"{last.signed_by} 已于{formats.moment(last.signed_at)}签发第{last.version}版，"
            "请刷新后核对。"
        )
    if seen != found.fingerprint:
        raise AdoptionMovedError("数字刚有变动，请刷新后核对，再行签发。")
