"""Pages of beneficiaries and acts: labels alone, reveal, duplicates, quick entry."""

import datetime as dt
import uuid

import pytest

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import SecurityEvent
from apps.assistance.models import AssistanceAction, Beneficiary
from apps.assistance.views import folding
from apps.core.dates import business_day
from apps.figures.enums import Stage
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AssistanceActionFactory,
    AssistanceCaseFactory,
    BeneficiaryEventFactory,
    BeneficiaryFactory,
    CommunityFactory,
    PostingFactory,
    SecurityEventFactory,
    SnapshotFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()
LIST = "/assistance/beneficiaries/"
SECRETS = ("王芳", "13912345678", "2单元501", "家有婴儿")


@pytest.fixture
def sealed(unit, community):
    return BeneficiaryFactory(
        unit=unit, community=community, name="王芳", phone="13912345678", remark="家有婴儿"
    )


def form_for(unit, place, **changed):
    form = {
        "submission": str(uuid.uuid4()),
        "unit": unit.pk,
        "community": place.pk,
        "circumstance": "isolated",
        "kind": "",
        "people": "3",
        "name": "王芳",
        "phone": "13912345678",
        "address": "3号楼2单元501",
        "remark": "",
    }
    return {**form, **changed}


def numbers(response):
    return [cell for row in cells(response) for cell in row if cell.startswith("DX")]


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def looks():
    return list(SecurityEvent.objects.filter(kind=SecurityEventKind.REVEAL))


# --- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leader", "staff", "caseworker", "liaison", "reporter"])
def test_nothing_that_identifies_stands_on_any_page(request, who, campaign, sealed):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=sealed)
    AssistanceActionFactory(campaign=campaign, beneficiary=sealed, case=case)
    user = request.getfixturevalue(who)
    client = client_for(user)
    urls = [
        LIST,
        f"{LIST}{sealed.pk}/",
        f"{LIST}{sealed.pk}/?tab=cases",
        f"{LIST}{sealed.pk}/?tab=twice",
        "/assistance/actions/",
        "/assistance/board/",
        f"/assistance/{case.pk}/",
    ]
    urls += [f"{LIST}{sealed.pk}/edit/"] if user.has_perm("assistance.register_beneficiary") else []

    for url in urls:
        body = page(client, url)
        assert "城东路社区" in body
        assert [secret for secret in SECRETS if secret in body] == []
    looked_up = str(client.get(f"{LIST}lookup/?q=城东").json())
    assert sealed.number in looked_up
    assert [secret for secret in SECRETS if secret in looked_up] == []


def test_a_phone_is_masked_for_those_who_may_look_and_absent_for_the_rest(
    caseworker, leader, sealed
):
    assert "139****5678" in page(client_for(caseworker), f"{LIST}{sealed.pk}/")
    assert "5678" not in page(client_for(leader), f"{LIST}{sealed.pk}/")


def test_a_unit_sees_its_own_and_those_it_has_a_case_of(reporter, unit, campaign, foreign_unit):
    own = BeneficiaryFactory(unit=unit)
    given = BeneficiaryFactory(unit=foreign_unit)
    AssistanceCaseFactory(campaign=campaign, beneficiary=given, unit=unit)
    hidden = BeneficiaryFactory(unit=foreign_unit)
    client = client_for(reporter)

    assert set(numbers(client.get(LIST))) == {own.number, given.number}
    assert client.get(f"{LIST}{given.pk}/").status_code == 200
    assert client.get(f"{LIST}{given.pk}/edit/").status_code == 403
    assert client.get(f"{LIST}{hidden.pk}/").status_code == 404


