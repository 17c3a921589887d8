"""What was told upward (报送台账): at one moment there is one number."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core import formats
from apps.figures.models import Indicator, Snapshot

from ..errors import ReturnRefusedError
from ..models import UpwardReturn
from ..selectors.upward import differences


@transaction.atomic
def record_return(
    campaign: Campaign,
    *,
    on: dt.date,
    receiver: str,
    indicator: Indicator,
    value: Decimal,
    at: dt.datetime,
    by: User,
    as_of: dt.datetime | None = None,
    explanation: str = "",
) -> UpwardReturn:
    """Keep who was told which number for which moment; `as_of` None is the day's 统计时点.

    A number that differs from the day's figure, or from what somebody was told for that day, is
    kept only with an explanation: ReturnRefusedError names what it differs from.
    """
    differs = differences(campaign, on=on, indicator=indicator, value=value)
    explanation = explanation.strip()
    if differs and not explanation:
        raise ReturnRefusedError(
            f"与{formats.listing(differs)}不一致，请填写说明。", field="explanation"
        )
    return UpwardReturn.objects.create(
        campaign=campaign,
        on=on,
        receiver=receiver.strip(),
        as_of=as_of or Timetable(campaign).moment(Hour.DATA_CUT, on=on),
        at=at,
        indicator=indicator,
        value=value,
        snapshot=Snapshot.objects.locked().filter(campaign=campaign, on=on).first(),
        explanation=explanation if differs else "",
        by=by,
    )
