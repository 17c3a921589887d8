"""Correcting what was registered: facts of an open case, sealed fields of a beneficiary."""

import pytest

from apps.assistance.models import AssistanceCase, Beneficiary
from tests.cast import client_for
from tests.factories import AssistanceCaseFactory, BeneficiaryFactory, UnitFactory

from .test_views_cases import page

pytestmark = pytest.mark.django_db
LIST = "/assistance/beneficiaries/"


@pytest.fixture
def case(campaign, household):
    return AssistanceCaseFactory(campaign=campaign, beneficiary=household, title="需要奶粉")


def facts(case, **changed):
    form = {
        "version": 1,
        "title": case.title,
        "unit": case.unit_id,
        "service_type": case.service_type,
        "source": case.source,
    }
    return {**form, **changed}


def revise(user, case, **changed):
    return client_for(user).post(f"/assistance/{case.pk}/edit/", facts(case, **changed))


def test_facts_of_an_open_case_are_changed_and_the_timeline_keeps_both(reporter, case):
    response = revise(reporter, case, title="需要尿不湿", source="hotline")

    kept = AssistanceCase.objects.get()
    assert response.status_code == 302
    assert (kept.title, kept.source, kept.number, kept.version) == (
        "需要尿不湿",
        "hotline",
        case.number,
        2,
    )
    body = page(client_for(reporter), case.get_absolute_url())
    assert "事项由“需要奶粉”改为“需要尿不湿”；来源由“社区转来”改为“电话来访”" in body
    assert f"/assistance/{case.pk}/edit/" in body


def test_pressing_save_twice_is_one_change_and_saving_unchanged_is_none(reporter, case):
    answers = [revise(reporter, case, title="需要尿不湿").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert case.events.count() == 1

    case.title = "需要尿不湿"
    assert revise(reporter, case, version=2).status_code == 302
    assert case.events.count() == 1


def test_the_second_of_two_editors_sees_both_values_and_may_save_again(reporter, caseworker, case):
    revise(caseworker, case, title="需要尿不湿")

    late = revise(reporter, case, title="需要婴儿用品")

    body = late.content.decode()
    assert late.status_code == 409
    assert "他人已先保存" in body
    assert "需要尿不湿" in body
    assert "需要婴儿用品" in body
    assert 'name="version" value="2"' in body
    assert AssistanceCase.objects.get().title == "需要尿不湿"
    assert revise(reporter, case, title="需要婴儿用品", version=2).status_code == 302


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": ""}, "请填写。"),
        ({"title": "联系13912345678"}, "请勿写电话、门牌号"),
        ({"service_type": "gift"}, "选择"),
        ({"source": ""}, "请选择。"),
        ({"unit": "9999999"}, "选择"),
        ({"version": ""}, "请填写。"),
    ],
)
def test_bad_facts_are_told_at_their_field(caseworker, case, changed, sentence):
    response = revise(caseworker, case, **changed)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert AssistanceCase.objects.get().title == "需要奶粉"


def test_a_case_registered_under_the_wrong_unit_is_moved_while_nobody_is_in_charge(
    caseworker, reporter, case
):
    other = UnitFactory(short_name="示例丙")

    revise(caseworker, case, unit=other.pk)

    assert AssistanceCase.objects.get().unit == other
    assert client_for(reporter).get(f"/assistance/{case.pk}/").status_code == 404
    assert "承办单位由“示例甲”改为“示例丙”" in page(client_for(caseworker), case.get_absolute_url())


def test_the_unit_stays_once_somebody_is_in_charge(caseworker, campaign, household):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, underway=True)
    other = UnitFactory()

    assert 'name="unit"' not in page(client_for(caseworker), f"/assistance/{case.pk}/edit/")
    revise(caseworker, case, unit=other.pk, title="需要尿不湿")

    kept = AssistanceCase.objects.get()
    assert (kept.unit, kept.title) == (household.unit, "需要尿不湿")


