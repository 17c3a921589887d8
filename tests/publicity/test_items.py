"""The list, the board, the record; writing and changing an item."""

import datetime as dt
import uuid

import pytest

from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day, moment_on
from apps.publicity import services
from apps.publicity.enums import ItemKind, ItemState
from apps.publicity.errors import NotEditableError
from apps.publicity.models import PublicityItem
from apps.publicity.services.items import Text
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AssistanceCaseFactory,
    ChannelFactory,
    DeploymentFactory,
    ItemPhotoFactory,
    ItemStepFactory,
    PlacementFactory,
    PublicityItemFactory,
    UserFactory,
)

from .desk import draft, edit, item_at

LIST, NEW = "/publicity/", "/publicity/new/"


def listed(user, query=""):
    return {line.name for line in client_for(user).get(f"{LIST}{query}").context["table"].lines}


# --- who sees what ------------------------------------------------------------------------------


@pytest.fixture
def three(flood, unit, foreign_unit):
    """A draft and a handed-in item of the cast's unit, and one of somebody else's."""
    return [
        PublicityItemFactory(campaign=flood, unit=unit, title="本单位草稿", state="draft"),
        PublicityItemFactory(campaign=flood, unit=unit, title="本单位来稿"),
        PublicityItemFactory(campaign=flood, unit=foreign_unit, title="外单位来稿"),
    ]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("reporter", {"本单位草稿", "本单位来稿"}),
        ("unit_leader", {"本单位草稿", "本单位来稿"}),
        ("liaison", {"本单位来稿"}),
        ("editor", {"本单位来稿", "外单位来稿"}),
        ("staff", {"本单位来稿", "外单位来稿"}),
        ("leader", {"本单位来稿", "外单位来稿"}),
        ("duty", {"本单位来稿", "外单位来稿"}),
    ],
)
def test_list_board_and_record_are_in_scope(request, three, who, seen):
    user = request.getfixturevalue(who)
    client = client_for(user)

    board = client.get("/publicity/board/").context["columns"]
    records = {
        item.title for item in three if client.get(item.get_absolute_url()).status_code == 200
    }

    assert listed(user) == seen
    assert {item.title for column in board for item in column.items} == seen - {"本单位草稿"}
    assert records == seen


@pytest.mark.parametrize("who", ["caseworker", "city", "auditor", "security_admin", "outsider"])
def test_desk_is_closed_to_others(request, flood, who):
    client = client_for(request.getfixturevalue(who))
    item = item_at(ItemState.SUBMITTED, campaign=flood)

    pages = [LIST, "/publicity/board/", item.get_absolute_url(), "/publicity/adoption/"]
    assert {client.get(page).status_code for page in pages} == {403}


def test_foreign_item_is_not_found_at_any_of_its_addresses(flood, foreign_unit, reporter):
    item = item_at(ItemState.SUBMITTED, campaign=flood, unit=foreign_unit)
    stored = ItemPhotoFactory(item=item)
    client = client_for(reporter)

    for page in ("", "edit/", "photos/", "links/", f"photos/{stored.pk}/"):
        assert client.get(f"/publicity/{item.pk}/{page}").status_code == 404, page
    assert client.post(f"/publicity/{item.pk}/submit/0/").status_code == 404


def test_item_of_another_campaign_is_not_listed(flood, staff):
    PublicityItemFactory(title="演练稿件", campaign__is_drill=True, campaign__code="drill")
    PublicityItemFactory(title="防汛稿件", campaign=flood)

    assert listed(staff, "?campaign=flood-2021") == {"防汛稿件"}
    assert listed(staff, "?campaign=drill") == {"演练稿件"}


# --- lists --------------------------------------------------------------------------------------


def test_filters_narrow_the_list(flood, unit, staff):
    journal = ChannelFactory()
    july = moment_on(dt.date(2021, 7, 31), dt.time(23, 50))
    mine = PublicityItemFactory(
        campaign=flood, unit=unit, title="卡口一日", kind="photos", submitted_at=july
    )
    placed = item_at(ItemState.PUBLISHED, campaign=flood, title="清淤纪实")
    PlacementFactory(item=placed, channel=journal)

    found = {
        query: listed(staff, query)
        for query in (
            "?q=卡口",
            "?state=published",
            f"?unit={unit.pk}",
            "?kind=photos",
            f"?channel={journal.pk}",
            "?month=2021-07",
        )
    }

    assert list(found.values()) == [
        {"卡口一日"},
        {"清淤纪实"},
        {"卡口一日"},
        {"卡口一日"},
        {"清淤纪实"},
        {"卡口一日"},
    ]
    assert mine.submitted_at == july


