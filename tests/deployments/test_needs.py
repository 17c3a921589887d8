"""Needs: raised by the city or for it, one line each from asking to confirming, and back again."""

import datetime as dt
import threading
import uuid

import pytest
import time_machine
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.enums import CampaignState, Hour
from apps.core.dates import business_day, moment_on
from apps.core.views import edit as edit_views
from apps.daily.enums import Fulfilment
from apps.daily.models import CityTalk, CityTalkItem
from apps.daily.services.talks import pull_needs
from apps.deployments.allocating import NeedSource, Urgency
from apps.deployments.enums import NeedState
from apps.deployments.models import Need, NeedConfirmation
from apps.deployments.services import needs as services
from apps.deployments.services.allocation import follow_sheets
from apps.deployments.whereabouts import OPEN_NEEDS
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AllocationLineFactory,
    AllocationSheetFactory,
    AssignmentFactory,
    CommunityFactory,
    DailyRoundFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    NeedConfirmationFactory,
    NeedFactory,
    PolicyHourFactory,
    TaskTypeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NEW = "/deployments/needs/new/"


@pytest.fixture
def form(campaign):
    return {
        "community": CommunityFactory().pk,
        "urgency": Urgency.URGENT,
        "task_type": TaskTypeFactory().pk,
        "heads": "24",
        "goods": "",
        "quantity": "",
        "starts_on": str(business_day()),
        "ends_on": str(business_day() + 2 * DAY),
        "shift": "08:00–20:00",
        "note": "",
    }


def test_the_city_raises_a_need_in_its_own_name(city, form):
    answer = client_for(city).post(NEW, form)

    need = Need.objects.get()
    assert answer.url == need.get_absolute_url()
    assert (need.heads, need.source, need.raised_by) == (24, NeedSource.CITY, city)


def test_the_office_says_who_rang(staff, form):
    client = client_for(staff)

    silent = client.post(NEW, form | {"source": "phone", "told_by": ""})
    client.post(NEW, form | {"source": "phone", "told_by": "市直工委王科长"})

    assert silent.context["form"].errors["told_by"] == ["请填写电话或清单来自谁。"]
    need = Need.objects.get()
    assert (need.source, need.told_by, need.raised_by) == ("phone", "市直工委王科长", staff)


def test_goods_need_a_quantity_and_no_heads(city, form):
    goods = form | {"task_type": "", "heads": "", "goods": "雨衣"}

    bare = client_for(city).post(NEW, goods)
    client_for(city).post(NEW, goods | {"quantity": "200 件"})

    assert bare.context["form"].errors["quantity"] == ["请填写数量和单位，如：200 件。"]
    assert Need.objects.get().wanted == "雨衣 200 件"
    [row] = cells(client_for(city).get("/deployments/needs/"))
    place = Need.objects.get().community
    assert row[1] == f"{place.street.district.short_name} {place.street.name}"
    assert row[4:9] == ["物资", "物资", "物资", "未确认", "不计"]


BAD = [
    ({"ends_on": str(business_day() - DAY)}, "ends_on", "截止日期不得早于需要日期，请核对。"),
    (
        {"starts_on": str(business_day() - DAY), "ends_on": str(business_day() - DAY)},
        "ends_on",
        "截止日期已过，不必再提；仍有需要的，请改为今天或以后。",
    ),
    ({"ends_on": "2999-01-01"}, "ends_on", "日期在一年以后，请核对年份。"),
    ({"goods": "雨" * 41, "quantity": "1 件"}, "goods", "最多 40 字，现有 41 字，请删减。"),
    ({"heads": "10000"}, "heads", "一项需求最多 9999 人，请核对。"),
    *[
        (
            {"shift": shift},
            "shift",
            "没有这样的时段，请写成 08:00–20:00，或用文字说明，如：夜间两班。",
        )
        for shift in ("99:99", "8", "08:00–25:00", "白班99:99起")
    ],
    ({"heads": "0"}, "heads", "请填写大于 0 的人数。"),
    ({"task_type": ""}, "task_type", "请选择任务类型。"),
    (
        {"task_type": "", "heads": ""},
        "heads",
        "请填写需要的人数和任务类型，或填写所需物资。",
    ),
    ({"community": "99999999"}, "community", None),
]


