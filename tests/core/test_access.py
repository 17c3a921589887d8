import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from apps.core.permissions import allowed
from apps.core.views import BoardView, PortalView, portal_action
from apps.units.models import LiaisonGroup
from tests.cast import client_for

from . import pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]


def test_view_without_permission_does_not_import():
    with pytest.raises(ImproperlyConfigured, match="declares no permission"):
        type("Nameless", (BoardView,), {"template_name": "x.html"})


def test_base_may_leave_the_permission_to_its_children():
    class Base(PortalView, abstract=True):
        pass

    with pytest.raises(ImproperlyConfigured):
        type("Child", (Base,), {})


def test_action_without_permission_does_not_import():
    with pytest.raises(ImproperlyConfigured):
        portal_action("")


def test_permission_stands_on_every_view_function():
    assert pages.UnitList.as_view().permission == "units.view_unit"
    assert pages.refused.permission == "units.view_unit"


def test_stranger_is_sent_to_log_in_and_back(client):
    answer = client.get("/kit/units/?q=甲")

    assert answer.status_code == 302
    assert answer.url.startswith("/login/?next=/kit/units/%3Fq%3D")


def test_stranger_asking_for_a_part_leaves_the_whole_page(client):
    answer = client.get("/kit/units/", headers={"HX-Request": "true", "HX-Target": "list"})

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/login/")
    assert answer.content == b""


def test_outsider_reads_why_in_chinese(outsider):
    answer = client_for(outsider).get("/kit/units/")

    assert answer.status_code == 403
    assert "您的任职不包含这项权限" in answer.content.decode()


def test_any_of_several_permissions_admits(reporter, outsider):
    assert allowed(reporter, ("units.view_unit", "nobody.may"))
    assert not allowed(outsider, ("units.view_unit", "nobody.may"))


def test_action_takes_posts_only(staff):
    assert client_for(staff).get("/kit/fine/").status_code == 405
    assert client_for(staff).post("/kit/fine/").content.decode() == "好"


def test_action_wants_the_csrf_token(staff):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff, backend="apps.units.backends.PostingBackend")

    assert browser.post("/kit/fine/").status_code == 403


def test_action_is_closed_to_outsiders(outsider):
    assert client_for(outsider).post("/kit/fine/").status_code == 403


def test_refusal_is_a_sentence_and_undoes_what_was_written(staff):
    answer = client_for(staff).post(
        "/kit/act/", headers={"Referer": "http://testserver/kit/units/?page=2"}
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "8月5日数据已锁定，不能催报。" in text
    assert 'href="/kit/units/?page=2"' in text
    assert not LiaisonGroup.objects.filter(number=77).exists()


def test_refusal_never_leads_back_to_another_host(staff):
    answer = client_for(staff).post("/kit/act/", headers={"Referer": "http://elsewhere/kit/units/"})

    assert '<a class="btn btn-primary" href="/">返回</a>' in answer.content.decode()


def test_refusal_of_a_part_is_a_toast(staff):
    answer = client_for(staff).post("/kit/act/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (422, b"")
    assert answer.headers["HX-Reswap"] == "none"
    assert "portal:toast" in answer.headers["HX-Trigger"]


def test_page_allows_no_inline_style_or_script(staff):
    answer = client_for(staff).get("/kit/units/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_stale_form_is_explained(staff):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff, backend="apps.units.backends.PostingBackend")

    answer = browser.post("/kit/fine/", headers={"Referer": "http://testserver/kit/units/"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "打开时间过长的表单不能提交" in page
    assert 'href="/kit/units/"' in page


def test_missing_page_keeps_the_menu(staff):
    answer = client_for(staff).get("/kit/nowhere/")

    assert answer.status_code == 404
    assert 'aria-label="主菜单"' in answer.content.decode()


@pytest.mark.logs_errors
def test_broken_page_says_that_nothing_was_changed(staff):
    browser = client_for(staff)
    browser.raise_request_exception = False

    answer = browser.get("/kit/broken/")

    assert answer.status_code == 500
    assert "这一步没有完成，数据没有改动" in answer.content.decode()


@pytest.mark.logs_errors
def test_request_for_a_strange_host_is_refused_in_chinese(client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = client.get("/login/", headers={"Host": "elsewhere"})

    assert answer.status_code == 400
    assert "请求有误" in answer.content.decode()