def test_filters_of_the_list(caseworker, campaign, unit, community, sealed):
    again = BeneficiaryFactory(unit=unit, duplicate_of=sealed)
    alike = BeneficiaryFactory(phone="13912345678", circumstance="care_home")
    AssistanceActionFactory(campaign=campaign, beneficiary=sealed)
    client = client_for(caseworker)

    def found(query):
        return set(numbers(client.get(f"{LIST}?{query}")))

    assert found("twice=no") == {sealed.number, alike.number}
    assert found("twice=marked") == {again.number}
    assert found("twice=maybe") == {sealed.number, alike.number}
    assert found("circumstance=care_home") == {alike.number}
    assert found("kind=institution") == {alike.number}
    assert found(f"community={community.pk}") == {sealed.number}
    assert found(f"unit={unit.pk}") == {sealed.number, again.number}
    assert found("helped=yes") == {sealed.number}
    assert found(f"q={sealed.number}") == {sealed.number}
    assert found("q=城东") == {sealed.number}
    assert found("q=王芳") == set()
    assert found("q=13912345678") == set()


def test_who_may_not_look_into_duplicates_is_not_told_of_any(reporter, unit, sealed):
    BeneficiaryFactory(phone="13912345678")
    client = client_for(reporter)

    assert "maybe" not in page(client, LIST)
    assert "filter-error" in page(client, f"{LIST}?twice=maybe")
    assert "疑似重复" not in page(client, f"{LIST}{sealed.pk}/?tab=twice")


def test_pages_take_as_many_statements_for_three_as_for_one(caseworker, campaign, unit):
    client = client_for(caseworker)
    first = BeneficiaryFactory(unit=unit)

    def add():
        other = BeneficiaryFactory(duplicate_of=first)
        AssistanceActionFactory(campaign=campaign, beneficiary=first)
        AssistanceCaseFactory(campaign=campaign, beneficiary=other)
        AssistanceCaseFactory(campaign=campaign, beneficiary=first)
        BeneficiaryEventFactory(beneficiary=first)

    add()
    record = f"{LIST}{first.pk}/"
    pages = [LIST, "/assistance/actions/", record, f"{LIST}lookup/", "/assistance/lookup/"]
    pages += [f"{record}?tab=twice", f"{record}?tab=cases", f"{LIST}?twice=maybe"]
    one = [statements(client, url) for url in pages]
    add()
    add()

    assert [statements(client, url) for url in pages] == one


# --- reveal and find -----------------------------------------------------------------------------


def look(user, row, field="name", reason="送药前联系", **headers):
    url = f"{LIST}{row.pk}/reveal/{field}/"
    return client_for(user).post(url, {"reason": reason}, headers=headers)


@pytest.mark.parametrize(
    ("field", "secret"), list(zip(("name", "phone", "address", "remark"), SECRETS, strict=True))
)
def test_one_field_is_opened_with_a_reason_and_recorded(caseworker, sealed, field, secret):
    answer = look(caseworker, sealed, field)

    body = answer.content.decode()
    assert [one for one in SECRETS if one in body] == [secret]
    assert "no-store" in answer.headers["Cache-Control"]
    [event] = looks()
    assert event.username == "caseworker"
    assert (event.detail["beneficiary"], event.detail["reason"]) == (sealed.number, "送药前联系")
    assert secret not in str(event.detail)


def test_htmx_gets_the_one_field_alone(caseworker, sealed):
    body = look(caseworker, sealed, **{"HX-Request": "true"}).content.decode()

    assert "王芳" in body
    assert "<html" not in body


@pytest.mark.parametrize("who", ["leader", "staff", "duty", "liaison", "reporter", "steward"])
def test_nobody_else_opens_a_field(request, who, sealed):
    answer = look(request.getfixturevalue(who), sealed)

    assert answer.status_code == 403
    assert "王芳" not in answer.content.decode()
    assert looks() == []


@pytest.mark.parametrize("reason", ["", " ", "a"])
def test_a_field_is_not_opened_without_a_reason(caseworker, sealed, reason):
    answer = look(caseworker, sealed, reason=reason)

    assert (answer.status_code, looks()) == (422, [])
    assert "查看事由" in answer.content.decode()