@pytest.mark.parametrize(("change", "field", "sentence"), BAD)
def test_what_cannot_be_is_refused_at_the_field(city, form, change, field, sentence):
    answer = client_for(city).post(NEW, form | change)

    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert sentence is None or errors[field] == [sentence]
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    "shift",
    ["", "8:00-20:00", "２０：００～次日08:00", "08:00–12:00、14:00–18:00", "全天", "24 小时值守"],
)
def test_hours_are_a_span_or_words(city, form, shift):
    client_for(city).post(NEW, form | {"shift": shift})

    assert Need.objects.get().shift == shift


def test_a_closed_campaign_takes_no_need(city, form, campaign):
    campaign.state = CampaignState.CLOSED
    campaign.save()

    answer = client_for(city).post(NEW, form)

    assert answer.status_code == 422
    assert "请在页面上方切换应急任务" in answer.content.decode()
    assert not Need.objects.exists()


@pytest.mark.parametrize("role", ["staff", "city"])
def test_a_need_of_a_closed_campaign_stays_as_it_was(role, form, campaign, request):
    need = NeedFactory(campaign=campaign)
    campaign.state = CampaignState.CLOSED
    campaign.save()
    client = client_for(request.getfixturevalue(role))
    told = {"source": "phone", "told_by": "王科长"}
    said = {"on": str(business_day()), "heads": "9", "source": "phone"}

    changed = client.post(f"/deployments/needs/{need.pk}/edit/", form | told)
    confirmed = client.post(f"/deployments/needs/{need.pk}/confirm/", said)
    settled = [
        client.post(f"/deployments/needs/{need.pk}/settle/{state}/") for state in ("met", "closed")
    ]

    answers = [changed, confirmed, *settled]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422]
    way_out = "不在进行中，不能{}。确需更正的，请与数据管理员联系。"
    for answer, act in zip(
        answers, ("修改需求", "登记社区确认", "办结需求", "办结需求"), strict=True
    ):
        assert way_out.format(act) in answer.content.decode()
    assert list(confirmed.context["form"].errors) == ["on"]
    need.refresh_from_db()
    assert (need.heads, need.state) == (12, NeedState.OPEN)
    assert not NeedConfirmation.objects.exists()


@pytest.fixture
def chained(campaign, unit):
    """24 asked, 20 accepted by a sheet and 2 by hand, 18 there, 17 confirmed; it is past the hour
    of arrival, whenever the tests run."""
    PolicyHourFactory(campaign=campaign, hour=Hour.ARRIVAL, at=dt.time(0))
    unit.duty_phone = "0371-00000201"
    unit.save(update_fields=["duty_phone"])
    need = NeedFactory(campaign=campaign, heads=24)
    sent = DeploymentFactory(campaign=campaign, unit=unit, need=need, starts_on=business_day())
    sheet = AllocationSheetFactory(
        campaign=campaign, state="issued", year=2026, number=1, signed_at=timezone.now(),
        signed_by=UserFactory(),
    )  # fmt: skip
    AllocationLineFactory(sheet=sheet, unit=unit, need=need, heads=20, deployment=sent)
    by_hand = DeploymentFactory(campaign=campaign, unit=unit, need=need, starts_on=business_day())
    for _ in range(2):
        AssignmentFactory(deployment=by_hand, member=MemberFactory(unit=unit))
    DeploymentDayFactory(deployment=sent, on=business_day(), present=18)
    NeedConfirmationFactory(need=need, on=business_day(), heads=17)
    return need


def test_a_line_tells_the_heads_of_each_step(staff, chained):
    [row] = cells(client_for(staff).get("/deployments/needs/"))

    assert row[4:10] == ["24", "22", "18", "17", "6", "未到 1 支"]


def test_the_record_names_who_is_late_and_whom_to_ring(staff, chained):
    body = client_for(staff).get(chained.get_absolute_url()).content.decode()

    assert "还差 2 人" in body
    assert "应到未到 1 支，请电话了解：" in body
    assert 'href="tel:0371-00000201"' in body
    assert "与登记不一致，请核对" in body


