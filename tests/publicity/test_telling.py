"""Who finds what in the inbox when an item takes a step."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.core import formats
from apps.core.dates import business_day
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage
from apps.publicity.enums import ChannelKind, ItemState
from apps.publicity.models import ItemStep, Placement
from apps.publicity.services.telling import tell_placed, tell_step
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    CampaignFactory,
    ChannelFactory,
    ItemStepFactory,
    PostingFactory,
    PublicityItemFactory,
    UserFactory,
)

from .desk import item_at

TODAY = business_day()


@pytest.fixture
def journal(db):
    return ChannelFactory(name="《先行》", kind=ChannelKind.JOURNAL)


def item_of(reporter, unit, flood, state, **fields):
    return item_at(
        state, campaign=flood, unit=unit, created_by=reporter, title="清淤纪实", **fields
    )


def post(user, item, page, **data):
    item.refresh_from_db()
    address = reverse(f"publicity:{page}", args=[item.pk])
    return client_for(user).post(address, {"version": item.version, **data})


def review(user, item, stage):
    item.refresh_from_db()
    address = reverse("publicity:item_review", args=[item.pk, stage])
    return client_for(user).post(address, {"note": "", "version": item.version})


def place(user, items, where, **fields):
    data = {"pk": [one.pk for one in items], "channel": where.pk, "on": TODAY.isoformat()}
    return client_for(user).post("/publicity/placements/new/", {**data, "place": "", **fields})


def told(user):
    return list(
        InboxMessage.objects.filter(user=user).order_by("pk").values_list("subject", "text")
    )


def subjects(user):
    return [subject for subject, _ in told(user)]


def test_returned_item_tells_author_and_submitter_why(flood, unit, reporter, unit_leader, editor):
    item = item_of(reporter, unit, flood, ItemState.SUBMITTED)
    item.steps.update(by=unit_leader)

    post(editor, item, "item_return", note="照片中有门牌。")

    at = item.steps.get(state=ItemState.RETURNED).at
    when = f"{formats.day(at)} {formats.clock(at)}"
    expected = (
        "稿件“清淤纪实”退回修改",
        f"{editor}于{when}退回：照片中有门牌。请修改后重新投稿。",
    )
    assert told(reporter) == told(unit_leader) == [expected]
    message = InboxMessage.objects.filter(user=reporter).get()
    assert (message.kind, message.path) == (MessageKind.PUBLICITY, item.get_absolute_url())


def test_message_opens_the_item_from_the_inbox(flood, unit, reporter, editor):
    item = item_of(reporter, unit, flood, ItemState.SUBMITTED)
    post(editor, item, "item_return", note="请补充数字")

    page = client_for(reporter).get("/messages/")

    assert "稿件“清淤纪实”退回修改" in page.content.decode()
    assert client_for(reporter).get(InboxMessage.objects.get(user=reporter).path).status_code == 200


def test_signed_item_tells_its_author(flood, unit, reporter, leader):
    item = item_of(reporter, unit, flood, ItemState.SECOND)

    review(leader, item, "sign")

    assert subjects(reporter) == ["稿件“清淤纪实”已终审签发"]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (ChannelKind.JOURNAL, "刊发"),
        (ChannelKind.WECHAT, "推送"),
        (ChannelKind.SHORT_VIDEO, "发布"),
    ],
)
def test_placed_item_tells_its_author_where(flood, unit, reporter, editor, kind, word):
    item = item_of(reporter, unit, flood, ItemState.SIGNED)

    place(editor, [item], ChannelFactory(name="某渠道", kind=kind), place="抗疫专栏")

    day = formats.day(TODAY)
    assert told(reporter) == [
        (f"稿件“清淤纪实”已在某渠道{word}", f"{day}某渠道（抗疫专栏）{word}。")
    ]


def test_withdrawn_item_tells_its_author_why(flood, unit, reporter, staff):
    item = item_of(reporter, unit, flood, ItemState.PUBLISHED)

    post(staff, item, "item_withdraw", reason="内容有误")

    (subject, text), *rest = told(reporter)
    assert (subject, rest) == ("稿件“清淤纪实”已撤稿", [])
    assert text.endswith("撤稿：内容有误。")


def test_placement_taken_back_is_told_and_told_anew_when_entered_again(
    flood, unit, reporter, editor, journal
):
    item = item_of(reporter, unit, flood, ItemState.SIGNED)

    place(editor, [item], journal)
    client_for(editor).post("/publicity/placements/undo/", {"pk": Placement.objects.get().pk})
    place(editor, [item], journal)

    assert subjects(reporter) == [
        "稿件“清淤纪实”已在《先行》刊发",
        "稿件“清淤纪实”撤销刊发登记",
        "稿件“清淤纪实”已在《先行》刊发",
    ]


def test_second_press_tells_nothing_twice(flood, unit, reporter, editor, leader, journal):
    item = item_of(reporter, unit, flood, ItemState.SECOND)

    for _ in range(2):
        client_for(leader).post(
            reverse("publicity:item_review", args=[item.pk, "sign"]),
            {"note": "", "version": item.version},
        )
        place(editor, [item], journal)
    tell_step(ItemStep.objects.get(item=item, state=ItemState.SIGNED))
    tell_placed(Placement.objects.all())

    assert subjects(reporter) == ["稿件“清淤纪实”已终审签发", "稿件“清淤纪实”已在《先行》刊发"]


def test_nobody_is_told_of_his_own_step_nor_an_account_out_of_use(flood, unit, editor):
    gone = UserFactory(is_active=False)
    mine = item_at(ItemState.PUBLISHED, campaign=flood, unit=unit, created_by=editor)
    theirs = item_at(ItemState.PUBLISHED, campaign=flood, unit=unit, created_by=gone)

    for item in (mine, theirs):
        post(editor, item, "item_withdraw", reason="内容有误")

    assert not InboxMessage.objects.exists()


def test_drill_says_so(unit, reporter, editor):
    drill = CampaignFactory(code="drill", is_drill=True)
    item = item_of(reporter, unit, drill, ItemState.SUBMITTED)

    post(editor, item, "item_return", note="请补充数字")

    assert subjects(reporter) == ["【演练】稿件“清淤纪实”退回修改"]


def test_entering_many_takes_as_many_statements_as_entering_one(
    flood, unit, reporter, editor, journal, django_assert_max_num_queries
):
    def entered(count):
        items = [item_at(ItemState.SIGNED, campaign=flood) for _ in range(count)]
        with django_assert_max_num_queries(200) as captured:
            place(editor, items, journal)
        return len(captured)

    entered(1)
    assert entered(1) == entered(3)


# --- who reads next -----------------------------------------------------------------------------


def submit(user, item):
    item.refresh_from_db()
    return client_for(user).post(
        reverse("publicity:item_submit", args=[item.pk, item.version]), follow=True
    )


def new_draft(flood, unit, reporter, **fields):
    return PublicityItemFactory(
        campaign=flood,
        unit=unit,
        created_by=reporter,
        state="draft",
        chain=0,
        submitted_at=None,
        **fields,
    )


def test_each_step_tells_who_reads_next_and_nobody_else(
    flood, unit, reporter, editor, staff, leader, duty, liaison
):
    item = new_draft(flood, unit, reporter)

    submit(reporter, item)
    review(editor, item, "first")
    review(staff, item, "second")

    found = {user.username: subjects(user) for user in (editor, staff, leader, duty, liaison)}
    assert found == {
        "editor": ["有稿件待初审"],
        "staff": ["有稿件待复审"],
        "leader": ["有稿件待签发"],
        "duty": [],
        "liaison": [],
    }


def test_message_opens_the_list_of_what_waits(flood, unit, reporter, editor):
    submit(reporter, new_draft(flood, unit, reporter, title="清淤纪实"))

    page = client_for(editor).get(InboxMessage.objects.get(user=editor).path)

    assert [row[1] for row in cells(page)] == ["清淤纪实"]


def test_reader_is_told_once_a_day_however_many_come(flood, unit, reporter, editor):
    for _ in range(3):
        submit(reporter, new_draft(flood, unit, reporter))
    InboxMessage.objects.update(dedupe_key="publicity-waits-of-yesterday")
    submit(reporter, new_draft(flood, unit, reporter))

    assert subjects(editor) == ["有稿件待初审", "有稿件待初审"]


def test_who_may_not_read_it_is_not_told(flood, unit, reporter, editor):
    of_the_unit, wrote, handed_in, ended, free = (
        UserFactory(username=name) for name in ("of_unit", "wrote", "handed_in", "ended", "free")
    )
    for user in (of_the_unit, wrote, handed_in, free):
        PostingFactory(user=user, role=Role.EDITOR)
    PostingFactory(user=ended, role=Role.EDITOR, ends_on=business_day() - dt.timedelta(days=1))
    PostingFactory(user=of_the_unit, role=Role.REPORTER, unit=unit)
    item = new_draft(flood, unit, wrote)
    ItemStepFactory(item=item, by=handed_in, chain=0)

    submit(reporter, item)

    told_users = InboxMessage.objects.values_list("user__username", flat=True)
    assert set(told_users) == {"editor", "free"}
