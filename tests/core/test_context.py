import datetime as dt

import pytest
from django.utils import timezone

from apps.core import context
from apps.core.context import CampaignBar, Clock
from tests.cast import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]
PART = {"HX-Request": "true", "HX-Target": "list"}


@pytest.fixture
def campaign(monkeypatch):
    """Registers a campaign for the bar; the answer is the list of times it was asked for."""
    asked: list[str] = []

    def answer(request):
        asked.append(request.path)
        until = timezone.now() + dt.timedelta(minutes=78, seconds=30)
        return CampaignBar(
            "d", "防汛应急演练", "演练", "drill", dt.date(2021, 8, 5), 17, Clock("距截报", until)
        )

    monkeypatch.setitem(context._answers, "campaign", answer)
    return asked


def test_bar_says_where_one_is(staff, campaign):
    page = client_for(staff).get("/kit/units/").content.decode()

    assert "防汛应急演练" in page
    assert "8月5日 周四 · 第17天" in page
    assert "距截报 <time data-countdown-text>01:18</time>" in page


def test_drill_is_marked_across_the_page(staff, campaign):
    assert 'class="watermark"' in client_for(staff).get("/kit/units/").content.decode()


def test_bar_is_asked_once_for_a_page_and_never_for_a_part(staff, campaign):
    client_for(staff).get("/kit/units/")
    client_for(staff).get("/kit/units/", headers=PART)

    assert campaign == ["/kit/units/"]


def test_every_page_warns_that_it_is_not_for_secrets(staff, client):
    banner = "本平台为非涉密平台，严禁处理、传输国家秘密和工作秘密"

    assert banner in client_for(staff).get("/kit/units/").content.decode()
    assert banner in client.get("/login/").content.decode()


@pytest.mark.parametrize(("cookie", "size"), [("l", "l"), ('"><script>', "m"), ("", "m")])
def test_text_size_comes_with_the_page(client, cookie, size):
    client.cookies["textsize"] = cookie

    assert f'data-textsize="{size}"' in client.get("/login/").content.decode()