def test_nobody_is_late_before_the_hour_of_arrival(staff, campaign, unit):
    today = business_day()
    need = NeedFactory(campaign=campaign, starts_on=today - DAY)
    sent = DeploymentFactory(campaign=campaign, unit=unit, need=need, starts_on=today - DAY)
    sheet = AllocationSheetFactory(
        campaign=campaign, on=today, state="issued", year=2026, number=1,
        signed_at=timezone.now(), signed_by=UserFactory(),
    )  # fmt: skip
    AllocationLineFactory(sheet=sheet, unit=unit, need=need, deployment=sent)
    client = client_for(staff)

    def told():
        [row] = cells(client.get("/deployments/needs/"))
        record, paper = (
            client.get(one.get_absolute_url()).content.decode() for one in (need, sheet)
        )
        return row[9], "应到未到 1 支" in record, "未到 1 支" in paper

    with time_machine.travel(moment_on(today, dt.time(9, 29)), tick=False):
        assert told() == ("无", False, False)
        yesterday, _sums = cells(client.get("/deployments/needs/", {"wanted": str(today - DAY)}))
        assert yesterday[9] == "未到 1 支"
    with time_machine.travel(moment_on(today, dt.time(9, 30)), tick=False):
        assert told() == ("未到 1 支", True, True)


def test_the_long_unmet_rise_and_the_filled_sink(staff, campaign, chained):
    now = timezone.now()
    Need.objects.filter(pk=chained.pk).update(heads=22)
    closed = NeedFactory(campaign=campaign, state=NeedState.CLOSED, raised_at=now - 9 * DAY)
    fresh = NeedFactory(campaign=campaign, raised_at=now)
    old = NeedFactory(campaign=campaign, raised_at=now - 3 * DAY)
    urgent = NeedFactory(campaign=campaign, raised_at=now, urgency=Urgency.URGENT)

    body = client_for(staff).get("/deployments/needs/").content.decode()

    order = [urgent, old, fresh, chained, closed]
    places = [body.index(need.get_absolute_url()) for need in order]
    assert places == sorted(places)


def test_a_filter_finds_what_is_lacking_and_who_is_late(staff, campaign, chained):
    NeedFactory(campaign=campaign)

    def found(value):
        return len(cells(client_for(staff).get("/deployments/needs/", {"short": value})))

    assert (found("lacking"), found("late"), found("goods")) == (2, 1, 0)


def test_a_community_confirms_and_corrects_itself(city, campaign):
    need = NeedFactory(campaign=campaign)
    url = reverse("deployments:need_confirm", args=[need.pk])
    today = business_day()

    for heads in ("10", "11"):
        client_for(city).post(url, {"on": str(today), "heads": heads, "source": "city"})
    ahead = client_for(city).post(url, {"on": str(today + DAY), "heads": "1", "source": "city"})
    before = client_for(city).post(url, {"on": str(today - DAY), "heads": "1", "source": "city"})

    assert [*NeedConfirmation.objects.values_list("on", "heads", "by")] == [(today, 11, city.pk)]
    assert ahead.context["form"].errors["on"] == ["还没到这一天，不能确认。"]
    assert before.status_code == 422


def test_two_who_confirm_at_once_see_both_values(city, campaign):
    need = NeedFactory(campaign=campaign)
    url = reverse("deployments:need_confirm", args=[need.pk])

    def drawn(form):
        return {"on": str(business_day()), "source": "city", "drawn": form["drawn"].value()}

    first, second = (drawn(client_for(city).get(url).context["form"]) for _ in range(2))
    assert client_for(city).post(url, {**first, "heads": "10"}).status_code == 302

    answer = client_for(city).post(url, {**second, "heads": "11"})

    assert answer.status_code == 409
    assert (11, 10) in [(one.mine, one.theirs) for one in answer.context["differences"]]
    assert NeedConfirmation.objects.get().heads == 10
    meant = {**drawn(answer.context["form"]), "heads": "11"}
    assert client_for(city).post(url, meant).status_code == 302
    assert NeedConfirmation.objects.get().heads == 11


