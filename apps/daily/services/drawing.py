"""Storing the figures of a day: one statement for what units typed, one for all the desks."""

import datetime as dt

from django.db import connection

from apps.campaigns.models import Campaign

from .. import drawing_sql
from ..selectors.preview import ledger, typed_parameters


def draw_figures(campaign: Campaign, *, on: dt.date, snapshot: int) -> None:
    """Store every figure of the day under `snapshot`: two statements."""
    with connection.cursor() as cursor:
        cursor.execute(drawing_sql.DRAW_TYPED, typed_parameters(campaign, on=on, snapshot=snapshot))
        desks, given = ledger(campaign, on=on, snapshot=snapshot)
        cursor.execute(drawing_sql.draw_ledger(desks), given)
