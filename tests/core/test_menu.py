import pytest
from django.test import RequestFactory
from django.urls import resolve

from apps.core import menu
from apps.core.menu import Badge, MenuItem, check_menu, menu_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]


@pytest.fixture
def items(monkeypatch):
    registered: list[MenuItem] = []
    monkeypatch.setattr(menu, "_items", registered)
    return registered


def request_of(user, path="/kit/units/"):
    request = RequestFactory().get(path)
    request.user, request.resolver_match = user, resolve(path)
    return request


def test_menu_shows_what_one_may_open_in_the_offices_order(items, staff, outsider):
    menu.register(
        MenuItem("单位", "kit_units", "units.view_unit", "places"),
        MenuItem("工作台", "kit_lookup", "authenticated", "home"),
        MenuItem("锁", "kit_units", "nobody.may", "round"),
    )

    assert [entry.label for entry in menu_for(request_of(staff))] == ["工作台", "单位与社区"]
    assert [entry.label for entry in menu_for(request_of(outsider))] == ["工作台"]


def test_section_with_several_pages_opens_where_one_is(items, staff):
    menu.register(
        MenuItem("查找", "kit_lookup", "units.view_unit", "places", order=20),
        MenuItem("单位", "kit_units", "units.view_unit", "places", order=10),
    )

    (section,) = menu_for(request_of(staff))

    assert (section.on, section.url) == (True, "/kit/units/")
    assert [(page.label, page.on) for page in section.items] == [("单位", True), ("查找", False)]


def test_item_marks_the_pages_of_its_noun():
    item = MenuItem("单位", "units:unit_list", "x.y", "places", match=("units:branch_",))

    fits = [
        bool(item.marks(name))
        for name in (
            "units:unit_list",
            "units:unit_detail",
            "units:branch_list",
            "units:member_list",
        )
    ]

    assert fits == [True, True, True, False]


@pytest.mark.parametrize(
    ("answer", "drawn"),
    [(0, None), (None, None), (12, Badge("12")), (Badge("4", hot=True), Badge("4", hot=True))],
)
def test_badge(items, staff, answer, drawn):
    menu.register(
        MenuItem("单位", "kit_units", "units.view_unit", "places", badge=lambda _request: answer)
    )

    assert menu_for(request_of(staff))[0].badge == drawn


def test_item_that_leads_nowhere_is_left_out_and_reported(items, staff):
    menu.register(MenuItem("未建", "kit_nowhere", "units.view_unit", "places"))

    assert menu_for(request_of(staff)) == []
    assert [problem.id for problem in check_menu()] == ["core.W001"]


def test_unknown_section_is_an_error(items):
    menu.register(MenuItem("单位", "kit_units", "units.view_unit", "nowhere"))

    assert [problem.id for problem in check_menu()] == ["core.E001"]
