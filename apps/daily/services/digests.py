"""The morning digests to leaders, groups and units, and what the office hears at night.

Each in the scope of its reader; one mail per address and morning over all running campaigns of
the same kind. Who has nothing to do hears nothing. Nothing personal stands in any of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.scope import scope_of
from apps.messaging.enums import MessageKind
from apps.units.enums import Role

from .. import wording_digest as wording
from ..enums import DigestKind
from ..selectors.addresses import (
    Addressee,
    group_addressees,
    office_addressees,
    unit_addressees,
)
from ..selectors.briefs import signed_briefs
from ..selectors.digest import campaign_day, group_mornings, unit_todos
from ..selectors.hours import quiet_until
from ..selectors.links import missing_url
from ..wording import day
from .letters import Letter, Occasion, letters, send

DAY = dt.timedelta(days=1)
# All that is to be done stands at the top of everybody's first page.
TODOS = "打开我的待办", "/"
MORNING = "morning"
NIGHT = "night"


Boxes = Mapping[int, Sequence[Addressee]]


@transaction.atomic
def send_leader_digest(campaigns: Sequence[Campaign], *, on: dt.date, now: dt.datetime) -> int:
    """Queue the leaders' mail of the morning of `on`, about the day before; returns new mails.

    `campaigns` are all real or all drill.
    """
    boxes = office_addressees(on=on, roles=[Role.LEADER], digest=DigestKind.LEADER)
    return send(leader_letters(campaigns, boxes, on=on, now=now))


def leader_letters(
    campaigns: Sequence[Campaign], boxes: Sequence[Addressee], *, on: dt.date, now: dt.datetime
) -> list[Letter]:
    """The leaders' mail to `boxes`; none without a campaign."""
    about = on - DAY
    hours = {campaign.pk: Timetable(campaign) for campaign in campaigns}
    days = [
        campaign_day(
            campaign,
            on=about,
            since=hours[campaign.pk].moment(Hour.LEADER_DIGEST, on=about),
            until=now,
        )
        for campaign in campaigns
    ]
    if not days:
        return []
    first = hours[campaigns[0].pk]
    return letters(
        _occasion(MessageKind.DIGEST_LEADER, on, campaigns, now),
        boxes,
        template="digest",
        subject=wording.leader_subject(days, about),
        link=("打开当日四个一", _round_path(campaigns[0], about)),
        note="；".join(f"{item.campaign}{wording.filed_of_asked(item)}" for item in days),
        campaigns=[
            {
                "name": item.campaign.name,
                "paragraphs": wording.leader_paragraphs(item),
                "briefs": _signed(item.campaign, hours[item.campaign.pk], about, now),
            }
            for item in days
        ],
        closing=wording.sign_line(
            settings.ORGAN_NAME, first.at(Hour.LEADER_DIGEST), first.at(Hour.DATA_CUT)
        ),
    )


@transaction.atomic
def send_group_digests(campaigns: Sequence[Campaign], *, on: dt.date, now: dt.datetime) -> int:
    """Queue each group's mail of the morning of `on` about its own units; returns new mails."""
    boxes = group_addressees(on=on, digest=DigestKind.GROUP)
    return send(group_letters(campaigns, boxes, on=on, now=now))


def group_letters(
    campaigns: Sequence[Campaign], boxes: Boxes, *, on: dt.date, now: dt.datetime
) -> list[Letter]:
    """Each group's mail to its `boxes`, by group id."""
    about = on - DAY
    lines: dict[int, list[str]] = defaultdict(list)
    numbers: dict[int, int] = {}
    owing: dict[int, Campaign] = {}
    for campaign in campaigns:
        for group, morning in group_mornings(campaign, on=about).items():
            numbers[group] = morning.number
            if morning.filed < morning.asked:
                owing.setdefault(group, campaign)
            lines[group].append(
                _led(campaign, campaigns) + wording.group_line(morning, campaign, about)
            )
    occasion = _occasion(MessageKind.DIGEST_GROUP, on, campaigns, now)
    written: list[Letter] = []
    for group, paragraphs in sorted(lines.items(), key=lambda item: numbers[item[0]]):
        written += letters(
            occasion,
            boxes.get(group, []),
            subject=f"第{numbers[group]}组{day(about)}情况和今日待办",
            link=_missing_of(group, owing[group], about) if group in owing else TODOS,
            note="\n".join(paragraphs),
            paragraphs=paragraphs,
        )
    return written


def _missing_of(group: int, campaign: Campaign, about: dt.date) -> tuple[str, str]:
    return "打开未报单位", missing_url(campaign, about, group=group)


