"""Where items appeared, and the line of the day."""

import datetime as dt

import pytest

from apps.core.dates import business_day, moment_on
from apps.publicity.enums import ChannelKind, ItemState
from apps.publicity.models import Placement, PublicityItem
from apps.publicity.selectors.placements import day_placements
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    ChannelFactory,
    DailyRoundFactory,
    PlacementFactory,
    PublicityItemFactory,
)

from .desk import item_at

LIST, NEW, UNDO = (
    "/publicity/placements/",
    "/publicity/placements/new/",
    "/publicity/placements/undo/",
)
TODAY = business_day()
AUGUST = dt.date(2021, 8, 1)


@pytest.fixture
def journal(db):
    return ChannelFactory(name="《先行》", kind=ChannelKind.JOURNAL)


def place(user, items, where, **fields):
    data = {
        "pk": [item.pk for item in items],
        "channel": where.pk,
        "on": TODAY.isoformat(),
        "place": "",
        **fields,
    }
    return client_for(user).post(NEW, data, follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def errors(page):
    return {name: list(found) for name, found in page.context["form"].errors.items()}


def test_ticked_items_are_named_before_they_are_entered(flood, editor):
    items = [item_at(ItemState.SIGNED, campaign=flood) for _ in range(2)]

    page = client_for(editor).post(NEW, {"pk": [item.pk for item in items]})

    assert (page.status_code, page.context["items"]) == (200, items)
    assert not Placement.objects.exists()


def test_many_are_entered_at_once(flood, editor, journal):
    items = [item_at(ItemState.SIGNED, campaign=flood) for _ in range(3)]

    page = place(editor, items, journal, place="2021年第9期")

    rows = Placement.objects.values_list("item", "channel", "on", "place", "by")
    assert set(rows) == {(i.pk, journal.pk, TODAY, "2021年第9期", editor.pk) for i in items}
    assert said(page) == ["已登记 3 篇：《先行》刊发。"]
    assert set(PublicityItem.objects.values_list("state", flat=True)) == {ItemState.PUBLISHED}
    assert [i.steps.filter(state=ItemState.PUBLISHED, by=editor).count() for i in items] == [1] * 3


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (ChannelKind.PRESS, "刊发"),
        (ChannelKind.WECHAT, "推送"),
        (ChannelKind.SHORT_VIDEO, "发布"),
        (ChannelKind.BANNER, "悬挂"),
    ],
)
def test_word_follows_the_kind_of_channel(flood, editor, kind, word):
    item = item_at(ItemState.SIGNED, campaign=flood)

    page = place(editor, [item], ChannelFactory(name="某渠道", kind=kind))

    assert said(page) == [f"已登记 1 篇：某渠道{word}。"]
    assert [row[2] for row in cells(client_for(editor).get(item.get_absolute_url()))] == [word]


def test_second_press_enters_nothing_twice(flood, editor, journal):
    item = item_at(ItemState.SIGNED, campaign=flood)

    place(editor, [item], journal)
    page = place(editor, [item], journal)

    item.refresh_from_db()
    assert said(page) == ["1 篇当日在《先行》已登记过，未重复登记。"]
    assert (Placement.objects.count(), item.steps.filter(state="published").count()) == (1, 1)


@pytest.mark.parametrize("state", ["submitted", "first", "second", "returned", "withdrawn"])
def test_unsigned_item_has_appeared_nowhere(flood, editor, journal, state):
    signed = item_at(ItemState.SIGNED, campaign=flood)
    other = item_at(ItemState(state), campaign=flood, title="未签稿")

    page = place(editor, [signed, other], journal)

    assert errors(page) == {"__all__": ["“未签稿”尚未终审签发或已撤稿，不能登记刊发。"]}
    assert page.status_code == 422
    assert not Placement.objects.exists()


def test_nothing_appears_before_it_is_signed(flood, editor, journal):
    signed = moment_on(dt.date(2021, 8, 5), dt.time(0, 10))
    item = item_at(ItemState.SIGNED, campaign=flood, title="纪实", signed=signed)

    early = place(editor, [item], journal, on="2021-08-04")
    right = place(editor, [item], journal, on="2021-08-05")

    assert errors(early) == {"on": ["“纪实”2021年8月5日才签发，刊发日期不能早于签发。"]}
    assert said(right) == ["已登记 1 篇：《先行》刊发。"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": (TODAY + dt.timedelta(days=1)).isoformat()}, "on"),
        ({"on": "2021-02-30"}, "on"),
        ({"channel": ""}, "channel"),
        ({"channel": "99999"}, "channel"),
        ({"place": "长" * 61}, "place"),
    ],
)
def test_bad_input_is_told_at_its_field(flood, editor, journal, fields, field):
    item = item_at(ItemState.SIGNED, campaign=flood)

    page = place(editor, [item], journal, **fields)

    assert (page.status_code, list(errors(page))) == (422, [field])
    assert page.context["items"] == [item]


def test_channel_no_longer_in_use_is_no_choice(flood, editor):
    closed = ChannelFactory(is_active=False)

    page = place(editor, [item_at(ItemState.SIGNED, campaign=flood)], closed)

    assert list(errors(page)) == ["channel"]


@pytest.mark.parametrize("ticks", [[], ["x"], ["9" * 30], ["0"]])
def test_nothing_ticked_is_said(flood, editor, ticks):
    page = client_for(editor).post(NEW, {"pk": ticks})

    assert (page.status_code, page.context["error"].message) == (422, "请先勾选要登记的稿件。")


