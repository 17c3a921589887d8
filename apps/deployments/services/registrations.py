"""Writes of 双报到: one, and everybody of a unit at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.accounts.models import User
from apps.office import services as office
from apps.units.enums import MemberKind
from apps.units.models import Unit

from ..models import UnitRegistration

REGISTER_ALL = """
INSERT INTO deployments_memberregistration
    (member_id, community_id, starts_on, is_local, is_drill, received_by, note, recorded_by_id,
     recorded_at)
SELECT m.id, coalesce(e.community_id, m.home_community_id), %(on)s, false, false, '', '', %(by)s,
       %(now)s
FROM units_member m
JOIN units_membership b ON b.member_id = m.id AND b.unit_id = %(unit)s
 AND b.starts_on <= %(on)s AND coalesce(b.ends_on, 'infinity') >= %(on)s
LEFT JOIN communities_estate e ON e.id = m.home_estate_id
WHERE m.kind = %(kind)s AND coalesce(e.community_id, m.home_community_id) IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM deployments_memberregistration g
      WHERE g.member_id = m.id AND NOT g.is_local AND coalesce(g.ends_on, 'infinity') >= %(on)s
  )
ORDER BY m.id
"""


def register_unit_members(unit: Unit, *, on: dt.date, by: User, now: dt.datetime) -> int:
    """Register everybody of `unit` with the community of the home, where it is known.

    Who is registered already is left alone, so that a second press changes nothing. One statement;
    returns how many were registered.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            REGISTER_ALL,
            {"unit": unit.pk, "on": on, "by": by.pk, "now": now, "kind": MemberKind.MEMBER.value},
        )
        return int(cursor.rowcount)


@transaction.atomic
def save_unit_registration(
    row: UnitRegistration, *, slips: Sequence[UploadedFile], by: User
) -> UnitRegistration:
    """Save the row, with the photo of the stamped slip when there is one.

    Raises PictureRefusedError.
    """
    row.recorded_by = by
    if slips:
        photo = office.read_photo(slips[0])
        row.slip = office.store_photo(photo, name=f"报到回执-{row.unit.code}", by=by)
    row.save()
    return row


def record_receipt(rows: Any, *, received_on: dt.date, received_by: str, by: User) -> int:
    """报到回执 of many at once; those that have one keep it. Returns how many were entered."""
    return int(
        rows.filter(received_on=None).update(
            received_on=received_on, received_by=received_by, recorded_by=by
        )
    )
