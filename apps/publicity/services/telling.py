"""Who hears of a step in the inbox: whoever wrote and handed in, and whoever reads next."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.models import User
from apps.core import formats
from apps.core.dates import business_day
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note
from apps.units.models import Posting
from apps.units.permissions import grants

from ..enums import REVIEWED, WAITS_FOR, ItemState
from ..models import ItemStep, Placement, PublicityItem
from ..permissions import NEXT_REVIEW


def tell_step(step: ItemStep) -> None:
    """退回修改, 终审签发 or 撤稿, to its writers; what moves on, to who reads next. Once a step."""
    written = {
        ItemState.RETURNED: ("退回修改", f"退回：{step.note}"),
        ItemState.SIGNED: ("已终审签发", "签发，等候刊发。"),
        ItemState.WITHDRAWN: ("已撤稿", f"撤稿：{step.note}"),
    }.get(ItemState(step.state))
    if written is not None:
        ending, said = written
        after = "请修改后重新投稿。" if step.state == ItemState.RETURNED else ""
        text = f"{step.by}于{_when(step)}{said.rstrip('。')}。{after}"
        subject = f"稿件“{step.item}”{ending}"
        writers = _writers([step.item])[step.item_id] - {step.by_id}
        path = step.item.get_absolute_url()
        messaging.notify(_notes(writers, step.item, f"step-{step.pk}", subject, text, path))
    if step.state in NEXT_REVIEW:
        messaging.notify(_to_readers(step))


def tell_placed(placements: Sequence[Placement]) -> None:
    """刊发, 推送 or 发布 with channel, day and place; once a placement."""
    notes: list[Note] = []
    writers = _writers([row.item for row in placements])
    for row in placements:
        word, place = row.channel.placed_word, f"（{row.place}）" if row.place else ""
        subject = f"稿件“{row.item}”已在{row.channel}{word}"
        text = f"{formats.day(row.on)}{row.channel}{place}{word}。"
        path = f"{row.item.get_absolute_url()}?tab=placements"
        known = writers[row.item_id] - {row.by_id}
        notes += _notes(known, row.item, f"placed-{row.pk}", subject, text, path)
    messaging.notify(notes)


def tell_taken_back(placements: Sequence[Placement], *, by: User) -> None:
    """What was told of a placement does not hold; once a placement."""
    notes: list[Note] = []
    writers = _writers([row.item for row in placements])
    for row in placements:
        subject = f"稿件“{row.item}”撤销刊发登记"
        text = f"{by}撤销了{formats.day(row.on)}{row.channel}的刊发登记，该次不计入采用。"
        path = f"{row.item.get_absolute_url()}?tab=placements"
        known = writers[row.item_id] - {by.pk}
        notes += _notes(known, row.item, f"unplaced-{row.pk}", subject, text, path)
    messaging.notify(notes)


def _when(step: ItemStep) -> str:
    # A message is read on any day: 昨日 would be another one by then.
    return f"{formats.day(step.at)} {formats.clock(step.at)}"


def _writers(items: Sequence[PublicityItem]) -> dict[int, set[int]]:
    """By item: whoever wrote it and whoever handed it in this time, of accounts in use."""
    of_item = ItemStep.objects.filter(item__in={item.pk for item in items})
    handed_in = of_item.filter(
        chain=F("item__chain"), state=ItemState.SUBMITTED, by__is_active=True
    ).values_list("item", "by")
    wrote = PublicityItem.objects.filter(
        pk__in={item.pk for item in items}, created_by__is_active=True
    ).values_list("pk", "created_by")
    found: dict[int, set[int]] = defaultdict(set)
    for item, user in wrote.union(handed_in):
        found[item].add(user)
    return found


def _to_readers(step: ItemStep) -> Iterator[Note]:
    """The first item of a day that waits for a review is told; the list has those that follow."""
    item, state, day = step.item, ItemState(step.state), business_day(step.at)
    posted = Posting.objects.on(day).filter(user__is_active=True)
    had_a_hand = Q(item=item, chain=item.chain, state__in=REVIEWED) | Q(
        item=item, state=ItemState.SUBMITTED
    )
    readers = (
        posted.filter(role__in=grants()[NEXT_REVIEW[state]])
        .exclude(user__in=posted.filter(unit=item.unit_id).values("user"))
        .exclude(user__in=ItemStep.objects.filter(had_a_hand).values("by"))
        .exclude(user=item.created_by_id)
        .values_list("user", flat=True)
    )
    query = urlencode({"state": state.value, "campaign": item.campaign.code})
    waits = WAITS_FOR[state]
    return _notes(
        set(readers),
        item,
        f"waits-{item.campaign_id}-{state.value}-{day:%Y%m%d}",
        f"有稿件{waits}",
        f"“{item}”（{item.unit}）等{waits}，当日后续来稿不再逐篇提醒，请在待办中查看。",
        f"{reverse('publicity:item_list')}?{query}",
    )


def _notes(
    users: Iterable[int], item: PublicityItem, key: str, subject: str, text: str, path: str
) -> Iterator[Note]:
    marked = f"【演练】{subject}" if item.campaign.is_drill else subject
    for user in sorted(users):
        yield Note(user, MessageKind.PUBLICITY, f"publicity-{key}", marked, text, path)