def test_draft_of_a_unit_is_not_entered(flood, unit, editor, journal):
    hidden = PublicityItemFactory(campaign=flood, unit=unit, state="draft")

    assert place(editor, [hidden], journal).status_code == 422


@pytest.mark.parametrize("who", ["reporter", "unit_leader", "liaison", "leader", "duty"])
def test_others_enter_and_take_back_nothing(request, flood, unit, who):
    user = request.getfixturevalue(who)
    row = PlacementFactory(item=item_at(ItemState.PUBLISHED, campaign=flood, unit=unit))

    answers = [client_for(user).post(NEW), client_for(user).post(UNDO, {"pk": row.pk})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Placement.objects.filter(pk=row.pk).exists()


def test_taking_back_leaves_a_step_and_the_item_waits_again(flood, editor, journal):
    item = item_at(ItemState.SIGNED, campaign=flood)
    place(editor, [item], journal)
    place(editor, [item], ChannelFactory(name="头条", kind=ChannelKind.FEED))
    first, second = Placement.objects.order_by("pk")

    client_for(editor).post(UNDO, {"pk": first.pk})
    item.refresh_from_db()
    between = item.state
    page = client_for(editor).post(UNDO, {"pk": second.pk}, follow=True)

    item.refresh_from_db()
    assert (between, item.state) == (ItemState.PUBLISHED, ItemState.SIGNED)
    assert said(page) == ["已撤销 1 条刊发登记。"]
    undone = item.steps.filter(is_undo=True).order_by("pk").values_list("note", flat=True)
    day = f"{TODAY.month}月{TODAY.day}日"
    assert list(undone) == [f"《先行》（{day}）", f"头条（{day}）"]
    record = client_for(editor).get(item.get_absolute_url())
    assert record.context["timeline"][0].title == "撤销刊发登记"
    assert record.context["chain"][-1].is_now


def test_taking_back_twice_is_harmless(flood, editor):
    row = PlacementFactory(item=item_at(ItemState.PUBLISHED, campaign=flood))

    client_for(editor).post(UNDO, {"pk": row.pk})
    page = client_for(editor).post(UNDO, {"pk": row.pk}, follow=True)

    assert said(page) == ["所选登记已经撤销，没有改动。"]
    assert row.item.steps.filter(is_undo=True).count() == 1


def test_list_of_placements_is_in_scope_and_narrowed(flood, unit, foreign_unit, reporter, editor):
    wechat = ChannelFactory(kind=ChannelKind.WECHAT)
    mine = item_at(ItemState.PUBLISHED, campaign=flood, unit=unit, title="本单位稿")
    theirs = item_at(ItemState.PUBLISHED, campaign=flood, unit=foreign_unit, title="外单位稿")
    PlacementFactory(item=mine, channel=wechat, on=dt.date(2021, 8, 31))
    PlacementFactory(item=theirs, on=dt.date(2021, 9, 1))

    def listed(user, query=""):
        return {line.name for line in client_for(user).get(LIST + query).context["table"].lines}

    assert listed(reporter) == {"本单位稿"}
    assert listed(editor) == {"本单位稿", "外单位稿"}
    for query in ("?kind=wechat", f"?channel={wechat.pk}", "?month=2021-08", "?on=2021-08-31"):
        assert listed(editor, query) == {"本单位稿"}, query
    assert listed(editor, f"?unit={foreign_unit.pk}&q=外单位") == {"外单位稿"}


def test_placement_of_a_withdrawn_item_is_marked_and_can_be_left_out(flood, editor):
    gone = item_at(ItemState.WITHDRAWN, campaign=flood, title="撤下的稿")
    kept = item_at(ItemState.PUBLISHED, campaign=flood, title="在刊的稿")
    for item in (gone, kept):
        PlacementFactory(item=item)

    def marked(query=""):
        return {row[1]: row[-1] for row in cells(client_for(editor).get(LIST + query))}

    assert marked() == {"撤下的稿": "已撤稿", "在刊的稿": ""}
    assert (marked("?counted=yes"), marked("?counted=no")) == (
        {"在刊的稿": ""},
        {"撤下的稿": "已撤稿"},
    )


# --- the line of the day ------------------------------------------------------------------------


@pytest.fixture
def appeared(flood):
    """Two items in three places on 5 August, and what does not count."""
    day = dt.date(2021, 8, 5)
    press, wechat = ChannelFactory(kind=ChannelKind.PRESS), ChannelFactory(kind=ChannelKind.WECHAT)
    first, second = (item_at(ItemState.PUBLISHED, campaign=flood) for _ in range(2))
    PlacementFactory(item=first, channel=press, on=day)
    PlacementFactory(item=first, channel=wechat, on=day)
    PlacementFactory(item=second, channel=wechat, on=day)
    PlacementFactory(item=second, channel=press, on=day + dt.timedelta(days=1))
    PlacementFactory(item=item_at(ItemState.WITHDRAWN, campaign=flood), channel=press, on=day)
    PlacementFactory(channel=press, on=day)
    return day


SENTENCE = "刊发 2 篇（新闻媒体 1、微信公众号 2）"


def test_day_counts_items_and_their_places_by_kind(flood, appeared):
    found = day_placements(flood, on=appeared)

    assert (found.items, found.sentence) == (2, SENTENCE)
    assert day_placements(flood, on=appeared - dt.timedelta(days=1)).sentence == ""


def test_round_tells_what_appeared(flood, appeared, staff):
    DailyRoundFactory(campaign=flood, on=appeared)

    page = client_for(staff).get(f"/daily/rounds/{flood.code}/{appeared}/")

    assert SENTENCE in page.context["summary_notes"]
