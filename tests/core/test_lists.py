import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import paging
from apps.core.paging import CappedPaginator
from apps.core.tables import Column, Table
from apps.units.models import Unit
from tests.cast import client_for
from tests.factories import UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]
PART = {"HX-Request": "true", "HX-Target": "list"}


def names(answer):
    return [line.name for line in answer.context["table"].lines]


def queries(user, url):
    browser = client_for(user)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_list_asks_as_often_for_three_rows_as_for_one(staff, unit):
    one = queries(staff, "/kit/units/")
    UnitFactory.create_batch(2)

    assert queries(staff, "/kit/units/") == one


def test_lookup_filter_never_loads_all_its_choices(staff):
    UnitFactory.create_batch(4)

    page = client_for(staff).get("/kit/units/?category=university").content.decode()

    assert "示例" not in page.split('id="list"')[0].split("<main")[1]


def test_list_shows_the_rows_in_scope_only(liaison, unit, foreign_unit):
    answer = client_for(liaison).get("/kit/units/")

    assert names(answer) == ["示例甲"]


def test_part_is_the_list_alone(staff, unit):
    whole = client_for(staff).get("/kit/units/")
    part = client_for(staff).get("/kit/units/", headers=PART)

    text = part.content.decode()
    assert text.lstrip().startswith('<section id="list"')
    assert "<html" not in text
    assert "示例甲" in text
    assert "HX-Target" in whole.headers["Vary"]


def test_history_restore_gets_the_whole_page(staff):
    answer = client_for(staff).get(
        "/kit/units/", headers={**PART, "HX-History-Restore-Request": "true"}
    )

    assert "<html" in answer.content.decode()


def test_search_wants_every_word_and_takes_wildcards_literally(staff, unit, foreign_unit):
    browser = client_for(staff)

    assert names(browser.get("/kit/units/?q=甲　U901")) == ["示例甲"]
    assert names(browser.get("/kit/units/?q=甲 U902")) == []
    assert names(browser.get("/kit/units/?q=%25")) == []


def test_chip_names_the_filter_and_leads_out_of_it(staff, unit):
    answer = client_for(staff).get("/kit/units/?category=provincial&q=甲&page=3&sort=category")

    assert [(chip.label, chip.value) for chip in answer.context["chips"]] == [
        ("单位名称、代码", "甲"),
        ("类别", "省直机关"),
    ]
    assert answer.context["chips"][1].url == "?q=%E7%94%B2&sort=category"


def test_bad_filter_value_is_told_and_filters_nothing_else(staff, unit):
    answer = client_for(staff).get("/kit/units/?category=nonsense&q=甲")

    assert answer.status_code == 200
    assert [chip.value for chip in answer.context["chips"]] == ["甲"]
    assert "filter-error" in answer.text
    assert "筛选“类别”没有起作用：所选的不在可选范围内，请重新选择。" in answer.text


def test_sorting_breaks_ties_by_key(staff):
    rows = UnitFactory.create_batch(3, category="provincial")
    shown = [row.short_name for row in rows]
    browser = client_for(staff)

    assert names(browser.get("/kit/units/?sort=category")) == shown
    assert names(browser.get("/kit/units/?sort=-category")) == shown[::-1]


def test_sorting_by_a_column_that_may_not_is_ignored(staff, unit):
    answer = client_for(staff).get("/kit/units/?sort=duty_phone")

    assert answer.context["sort"] == ""


def test_heading_says_how_the_list_is_sorted(staff, unit):
    page = client_for(staff).get("/kit/units/?sort=-sort_order").content.decode()

    assert page.count('aria-sort="descending"') == 1


def test_page_beyond_the_last_is_the_last(staff, unit):
    answer = client_for(staff).get("/kit/units/?page=99")

    assert answer.context["page"].number == 1
    assert names(answer) == ["示例甲"]


def test_count_stops_where_nobody_reads_on(monkeypatch, db):
    monkeypatch.setattr(paging, "LIMIT", 2)
    UnitFactory.create_batch(4)

    paginator = CappedPaginator(Unit.objects.order_by("pk"), 2)

    assert (paginator.total, paginator.found, paginator.num_pages) == ("2+", 3, 1)


def test_empty_list_says_why(staff):
    browser = client_for(staff)

    assert "这里还没有记录" in browser.get("/kit/units/").content.decode()
    assert "请放宽筛选条件" in browser.get("/kit/units/?q=没有").content.decode()


def test_cell_escapes_what_people_typed(staff):
    UnitFactory(short_name="<b>甲</b>", duty_phone='"><script>')

    page = client_for(staff).get("/kit/units/").content.decode()

    assert "<b>甲" not in page
    assert "<script>" not in page.split('id="list"')[1]


def test_choice_reads_as_its_label(staff, unit):
    assert "省直机关</span>" in client_for(staff).get("/kit/units/").content.decode()


def test_buttons_one_may_not_press_are_left_out(staff, unit):
    answer = client_for(staff).get("/kit/units/")

    assert [action.label for action in answer.context["actions"]] == ["新增单位"]
    assert [action.label for action in answer.context["bulk_actions"]] == ["催报"]


def test_lookup_answers_from_the_rows_in_scope(liaison, unit, foreign_unit):
    answer = client_for(liaison).get("/kit/lookup/?q=示例")

    assert answer.json() == {"results": [{"id": unit.pk, "text": "示例甲"}]}


def test_measure_stands_in_the_heading_once():
    table = Table([Column("n", "党员", kind="number", unit="人")], [{"n": 1200}, {"n": None}])

    assert [heading.column.heading for heading in table.headings] == ["党员（人）"]
    assert [line.cells for line in table.lines] == [
        '<td class="r p-line" data-label="党员（人）"><span class="num">1,200</span></td>',
        '<td class="r p-line" data-label="党员（人）"><span class="blank">未报</span></td>',
    ]