def test_search_box_finds_items_in_scope(flood, unit, foreign_unit, reporter):
    PublicityItemFactory(campaign=flood, unit=unit, title="卡口一日")
    PublicityItemFactory(campaign=flood, unit=foreign_unit, title="卡口夜话")

    page = client_for(reporter).get("/search/", {"q": "卡口"})

    assert [(k.label, [h.title for h in k.hits]) for k in page.context["found"]] == [
        ("宣传稿件", ["卡口一日"])
    ]


@pytest.mark.parametrize("month", ["2021-13", "八月", "2021-8-1", "0001-01"])
def test_month_that_is_none_is_told_and_narrows_nothing(flood, staff, month):
    PublicityItemFactory(campaign=flood, title="卡口一日")

    page = client_for(staff).get(LIST, {"month": month})

    assert "请写成 2021-08 的形式。" in page.content.decode()
    assert page.status_code == 200


def test_foreign_unit_is_no_choice_of_the_filter(flood, foreign_unit, reporter):
    page = client_for(reporter).get(f"{LIST}?unit={foreign_unit.pk}")

    assert "unit" in page.context["filterset"].form.errors


PAGES = [
    "/publicity/",
    "/publicity/board/",
    "/publicity/placements/",
    "/publicity/adoption/",
    "/publicity/adoption/print/",
]


@pytest.mark.parametrize("page", PAGES)
def test_statements_do_not_grow_with_rows(flood, editor, page):
    def more():
        for state in (ItemState.SUBMITTED, ItemState.SIGNED):
            item_at(state, campaign=flood)
        PlacementFactory(item=item_at(ItemState.PUBLISHED, campaign=flood))

    client = client_for(editor)
    more()
    one = statements(client, page)
    more()
    more()

    assert statements(client, page) == one


def test_record_takes_as_many_statements_with_three_of_everything(flood, unit, reporter):
    item = item_at(ItemState.PUBLISHED, campaign=flood, unit=unit)

    def more():
        ItemPhotoFactory(item=item)
        PlacementFactory(item=item)
        item.deployments.add(DeploymentFactory(campaign=flood, unit=unit))
        item.cases.add(AssistanceCaseFactory(campaign=flood, beneficiary__unit=unit))

    client = client_for(reporter)
    more()
    pages = [f"{item.get_absolute_url()}?tab={tab}" for tab in ("placements", "links")]
    one = [statements(client, page) for page in pages]
    more()
    more()

    assert [statements(client, page) for page in pages] == one


def test_board_shows_the_longest_waiting_first_and_counts_all(flood, editor):
    now = moment_on(business_day(), dt.time(0, 0))
    for minutes in range(14):
        PublicityItemFactory(
            campaign=flood, title=f"{minutes:02}", submitted_at=now - dt.timedelta(minutes=minutes)
        )

    column = client_for(editor).get("/publicity/board/").context["columns"][0]

    assert (column.label, column.count, column.more) == ("待初审", 14, 2)
    assert [item.title for item in column.items][:2] == ["13", "12"]


# --- writing ------------------------------------------------------------------------------------


def test_unit_writes_a_draft_that_is_cleaned(flood, unit, reporter):
    answer = client_for(reporter).post(
        NEW, draft(unit, body="　　第一段\r\n<script>x</script>第二段<b onclick=y>粗</b>")
    )

    item = PublicityItem.objects.get()
    assert answer["Location"] == item.get_absolute_url()
    assert item.body == "<p>第一段</p>\n<p>第二段粗</p>"
    assert (item.campaign, item.unit, item.created_by) == (flood, unit, reporter)
    assert (item.state, item.chain, item.submitted_at) == (ItemState.DRAFT, 0, None)
    assert item.number == f"XC{business_day():%Y%m%d}-0001"


def test_numbers_go_up_within_the_day(flood, unit, reporter):
    for _ in range(2):
        client_for(reporter).post(NEW, draft(unit))

    day = f"XC{business_day():%Y%m%d}"
    assert set(PublicityItem.objects.values_list("number", flat=True)) == {
        f"{day}-0001",
        f"{day}-0002",
    }