def test_a_community_confirms_no_more_than_could_be_there(city, campaign, chained):
    plain = NeedFactory(campaign=campaign, heads=12)
    over = NeedFactory(campaign=campaign, heads=2)
    sent = DeploymentFactory(campaign=campaign, need=over, starts_on=business_day())
    DeploymentDayFactory(deployment=sent, on=business_day(), present=5)

    def said(need, heads):
        url = reverse("deployments:need_confirm", args=[need.pk])
        form = {"on": str(business_day()), "heads": heads, "source": "city"}
        answer = client_for(city).post(url, form)
        return answer.status_code == 302 or answer.context["form"].errors["heads"]

    assert said(plain, "99") == [
        "该需求要 12 人，已调配 0 人，当日登记到岗 0 人，社区确认不能超过 12 人，请核对。"
    ]
    assert said(plain, "12") is True
    assert said(over, "5") is True
    assert said(over, "6") == [
        "该需求要 2 人，已调配 0 人，当日登记到岗 5 人，社区确认不能超过 5 人，请核对。"
    ]


def test_settling_asks_and_names_who_is_lacking(city, campaign, chained):
    settle = reverse("deployments:need_settle", args=[chained.pk, "met"])
    page = client_for(city).get(chained.get_absolute_url()).content.decode()
    form = client_for(city).get(settle).content.decode()
    Need.objects.filter(pk=chained.pk).update(heads=22)
    filled = client_for(city).get(chained.get_absolute_url()).content.decode()

    assert "该需求还差 2 人" in form
    assert 'data-confirm="确定已落实吗？"' not in page
    assert 'data-confirm="确定已落实吗？"' in filled


def test_a_need_of_the_citys_own_names_who_raised_it(staff, city, campaign):
    own = NeedFactory(campaign=campaign, raised_by=city)
    rung = NeedFactory(campaign=campaign, raised_by=staff, told_by="刘主任")

    def told_by(need):
        facts = client_for(staff).get(need.get_absolute_url()).context["facts"]
        return next(fact.value for fact in facts if fact.label == "提出人")

    assert (told_by(own), told_by(rung)) == (city.name, "刘主任")


def test_settling_twice_is_harmless_and_against_another_refused(city, staff, campaign):
    need = NeedFactory(campaign=campaign)
    url = reverse("deployments:need_settle", args=[need.pk, "met"])
    why = {"reason": "社区已自行解决"}

    codes = [client_for(user).post(url, why).status_code for user in (city, city, staff)]

    assert codes == [302, 302, 409]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("met", "该需求还差 9 人，请说明为何按已落实办结。"),
        ("closed", "该需求还差 9 人，请说明为何关闭。"),
    ],
)
def test_what_is_lacking_is_not_settled_without_a_word(city, campaign, state, sentence):
    need = NeedFactory(campaign=campaign, heads=9)
    client, url = client_for(city), reverse("deployments:need_settle", args=[need.pk, state])

    silent = client.post(url)
    done = client.post(url, {"reason": "社区已自行解决"}, follow=True)

    assert silent.status_code == 422
    assert silent.context["form"].errors["reason"] == [sentence]
    need.refresh_from_db()
    assert [str(said) for said in done.context["messages"]] == [f"{need.get_state_display()}。"]
    assert (need.state, need.settled_reason) == (state, "社区已自行解决")
    assert f"{need.get_state_display()}：社区已自行解决" in _timeline(client, need)


def test_a_settled_need_is_reopened_with_a_reason(city, staff, campaign):
    need = NeedFactory(campaign=campaign, heads=9)
    services.settle_need(need, state=NeedState.CLOSED, reason="误报", by=city, now=timezone.now())
    client, url = client_for(staff), reverse("deployments:need_reopen", args=[need.pk])

    silent = client.post(url, {"reason": ""})
    codes = [client.post(url, {"reason": "社区仍需人员"}).status_code for _ in range(2)]

    need.refresh_from_db()
    assert silent.context["form"].errors["reason"] == ["请填写。"]
    assert codes == [302, 409]
    assert (need.state, need.settled_at, need.settled_reason) == (NeedState.OPEN, None, "")
    assert (need.reopened_by, need.reopened_reason) == (staff, "社区仍需人员")
    assert "恢复：社区仍需人员" in _timeline(client, need)