def test_fields_are_opened_by_post_and_by_name_only(caseworker, sealed):
    client = client_for(caseworker)

    assert client.get(f"{LIST}{sealed.pk}/reveal/name/").status_code == 405
    assert look(caseworker, sealed, "name_sealed").status_code == 404


def test_looks_stop_at_the_limit_of_the_hour(caseworker, sealed):
    for _ in range(folding.SECRETS.limit):
        SecurityEventFactory(kind=SecurityEventKind.REVEAL, username="caseworker")

    answer = look(caseworker, sealed)

    assert answer.status_code == 422
    assert "王芳" not in answer.content.decode()


def test_a_whole_phone_finds_who_it_is_and_is_recorded_without_it(caseworker, sealed):
    client = client_for(caseworker)

    answer = client.post(f"{LIST}find/", {"phone": "139 1234 5678", "reason": "对方来电"})
    nothing = client.post(f"{LIST}find/", {"phone": "1391234567", "reason": "对方来电"})

    assert sealed.number in answer.content.decode()
    assert "王芳" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "没有登记过" in nothing.content.decode()
    assert {event.detail["beneficiary"] for event in looks()} == {sealed.number, "未找到"}
    assert "13912345678" not in str([event.detail for event in looks()])


def test_finding_asks_for_something_to_find_and_why(caseworker):
    client = client_for(caseworker)

    empty = client.post(f"{LIST}find/", {"reason": "对方来电"})
    unsaid = client.post(f"{LIST}find/", {"name": "王芳"})

    assert (empty.status_code, unsaid.status_code) == (422, 422)
    assert "请填写完整的姓名或电话" in empty.content.decode()
    assert "请填写查找事由" in unsaid.content.decode()


@pytest.mark.parametrize("who", ["staff", "leader", "reporter", "liaison"])
def test_nobody_else_finds_by_what_is_sealed(request, who):
    assert client_for(request.getfixturevalue(who)).get(f"{LIST}find/").status_code == 403


# --- registering and correcting ------------------------------------------------------------------


def test_a_household_is_registered_sealed(reporter, unit, community):
    response = client_for(reporter).post(
        f"{LIST}new/", form_for(unit, community, phone="139-1234-5678")
    )

    row = Beneficiary.objects.get()
    assert response.status_code == 302
    assert (row.name, row.phone, row.kind) == ("王芳", "13912345678", "household")
    assert (row.registered_by, row.unit) == (reporter, unit)


def test_pressing_register_twice_makes_one(reporter, unit, community):
    client, form = client_for(reporter), form_for(unit, community)

    urls = [client.post(f"{LIST}new/", form).url for _ in range(2)]

    assert urls == [Beneficiary.objects.get().get_absolute_url()] * 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "请填写。"),
        ({"phone": "家里没有"}, "不是电话号码，请填 11 位手机号"),
        ({"circumstance": ""}, "请选择。"),
        ({"circumstance": "care_home", "kind": "household"}, "对象类型应为“机构”"),
        ({"circumstance": "other"}, "请选择“家庭”或“个人”"),
        ({"people": "-1"}, "0"),
        ({"community": "x"}, "选择"),
    ],
)
def test_bad_input_is_told_at_its_field(reporter, unit, community, changed, sentence):
    response = client_for(reporter).post(f"{LIST}new/", form_for(unit, community, **changed))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Beneficiary.objects.exists()


def test_nobody_registers_for_another_unit(reporter, foreign_unit, community):
    response = client_for(reporter).post(f"{LIST}new/", form_for(foreign_unit, community))

    assert response.status_code == 422
    assert not Beneficiary.objects.exists()


@pytest.mark.parametrize("who", ["leader", "duty", "city", "editor"])
def test_those_who_only_read_do_not_register(request, who):
    assert client_for(request.getfixturevalue(who)).get(f"{LIST}new/").status_code == 403