def test_same_form_twice_makes_one_item(flood, unit, reporter):
    data = draft(unit)

    first, second = (client_for(reporter).post(NEW, data) for _ in range(2))

    assert PublicityItem.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_somebody_elses_submission_opens_nothing(flood, unit, reporter, editor):
    taken = str(uuid.uuid4())
    PublicityItemFactory(submission=taken)

    assert client_for(reporter).post(NEW, draft(unit, submission=taken)).status_code == 403


def test_editor_writes_for_a_unit_and_sees_the_draft(flood, unit, editor):
    client_for(editor).post(NEW, draft(unit))

    assert listed(editor) == {"党旗插在一线"}
    assert PublicityItem.objects.get().unit == unit


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"title": ""}, {"title": ["请填写。"]}),
        ({"body": "<script>x</script>"}, {"body": ["正文没有可用的文字，请填写。"]}),
        ({"body": " \n "}, {"body": ["请填写。"]}),
        ({"kind": "poem"}, ["kind"]),
        ({"title": "长" * 81}, ["title"]),
        ({"body": "长" * 20_001}, ["body"]),
        ({"submission": "x"}, ["submission"]),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    flood, unit, reporter, fields, errors
):
    page = client_for(reporter).post(NEW, draft(unit, **{"author": "示例作者丙", **fields}))

    found = page.context["form"].errors
    assert page.status_code == 422
    assert (found if isinstance(errors, dict) else list(found)) == errors
    assert "示例作者丙" in page.content.decode()
    assert not PublicityItem.objects.exists()


def test_other_unit_is_no_choice(flood, foreign_unit, reporter):
    page = client_for(reporter).post(NEW, draft(foreign_unit))

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["unit"])


@pytest.mark.parametrize("who", ["liaison", "staff", "leader", "duty"])
def test_those_without_a_pen_write_nothing(request, flood, unit, who):
    client = client_for(request.getfixturevalue(who))

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, draft(unit)).status_code == 403


def test_campaign_that_is_over_takes_no_new_item(flood, unit, reporter):
    flood.state = CampaignState.CLOSED
    flood.save()
    client = client_for(reporter)

    answers = [client.get(NEW), client.post(NEW, draft(unit))]

    assert {answer.status_code for answer in answers} == {422}
    assert "“2021年防汛救灾”不在进行中" in answers[1].content.decode()


# --- changing -----------------------------------------------------------------------------------


def change(user, item, **fields):
    return client_for(user).post(f"/publicity/{item.pk}/edit/", edit(item, **fields))


def test_draft_is_changed_by_anybody_of_its_unit(written, unit_leader):
    change(unit_leader, written, title="新标题", body="改一\n改二")

    written.refresh_from_db()
    assert (written.title, written.body, written.version) == (
        "新标题",
        "<p>改一</p>\n<p>改二</p>",
        4,
    )


def test_form_shows_lines_and_not_markup(written, reporter):
    written.body = "<p>第一段 &lt;甲&gt; &amp; 乙</p>\n<p>第二段</p>"
    written.save()

    page = client_for(reporter).get(f"/publicity/{written.pk}/edit/")

    assert page.context["form"].initial["body"] == "第一段 <甲> & 乙\n第二段"


@pytest.mark.parametrize(
    "state", ["submitted", "first", "second", "signed", "published", "withdrawn"]
)
def test_handed_in_item_is_not_changed(written, reporter, state):
    written.state, written.chain = state, 1
    written.save()
    pages = ["edit/", "photos/"]

    answers = [change(reporter, written, title="新标题")]
    answers += [client_for(reporter).get(f"/publicity/{written.pk}/{page}") for page in pages]

    written.refresh_from_db()
    assert {answer.status_code for answer in answers} == {409}
    assert "投稿后须经退回才能修改" in answers[0].content.decode()
    assert written.title != "新标题"


def test_item_handed_in_while_its_form_was_open_is_not_changed(written):
    submitted = PublicityItem.objects.get(pk=written.pk)
    PublicityItem.objects.filter(pk=written.pk).update(state=ItemState.SUBMITTED, chain=1)
    text = Text(title="新标题", author="甲", kind=ItemKind.ARTICLE, body="正文")

    with pytest.raises(NotEditableError):
        services.revise_item(submitted, text, version=3)

    written.refresh_from_db()
    assert (written.title != "新标题", written.version) == (True, 3)


