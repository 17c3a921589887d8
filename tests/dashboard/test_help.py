"""帮助: every page opens for everybody, and one's own work comes first."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from apps.dashboard.help import TOPICS, topics_for
from apps.units.enums import Role
from tests.cast import client_for


def test_every_role_finds_a_page_of_its_own_work():
    for role in Role:
        own, others = topics_for(frozenset({role}))
        assert [topic for topic in own if topic.roles], role
        assert {*own, *others} == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_a_page_opens_with_pictures_that_exist(topic, reporter):
    page = client_for(reporter).get(reverse("dashboard:help_topic", args=[topic.slug]))

    text = page.content.decode()
    pictures = re.findall(r'src="/static/(help/[a-z-]+\.png)"', text)
    assert topic.title in text
    assert len(re.sub(r"<[^>]+>", "", text)) > 300
    assert all(finders.find(picture) for picture in pictures)
    assert text.count("<figure") == len(pictures)


def test_an_unknown_page_is_not_found(reporter):
    assert client_for(reporter).get("/help/nothing/").status_code == 404


def test_the_index_puts_ones_own_work_first(liaison):
    page = client_for(liaison).get(reverse("dashboard:help"))

    assert [topic.slug for topic in page.context_data["own"]] == [
        "group",
        "call",
        "boards",
        "words",
        "keys",
    ]


def test_strangers_are_asked_to_log_in(client):
    assert client.get(reverse("dashboard:help")).status_code == 302
