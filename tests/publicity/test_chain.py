"""投稿→初审→复审→终审签发, through the buttons of the record."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.publicity.enums import ItemState
from apps.publicity.models import ItemStep
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import (
    ItemStepFactory,
    PostingFactory,
    PublicityItemFactory,
    UserFactory,
)

from .desk import item_at

REVIEWS = [
    ("editor", "first", ItemState.SUBMITTED, ItemState.FIRST),
    ("staff", "second", ItemState.FIRST, ItemState.SECOND),
    ("leader", "sign", ItemState.SECOND, ItemState.SIGNED),
]


def submit(user, item, version=None):
    version = item.version if version is None else version
    return client_for(user).post(reverse("publicity:item_submit", args=[item.pk, version]))


def review(user, item, stage, *, note="", version=None):
    version = item.version if version is None else version
    address = reverse("publicity:item_review", args=[item.pk, stage])
    return client_for(user).post(address, {"note": note, "version": version})


def send_back(user, item, note="请核对数字", version=None):
    version = item.version if version is None else version
    address = reverse("publicity:item_return", args=[item.pk])
    return client_for(user).post(address, {"note": note, "version": version})


def steps(item):
    rows = item.steps.select_related("by").order_by("at", "pk")
    return [(step.chain, step.state, step.by.username, step.note) for step in rows]


def sentence(response):
    return response.context["error"].message


def remarks(response):
    """What is said at the reviewer's remark."""
    return list(response.context["review_form"].errors["note"])


def test_item_passes_through_three_hands_to_its_signature(
    flood, unit, reporter, editor, staff, leader
):
    item = PublicityItemFactory(
        campaign=flood, unit=unit, created_by=reporter, state="draft", chain=0, submitted_at=None
    )

    submit(reporter, item)
    for user, (_, stage, _, _) in zip((editor, staff, leader), REVIEWS, strict=True):
        item.refresh_from_db()
        review(user, item, stage, note="同意" if stage == "sign" else "")

    item.refresh_from_db()
    assert (item.state, item.chain, item.version) == (ItemState.SIGNED, 1, 4)
    assert item.submitted_at == item.steps.order_by("pk").first().at
    assert steps(item) == [
        (1, "submitted", "reporter", ""),
        (1, "first", "editor", ""),
        (1, "second", "staff", ""),
        (1, "signed", "leader", "同意"),
    ]


def test_returned_item_is_read_anew_from_the_beginning_by_the_same_people(
    flood, unit, reporter, editor, staff
):
    item = item_at(ItemState.SUBMITTED, campaign=flood, unit=unit, created_by=reporter)
    first_handed_in = item.submitted_at
    review(editor, item, "first")
    item.refresh_from_db()

    send_back(staff, item, "照片中有门牌")
    item.refresh_from_db()
    returned = item.state
    submit(reporter, item)
    item.refresh_from_db()
    review(editor, item, "first")

    item.refresh_from_db()
    assert returned == ItemState.RETURNED
    assert (item.state, item.chain, item.submitted_at) == (ItemState.FIRST, 2, first_handed_in)
    assert steps(item)[2] == (1, "returned", "staff", "照片中有门牌")


@pytest.mark.parametrize(("who", "stage", "state", "after"), REVIEWS)
def test_second_press_of_a_review_is_told_who_did_it(request, flood, who, stage, state, after):
    user = request.getfixturevalue(who)
    item = item_at(state, campaign=flood)

    first, second = review(user, item, stage), review(user, item, stage)

    item.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert item.state == after
    assert ItemStep.objects.filter(item=item, by=user).count() == 1
    assert sentence(second).startswith(f"{user} 已于")


def test_second_press_of_submitting_is_harmless(flood, unit, reporter):
    item = PublicityItemFactory(campaign=flood, unit=unit, state="draft", chain=0)

    first, second = submit(reporter, item), submit(reporter, item)

    item.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert (item.state, item.chain, item.steps.count()) == (ItemState.SUBMITTED, 1, 1)


def test_draft_changed_since_the_page_was_drawn_is_not_handed_in(flood, unit, reporter):
    item = PublicityItemFactory(campaign=flood, unit=unit, state="draft", chain=0, version=2)

    answer = submit(reporter, item, version=1)

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (409, ItemState.DRAFT)
    assert sentence(answer) == "稿件已有改动，请刷新后核对再办理。"


def test_published_item_is_not_signed_once_more(flood, leader):
    item = item_at(ItemState.PUBLISHED, campaign=flood)
    item.steps.filter(state=ItemState.SIGNED).delete()

    answer = review(leader, item, "sign")

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (409, ItemState.PUBLISHED)


def test_page_from_before_the_last_edit_signs_nothing(flood, leader):
    item = item_at(ItemState.SECOND, campaign=flood, version=7)

    answer = review(leader, item, "sign", version=6)

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (409, ItemState.SECOND)


@pytest.mark.parametrize(("who", "stage", "state", "after"), REVIEWS)
def test_nobody_else_does_a_review(request, flood, unit, who, stage, state, after):
    item = item_at(state, campaign=flood, unit=unit)
    everybody = ["editor", "staff", "leader", "reporter", "unit_leader", "liaison", "duty"]
    others = [request.getfixturevalue(name) for name in everybody if name != who]

    answers = {user.username: review(user, item, stage).status_code for user in others}

    item.refresh_from_db()
    assert set(answers.values()) == {403}
    assert item.state == state