def test_a_known_phone_asks_whether_it_is_the_same(reporter, unit, community, sealed):
    client, form = client_for(reporter), form_for(unit, CommunityFactory(), name="王小芳")

    asked = client.post(f"{LIST}new/", form)

    body = asked.content.decode()
    assert asked.status_code == 422
    assert "疑似重复" in body
    assert sealed.number in body
    assert Beneficiary.objects.count() == 1

    client.post(f"{LIST}new/", {**form, "verdict": str(sealed.pk)})
    assert Beneficiary.objects.exclude(pk=sealed.pk).get().duplicate_of == sealed


def test_a_known_name_in_the_same_community_may_be_somebody_else(reporter, unit, community, sealed):
    form = form_for(unit, community, phone="", verdict="new")

    response = client_for(reporter).post(f"{LIST}new/", form)

    assert response.status_code == 302
    assert Beneficiary.objects.counted().count() == 2


def test_a_verdict_cannot_name_somebody_out_of_sight(
    reporter, unit, community, sealed, foreign_unit
):
    hidden = BeneficiaryFactory(unit=foreign_unit)

    response = client_for(reporter).post(
        f"{LIST}new/", form_for(unit, community, verdict=str(hidden.pk))
    )

    assert response.status_code == 422
    assert Beneficiary.objects.filter(duplicate_of=hidden).count() == 0


def test_a_match_out_of_sight_is_not_told_but_waits_for_the_caseworker(
    reporter, caseworker, unit, community, foreign_unit
):
    other = BeneficiaryFactory(unit=foreign_unit, phone="13912345678")

    response = client_for(reporter).post(f"{LIST}new/", form_for(unit, community))

    assert response.status_code == 302
    mine = Beneficiary.objects.get(unit=unit)
    found = numbers(client_for(caseworker).get(f"{LIST}?twice=maybe"))
    assert set(found) == {other.number, mine.number}
    assert "2个帮扶对象疑似重复登记" in page(client_for(caseworker), "/")


def test_correcting_replaces_what_is_typed_and_keeps_the_rest(reporter, sealed):
    form = {
        "version": 1,
        "community": sealed.community_id,
        "circumstance": "hardship",
        "kind": "household",
        "people": "4",
        "phone": "13900000009",
    }

    response = client_for(reporter).post(f"{LIST}{sealed.pk}/edit/", form)

    row = Beneficiary.objects.get()
    assert response.status_code == 302
    assert (row.name, row.phone, row.circumstance, row.version) == (
        "王芳",
        "13900000009",
        "hardship",
        2,
    )


def test_the_second_of_two_editors_is_shown_both_values(reporter, sealed):
    client = client_for(reporter)
    form = {
        "version": 1,
        "community": sealed.community_id,
        "circumstance": "isolated",
        "kind": "household",
    }
    client.post(f"{LIST}{sealed.pk}/edit/", {**form, "people": "4"})

    response = client.post(f"{LIST}{sealed.pk}/edit/", {**form, "people": "5"})

    assert response.status_code == 409
    assert "他人已先保存" in response.content.decode()
    assert Beneficiary.objects.get().people == 4


def test_a_caseworker_folds_two_and_takes_it_back(caseworker, sealed):
    other = BeneficiaryFactory()
    client, url = client_for(caseworker), f"{LIST}{other.pk}/"

    for _ in range(2):
        assert client.post(f"{url}duplicate/", {"of": sealed.pk}).status_code == 302
    assert Beneficiary.objects.get(pk=other.pk).duplicate_of == sealed
    assert sealed.number in page(client, url)

    client.post(f"{url}distinct/")
    assert Beneficiary.objects.get(pk=other.pk).duplicate_of is None


def test_folding_with_itself_is_refused_at_the_field(caseworker, sealed):
    response = client_for(caseworker).post(f"{LIST}{sealed.pk}/duplicate/", {"of": sealed.pk})

    assert response.status_code == 422
    assert "不能标为与自身重复" in response.content.decode()