def test_a_reopened_need_is_settled_by_hand_only(city, staff, campaign):
    sent = DeploymentFactory(campaign=campaign, need=NeedFactory(campaign=campaign, heads=1))
    DeploymentDayFactory(deployment=sent, on=business_day(), expected=1, present=1, night=0)
    follow_sheets(timezone.now())
    sent.need.refresh_from_db()
    services.reopen_need(sent.need, reason="又需一批", by=staff, now=timezone.now())

    follow_sheets(timezone.now())

    sent.need.refresh_from_db()
    assert sent.need.state in OPEN_NEEDS


def _timeline(client, need):
    events = client.get(need.get_absolute_url()).context["timeline"]
    return [event.title for event in events]


def test_a_need_is_settled_in_one_of_two_ways_only(city, campaign):
    need = NeedFactory(campaign=campaign)

    answer = client_for(city).post(reverse("deployments:need_settle", args=[need.pk, "partly"]))

    need.refresh_from_db()
    assert (answer.status_code, need.state) == (404, NeedState.OPEN)


def test_the_same_need_once_more_is_asked_about(city, form):
    client = client_for(city)
    client.post(NEW, form)
    first = Need.objects.get()

    asked = client.post(NEW, form)
    other = client.post(NEW, form | {"heads": "25"})
    again = client.post(NEW, form | {"again": "on"})

    assert asked.status_code == 422
    assert asked.context["form"].errors == {
        "again": ["同样的已登记过一次，请核对；确不是重复的，请勾选后再保存。"]
    }
    assert f'href="{first.get_absolute_url()}"' in asked.content.decode()
    assert (other.status_code, again.status_code, Need.objects.count()) == (302, 302, 3)


def test_two_presses_of_one_form_raise_one_need(city, form):
    drawn = form | {"submission": str(uuid.uuid4())}

    addresses = {client_for(city).post(NEW, drawn).url for _ in range(2)}

    assert addresses == {Need.objects.get().get_absolute_url()}


def test_a_number_out_of_reach_is_refused_in_one_plain_sentence(city, form):
    answer = client_for(city).post(NEW, form | {"heads": "99999999999"})

    assert answer.context["form"].errors["heads"] == ["一项需求最多 9999 人，请核对。"]


def test_a_settled_need_is_not_changed(city, campaign, form):
    need = NeedFactory(campaign=campaign, state=NeedState.CLOSED)

    answer = client_for(city).post(reverse("deployments:need_update", args=[need.pk]), form)

    assert answer.status_code == 409
    need.refresh_from_db()
    assert need.heads == 12


def test_needs_of_the_day_enter_the_talk_and_their_answers_follow(campaign, city, chained):
    round_ = DailyRoundFactory(campaign=campaign, on=business_day())
    now = timezone.now()
    need = services.raise_need(
        NeedFactory.build(
            campaign=campaign, community=CommunityFactory(), task_type=TaskTypeFactory(), heads=9
        ),
        by=city,
        now=now,
    )

    assert (pull_needs(now), pull_needs(now)) == (1, 0)
    item = CityTalkItem.objects.get(talk__round=round_)
    assert (item.need, item.heads, item.reply) == (need, 9, "")

    services.settle_need(need, state=NeedState.CLOSED, reason="误报", by=city, now=now)
    pull_needs(now)
    item.refresh_from_db()
    assert (item.reply, item.fulfilment) == ("已关闭：误报", Fulfilment.DECLINED)


def test_what_is_asked_for_later_in_the_day_is_a_talk_at_its_own_hour(campaign, city):
    today = business_day()
    round_ = DailyRoundFactory(campaign=campaign, on=today)
    for at in (dt.time(10), dt.time(10, 20), dt.time(15, 30)):
        NeedFactory(campaign=campaign, raised_by=city, raised_at=moment_on(today, at))

    pull_needs(moment_on(today, dt.time(16)))

    talks = round_.talks.annotate(n=Count("items")).order_by("at").values_list("at", "n")
    assert [*talks] == [(moment_on(today, dt.time(10)), 2), (moment_on(today, dt.time(15, 30)), 1)]


