"""The search box: everything one may see, nothing else."""

import html
import re

from django.urls import reverse

from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DataCallFactory,
    DataCallReplyFactory,
    DocumentFactory,
    FlashReportFactory,
    InboxMessageFactory,
    LiaisonGroupFactory,
    MemberFactory,
    MilestoneFactory,
    StreetFactory,
    TeamFactory,
    UnitFactory,
    UserFactory,
)


def hits(user, text):
    """The titles the page lists, kind by kind."""
    page = client_for(user).get(reverse("dashboard:search"), {"q": text}).content.decode()
    kinds = re.split(r"<h2>", page)[1:]
    return {
        kind.partition("</h2>")[0]: re.findall(r'class="rows" href="[^"]+">([^<]+)<', kind)
        for kind in kinds
    }


def test_two_characters_find_units_people_places_and_teams(staff, unit):
    MemberFactory(name="周甲一", unit=unit)
    CommunityFactory(name="甲一社区")
    TeamFactory(unit=unit, name="甲一突击队")
    UnitFactory(name="示例甲一集团", short_name="示例甲一")

    assert hits(staff, "甲一") == {
        "单位": ["示例甲一"],
        "社区": ["甲一社区"],
        "党员": ["周甲一"],
        "党员突击队": ["甲一突击队"],
    }


def test_documents_and_campaigns_are_found_by_their_titles(staff, reporter):
    CampaignFactory(name="2021年甲一救灾")
    DocumentFactory(title="甲一情况报告")

    assert hits(staff, "甲一") == {"应急任务": ["2021年甲一救灾"], "简报公文": ["甲一情况报告"]}
    assert hits(reporter, "甲一") == {"应急任务": ["2021年甲一救灾"]}


def test_groups_streets_clocks_calls_news_and_messages_are_found_too(staff, unit):
    group = LiaisonGroupFactory(number=7, leader=UserFactory(name="王槐序"))
    street = StreetFactory(name="槐序街道")
    community = CommunityFactory(name="荷塘社区", street=street)
    flood = CampaignFactory(name="2021年防汛救灾")
    MilestoneFactory(campaign=flood, name="槐序路恢复供电")
    DataCallFactory(campaign=flood, title="槐序路返岗人数")
    FlashReportFactory(campaign=flood, unit=unit, text="槐序路积水", kind="incident")
    InboxMessageFactory(user=staff, subject="槐序路日报已退回")
    InboxMessageFactory(subject="槐序路别人的信")

    assert hits(staff, "槐序") == {
        "联络服务小组": [str(group)],
        "社区": [str(community)],
        "街道": ["槐序街道"],
        "重要节点": ["槐序路恢复供电"],
        "临时报数": ["槐序路返岗人数"],
        "动态报告": ["示例甲 突发情况"],
        "站内信": ["槐序路日报已退回"],
    }
    for name in ("第7组", "第 7 组", "第七组", "七组"):
        assert hits(staff, name) == {"联络服务小组": ["第7组"]}


def test_what_a_unit_is_not_asked_and_others_tell_is_not_found(reporter, unit, foreign_unit):
    for one in (unit, foreign_unit):
        DataCallReplyFactory(call__title=f"槐序{one.short_name}", unit=one)
        FlashReportFactory(unit=one, text="槐序路积水", kind="incident")

    assert hits(reporter, "槐序") == {
        "临时报数": [f"槐序{unit.short_name}"],
        "动态报告": [f"{unit.short_name} 突发情况"],
    }


def test_a_street_leads_to_its_communities(staff):
    street = StreetFactory(name="槐序街道")
    CommunityFactory(name="荷塘社区", street=street)
    CommunityFactory(name="城东社区")

    page = client_for(staff).get(street.get_absolute_url()).content.decode()

    assert "荷塘社区" in page
    assert "城东社区" not in page


def test_search_stays_in_the_scope_of_who_asks(reporter, unit, foreign_unit):
    MemberFactory(name="王甲乙", unit=unit)
    MemberFactory(name="李甲乙", unit=foreign_unit)

    assert hits(reporter, "甲乙") == {"党员": ["王甲乙"]}


def test_who_may_not_open_a_list_finds_nothing_of_it(city, unit):
    MemberFactory(name="王甲乙", unit=unit)

    assert hits(city, "甲乙") == {}


def test_one_character_is_too_little(staff, unit):
    page = client_for(staff).get(reverse("dashboard:search"), {"q": "甲"}).content.decode()

    assert "请至少输入两个字" in page


def test_nothing_found_says_what_to_do(staff):
    page = client_for(staff).get(reverse("dashboard:search"), {"q": "没有这个"}).content.decode()

    assert "没有找到。换个说法试试" in page


def test_more_than_a_page_leads_to_the_list(staff):
    for n in range(9):
        CommunityFactory(name=f"荷塘社区{n}")

    page = client_for(staff).get(reverse("dashboard:search"), {"q": "荷塘"}).content.decode()

    assert f"{reverse('communities:community_list')}?q=" in page
    assert page.count("荷塘社区") == 8


def test_queries_do_not_grow_with_what_is_found(staff):
    client, address = client_for(staff), reverse("dashboard:search") + "?q=荷塘"
    CommunityFactory(name="荷塘社区")
    few = statements(client, address)
    for n in range(3):
        CommunityFactory(name=f"荷塘社区{n}")

    assert statements(client, address) == few


def test_rest_of_what_was_found_stands_in_the_list_of_each_campaign(staff):
    counts = {"2021年防汛救灾": 7, "2021年疫情防控": 2}
    for name, count in counts.items():
        campaign = CampaignFactory(name=name)
        for number in range(count):
            MilestoneFactory(campaign=campaign, name=f"槐序路恢复供电{number}")
    client = client_for(staff)
    page = client.get(reverse("dashboard:search"), {"q": "槐序"}).content.decode()

    lists = re.findall(r'<a class="num" href="([^"]+)">(\S+) (\d+) 条</a>', page)
    opened = {
        name: client.get(html.unescape(url)).context_data["page"].paginator.count
        for url, name, _ in lists
    }

    assert {name: int(count) for _, name, count in lists} == opened == counts
