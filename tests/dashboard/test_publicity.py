"""The desk's share of the reference world, and what home and the digest make of it."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max, Q
from django.urls import reverse

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import business_day, moment_on
from apps.core.linked import plain
from apps.core.scope import scope_of
from apps.daily.selectors.digest import campaign_day
from apps.daily.wording_digest import leader_paragraphs
from apps.publicity.bodies import clean_body
from apps.publicity.enums import REVIEWED, ItemState
from apps.publicity.models import Channel, ItemPhoto, ItemStep, Placement, PublicityItem
from apps.publicity.selectors.placements import day_placements
from tests.cast import client_for

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def flood(world):
    return Campaign.objects.get(code="flood-2021")


@pytest.fixture
def busy(flood):
    """The last day of the flood on which something appeared, made the campaign's last."""
    day = Placement.objects.standing().filter(item__campaign=flood).aggregate(on=Max("on"))["on"]
    last = min(day, flood.ends_on)
    row = Placement.objects.standing().filter(item__campaign=flood).order_by("-on").first()
    row.on = last
    row.save()
    return last


def test_items_are_in_all_states():
    by_campaign = PublicityItem.objects.values_list("campaign__is_drill", "state")

    assert {state for drill, state in by_campaign if drill} == set(ItemState.values)
    assert {state for drill, state in by_campaign if not drill} == set(ItemState.values) - {"draft"}


def test_every_channel_had_something_of_the_real_campaigns():
    placed = Placement.objects.standing().filter(item__campaign__is_drill=False)

    assert set(placed.values_list("channel", flat=True)) == set(
        Channel.objects.values_list("pk", flat=True)
    )


def test_items_went_their_way_by_the_rules():
    signed = Q(item__steps__state=ItemState.SIGNED, item__steps__chain=F("item__chain"))
    early = Placement.objects.filter(signed).annotate(at=Max("item__steps__at", filter=signed))
    reviews = ItemStep.objects.filter(state__in=REVIEWED).values("item", "chain", "by")

    assert not [row for row in early if business_day(row.at) > row.on]
    assert not reviews.annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not ItemStep.objects.filter(state__in=REVIEWED, by=F("item__created_by")).exists()
    assert not ItemStep.objects.filter(at__gt=moment_on_tomorrow()).exists()
    ends = PublicityItem.objects.annotate(n=Count("steps")).filter(~Q(n=F("version")))
    assert not ends.exists()


def moment_on_tomorrow():
    import datetime as dt

    return moment_on(business_day() + dt.timedelta(days=1), dt.time(0))


def test_bodies_are_as_the_portal_would_have_stored_them():
    bodies = set(PublicityItem.objects.values_list("body", flat=True))

    assert {body for body in bodies if clean_body(body) != body} == set()


def test_photos_can_be_looked_at():
    photo = ItemPhoto.objects.select_related("item").first()
    address = reverse("publicity:item_photo", args=[photo.item_id, photo.pk])

    page = client_for(User.objects.get(username="staff")).get(address)

    assert b"".join(page.streaming_content).startswith(b"\xff\xd8\xff")


def test_items_tell_of_tasks_and_cases_of_their_own_unit():
    tasks, cases = PublicityItem.deployments.through, PublicityItem.cases.through

    assert tasks.objects.exists()
    assert cases.objects.exists()
    for rows, other in ((tasks, "deployment"), (cases, "assistancecase")):
        stray = ~Q(**{f"{other}__unit": F("publicityitem__unit")})
        assert not rows.objects.filter(stray).exists()


def test_facts_miss_a_channel_in_which_nothing_appeared(capsys):
    Placement.objects.filter(channel__name="抖音").delete()

    with pytest.raises(CommandError, match="有 1 项不一致"):
        call_command("facts", json=True)

    found = {fact["key"]: fact for fact in json.loads(capsys.readouterr().out)["facts"]}
    about = found["publicity.channels"]
    assert (about["told"], about["computed"], about["state"]) == (9, 8, "different")


def test_withdrawn_items_are_in_no_channel(capsys):
    PublicityItem.objects.filter(placements__channel__name="头条").update(state="withdrawn")

    with pytest.raises(CommandError):
        call_command("facts", json=True)

    found = {fact["key"]: fact for fact in json.loads(capsys.readouterr().out)["facts"]}
    assert found["publicity.channels"]["computed"] < 9


def test_home_of_the_office_tells_what_appeared(flood, busy):
    Campaign.objects.filter(pk=flood.pk).update(ends_on=busy)
    sentence = day_placements(flood, on=busy).sentence

    page = client_for(User.objects.get(username="staff")).get("/?campaign=flood-2021")

    assert sentence.startswith("刊发 ")
    assert f"{sentence}。" in [str(getattr(line, "text", line)) for line in page.context["strip"]]


def test_leaders_digest_tells_what_appeared(flood, busy):
    morning = moment_on_tomorrow()

    told = leader_paragraphs(campaign_day(flood, on=busy, since=morning, until=morning))

    lines = {row.title.partition("、")[2]: row.lines for row in told}
    said = [plain(line) for line in lines["宣传引导"]]
    assert said == [f"{day_placements(flood, on=busy).sentence}。"]


def test_editors_home_shows_what_waits(world):
    editor = User.objects.get(username="editor")
    drill = PublicityItem.objects.filter(campaign__is_drill=True)

    page = client_for(editor).get("/")

    values = {kpi.label: kpi.value for kpi in page.context["editor_kpis"]}
    assert values["待初审"] == drill.filter(state=ItemState.SUBMITTED).count()
    assert values["待刊发"] == drill.filter(state=ItemState.SIGNED).count()
    assert scope_of(editor).roles == {"editor"}
    assert [todo.label for todo in page.context["todos"]] == ["待初审", "待刊发"]