def test_units_do_not_fold(reporter, sealed):
    client = client_for(reporter)

    assert client.get(f"{LIST}{sealed.pk}/duplicate/").status_code == 403
    assert client.post(f"{LIST}{sealed.pk}/distinct/").status_code == 403


# --- acts ----------------------------------------------------------------------------------------


def act_form(unit, **changed):
    form = {
        "submission": str(uuid.uuid4()),
        "unit": unit.pk,
        "on": TODAY.isoformat(),
        "service_type": "goods",
        "mode": "onsite",
        "note": "送米面油",
        "case": "",
    }
    return {**form, **changed}


def test_an_act_is_recorded_and_may_be_taken_back(reporter, unit, campaign, sealed):
    client = client_for(reporter)

    response = client.post(
        "/assistance/actions/new/", act_form(unit, beneficiary=sealed.pk), follow=True
    )

    act = AssistanceAction.objects.get()
    body = response.content.decode()
    assert (act.unit, act.by, act.beneficiary) == (unit, reporter, sealed)
    assert "已登记 1 次" in body
    assert f"/assistance/actions/{act.submission}/withdraw/" in body

    client.post(f"/assistance/actions/{act.submission}/withdraw/")
    assert not AssistanceAction.objects.exists()


def test_pressing_record_twice_makes_one_act(reporter, unit, campaign, sealed):
    client, form = client_for(reporter), act_form(unit, beneficiary=sealed.pk)

    for _ in range(2):
        assert client.post("/assistance/actions/new/", form).status_code == 302

    assert AssistanceAction.objects.count() == 1


def test_the_ticked_are_helped_alike_in_one_go(reporter, unit, campaign):
    rows = BeneficiaryFactory.create_batch(3, unit=unit)
    keys = [row.pk for row in rows]
    client = client_for(reporter)

    asked = client.post("/assistance/actions/many/", {"pk": keys})
    form = act_form(unit, pk=keys)
    for _ in range(2):
        done = client.post("/assistance/actions/many/", form, follow=True)

    body = asked.content.decode()
    assert asked.status_code == 200
    assert all(row.number in body for row in rows)
    assert "已登记 3 次" in done.content.decode()
    assert AssistanceAction.objects.count() == 3


def test_nobody_ticked_leads_back_to_the_list(reporter, campaign):
    client = client_for(reporter)

    assert client.post("/assistance/actions/many/", {}).url == LIST
    assert client.get("/assistance/actions/many/").url == LIST


def test_the_ticked_must_be_in_sight(reporter, unit, campaign, foreign_unit):
    hidden = BeneficiaryFactory(unit=foreign_unit)

    response = client_for(reporter).post(
        "/assistance/actions/many/", act_form(unit, pk=[hidden.pk])
    )

    assert response.status_code == 422
    assert not AssistanceAction.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"on": (TODAY + dt.timedelta(days=1)).isoformat()}, "还没到这一天"),
        ({"on": "2021-07-01"}, "不得早于任务开始"),
        ({"on": ""}, "请填写。"),
        ({"service_type": ""}, "请选择。"),
        ({"note": "送到501室"}, "请勿写电话、门牌号"),
        ({"beneficiary": ""}, "请选择。"),
    ],
)
def test_bad_acts_are_told_at_their_field(reporter, unit, campaign, sealed, changed, sentence):
    form = {**act_form(unit, beneficiary=sealed.pk), **changed}

    response = client_for(reporter).post("/assistance/actions/new/", form)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not AssistanceAction.objects.exists()


