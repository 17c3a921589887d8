"""Who hears of findings in the inbox: the unit of what was found, its group of the answer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from apps.accounts.models import User
from apps.core.formats import day as written
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.units.enums import UNIT_ROLES, Role
from apps.units.models import GroupMembership, Posting

from ..models import Finding, FindingStep, Visit


def tell_found(visit: Visit, findings: Sequence[Finding], *, by: User, on: dt.date) -> None:
    """One note about all that was found, to the unit's 联络员 and 审核人."""
    if findings:
        messaging.notify(_found(visit, findings, _of_units([visit.unit_id], on), by=by.pk))


def tell_all_found(findings: Sequence[Finding], *, by: User, on: dt.date) -> None:
    """The same for findings of many visits, which they come with; one query for all people."""
    by_visit: dict[Visit, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_visit[finding.visit].append(finding)
    people = _of_units({visit.unit_id for visit in by_visit}, on)
    notes = [_found(visit, found, people, by=by.pk) for visit, found in by_visit.items()]
    messaging.notify(chain.from_iterable(notes))


def _found(
    visit: Visit, findings: Sequence[Finding], people: Mapping[int, Collection[int]], *, by: int
) -> Iterator[messaging.Note]:
    texts = "；".join(finding.text for finding in findings)
    first = findings[0]
    return _notes(
        people.get(visit.unit_id, ()),
        visit,
        key=f"finding|{first.pk}|found",
        subject=f"走访发现问题{len(findings)}项，请答复",
        text=(
            f"{visit.group}{written(visit.on)}在{visit.where}走访，发现：{texts}。"
            f"请整改，并于{written(first.due_on)}前答复。"
        ),
        path=visit.get_absolute_url() if len(findings) > 1 else first.get_absolute_url(),
        by=by,
    )


def tell_answered(finding: Finding, step: FindingStep, *, on: dt.date) -> None:
    """To the members of the group the unit belongs to now: they verify."""
    visit = finding.visit
    group = GroupMembership.objects.filter(unit=visit.unit_id).on(on).values("group")
    people = Posting.objects.on(on).filter(role=Role.LIAISON, group__in=group, user__is_active=True)
    _tell(
        people.values_list("user", flat=True),
        visit,
        key=f"finding|{finding.pk}|{step.pk}",
        subject=f"{visit.unit}已答复走访问题，请核实",
        text=f"{visit.unit}已答复{written(visit.on)}走访发现的问题“{finding.text}”，请核实。",
        path=finding.get_absolute_url(),
        by=step.by_id,
    )


def tell_returned(finding: Finding, step: FindingStep, *, on: dt.date) -> None:
    """To the unit, with the reason and the day."""
    visit = finding.visit
    _tell(
        _of_units([visit.unit_id], on).get(visit.unit_id, ()),
        visit,
        key=f"finding|{finding.pk}|{step.pk}",
        subject="走访问题退回重办",
        text=(
            f"问题“{finding.text}”的答复退回重办，原因：{step.text}。"
            f"请于{written(finding.due_on)}前重新答复。"
        ),
        path=finding.get_absolute_url(),
        by=step.by_id,
    )


def _of_units(units: Collection[int], on: dt.date) -> dict[int, set[int]]:
    people = Posting.objects.on(on).filter(
        unit__in=units, role__in=UNIT_ROLES, user__is_active=True
    )
    found: dict[int, set[int]] = defaultdict(set)
    for unit, user in people.values_list("unit", "user"):
        found[unit].add(user)
    return found


def _tell(users: Collection[int], visit: Visit, **note: Any) -> None:
    messaging.notify(_notes(users, visit, **note))


def _notes(
    users: Collection[int],
    visit: Visit,
    *,
    key: str,
    subject: str,
    text: str,
    path: str,
    by: int,
) -> Iterator[messaging.Note]:
    """One note a person; nobody hears of what they did themselves."""
    head = "【演练】" if visit.campaign.is_drill else ""
    return (
        messaging.Note(
            user_id=user,
            kind=MessageKind.VISIT,
            dedupe_key=key,
            subject=f"{head}{subject}",
            text=text,
            path=path,
        )
        for user in sorted(set(users))
        if user != by
    )