def test_nobody_reviews_twice_in_one_chain(flood, editor):
    PostingFactory(user=editor, role=Role.STAFF)
    item = item_at(ItemState.SUBMITTED, campaign=flood)
    review(editor, item, "first")
    item.refresh_from_db()

    second, back = review(editor, item, "second"), send_back(editor, item)

    item.refresh_from_db()
    assert (second.status_code, back.status_code, item.state) == (422, 422, ItemState.FIRST)
    assert sentence(second) == "初审、复审、终审须由三人分别办理，您在本次审签中已办理过一次。"
    page = client_for(editor).get(item.get_absolute_url())
    assert (page.context["stage"], page.context["barred"]) == (
        None,
        "您已办理本次审签中的一审，复审请由他人办理。",
    )


def test_the_database_itself_knows_the_rule_of_three(flood, editor):
    item = item_at(ItemState.FIRST, campaign=flood)
    reader = item.steps.get(state=ItemState.FIRST).by

    with pytest.raises(IntegrityError, match="item_reviewed_by_three"), transaction.atomic():
        ItemStepFactory(item=item, state=ItemState.SECOND, by=reader)
    with pytest.raises(IntegrityError, match="item_reviewed_once"), transaction.atomic():
        ItemStepFactory(item=item, state=ItemState.FIRST, by=editor)


def test_nobody_reviews_what_he_wrote_though_another_handed_it_in(flood, editor):
    item = PublicityItemFactory(campaign=flood, created_by=editor)
    ItemStepFactory(item=item, by=UserFactory())

    answer = review(editor, item, "first")

    assert (answer.status_code, sentence(answer)) == (422, "不能审自己投的稿，请由他人办理。")


def test_nobody_reviews_what_he_handed_in_for_another(flood, unit, staff):
    PostingFactory(user=staff, role=Role.EDITOR)
    item = PublicityItemFactory(campaign=flood, unit=unit)
    ItemStepFactory(item=item, by=staff)

    assert review(staff, item, "first").status_code == 422


def test_nobody_reviews_items_of_his_own_unit(flood, unit, editor):
    PostingFactory(user=editor, role=Role.REPORTER, unit=unit)
    item = item_at(ItemState.SUBMITTED, campaign=flood, unit=unit)

    assert review(editor, item, "first").status_code == 403


def test_returning_wants_a_reason(flood, editor):
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    answer = send_back(editor, item, " ")

    item.refresh_from_db()
    assert (answer.status_code, remarks(answer)) == (422, ["退回修改须填写原因。"])
    assert item.state == ItemState.SUBMITTED


def test_only_whoever_has_the_next_review_sends_back(flood, editor, staff):
    item = item_at(ItemState.FIRST, campaign=flood)

    early, right = send_back(editor, item), send_back(staff, item)

    assert (early.status_code, right.status_code) == (403, 302)


def test_signed_item_is_not_sent_back(flood, leader):
    item = item_at(ItemState.SIGNED, campaign=flood)

    answer = send_back(leader, item)

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (403, ItemState.SIGNED)


def test_remark_too_long_is_refused_in_a_sentence(flood, editor):
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    answer = review(editor, item, "first", note="字" * 301)

    assert answer.status_code == 422
    assert remarks(answer) == ["最多 300 字，现有 301 字，请删减。"]
    assert "字" * 301 in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1"])
@pytest.mark.parametrize("page", ["review/first", "return"])
def test_version_that_is_none_moves_nothing(flood, editor, page, version):
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    answer = client_for(editor).post(
        f"/publicity/{item.pk}/{page}/", {"note": "同意", "version": version}
    )

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (422, ItemState.SUBMITTED)
    assert sentence(answer) == "页面内容不完整，请刷新后再办理。"


def test_second_press_of_returning_is_told_who_did_it(flood, editor):
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    first, second = (send_back(editor, item, version=item.version) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 409)
    assert sentence(second).startswith(f"{editor} 已于")
    assert item.steps.filter(state=ItemState.RETURNED).count() == 1


def test_unknown_stage_is_not_found(flood, editor):
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    assert review(editor, item, "third").status_code == 404


def withdraw(user, item, reason="内容有误"):
    address = reverse("publicity:item_withdraw", args=[item.pk])
    return client_for(user).post(address, {"reason": reason, "version": item.version})


@pytest.mark.parametrize("state", ["submitted", "first", "second", "signed", "published"])
def test_item_is_withdrawn_from_wherever_it_is(flood, staff, state):
    item = item_at(ItemState(state), campaign=flood)

    withdraw(staff, item)

    item.refresh_from_db()
    last = item.steps.order_by("-pk").first()
    assert (item.state, last.state, last.note) == ("withdrawn", "withdrawn", "内容有误")


def test_withdrawing_twice_is_told_and_wants_a_reason(flood, staff):
    item = item_at(ItemState.SIGNED, campaign=flood)

    empty = withdraw(staff, item, "")
    first, second = withdraw(staff, item), withdraw(staff, item)

    assert empty.context["form"].errors == {"reason": ["请填写。"]}
    assert (first.status_code, second.status_code) == (302, 409)
    assert item.steps.filter(state=ItemState.WITHDRAWN).count() == 1


@pytest.mark.parametrize("who", ["leader", "duty", "reporter", "liaison"])
def test_others_do_not_withdraw(request, flood, unit, who):
    item = item_at(ItemState.SIGNED, campaign=flood, unit=unit)

    assert withdraw(request.getfixturevalue(who), item).status_code == 403


def test_buttons_of_the_chain_are_not_there_for_strangers(flood, foreign_unit, reporter):
    item = item_at(ItemState.SUBMITTED, campaign=flood, unit=foreign_unit)

    answers = [
        submit(reporter, item).status_code,
        client_for(reporter).get(item.get_absolute_url()).status_code,
    ]

    assert answers == [404, 404]
