"""采用通报: the table of a month, its signature, and what moved since."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.campaigns.enums import CampaignState
from apps.core import formats
from apps.core.dates import business_day, moment_on
from apps.publicity.enums import ItemState
from apps.publicity.models import AdoptionNotice, Placement
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AdoptionNoticeFactory,
    AdoptionRowFactory,
    CampaignFactory,
    PlacementFactory,
    PublicityItemFactory,
    UnitFactory,
)

from .desk import item_at

TODAY = business_day()
AUGUST = dt.date(2021, 8, 1)
PAGE, PRINT, SIGN = (
    "/publicity/adoption/",
    "/publicity/adoption/print/",
    "/publicity/adoption/sign/",
)


def august(hour, day=5):
    return moment_on(dt.date(2021, 8, day), dt.time(hour, 0))


@pytest.fixture
def month(flood):
    """Two units: the second in official order handed in more."""
    first = UnitFactory(short_name="示例首位", sort_order=1)
    second = UnitFactory(short_name="示例次位", sort_order=2)
    UnitFactory(short_name="示例无稿", sort_order=3)
    for unit, count in ((first, 1), (second, 3)):
        items = [
            item_at(
                ItemState.PUBLISHED,
                campaign=flood,
                unit=unit,
                submitted_at=august(9),
                signed=august(9),
            )
            for _ in range(count)
        ]
        for on in (dt.date(2021, 8, 5), dt.date(2021, 8, 6)):
            PlacementFactory(item=items[0], on=on)
    gone = item_at(ItemState.WITHDRAWN, campaign=flood, unit=first, submitted_at=august(9))
    PlacementFactory(item=gone, on=AUGUST)
    late = item_at(ItemState.PUBLISHED, campaign=flood, unit=first, submitted_at=august(9))
    PlacementFactory(item=late, on=dt.date(2021, 9, 1))
    edge = moment_on(dt.date(2021, 9, 1), dt.time(0, 0))
    PublicityItemFactory(campaign=flood, unit=second, submitted_at=edge)
    return first, second


@pytest.mark.parametrize("page", ["/publicity/adoption/", "/publicity/adoption/print/"])
def test_adoption_counts_by_unit_in_official_order(flood, month, staff, page):
    answer = client_for(staff).get(page, {"month": "2021-08"})

    rows = [
        (row.unit.short_name, row.submitted, row.adopted, row.placed)
        for row in answer.context["found"].rows
    ]
    assert rows == [("示例首位", 2, 1, 2), ("示例次位", 3, 1, 2)]
    assert "示例无稿" not in answer.content.decode()
    assert cells(answer)[-1][-3:] == ["5", "2", "4"]


def test_adoption_says_how_many_units_are_silent_and_cannot_be_sorted(flood, month, staff):
    plain = client_for(staff).get("/publicity/adoption/", {"month": "2021-08"})
    sorted_ = client_for(staff).get(
        "/publicity/adoption/", {"month": "2021-08", "sort": "-adopted"}
    )

    assert plain.context["found"].silent == 1
    assert cells(plain) == cells(sorted_)


def test_unit_sees_its_own_line_alone(flood, month, unit, reporter):
    item_at(ItemState.SUBMITTED, campaign=flood, unit=unit, submitted_at=august(9))

    found = client_for(reporter).get("/publicity/adoption/?month=2021-08").context["found"]

    assert [(row.unit, row.submitted, row.adopted) for row in found.rows] == [(unit, 1, 0)]


def test_numbers_of_adoption_open_their_rows(flood, month, editor):
    client = client_for(editor)
    table = client.get("/publicity/adoption/?month=2021-08").context["table"]
    assert len(table.rows) == 2
    for row in table.rows:
        items, placements = (client.get(column.href(row)) for column in table.columns[1:3])
        assert len(items.context["table"].lines) == row.submitted
        assert len(placements.context["table"].lines) == row.placed


@pytest.mark.parametrize("asked", ["2021-13", "x", ""])
def test_month_that_is_none_is_the_working_month(flood, staff, asked):
    page = client_for(staff).get("/publicity/adoption/", {"month": asked})

    assert page.context["month"] == TODAY.replace(day=1)


# --- the signature ------------------------------------------------------------------------------


def opened(user, query="", page=PAGE):
    return client_for(user).get(f"{page}?campaign=flood-2021&month=2021-08{query}")


def seen(user):
    """What the form on the page sends."""
    context = opened(user).context
    last = context["last"]
    return {
        "campaign": "flood-2021",
        "month": "2021-08",
        "version": last.version if last else 0,
        "seen": context["seen"],
    }


def sign(user, **fields):
    return client_for(user).post(SIGN, {**seen(user), **fields}, follow=True)


def figures(answer):
    return [(row.name, *row.counts) for row in answer.context["found"].rows]


def said(page):
    return [str(message) for message in page.context["messages"]]


SIGNED = [("示例首位", 2, 1, 2), ("示例次位", 3, 1, 2)]


def test_notice_is_a_draft_until_it_is_signed_on_page_and_sheet(flood, month, leader):
    before = [opened(leader, page=page).content.decode() for page in (PAGE, PRINT)]

    sign(leader)

    after = [opened(leader, page=page).content.decode() for page in (PAGE, PRINT)]
    notice = AdoptionNotice.objects.get()
    when = f"{timezone.localtime(notice.signed_at):%H:%M}"
    assert ["送审稿" in page for page in before] == [True, True]
    assert ["送审稿" in page for page in after] == [False, False]
    assert all(str(leader) in page and when in page for page in after)


def test_signature_keeps_the_figures_with_name_and_time(flood, month, leader):
    page = sign(leader)

    notice = AdoptionNotice.objects.get()
    rows = notice.rows.values_list("unit_name", "submitted", "adopted", "placed")
    assert (notice.campaign, notice.month, notice.version) == (flood, AUGUST, 1)
    assert (notice.signed_by, notice.silent) == (leader, 1)
    assert list(rows) == SIGNED
    assert said(page) == ["2021年8月采用通报第1版已签发。"]


def test_later_change_moves_nothing_signed_and_shows_as_difference(flood, month, leader, staff):
    sign(leader)
    first, second = month
    item_at(ItemState.SUBMITTED, campaign=flood, unit=second, submitted_at=august(9))
    Placement.objects.filter(item__unit=first, on=dt.date(2021, 8, 6)).delete()
    first.short_name = "示例改名"
    first.save()

    page, sheet = opened(staff), opened(staff, page=PRINT)

    assert figures(page) == figures(sheet) == SIGNED
    assert [(c.name, c.signed, c.now) for c in page.context["changes"]] == [
        ("示例首位", (2, 1, 2), (2, 1, 1)),
        ("示例次位", (3, 1, 2), (4, 1, 2)),
    ]
    assert cells(page)[:2] == [
        ["示例首位", "2", "1", "2 → 1"],
        ["示例次位", "3 → 4", "1", "2"],
    ]
    draft = opened(staff, "&version=draft")
    assert figures(draft) == [("示例改名", 2, 1, 1), ("示例次位", 4, 1, 2)]
    assert "送审稿" in draft.content.decode()


def test_signing_again_is_a_new_version_and_the_old_one_stays(flood, month, leader, staff):
    sign(leader)
    item_at(ItemState.SUBMITTED, campaign=flood, unit=month[1], submitted_at=august(9))

    page = sign(leader)

    changed = [SIGNED[0], ("示例次位", 4, 1, 2)]
    assert said(page) == ["2021年8月采用通报第2版已签发。"]
    assert list(AdoptionNotice.objects.values_list("version", flat=True)) == [2, 1]
    assert figures(opened(staff)) == changed
    assert opened(staff).context["changes"] == []
    old = opened(staff, "&version=1", page=PRINT)
    assert figures(old) == SIGNED
    assert "第1版（已由第2版代替）" in old.content.decode()


def test_second_press_signs_nothing_twice(flood, month, leader):
    data = seen(leader)

    client_for(leader).post(SIGN, data)
    page = client_for(leader).post(SIGN, data, follow=True)

    assert AdoptionNotice.objects.count() == 1
    assert said(page) == [f"2021年8月采用通报已由{leader}签发，数字没有变动，未重复签发。"]


def test_figures_that_moved_since_the_page_was_drawn_are_not_signed(flood, month, leader):
    data = seen(leader)
    item_at(ItemState.SUBMITTED, campaign=flood, unit=month[1], submitted_at=august(9))

    answer = client_for(leader).post(SIGN, data)

    assert (answer.status_code, answer.context["error"].message) == (
        409,
        "数字刚有变动，请刷新后核对，再行签发。",
    )
    assert not AdoptionNotice.objects.exists()


def test_page_from_before_anothers_signature_signs_nothing(flood, month, leader):
    data = seen(leader)
    notice = AdoptionNoticeFactory(campaign=flood)

    answer = client_for(leader).post(SIGN, data)

    when = formats.moment(notice.signed_at)
    assert (answer.status_code, answer.context["error"].message) == (
        409,
        f"{notice.signed_by} 已于{when}签发第1版，请刷新后核对。",
    )


@pytest.mark.parametrize(
    "who", ["staff", "duty", "editor", "reporter", "unit_leader", "liaison", "steward"]
)
def test_nobody_but_a_leader_signs(request, flood, month, leader, who):
    data = seen(leader)

    answer = client_for(request.getfixturevalue(who)).post(SIGN, data)

    assert answer.status_code == 403
    assert not AdoptionNotice.objects.exists()


@pytest.mark.parametrize("who", ["staff", "editor", "leader"])
def test_button_is_there_for_a_leader_alone(request, flood, month, who):
    page = opened(request.getfixturevalue(who))

    assert (f'action="{SIGN}"' in page.content.decode()) == (who == "leader")


@pytest.mark.parametrize(
    "fields",
    [
        {"campaign": "unknown"},
        {"campaign": ""},
        {"month": "2021-13"},
        {"month": ""},
        {"version": "x"},
        {"version": "-1"},
        {"version": "9" * 20},
        {"seen": ""},
    ],
)
def test_nonsense_signs_nothing(flood, month, leader, fields):
    answer = client_for(leader).post(SIGN, {**seen(leader), **fields})

    assert (answer.status_code, answer.context["error"].message) == (
        422,
        "页面内容不完整，请刷新后再签发。",
    )
    assert not AdoptionNotice.objects.exists()


def test_month_without_figures_or_to_come_is_not_signed(flood, month, leader):
    after = (TODAY.replace(day=28) + dt.timedelta(days=5)).strftime("%Y-%m")

    empty, ahead = (sign(leader, month=one) for one in ("2021-06", after))

    assert empty.context["error"].message == "本月没有投稿，也没有刊发，无需签发。"
    assert ahead.context["error"].message == "该月尚未开始，不能签发。"
    assert not AdoptionNotice.objects.exists()


def test_signing_signs_the_campaign_of_the_page_though_another_is_in_hand(flood, month, leader):
    data = seen(leader)
    CampaignFactory(code="drill", is_drill=True)
    client = client_for(leader)
    client.get("/publicity/?campaign=drill")

    client.post(SIGN, data)

    assert AdoptionNotice.objects.get().campaign == flood


def test_unit_sees_its_own_line_of_the_signed_notice(flood, month, unit, reporter, leader, editor):
    item_at(ItemState.SUBMITTED, campaign=flood, unit=unit, submitted_at=august(9))
    sign(leader)

    assert figures(opened(reporter)) == [("示例甲", 1, 0, 0)]
    assert len(figures(opened(editor))) == 3
    assert opened(reporter).context["changes"] == []


def test_signature_is_on_the_audit_trail(flood, month, leader):
    sign(leader)

    entry = AuditEntry.objects.filter(table="publicity_adoptionnotice").get()
    assert entry.actor == leader.username


def test_the_database_itself_knows_the_rules_of_a_notice(flood):
    AdoptionNoticeFactory(campaign=flood)

    for fields, name in (
        ({}, "adoption_notice_version_once"),
        ({"version": 0}, "adoption_notice_of_a_month"),
        ({"month": dt.date(2021, 8, 2)}, "adoption_notice_of_a_month"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            AdoptionNoticeFactory(campaign=flood, **fields)
    with pytest.raises(IntegrityError, match="adoption_row_items_appeared"), transaction.atomic():
        AdoptionRowFactory(adopted=2, placed=1)


def test_signed_page_takes_as_many_statements_with_three_units_as_with_one(flood, leader):
    def more():
        item = item_at(ItemState.PUBLISHED, campaign=flood, submitted_at=august(9))
        PlacementFactory(item=item, on=dt.date(2021, 8, 6))

    address = f"{PAGE}?campaign=flood-2021&month=2021-08"
    client = client_for(leader)
    more()
    sign(leader)
    more()
    one = statements(client, address)
    more()
    more()
    sign(leader)
    more()

    assert statements(client, address) == one


def test_month_that_is_over_waits_for_its_signature(flood, leader, staff):
    from .test_todos import todos

    over = (TODAY.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for on in (over, over, TODAY):
        PlacementFactory(item=item_at(ItemState.PUBLISHED, campaign=flood), on=on)
    waiting = [("待签发", f"2021年防汛救灾{over.year}年{over.month}月采用通报待签发")]

    before = todos(leader), todos(staff)
    AdoptionNoticeFactory(campaign=flood, month=over)
    after = todos(leader)

    assert (before, after) == ((waiting, []), [])


def test_campaign_that_is_over_waits_for_no_signature(flood, leader):
    from .test_todos import todos

    PlacementFactory(item=item_at(ItemState.PUBLISHED, campaign=flood), on=AUGUST)
    flood.state = CampaignState.CLOSED
    flood.save()

    assert todos(leader) == []