@transaction.atomic
def send_unit_digests(campaigns: Sequence[Campaign], *, on: dt.date, now: dt.datetime) -> int:
    """Queue a mail to each unit that has something to do this morning; returns new mails."""
    todos = _busy_units(campaigns, on - DAY)
    boxes = unit_addressees(todos, on=on, duty_desk=True, leader=False, digest=DigestKind.UNIT)
    return send(unit_letters(campaigns, boxes, on=on, now=now))


def _busy_units(campaigns: Sequence[Campaign], about: dt.date) -> dict[int, tuple[str, list[str]]]:
    return {unit: entry for unit, entry in unit_todos(campaigns, on=about).items() if entry[1]}


def unit_letters(
    campaigns: Sequence[Campaign], boxes: Boxes, *, on: dt.date, now: dt.datetime
) -> list[Letter]:
    """The mail of each unit with something to do to its `boxes`, by unit id."""
    about = on - DAY
    todos = _busy_units(campaigns, about)
    occasion = _occasion(MessageKind.DIGEST_UNIT, on, campaigns, now)
    written: list[Letter] = []
    for unit, (name, todo) in todos.items():
        line = wording.unit_line(name, todo)
        written += letters(
            occasion,
            boxes.get(unit, []),
            subject=f"{name}今日待办{len(todo)}项",
            link=TODOS,
            note=line,
            paragraphs=[line],
        )
    return written


def preview(
    digest: DigestKind,
    campaigns: Sequence[Campaign],
    user: User,
    *,
    on: dt.date,
    now: dt.datetime,
) -> Letter | None:
    """What `user` would get on the morning of `on`, queued nowhere; None when nothing would come."""
    box = [Addressee(user.email or "preview@localhost", user.name, user.pk)]
    scope = scope_of(user)
    if digest == DigestKind.LEADER:
        written = leader_letters(campaigns, box, on=on, now=now)
    elif digest == DigestKind.GROUP:
        written = group_letters(campaigns, dict.fromkeys(scope.groups, box), on=on, now=now)
    else:
        written = unit_letters(campaigns, dict.fromkeys(scope.own_units, box), on=on, now=now)
    return next(iter(written), None)


@transaction.atomic
def send_night_note(
    campaign: Campaign, *, on: dt.date, now: dt.datetime, subject: str, lines: Sequence[str]
) -> int:
    """Tell the office how the day's four acts ended; returns new mails."""
    return send(
        letters(
            _occasion(MessageKind.NIGHT, on, [campaign], now, slot=f"{NIGHT}-{campaign.code}"),
            office_addressees(on=on, roles=[Role.LEADER, Role.STAFF, Role.DUTY]),
            subject=subject,
            link=("打开当日四个一", _round_path(campaign, on)),
            note="\n".join(lines),
            paragraphs=list(lines),
        )
    )


@transaction.atomic
def send_catch_up(
    missed: Mapping[Campaign, Sequence[dt.date]], *, on: dt.date, now: dt.datetime
) -> int:
    """One mail to the office about the days on which nothing ran; returns new mails."""
    lines = [
        wording.catch_up_line(campaign.name, days) for campaign, days in missed.items() if days
    ]
    if not lines:
        return 0
    return send(
        letters(
            _occasion(MessageKind.CATCH_UP, on, list(missed), now, slot="catch-up"),
            office_addressees(on=on, roles=[Role.STAFF, Role.DUTY]),
            subject="补跑情况：提醒和摘要曾中断",
            link=("打开任务状态", reverse("jobs:job_status")),
            note="\n".join(lines),
            paragraphs=lines,
        )
    )


def _occasion(
    kind: MessageKind,
    on: dt.date,
    campaigns: Sequence[Campaign],
    now: dt.datetime,
    *,
    slot: str = MORNING,
) -> Occasion:
    return Occasion(
        kind=kind,
        on=on,
        slot=slot,
        is_drill=any(campaign.is_drill for campaign in campaigns),
        not_before=quiet_until(campaigns, now=now),
    )


def _signed(
    campaign: Campaign, hours: Timetable, about: dt.date, now: dt.datetime
) -> list[dict[str, str]]:
    """简报 signed since the last digest, each with its address; one that is not signed stays in."""
    since = hours.moment(Hour.LEADER_DIGEST, on=about)
    return [
        {
            "title": f"{document.series.name}{document.number_text}",
            "link": f"{settings.SITE_URL}{document.get_absolute_url()}",
        }
        for document in signed_briefs(campaign, since=since, until=now)
    ]


def _led(campaign: Campaign, campaigns: Sequence[Campaign]) -> str:
    return f"【{campaign.name}】" if len(campaigns) > 1 else ""


def _round_path(campaign: Campaign, on: dt.date) -> str:
    return reverse("daily:round_detail", args=[campaign.code, on.isoformat()])
