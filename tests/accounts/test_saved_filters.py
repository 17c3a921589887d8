"""常用筛选: one's own names for what one looks for, on every list."""

import threading

import pytest
from django.db import connection

from apps.accounts import services
from apps.accounts.models import SavedFilter
from tests.cast import client_for
from tests.counting import statements
from tests.factories import SavedFilterFactory, UnitFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def save(user, name, *, path="/units/", query="category=provincial", **extra):
    data = {"path": path, "query": query, "name": name}
    return client_for(user).post("/account/filters/", data, **extra)


def test_the_filters_in_force_are_kept_under_a_name_and_open_again(staff, unit):
    answer = save(staff, " 省直　机关 ", query="page=3&category=provincial&q=&sort=-members")

    row = SavedFilter.objects.get()
    assert answer.url == "/units/?category=provincial&sort=-members"
    assert (row.user, row.name, row.path) == (staff, "省直 机关", "/units/")
    assert row.query == "category=provincial&sort=-members"
    page = client_for(staff).get(row.get_absolute_url())
    assert [(chip.label, chip.value) for chip in page.context["chips"]] == [("类别", "省直机关")]
    assert page.context["sort"] == "-members"


def test_list_offers_what_was_kept_for_it_alone(staff, unit):
    SavedFilterFactory(user=staff, name="省直")
    SavedFilterFactory(user=staff, name="人员", path="/units/members/", query="q=王")
    SavedFilterFactory(name="他人的")

    page = client_for(staff).get("/units/").content.decode()

    assert 'href="/units/?category=provincial">省直</a>' in page
    assert "人员</a>" not in page
    assert "他人的" not in page


def test_kept_filter_in_force_names_itself(staff, unit):
    SavedFilterFactory(user=staff, name="省直")

    page = client_for(staff).get("/units/?category=provincial&page=1").content.decode()

    assert 'aria-current="true">省直</a>' in page
    assert "给当前筛选起个名称" not in page


def test_name_is_taken_once_per_list(staff, reporter, unit):
    save(staff, "甲")

    again = save(staff, "甲", query="category=university")
    elsewhere = save(staff, "甲", path="/communities/", query="q=王")
    others = save(reporter, "甲")

    assert again.status_code == 422
    assert "已有同名的常用筛选，请换一个名称。" in again.content.decode()
    assert (elsewhere.status_code, others.status_code) == (302, 302)
    assert SavedFilter.objects.filter(user=staff, path="/units/").get().query == (
        "category=provincial"
    )


@pytest.mark.parametrize("name", ["", "  \0 ", "长" * 31])
def test_name_that_cannot_be_read_in_the_list_is_refused(staff, unit, name):
    answer = save(staff, name)

    assert answer.status_code == 422
    assert "请填写名称，不超过 30 个字。" in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_nothing_chosen_and_too_much_chosen_are_refused(staff, unit):
    nothing = save(staff, "全部", query="page=2&q=")
    too_long = save(staff, "太长", query="q=" + "a" * 1001)

    assert "还没有设筛选条件。" in nothing.content.decode()
    assert "筛选条件太长" in too_long.content.decode()
    assert not SavedFilter.objects.exists()


def test_twenty_are_kept_of_a_list_and_no_more(staff, unit):
    SavedFilterFactory.create_batch(20, user=staff)

    answer = save(staff, "第二十一")

    assert answer.status_code == 422
    assert "最多保存 20 个" in answer.content.decode()
    assert SavedFilter.objects.count() == 20
    assert "请先删去不用的" in client_for(staff).get("/units/").content.decode()


@pytest.mark.parametrize("path", ["/account/", "/nowhere/", "https://example.invalid/", ""])
def test_only_a_list_has_filters_to_keep(staff, path):
    assert save(staff, "甲", path=path).status_code == 404
    assert not SavedFilter.objects.exists()


def test_list_one_may_not_open_keeps_nothing(reporter):
    assert save(reporter, "甲", path="/audit/").status_code == 403
    assert not SavedFilter.objects.exists()


def test_renamed_and_removed_in_place(staff, unit):
    row = SavedFilterFactory(user=staff, name="旧名")
    browser = client_for(staff)

    renamed = browser.post(f"/account/filters/{row.pk}/rename/", {"name": "新名"}, headers=HTMX)
    removed = browser.post(f"/account/filters/{row.pk}/remove/", headers=HTMX)

    assert renamed.content.decode().lstrip().startswith('<details class="tool" id="saved-filters"')
    assert ">新名</a>" in renamed.content.decode()
    assert "已删除常用筛选“新名”。" in removed.headers["HX-Trigger"].encode().decode(
        "unicode_escape"
    )
    assert not SavedFilter.objects.exists()


def test_anothers_filter_is_not_found(staff, reporter):
    row = SavedFilterFactory(user=staff, name="我的")
    browser = client_for(reporter)

    assert browser.post(f"/account/filters/{row.pk}/rename/", {"name": "盗"}).status_code == 404
    assert browser.post(f"/account/filters/{row.pk}/remove/").status_code == 404
    row.refresh_from_db()
    assert row.name == "我的"


def test_twenty_names_cost_the_page_as_much_as_none(staff, unit):
    browser = client_for(staff)
    none = statements(browser, "/units/")
    SavedFilterFactory.create_batch(20, user=staff)
    UnitFactory.create_batch(2)

    assert statements(browser, "/units/") == none


@pytest.mark.django_db(transaction=True)
def test_two_windows_do_not_pass_the_limit_together(staff):
    SavedFilterFactory.create_batch(services.MOST_FILTERS - 1, user=staff)
    gate = threading.Barrier(2)
    refused = []

    def keep(name):
        gate.wait()
        try:
            services.save_filter(staff, path="/units/", query="q=a", name=name)
        except services.TooManyFiltersError:
            refused.append(name)
        finally:
            connection.close()

    windows = [threading.Thread(target=keep, args=(name,)) for name in ("甲", "乙")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()

    assert len(refused) == 1
    assert SavedFilter.objects.count() == services.MOST_FILTERS