def test_returned_item_is_changed_again(written, reporter):
    written.state, written.chain = ItemState.RETURNED, 1
    written.save()

    assert change(reporter, written, title="新标题").status_code == 302


def test_two_editors_see_both_values_and_the_second_may_mean_it(written, reporter, unit_leader):
    change(reporter, written, title="甲的标题", body="甲的正文")

    page = change(unit_leader, written, title="乙的标题", body="甲的正文")

    shown = [(one.label, one.mine, one.theirs) for one in page.context["differences"]]
    assert (page.status_code, shown) == (409, [("标题", "乙的标题", "甲的标题")])
    written.refresh_from_db()
    assert written.title == "甲的标题"
    now = page.context["form"]["version"].value()
    change(unit_leader, written, title="乙的标题", body="甲的正文", version=now)
    written.refresh_from_db()
    assert written.title == "乙的标题"


def test_second_press_of_saving_changes_nothing(written, reporter):
    data = edit(written, title="新标题")

    answers = [client_for(reporter).post(f"/publicity/{written.pk}/edit/", data) for _ in range(2)]

    written.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (written.title, written.version) == ("新标题", 4)


def test_editor_does_not_write_in_what_others_wrote(flood, unit, editor):
    item = item_at(ItemState.SUBMITTED, campaign=flood, unit=unit)
    PublicityItem.objects.filter(pk=item.pk).update(state=ItemState.RETURNED)

    assert change(editor, item, title="编辑改的").status_code == 403


def test_stranger_wrote_it_but_the_unit_changes_it(flood, unit, reporter):
    item = PublicityItemFactory(
        campaign=flood, unit=unit, created_by=UserFactory(), state="draft", chain=0
    )

    assert change(reporter, item, title="改").status_code == 302


# --- what it tells of ---------------------------------------------------------------------------


@pytest.fixture
def told(flood, unit, foreign_unit):
    return {
        "mine": DeploymentFactory(campaign=flood, unit=unit),
        "theirs": DeploymentFactory(campaign=flood, unit=foreign_unit),
        "other": DeploymentFactory(unit=unit, campaign__code="epidemic", campaign__is_drill=True),
        "case": AssistanceCaseFactory(campaign=flood, beneficiary__unit=unit),
        "their_case": AssistanceCaseFactory(campaign=flood, beneficiary__unit=foreign_unit),
    }


def link(user, item, **fields):
    return client_for(user).post(
        f"/publicity/{item.pk}/links/",
        {name: row.pk if hasattr(row, "pk") else row for name, row in fields.items()},
    )


def test_item_is_linked_to_a_task_and_a_case_once(written, told, reporter):
    for _ in range(2):
        link(reporter, written, deployment=told["mine"], case=told["case"])

    assert list(written.deployments.all()) == [told["mine"]]
    assert list(written.cases.all()) == [told["case"]]


@pytest.mark.parametrize(
    ("field", "row", "where"),
    [
        ("deployment", "theirs", "deployment"),
        ("case", "their_case", "case"),
        ("deployment", "other", "deployment"),
    ],
)
def test_foreign_task_or_case_is_no_choice(written, told, reporter, field, row, where):
    page = link(reporter, written, **{field: told[row]})

    assert (page.status_code, list(page.context["form"].errors)) == (422, [where])
    assert not written.deployments.exists()
    assert not written.cases.exists()


@pytest.mark.parametrize("fields", [{}, {"deployment": "x"}, {"case": "999999999999999999999"}])
def test_nonsense_is_refused_in_the_form(written, reporter, fields):
    page = link(reporter, written, **fields)

    assert page.status_code == 422
    assert page.context["form"].errors


def test_lookups_offer_what_is_in_scope_and_campaign(written, told, reporter, editor):
    client = client_for(reporter)
    client.get(f"/publicity/{written.pk}/links/")

    tasks = client.get("/publicity/lookup/deployments/").json()["results"]
    cases = client.get("/publicity/lookup/cases/").json()["results"]

    assert [row["id"] for row in tasks] == [told["mine"].pk]
    assert [row["id"] for row in cases] == [told["case"].pk]
    assert client_for(editor).get("/publicity/lookup/cases/").json()["results"] == []