def test_a_unit_moves_no_case_to_another(reporter, case, foreign_unit):
    assert revise(reporter, case, unit=foreign_unit.pk).status_code == 422
    assert AssistanceCase.objects.get().unit == case.unit


@pytest.mark.parametrize("state", [{"closed": True}, {"state": "cancelled"}])
def test_what_is_done_is_not_changed_any_more(caseworker, campaign, household, state):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, **state)
    client = client_for(caseworker)

    late = revise(caseworker, case, title="需要尿不湿")

    assert (late.status_code, client.get(f"/assistance/{case.pk}/edit/").status_code) == (409, 409)
    assert "不能再修改" in late.content.decode()
    assert AssistanceCase.objects.get().title == case.title
    assert "/edit/" not in page(client, case.get_absolute_url())


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("duty", 403), ("editor", 403)])
def test_those_who_only_read_change_nothing(request, who, status, case):
    assert revise(request.getfixturevalue(who), case, title="别的").status_code == status


def test_a_foreign_case_is_not_found(reporter, campaign, foreign_unit):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary__unit=foreign_unit)

    assert revise(reporter, case, title="别的").status_code == 404


# --- sealed fields -------------------------------------------------------------------------------


def correct(user, row, **changed):
    form = {
        "version": row.version,
        "community": row.community_id,
        "circumstance": row.circumstance,
        "kind": row.kind,
        "people": row.people or "",
    }
    return client_for(user).post(f"{LIST}{row.pk}/edit/", {**form, **changed})


def test_a_ticked_field_is_emptied_and_it_is_on_record(reporter, household):
    response = correct(reporter, household, clear_phone="on", clear_address="on")

    row = Beneficiary.objects.get()
    assert response.status_code == 302
    assert (row.phone, row.phone_index, row.address, row.name) == ("", "", "", "王芳")
    [event] = row.events.all()
    assert (event.get_kind_display(), event.text, event.by) == (
        "清除个人信息",
        "电话、住址",
        reporter,
    )
    body = page(client_for(reporter), row.get_absolute_url())
    assert "清除个人信息" in body
    assert "13912345678" not in body


def test_an_empty_box_still_leaves_the_field_as_it_is(reporter, household):
    correct(reporter, household, phone="", name="")

    row = Beneficiary.objects.get()
    assert (row.name, row.phone, row.version) == ("王芳", "13912345678", 1)
    assert not row.events.exists()


def test_only_what_is_filled_can_be_emptied(reporter, household):
    body = page(client_for(reporter), f"{LIST}{household.pk}/edit/")

    assert 'name="clear_phone"' in body
    assert 'name="clear_remark"' not in body


def test_a_field_is_not_emptied_and_filled_at_once(reporter, household):
    response = correct(reporter, household, clear_phone="on", phone="13900000009")

    assert response.status_code == 422
    assert "不能同时填写" in response.content.decode()
    assert Beneficiary.objects.get().phone == "13912345678"


def test_emptying_twice_is_recorded_once(reporter, household):
    answers = [correct(reporter, household, clear_phone="on").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert household.events.count() == 1


def test_what_was_changed_is_on_record_without_what_is_sealed(reporter, household):
    correct(reporter, household, people="5", phone="13900000009")

    [event] = household.events.all()
    assert event.text == "人数由“3”改为“5”；更换电话"


def test_after_a_conflict_the_same_form_may_be_saved(reporter, household):
    correct(reporter, household, people="4")

    late = correct(reporter, household, people="5")

    assert late.status_code == 409
    assert 'name="version" value="2"' in late.content.decode()
    household.version = 2
    assert correct(reporter, household, people="5").status_code == 302
    assert Beneficiary.objects.get().people == 5


def test_a_unit_that_was_given_a_case_alone_empties_nothing(reporter, unit, campaign, foreign_unit):
    row = BeneficiaryFactory(unit=foreign_unit, phone="13912345678")
    AssistanceCaseFactory(campaign=campaign, beneficiary=row, unit=unit)

    assert correct(reporter, row, clear_phone="on").status_code == 403
    assert Beneficiary.objects.get().phone == "13912345678"
