import datetime as dt

import pytest

from apps.daily.enums import ActKind, ActState, Fulfilment, TalkMethod
from apps.daily.errors import ActRefusedError
from apps.daily.models import DispatchNote, Judgment, RoundAct
from apps.daily.services import lock_day, unlock_day
from apps.daily.services.acts import (
    assign_act,
    resume_act,
    settle_acts,
    settle_open_rounds,
    waive_act,
)
from apps.daily.services.opinions import (
    sign_dispatch,
    sign_judgment,
    write_dispatch,
    write_judgment,
)
from apps.daily.services.talks import Asked, answer_item, record_talk
from tests.factories import CityTalkFactory, CityTalkItemFactory

from .days import FIRST, World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    return World(units=1).open(FIRST)


def act(round_, kind):
    return RoundAct.objects.get(round=round_, kind=kind)


def states(round_):
    return {ActKind(kind): state for kind, state in round_.acts.values_list("kind", "state")}


def test_settle_acts_without_evidence_settles_nothing(round_):
    assert settle_acts(round_, now=at(FIRST, 22)) == []
    assert set(states(round_).values()) == {ActState.PENDING}


def test_settle_acts_takes_the_lock_for_the_summary(round_):
    snapshot = lock_day(round_.campaign, on=FIRST, now=at(FIRST, 19, 5))
    RoundAct.objects.filter(round=round_).update(state=ActState.PENDING, done_at=None, evidence={})

    settled = settle_acts(round_, now=at(FIRST, 20))

    summary = act(round_, ActKind.SUMMARY)
    assert settled == [ActKind.SUMMARY]
    assert (summary.state, summary.done_at) == (ActState.DONE, at(FIRST, 19, 5))
    assert summary.evidence == {"snapshot": snapshot.pk, "reported": 0, "asked": 1}


def test_settle_acts_waits_until_every_item_is_answered(round_):
    talk = CityTalkFactory(round=round_)
    answered = CityTalkItemFactory(talk=talk, reply="派10人", fulfilment=Fulfilment.PARTLY)
    open_item = CityTalkItemFactory(talk=talk)

    assert settle_acts(round_, now=at(FIRST, 15, 40)) == []

    answer_item(open_item, reply="明早派出", fulfilment=Fulfilment.OPEN, now=at(FIRST, 15, 50))
    done = act(round_, ActKind.CITY_TALK)
    assert (done.state, done.done_at) == (ActState.DONE, at(FIRST, 15, 50))
    assert done.evidence == {"talks": 1, "items": 2}
    assert answered.reply == "派10人"


@pytest.mark.parametrize(
    ("hour", "minute", "state"), [(15, 59, ActState.DONE), (16, 1, ActState.DONE_LATE)]
)
def test_a_talk_in_which_nothing_was_asked_is_a_talk(round_, staff, hour, minute, state):
    record_talk(
        round_,
        at=at(FIRST, 15, 30),
        method=TalkMethod.PHONE,
        counterpart="",
        items=[],
        by=staff,
        now=at(FIRST, hour, minute),
    )

    assert act(round_, ActKind.CITY_TALK).state == state


def test_record_talk_keeps_its_items(round_, staff):
    talk = record_talk(
        round_,
        at=at(FIRST, 10),
        method=TalkMethod.LIST,
        counterpart="李主任",
        items=[Asked("三个社区值守", heads=60, due_at=at(FIRST, 20))],
        by=staff,
        now=at(FIRST, 10, 5),
    )

    item = talk.items.get()
    assert (item.content, item.heads, item.fulfilment) == ("三个社区值守", 60, Fulfilment.OPEN)
    assert act(round_, ActKind.CITY_TALK).state == ActState.PENDING


def test_a_talk_ahead_of_us_is_refused(round_, staff):
    with pytest.raises(ActRefusedError, match="不能晚于现在"):
        record_talk(
            round_,
            at=at(FIRST, 11),
            method=TalkMethod.PHONE,
            counterpart="",
            items=[],
            by=staff,
            now=at(FIRST, 10),
        )


def test_answering_without_words_is_refused(round_):
    item = CityTalkItemFactory(talk=CityTalkFactory(round=round_))

    with pytest.raises(ActRefusedError, match="请填写我方答复"):
        answer_item(item, reply=" ", fulfilment=Fulfilment.DONE, now=at(FIRST, 15))


def write(round_, by, opinion="力量够用", minute=30):
    return write_judgment(round_, opinion=opinion, findings=[], by=by, now=at(FIRST, 19, minute))


