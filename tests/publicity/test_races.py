"""Many hands on the desk at the same moment, and what happens when the guard is away."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.publicity import services
from apps.publicity.enums import ItemKind, ItemState
from apps.publicity.errors import ReviewerRefusedError, StaleItemError
from apps.publicity.models import ItemStep, Placement, PublicityItem
from apps.publicity.services import chain, items
from apps.publicity.services.items import Text
from tests.factories import CampaignFactory, ChannelFactory, UnitFactory, UserFactory

from .desk import item_at

HANDS = 12
TEXT = Text(title="清淤纪实", author="示例作者", kind=ItemKind.ARTICLE, body="正文")


def all_at_once(jobs):
    """Each job in a thread of its own, released together; what each gave back or raised."""
    start = threading.Barrier(len(jobs))
    answers = [None] * len(jobs)

    def run(place, job):
        connection.ensure_connection()
        start.wait()
        try:
            answers[place] = job()
        except (DomainError, IntegrityError) as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def writing(transactional_db):
    campaign, unit, author = CampaignFactory(), UnitFactory(), UserFactory()

    def job(submission=None):
        return lambda: (
            services.write_item(
                campaign,
                unit,
                TEXT,
                submission=submission or uuid.uuid4(),
                by=author,
                now=timezone.now(),
            ).number
        )

    return job


def test_items_written_at_once_have_numbers_without_a_gap(writing):
    numbers = all_at_once([writing() for _ in range(HANDS)])

    stem = f"XC{business_day():%Y%m%d}-"
    assert sorted(numbers) == [f"{stem}{n:04}" for n in range(1, HANDS + 1)]


def test_without_the_lock_numbers_collide(writing, monkeypatch):
    monkeypatch.setattr(items, "_next_number", unlocked_number)

    answers = all_at_once([writing() for _ in range(HANDS)])

    assert any(isinstance(answer, IntegrityError) for answer in answers)


def unlocked_number(day):
    stem = f"XC{day:%Y%m%d}-"
    count = PublicityItem.objects.filter(number__startswith=stem).count()
    return f"{stem}{count + 1:04}"


def test_one_form_pressed_by_many_fingers_is_one_item(writing):
    submission = uuid.uuid4()

    numbers = all_at_once([writing(submission)] * HANDS)

    assert len(set(numbers)) == 1
    assert PublicityItem.objects.count() == 1


@pytest.fixture
def waiting(transactional_db):
    return item_at(ItemState.SUBMITTED)


def reviewing(item):
    def job():
        mine = PublicityItem.objects.get(pk=item.pk)
        reader = UserFactory()
        services.pass_first_review(mine, version=item.version, by=reader, now=timezone.now())
        return reader

    return job


def test_one_of_many_reviewers_passes_it(waiting):
    answers = all_at_once([reviewing(waiting)] * HANDS)

    passed = [answer for answer in answers if not isinstance(answer, Exception)]
    lost = [answer for answer in answers if isinstance(answer, StaleItemError)]
    assert (len(passed), len(lost)) == (1, HANDS - 1)
    assert ItemStep.objects.get(item=waiting, state=ItemState.FIRST).by == passed[0]


def test_without_the_conditional_update_the_database_still_holds_the_rule(waiting, monkeypatch):
    def careless(item, to, *, by, now, **_more):
        PublicityItem.objects.filter(pk=item.pk).update(state=to)
        ItemStep.objects.create(item=item, chain=item.chain, state=to, by=by, at=now)

    monkeypatch.setattr(chain, "_move", careless)

    answers = all_at_once([reviewing(waiting)] * HANDS)

    assert any(isinstance(answer, ReviewerRefusedError) for answer in answers)
    assert ItemStep.objects.filter(item=waiting, state=ItemState.FIRST).count() == 1


def test_one_placement_entered_by_many_is_one(transactional_db):
    item, channel, editor = item_at(ItemState.SIGNED), ChannelFactory(), UserFactory()

    def job():
        placed = services.place_items(
            [item], channel=channel, on=business_day(), by=editor, now=timezone.now()
        )
        return placed.new, placed.known

    answers = all_at_once([job] * HANDS)

    assert sorted(answers) == [(0, 1)] * (HANDS - 1) + [(1, 0)]
    assert (Placement.objects.count(), item.steps.filter(state="published").count()) == (1, 1)