def test_reader_sees_links_in_his_scope_and_how_many_more(flood, unit, told, editor, staff):
    item = item_at(ItemState.SIGNED, campaign=flood, unit=unit)
    item.deployments.add(told["mine"], told["theirs"])
    item.cases.add(told["case"])
    address = f"{item.get_absolute_url()}?tab=links"

    theirs, all_ = (client_for(user).get(address).context for user in (editor, staff))

    assert (theirs["deployments"], theirs["cases"], theirs["unseen"]) == ([], [], 3)
    assert len(all_["deployments"]) == 2
    assert (all_["cases"], all_["unseen"]) == ([told["case"]], 0)


def test_links_are_taken_away_by_the_unit_alone(written, told, reporter, editor):
    written.deployments.add(told["mine"], told["theirs"])
    written.cases.add(told["case"])

    def remove(user, kind, row):
        address = f"/publicity/{written.pk}/links/{kind}/{row.pk}/remove/"
        return client_for(user).post(address).status_code

    assert remove(reporter, "deployments", told["theirs"]) == 404
    assert remove(editor, "deployments", told["mine"]) == 404
    assert remove(reporter, "deployments", told["mine"]) == 302
    assert remove(reporter, "cases", told["case"]) == 302
    assert remove(reporter, "cases", told["case"]) == 302
    assert list(written.deployments.all()) == [told["theirs"]]
    assert not written.cases.exists()


# --- the record ---------------------------------------------------------------------------------


def test_record_shows_each_step_with_name_and_time(flood, staff):
    item = item_at(ItemState.SECOND, campaign=flood)

    page = client_for(staff).get(item.get_absolute_url())

    chain = [(link.label, bool(link.by and link.at), link.is_now) for link in page.context["chain"]]
    assert chain == [
        ("投稿", True, False),
        ("初审", True, False),
        ("复审", True, False),
        ("终审签发", False, True),
        ("刊发", False, False),
    ]
    assert [event.title for event in page.context["timeline"]] == [
        "复审通过",
        "初审通过",
        "已投稿",
        "建立草稿",
    ]


def test_body_is_cleaned_on_display_too(flood, staff):
    item = item_at(ItemState.SUBMITTED, campaign=flood)
    PublicityItem.objects.filter(pk=item.pk).update(
        title="<i>标题</i>", body="<p>正文</p><script>alert(1)</script>"
    )

    page = client_for(staff).get(item.get_absolute_url()).content.decode()

    assert "<p>正文</p>" in page
    assert "alert(1)" not in page
    assert "<i>标题" not in page


def test_record_names_its_own_campaign_in_the_bar(flood, staff):
    item = item_at(ItemState.SUBMITTED, campaign=flood)
    client = client_for(staff)
    PublicityItemFactory(campaign__code="drill", campaign__is_drill=True)
    client.get("/publicity/?campaign=drill")

    page = client.get(item.get_absolute_url())

    assert page.context["portal"].campaign.code == "flood-2021"


def test_withdrawn_item_counts_as_adopted_nowhere(flood, unit, staff):
    item = item_at(ItemState.PUBLISHED, campaign=flood, unit=unit, title="卡口一日")
    PlacementFactory(item=item)
    before = cells(client_for(staff).get(LIST))[0][-1]

    PublicityItem.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN)

    assert (before, cells(client_for(staff).get(LIST))[0][-1]) == ("1", "0")
    assert (listed(staff, "?counted=yes"), listed(staff, "?counted=no")) == (set(), {"卡口一日"})


@pytest.mark.parametrize("state", [ItemState.RETURNED, ItemState.WITHDRAWN])
def test_record_says_over_the_article_why_it_stopped(flood, staff, state):
    item = item_at(ItemState.SUBMITTED, campaign=flood)
    PublicityItem.objects.filter(pk=item.pk).update(state=state)
    ItemStepFactory(item=item, state=state, by=staff, note="照片中有门牌")

    page = client_for(staff).get(item.get_absolute_url())

    assert (page.context["stopped"].note, page.context["stopped"].by) == ("照片中有门牌", staff)
    assert f"<b>{state.label}：</b>照片中有门牌" in page.content.decode()


def test_filter_of_a_month_is_said_in_words(flood, staff):
    page = client_for(staff).get(LIST, {"month": "2021-08"})

    assert [(chip.label, chip.value) for chip in page.context["chips"]] == [
        ("投稿月份", "2021年8月")
    ]
