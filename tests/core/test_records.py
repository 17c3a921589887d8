import pytest

from tests.cast import client_for
from tests.factories import PartyBranchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]


def test_record_shows_state_facts_and_timeline(staff, unit):
    page = client_for(staff).get(f"/kit/units/{unit.pk}/").content.decode()

    assert '<span class="tag tag-green">已报</span>' in page
    assert "<dt>单位代码</dt><dd>U901</dd>" in page
    assert "编入小组" in page


def test_somebody_elses_record_is_not_found(liaison, foreign_unit):
    answer = client_for(liaison).get(f"/kit/units/{foreign_unit.pk}/")

    assert answer.status_code == 404
    assert "不在您的工作范围内" in answer.content.decode()


def test_tab_alone_comes_for_a_part(staff, unit):
    PartyBranchFactory(unit=unit, name="第一党支部")

    part = client_for(staff).get(
        f"/kit/units/{unit.pk}/?tab=branches", headers={"HX-Request": "true", "HX-Target": "tab"}
    )

    text = part.content.decode()
    assert text.lstrip().startswith('<section id="tab"')
    assert "第一党支部" in text
    assert "<html" not in text
    assert "facts" not in part.context


def test_unknown_tab_is_the_first(staff, unit):
    answer = client_for(staff).get(f"/kit/units/{unit.pk}/?tab=nonsense")

    assert answer.context["tab"].key == "branches"