def test_an_act_names_only_rows_in_sight_that_belong_together(
    reporter, unit, campaign, sealed, foreign_unit
):
    foreign = AssistanceCaseFactory(campaign=campaign, beneficiary__unit=foreign_unit)
    others = AssistanceCaseFactory(campaign=campaign, beneficiary=BeneficiaryFactory(unit=unit))
    client, form = client_for(reporter), act_form(unit, beneficiary=sealed.pk)

    for changed in (
        {"case": foreign.pk},
        {"case": others.pk},
        {"unit": foreign_unit.pk},
        {"beneficiary": foreign.beneficiary_id},
    ):
        response = client.post("/assistance/actions/new/", {**form, **changed})
        assert response.status_code == 422
    assert not AssistanceAction.objects.exists()


def test_a_locked_day_takes_the_act_and_says_what_it_does_not_change(
    reporter, unit, campaign, sealed
):
    SnapshotFactory(campaign=campaign, on=TODAY, stage=Stage.LOCKED)

    response = client_for(reporter).post(
        "/assistance/actions/new/", act_form(unit, beneficiary=sealed.pk), follow=True
    )

    assert "数据已锁定，本次登记不改变当日核定数" in response.content.decode()


def test_a_caseworker_records_for_any_unit(caseworker, unit, campaign, sealed):
    client_for(caseworker).post("/assistance/actions/new/", act_form(unit, beneficiary=sealed.pk))

    assert AssistanceAction.objects.get().unit == unit


def test_acts_in_scope_and_of_the_campaign_in_hand(reporter, unit, campaign, foreign_unit, sealed):
    AssistanceActionFactory(campaign=campaign, beneficiary=sealed)
    AssistanceActionFactory(campaign=campaign, beneficiary__unit=foreign_unit)
    AssistanceActionFactory(beneficiary=sealed)
    client = client_for(reporter)

    assert len(cells(client.get("/assistance/actions/?campaign=epidemic"))) == 1
    assert len(cells(client.get("/assistance/actions/?campaign=epidemic&mode=online"))) == 0


def test_lookup_finds_by_place_and_number_without_duplicates(reporter, unit, sealed):
    BeneficiaryFactory(unit=unit, community=sealed.community, duplicate_of=sealed)
    BeneficiaryFactory(community=sealed.community)
    client = client_for(reporter)

    def found(asked):
        return [row["id"] for row in client.get(f"{LIST}lookup/", {"q": asked}).json()["results"]]

    assert found("城东") == found(sealed.number) == [sealed.pk]
    assert found("王芳") == []


def test_the_bar_finds_the_desks_rows_in_scope_and_never_by_a_name(
    reporter, campaign, sealed, foreign_unit, community
):
    AssistanceCaseFactory(campaign=campaign, beneficiary=sealed, title="需要奶粉")
    hidden = BeneficiaryFactory(unit=foreign_unit, community=community)
    client = client_for(reporter)

    by_place, by_title = page(client, "/search/?q=城东路"), page(client, "/search/?q=奶粉")

    assert sealed.number in by_place
    assert hidden.number not in by_place
    assert "需要奶粉" in by_title
    assert sealed.number not in page(client, "/search/?q=王芳")


def test_seeing_a_unit_is_not_writing_for_it(
    leader, unit, foreign_unit, community, campaign, sealed
):
    # Sees every unit as a leader, may write as a reporter of one: that is not both at once.
    PostingFactory(user=leader, role=Role.REPORTER, unit=unit)
    client = client_for(leader)
    case = {"beneficiary": sealed.pk, "title": "需要棉被", "service_type": "goods"}
    forms = {
        f"{LIST}new/": form_for(foreign_unit, community, name="李强", phone=""),
        "/assistance/new/": {
            **case,
            "submission": str(uuid.uuid4()),
            "unit": foreign_unit.pk,
            "source": "visit",
            "due_on": TODAY.isoformat(),
        },
        "/assistance/actions/new/": act_form(foreign_unit, beneficiary=sealed.pk),
        "/assistance/actions/many/": act_form(foreign_unit, pk=[sealed.pk]),
    }

    for url, form in forms.items():
        response = client.post(url, form)
        assert response.status_code == 422
        assert "您不能为该单位登记" in response.content.decode()
