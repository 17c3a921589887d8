import pytest
from django.template.loader import render_to_string

from apps.core.boards import FLASH, Act, Chart, GroupTile, Kpi, Series, Todo


def part(name, **context):
    return render_to_string(f"includes/{name}", context)


def test_missing_key_figure_says_so_and_opens_its_rows():
    strip = part("_kpis.html", kpis=[Kpi("在岗下沉党员", None, "人", "/rows/", FLASH)])

    assert '<a class="rows" href="/rows/"><span class="blank">未报</span></a>' in strip
    assert "快报数" in strip


def test_fewer_is_better_where_the_figure_says_so():
    strip = part("_kpis.html", kpis=[Kpi("缺口人数", 164, "人", change=-38, good="down")])

    assert '<span class="num better">−38</span>' in strip


def test_acts_stand_in_the_order_given_with_their_words():
    acts = [
        Act("沟通", "messages", "done", "15:52 已对接", "/a"),
        Act("汇总", "sum", "now", "19:00 锁定", "/b"),
    ]

    strip = part("_acts.html", acts=acts)

    assert strip.index("15:52 已对接") < strip.index("19:00 锁定")
    assert 'class="act act-done" href="/a"' in strip


def test_group_bar_is_spoken():
    tile = GroupTile("第3组", "王洁", 8, 10, "/")

    assert 'aria-label="第3组 已报 8，应报 10"' in part("_groups.html", groups=[tile])


@pytest.mark.parametrize(
    ("filed", "overdue", "tone"), [(10, True, ""), (8, False, "late"), (8, True, "bad")]
)
def test_group_is_coloured_only_where_something_is_missing(filed, overdue, tone):
    assert GroupTile("第3组", "", filed, 10, "/", overdue=overdue).tone == tone


def test_todo_list_may_be_empty():
    assert "没有待办事项" in part("_todo.html", todos=[])
    assert "督办31号" in part("_todo.html", todos=[Todo("逾期", "red", "督办31号", "/", "昨日")])


def test_chart_has_its_table_and_keeps_gaps():
    chart = Chart("trend", "在岗", ["8/4", "8/5"], [Series("在岗", [None, 3])], "人")

    figure = part("_chart.html", chart=chart)

    assert '"data": [null, 3]' in figure
    assert '<th scope="row">8/4</th><td class="r"><span class="blank">未报</span></td>' in figure


def test_chart_data_cannot_close_its_script():
    chart = Chart("x", "</script><b>", ["a"], [Series("s", [1])])

    assert "</script><b>" not in part("_chart.html", chart=chart)