def test_two_talks_alike_do_not_keep_needs_out(campaign, city):
    round_ = DailyRoundFactory(campaign=campaign, on=business_day())
    now = timezone.now()
    need = NeedFactory(campaign=campaign, raised_by=city, raised_at=now)
    alike = {"round": round_, "method": "list", "counterpart": need.told_by, "by": city}
    first, _ = (CityTalk.objects.create(**alike, at=now) for _ in range(2))

    assert pull_needs(now) == 1

    assert CityTalkItem.objects.get().talk == first


def test_words_of_a_person_are_left(campaign, city):
    DailyRoundFactory(campaign=campaign, on=business_day())
    now = timezone.now()
    need = NeedFactory(campaign=campaign, raised_by=city, raised_at=now)
    pull_needs(now)
    CityTalkItem.objects.update(reply="由二七区自行解决")

    services.settle_need(need, state=NeedState.CLOSED, reason="误报", by=city, now=now)
    pull_needs(now)

    assert CityTalkItem.objects.get().reply == "由二七区自行解决"


def test_the_city_sees_who_comes_and_no_more(city, campaign, unit, chained):
    DeploymentFactory(campaign=campaign, unit=unit, starts_on=business_day())

    page = client_for(city).get(reverse("deployments:dispatch_list"))
    paper = client_for(city).get(reverse("deployments:dispatch_print"), {"on": str(business_day())})

    assert len(cells(page)) == 2
    assert "0371-00000201" in page.content.decode()
    assert paper.content.decode().count("0371-00000201") == 2
    assert "未报" not in page.content.decode()


@pytest.mark.parametrize("role", ["reporter", "editor"])
def test_others_have_no_dispatch_list(role, request):
    user = request.getfixturevalue(role)

    assert client_for(user).get(reverse("deployments:dispatch_list")).status_code == 403


@pytest.mark.parametrize("page", ["need_list", "need_detail", "dispatch_list"])
def test_pages_ask_as_much_for_many_as_for_one(page, staff, campaign, unit, chained):
    args = [chained.pk] if page == "need_detail" else []
    url = reverse(f"deployments:{page}", args=args)
    one = statements(client_for(staff), url)

    for _ in range(3):
        NeedFactory(campaign=campaign)
        DeploymentFactory(campaign=campaign, unit=unit, need=chained)

    assert statements(client_for(staff), url) == one


def test_nobody_overwrites_what_somebody_else_has_changed_meanwhile(city, staff, campaign):
    need = NeedFactory(campaign=campaign, heads=24, note="")
    url = reverse("deployments:need_update", args=[need.pk])
    mine, theirs = client_for(city), client_for(staff)
    drawn = [shown_in(browser.get(url)) for browser in (mine, theirs)]

    theirs.post(url, drawn[1] | {"heads": "30", "told_by": "社区书记"})
    second = mine.post(url, drawn[0] | {"note": "自带雨具"})
    need.refresh_from_db()
    kept = (need.heads, need.note)
    meant = mine.post(url, shown_in(second))

    assert (second.status_code, kept) == (409, (30, ""))
    differences = {one.label: (one.mine, one.theirs) for one in second.context["differences"]}
    assert differences == {"需求（人）": (24, 30), "说明": ("自带雨具", "")}
    need.refresh_from_db()
    assert (meant.status_code, need.heads, need.note) == (302, 24, "自带雨具")


def shown_in(answer):
    """What a browser would send of the form as it is shown."""
    form = answer.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_held", [True, False])
def test_two_who_save_a_need_at_the_same_moment_take_turns(monkeypatch, staff, is_held):
    need = NeedFactory(heads=24)
    url = reverse("deployments:need_update", args=[need.pk])
    drawn = shown_in(client_for(staff).get(url)) | {"source": "city"}
    both = threading.Barrier(2)
    if not is_held:
        monkeypatch.setattr(edit_views, "hold", lambda _row: None)
        monkeypatch.setattr(services, "change_need", both_at_once(services.change_need, both))
    codes = []

    def save(heads):
        try:
            codes.append(client_for(staff).post(url, drawn | {"heads": heads}).status_code)
        finally:
            connection.close()

    hands = [threading.Thread(target=save, args=(heads,)) for heads in ("30", "36")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sorted(codes) == ([302, 409] if is_held else [302, 302])


def both_at_once(service, gate):
    def wait(*given, **named):
        gate.wait(10)
        return service(*given, **named)

    return wait