def test_a_signed_judgment_settles_its_act(round_, staff, leader):
    judgment = write(round_, staff)

    sign_judgment(judgment, by=leader, now=at(FIRST, 19, 50))

    done = act(round_, ActKind.JUDGMENT)
    assert (done.state, done.done_at) == (ActState.DONE, at(FIRST, 19, 50))
    assert done.evidence == {"signed_by": leader.name}


def test_an_unsigned_judgment_settles_nothing(round_, staff):
    write(round_, staff)

    assert settle_acts(round_, now=at(FIRST, 20)) == []


def test_a_signed_judgment_cannot_be_rewritten(round_, staff, leader):
    sign_judgment(write(round_, staff), by=leader, now=at(FIRST, 19, 50))

    with pytest.raises(ActRefusedError, match="已阅签，不能再改"):
        write(round_, staff, opinion="改写")

    assert Judgment.objects.get().opinion == "力量够用"


def test_words_changed_under_the_pen_are_not_signed(round_, staff, leader):
    seen = write(round_, staff)
    write(round_, staff, opinion="另一种意见", minute=40)

    with pytest.raises(ActRefusedError, match="刚被修改"):
        sign_judgment(seen, by=leader, now=at(FIRST, 19, 50))

    assert Judgment.objects.get().signed_at is None


def test_an_empty_opinion_is_refused(round_, staff):
    with pytest.raises(ActRefusedError, match="请填写研判意见"):
        write(round_, staff, opinion="  ")


def test_dispatch_signed_for_a_leader_keeps_whose_hand_it_was(round_, staff, leader):
    note = write_dispatch(round_, content="增派二十人", by=staff, now=at(FIRST, 20))

    sign_dispatch(note, by=staff, on_behalf_of=leader, now=at(FIRST, 21, 30))

    signed = DispatchNote.objects.get()
    assert (signed.signed_by, signed.signature_by) == (leader, staff)
    assert signed.is_signed_on_behalf
    assert act(round_, ActKind.DISPATCH).state == ActState.DONE_LATE


def test_dispatch_is_not_signed_for_somebody_who_may_not(round_, staff, duty):
    note = write_dispatch(round_, content="增派二十人", by=staff, now=at(FIRST, 20))

    with pytest.raises(ActRefusedError, match="请选择授权代签的工委领导"):
        sign_dispatch(note, by=staff, on_behalf_of=duty, now=at(FIRST, 20, 30))


def test_waive_act_needs_a_reason_and_can_be_taken_back(round_, staff):
    dispatch = act(round_, ActKind.DISPATCH)
    with pytest.raises(ActRefusedError, match="须填写原因"):
        waive_act(dispatch, reason=" ", by=staff)

    waive_act(dispatch, reason="无新增需求", by=staff)
    assert states(round_)[ActKind.DISPATCH] == ActState.WAIVED

    resume_act(dispatch, now=at(FIRST, 20))
    assert states(round_)[ActKind.DISPATCH] == ActState.PENDING


def test_a_done_act_cannot_be_waived(round_, staff):
    lock_day(round_.campaign, on=FIRST, now=at(FIRST, 19))

    with pytest.raises(ActRefusedError, match="已办结"):
        waive_act(act(round_, ActKind.SUMMARY), reason="不用", by=staff)


def test_assign_act_names_who_answers(round_, staff):
    assign_act(act(round_, ActKind.JUDGMENT), owner=staff)

    assert act(round_, ActKind.JUDGMENT).owner == staff


def test_unlocking_makes_the_summary_owed_again_and_the_next_lock_settles_it(round_, staff, leader):
    snapshot = lock_day(round_.campaign, on=FIRST, now=at(FIRST, 19))
    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(FIRST, 19, 30))
    assert settle_acts(round_, now=at(FIRST, 19, 31)) == []

    lock_day(round_.campaign, on=FIRST, now=at(FIRST, 19, 40))

    assert act(round_, ActKind.SUMMARY).state == ActState.DONE_LATE


def test_settle_open_rounds_looks_back_a_week_and_no_further(leader, staff):
    world = World(units=1)
    recent, old = world.open(FIRST), world.open(FIRST - dt.timedelta(days=8))
    for round_ in (recent, old):
        Judgment.objects.create(
            round=round_,
            opinion="够用",
            written_by=staff,
            written_at=at(FIRST, 19),
            signed_by=leader,
            signed_at=at(FIRST, 19, 30),
        )

    settled = settle_open_rounds(at(FIRST, 20))

    assert settled == 1
    assert act(recent, ActKind.JUDGMENT).state == ActState.DONE
    assert act(old, ActKind.JUDGMENT).state == ActState.PENDING
