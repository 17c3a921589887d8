import pytest

from apps.units.models import PartyBranch
from tests.cast import client_for
from tests.factories import PartyBranchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]
NEW = "/kit/branches/new/"


def fill(unit, name="第一党支部"):
    return {"unit": unit.pk, "name": name, "sort_order": 7}


def test_choices_are_the_rows_in_scope(liaison, unit, foreign_unit):
    page = client_for(liaison).get(NEW).content.decode()

    assert ("示例甲" in page, "示例乙" in page) == (True, False)


def test_choice_out_of_scope_is_refused(liaison, unit, foreign_unit):
    answer = client_for(liaison).post(NEW, fill(foreign_unit))

    assert answer.status_code == 422
    assert not PartyBranch.objects.exists()


def test_valid_form_saves_and_leads_on(staff, unit):
    answer = client_for(staff).post(NEW, fill(unit))

    assert (answer.status_code, answer.url) == (302, "/kit/units/")
    assert PartyBranch.objects.get().name == "第一党支部"


def test_invalid_form_keeps_what_was_typed_and_names_the_field(staff, unit):
    answer = client_for(staff).post(NEW, {**fill(unit), "name": "", "sort_order": "十二"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "还有 2 处需要修改" in page
    assert 'value="十二"' in page
    assert '<a href="#id_name">党支部</a>：请填写。' in page


def test_refusal_of_the_service_lands_at_its_field(staff, unit):
    answer = client_for(staff).post(NEW, fill(unit, "已满"))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["该单位的党支部已满。"]}
    assert not PartyBranch.objects.exists()


def test_conflict_shows_both_values_and_keeps_mine(staff, unit):
    answer = client_for(staff).post(NEW, fill(unit, "他人"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "现已保存的" in page
    assert '<span class="blank">未报</span>' in page
    assert 'value="他人"' in page


def test_change_needs_the_permission_over_that_row(monkeypatch, staff, unit, foreign_unit):
    own, foreign = PartyBranchFactory(unit=unit), PartyBranchFactory(unit=foreign_unit)
    monkeypatch.setattr(
        type(staff),
        "has_perm",
        lambda _self, _perm, obj=None: obj is None or obj.unit_id == unit.pk,
    )
    browser = client_for(staff)

    assert browser.get(f"/kit/branches/{own.pk}/").status_code == 200
    assert browser.get(f"/kit/branches/{foreign.pk}/").status_code == 403


def test_removal_asks_first(staff, unit):
    branch = PartyBranchFactory(unit=unit)
    browser = client_for(staff)

    assert "确定要办理吗" in browser.get(f"/kit/branches/{branch.pk}/delete/").content.decode()
    assert PartyBranch.objects.exists()

    browser.post(f"/kit/branches/{branch.pk}/delete/")
    assert not PartyBranch.objects.exists()
