"""The page shown before a closure is applied, and the doors to it."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.communities.models import AreaStatus
from apps.core.dates import BEIJING
from apps.deployments.models import Assignment, Deployment, Sealing
from apps.deployments.sealing import described, plan_of_closures
from apps.deployments.services import sealing as sealing_services
from apps.deployments.services import sealing_work
from apps.deployments.services.sealing_telling import community_texts
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.services import run_requested
from apps.messaging.models import InboxMessage, OutboxMessage
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AllocationLineFactory,
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    MeasureFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2026, 8, 24, 8, 0, tzinfo=BEIJING)
TODAY = MORNING.date()
BOARD = "/deployments/sealing/"


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=TODAY - 9 * DAY)


@pytest.fixture
def sealed(db):
    return MeasureFactory(name="封控管理", is_sealed=True)


@pytest.fixture
def inside(db):
    return CommunityFactory(name="城东路社区", contact="联系人甲", duty_phone="0371-65500001")


@pytest.fixture
def outside(db):
    return CommunityFactory(name="经八路社区")


@pytest.fixture
def people(unit, foreign_unit, campaign, inside, outside):
    """In each of two units, one who lives inside and serves outside, and one the other way about."""
    made = {}
    for one in (unit, foreign_unit):
        for home, place in ((inside, outside), (outside, inside)):
            member = MemberFactory(unit=one, home_community=home)
            post = DeploymentFactory(unit=one, campaign=campaign, community=place)
            AssignmentFactory(deployment=post, member=member)
            made[one, place] = member
    return made


@pytest.fixture
def closed(people, sealed, inside):
    return AreaStatusFactory(measure=sealed, community=inside, starts_at=MORNING)


def seal(drill=False):
    return plan_of_closures(is_drill=drill, today=TODAY).seal


def press(user, **given):
    data = {"seal": seal(), **given}
    return client_for(user).post(reverse("deployments:sealing_apply"), data, follow=True)


def work():
    """Let the worker do what was asked for; how each run ended."""
    return [(one.state, one.error) for one in run_requested(now=timezone.now()).outcomes]


def apply(user, **given):
    """Press the button, let the worker follow; the page of what was done."""
    press(user, **given)
    work()
    return client_for(user).get(Sealing.objects.latest("pk").get_absolute_url())


def undo(user, sealing):
    answer = client_for(user).post(
        reverse("deployments:sealing_undo", args=[sealing.pk]), follow=True
    )
    work()
    return answer


def standing():
    return list(Assignment.objects.order_by("pk").values_list("pk", "deployment", "ends_on"))


def figures(page):
    """The addresses behind the numbers of a page and what they say."""
    pattern = r'<a class="rows" href="(/deployments/sealing/[^"]+)"><span[^>]*>([\d,]+)'
    return {unescape(url): int(n.replace(",", "")) for url, n in re.findall(pattern, page)}


def form(measure, community):
    return {
        "measure": measure.pk,
        "street": "",
        "community": community.pk,
        "estate": "",
        "starts_at": "2026-08-24T08:00",
        "ends_at": "",
        "basis": "市指挥部通告2021年31号",
    }


def test_laying_a_closure_leads_to_what_it_would_change(staff, people, sealed, inside):
    client = client_for(staff)

    answer = client.post("/communities/statuses/new/", form(sealed, inside), follow=True)

    assert answer.redirect_chain[-1][0] == f"{BOARD}?drill=0"
    page = answer.content.decode()
    for member in people.values():
        assert member.name in page
    assert "城东路社区封控管理（自8月24日08:00起，市指挥部通告2021年31号）" in page
    assert "0371-65500001" in page
    assert Assignment.objects.filter(ends_on=None).count() == 4


def test_a_closure_that_moves_nobody_leads_to_the_list(staff, people, sealed):
    answer = client_for(staff).post(
        "/communities/statuses/new/", form(sealed, CommunityFactory()), follow=True
    )

    assert answer.redirect_chain[-1][0] == "/communities/statuses/"


def test_applying_tells_both_units_and_words_what_to_tell_the_community(
    staff, unit_leader, closed, people, unit
):
    answer = apply(staff)

    page = answer.content.decode()
    assert "共调整 4 人" in page
    note = InboxMessage.objects.get(user=unit_leader)
    assert note.text.startswith(
        f"{unit}：城东路社区封控管理（自8月24日08:00起，市指挥部通告31号）。"
        "贵单位1人转为在居住社区就地下沉，1人撤回"
    )
    assert {mail.address for mail in OutboxMessage.objects.all()} == {
        "u901@example.invalid", "u902@example.invalid",
    }  # fmt: skip
    sealing = Sealing.objects.get()
    words = client_for(staff).get(f"{sealing.get_absolute_url()}?tab=places").content.decode()
    assert "城东路社区联系人甲：城东路社区封控管理" in words
    assert "自8月24日起，示例甲1人、示例乙1人在贵社区就地下沉" in words
    assert "自8月24日起，示例甲1人、示例乙1人撤回" in words
    for member in people.values():
        assert member.name not in words.split('class="copytext')[1]


def test_the_page_waits_for_the_worker_and_can_be_left(staff, closed):
    before = standing()
    page = press(staff).content.decode()
    sealing = Sealing.objects.get()
    bar = reverse("deployments:sealing_progress", args=[sealing.pk])

    assert "已排队，等候办理" in page
    assert f'hx-get="{bar}"' in page
    assert standing() == before
    board = client_for(staff).get(BOARD).content.decode()
    assert f'<a href="{sealing.get_absolute_url()}">查看进度</a>' in board
    assert "应用调整" not in board
    Occurrence.objects.filter(job="sealing").update(state=OccurrenceState.RUNNING)
    assert "正在应用…" in client_for(staff).get(bar).content.decode()
    Occurrence.objects.filter(job="sealing").update(state=OccurrenceState.EXPECTED)

    work()

    assert client_for(staff).get(bar).headers["HX-Refresh"] == "true"
    assert "共调整 4 人" in client_for(staff).get(sealing.get_absolute_url()).content.decode()


def test_the_bar_says_how_far_an_applying_and_an_undoing_are(staff, closed, monkeypatch):
    told = []
    monkeypatch.setattr(sealing_work, "note_within", lambda _run: lambda *at: told.append(at))

    apply(staff)
    applied = [done / total for done, total in told]
    undo(staff, Sealing.objects.get())

    assert applied == sorted(applied)
    assert 0 < applied[0] < applied[-1] < 1
    assert 0 < told[-1][0] < told[-1][1]
    Occurrence.objects.filter(job="sealing").update(
        state=OccurrenceState.RUNNING, result={"done": 3, "total": 4}
    )
    Sealing.objects.update(state="undoing")
    bar = reverse("deployments:sealing_progress", args=[Sealing.objects.get().pk])
    assert (
        '<progress class="meter" max="100" value="75"'
        in client_for(staff).get(bar).content.decode()
    )


def test_pressing_twice_changes_nothing_more(staff, closed):
    shown = seal()
    press(staff, seal=shown)
    press(staff, seal=shown)
    work()
    after = standing()

    answer = press(staff, seal=shown)

    assert "共调整 4 人" in answer.content.decode()
    assert (work(), standing()) == ([], after)
    assert Sealing.objects.count() == 1


def test_another_plan_waits_until_the_first_is_done(staff, closed):
    press(staff)

    answer = press(staff, seal="7")

    assert answer.status_code == 409
    assert "另一次调整正在办理" in answer.content.decode()


def test_what_was_not_shown_is_not_applied_and_says_so(staff, closed):
    page = apply(staff, seal="0" * 32).content.decode()

    assert "刚有变动，未作改动，请按最新情况核对后再办理。" in page
    assert Assignment.objects.filter(ends_on=None).count() == 4


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_applies_once(
    staff, closed, monkeypatch
):
    before = standing()
    press(staff)
    with monkeypatch.context() as patch:
        patch.setattr(sealing_services, "tell_units", _die)
        assert work() == [("failed", "SystemExitError()")]
    sealing = Sealing.objects.get()
    assert (standing(), sealing.changes.count()) == (before, 0)
    page = client_for(staff).get(sealing.get_absolute_url()).content.decode()
    assert "未能办完，稍后自动再试" in page
    assert "没有改动任何数据" in page
    # As a killed worker leaves it: still running, its lease over.
    run = Occurrence.objects.filter(job="sealing")
    run.update(state=OccurrenceState.RUNNING, claimed_until=MORNING - DAY)

    assert (work(), work()) == ([("done", "")], [])

    assert sealing.changes.count() == 4


def test_after_three_breakdowns_the_way_is_free_again(staff, closed, monkeypatch):
    before = standing()
    press(staff)
    with monkeypatch.context() as patch:
        patch.setattr(sealing_services, "tell_units", _die)
        for _ in range(3):
            work()
            Occurrence.objects.filter(job="sealing").update(claimed_until=None)
    sealing = Sealing.objects.get()

    page = client_for(staff).get(sealing.get_absolute_url()).content.decode()

    assert "系统故障，没有改动任何数据" in page
    assert standing() == before
    assert "共调整 4 人" in apply(staff).content.decode()


class SystemExitError(Exception):
    pass


def _die(*_arguments, **_named):
    raise SystemExitError


def test_who_has_lost_the_right_meanwhile_applies_nothing(staff, closed):
    before = standing()
    press(staff)
    staff.postings.all().delete()

    work()

    assert (Sealing.objects.get().state, standing()) == ("refused", before)


def test_undoing_over_http(staff, closed):
    before = standing()
    apply(staff)
    sealing = Sealing.objects.get()

    waiting = undo(staff, sealing).content.decode()

    assert "已排队，等候办理" in waiting
    page = client_for(staff).get(sealing.get_absolute_url()).content.decode()
    assert "已撤销，人员和任务恢复到办理之前" in page
    assert standing() == before
    assert "撤销已在办理或已经办完" in undo(staff, sealing).content.decode()


def test_units_that_were_told_of_a_move_are_told_that_it_was_taken_back(
    staff, unit_leader, closed, people, unit
):
    apply(staff)
    sealing = Sealing.objects.get()

    undo(staff, sealing)

    _, note = InboxMessage.objects.filter(user=unit_leader).order_by("pk")
    assert note.subject == "封闭区域人员调整（封闭调整）已撤销"
    assert "1人撤回的调整已撤销，有关人员恢复原派出，请通知本人。" in note.text
    assert client_for(unit_leader).get(note.path).status_code == 200
    mails = OutboxMessage.objects.filter(subject=note.subject)
    assert {mail.address for mail in mails} == {"u901@example.invalid", "u902@example.invalid"}


def test_an_undoing_that_is_refused_says_who_was_sent_on(
    staff, duty, closed, people, unit, inside, monkeypatch
):
    apply(staff)
    sealing, after = Sealing.objects.get(), standing()
    stranger = people[unit, inside]
    sent = AssignmentFactory(
        deployment=DeploymentFactory(unit=unit, community=CommunityFactory()),
        member=stranger,
        starts_on=TODAY,
    )

    monkeypatch.setattr(sealing_work, "LONG", 0)
    undo(duty, sealing)

    page = client_for(staff).get(sealing.get_absolute_url()).content.decode()
    assert f"{stranger.name}的派出已另行变动，不能整批撤销" in page
    told = InboxMessage.objects.filter(kind="sealing", path=sealing.get_absolute_url())
    assert list(told.values_list("user", flat=True)) == [duty.pk]
    sent.delete()
    assert standing() == after


def test_every_number_of_a_plan_opens_its_people(staff, closed, people, unit, foreign_unit, inside):
    found = figures(client_for(staff).get(BOARD).content.decode())

    assert sorted(found.values()) == [1] * 4 + [2] * 4
    for url, number in found.items():
        assert len(cells(client_for(staff).get(url))) == number, url
    mine = client_for(staff).get(f"/deployments/sealing/plan/?drill=0&unit={unit.pk}")
    told = mine.content.decode()
    assert people[unit, inside].name in told
    assert people[foreign_unit, inside].name not in told


def test_every_number_of_what_was_done_opens_its_people(staff, closed):
    found = figures(apply(staff).content.decode())

    assert sorted(found.values()) == [1] * 4 + [2] * 2
    for url, number in found.items():
        assert len(cells(client_for(staff).get(url))) == number, url


def test_lifting_leads_to_who_returns(staff, closed):
    apply(staff)
    with time_machine.travel(MORNING + 5 * DAY, tick=False):
        client = client_for(staff)
        answer = client.post(
            f"/communities/statuses/{closed.pk}/end/",
            {"ends_at": "2026-08-29T08:00", "basis": "通告33号"},
            follow=True,
        )
        assert answer.redirect_chain[-1][0] == f"{BOARD}?drill=0"
        assert "解除后可返回" in answer.content.decode()
        back = cells(client.get("/deployments/sealing/returns/"))
        assert sorted({(row[3], row[4]) for row in back}) == [
            ("城东路社区", "经八路社区"), ("已撤回", "城东路社区"),
        ]  # fmt: skip
        for url, number in figures(answer.content.decode()).items():
            assert len(cells(client.get(url))) == number, url
        plan = answer.context["back"]
        client.post(reverse("deployments:sealing_return"), {"seal": plan["seal"]})
        work()
        done = client.get(Sealing.objects.latest("pk").get_absolute_url())
        who = cells(client.get(f"{Sealing.objects.latest('pk').get_absolute_url()}people/"))

    assert "共调整 4 人" in done.content.decode()
    assert sorted({(row[3], row[4]) for row in who}) == [
        ("城东路社区", "经八路社区"), ("已撤回", "城东路社区"),
    ]  # fmt: skip
    assert Assignment.objects.filter(starts_on=TODAY + 5 * DAY).count() == 4


def test_units_and_groups_see_their_own_alone_and_apply_nothing(
    reporter, unit_leader, liaison, closed, people, unit, foreign_unit, inside
):
    for user in (reporter, unit_leader, liaison):
        page = client_for(user).get(BOARD).content.decode()
        assert people[unit, inside].name in page
        assert people[foreign_unit, inside].name not in page
        assert "应用调整" not in page
        assert press(user).status_code == 403
    assert not Sealing.objects.exists()


def test_the_city_and_strangers_stay_outside(city, editor, outsider, closed):
    for user in (city, editor, outsider):
        assert client_for(user).get(BOARD).status_code == 403


def test_a_record_shows_names_in_scope_alone(
    staff, reporter, closed, people, unit, foreign_unit, inside
):
    apply(staff)
    url = Sealing.objects.get().get_absolute_url()

    for address in (url, f"{url}people/"):
        page = client_for(reporter).get(address).content.decode()
        assert people[unit, inside].name in page
        assert people[foreign_unit, inside].name not in page
        assert "告知社区" not in page


def test_a_record_says_on_which_notice_it_rests(staff, reporter, closed):
    apply(staff)
    sealing = Sealing.objects.get()
    told = [
        client_for(who).get(sealing.get_absolute_url()).context["reasons"]
        for who in (staff, reporter)
    ]

    assert told[0] == told[1] == [described(AreaStatus.objects.get())]


def test_home_says_who_crosses(staff, closed):
    assert "4 人的派出跨越封闭边界" in client_for(staff).get("/").content.decode()


def test_sending_across_is_refused_over_http(staff, closed, unit, campaign, inside, outside):
    post = DeploymentFactory(unit=unit, campaign=campaign, community=inside)
    stranger = MemberFactory(unit=unit, home_community=outside, name="王某某")

    answer = client_for(staff).post(
        reverse("deployments:send_members", args=[post.pk]), {"pk": [stranger.pk]}, follow=True
    )

    assert answer.status_code == 422
    assert (
        "王某某不住在其中，不能派入；请改派区域外的任务，或待解除后再派。"
        in answer.content.decode()
    )


def test_a_deployment_is_not_moved_across_with_its_people(staff, closed, unit, campaign, inside):
    elsewhere = CommunityFactory()
    post = DeploymentFactory(unit=unit, campaign=campaign, community=elsewhere)
    AssignmentFactory(deployment=post, member=MemberFactory(unit=unit, home_community=elsewhere))

    answer = client_for(staff).post(
        f"/deployments/{post.pk}/edit/",
        {"community": inside.pk, "task_type": post.task_type_id, "nature": "sent"},
    )

    assert answer.status_code == 422
    assert "不能派入" in answer.context["form"].errors["community"][0]


NOT_NAMED = "以下任务尚未确定人员，所在社区已封闭或即将封闭，请撤回或改派。"


def test_deployments_without_named_people_are_shown_where_it_is_sealed(
    staff, reporter, unit, foreign_unit, campaign, sealed, inside, outside
):
    posts = [
        DeploymentFactory(unit=one, campaign=campaign, community=inside)
        for one in (unit, foreign_unit)
    ]
    DeploymentFactory(unit=unit, campaign=campaign, community=outside)
    DeploymentFactory(unit=unit, campaign=campaign, community=inside, state="withdrawn")
    client = client_for(staff)

    answer = client.post("/communities/statuses/new/", form(sealed, inside), follow=True)

    assert answer.redirect_chain[-1][0] == f"{BOARD}?drill=0"
    page = answer.content.decode()
    links = [f'href="/deployments/{one.pk}/"' in page for one in Deployment.objects.order_by("pk")]
    assert (links, NOT_NAMED in page) == ([True, True, False, False], True)
    assert "没有人员跨越封闭边界" not in page
    own = client_for(reporter).get(BOARD).content.decode()
    assert [f'href="/deployments/{one.pk}/"' in own for one in posts] == [True, False]
    assert NOT_NAMED not in client.get(f"{BOARD}?drill=1").content.decode()


def test_deployments_of_units_with_people_enough_inside_are_nobodys_concern(
    staff, unit, campaign, sealed, inside
):
    post = DeploymentFactory(unit=unit, campaign=campaign, community=inside)
    line = AllocationLineFactory(deployment=post, unit=unit, community=inside, heads=2)
    AreaStatusFactory(measure=sealed, community=inside, starts_at=MORNING)
    client = client_for(staff)

    MemberFactory(unit=unit, home_community=inside)
    few = client.get(BOARD).content.decode()
    MemberFactory(unit=unit, home_community=inside)
    enough = client.get(BOARD).content.decode()

    assert (NOT_NAMED in few, NOT_NAMED in enough) == (True, False)
    assert line.heads == 2


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}plan/"])
def test_statements_of_the_plans_pages_do_not_grow(
    address, staff, closed, campaign, unit, inside, outside
):
    client = client_for(staff)
    few = statements(client, address)
    for _ in range(3):
        post = DeploymentFactory(unit=unit, campaign=campaign, community=inside)
        AssignmentFactory(deployment=post, member=MemberFactory(unit=unit, home_community=outside))
        DeploymentFactory(unit=unit, campaign=campaign, community=inside)

    assert statements(client, address) == few


def test_a_drill_has_its_own_page(staff, people, sealed, inside):
    AreaStatusFactory(measure=sealed, community=inside, starts_at=timezone.now(), is_drill=True)
    client = client_for(staff)

    assert "没有人员跨越封闭边界" in client.get(BOARD).content.decode()
    assert AreaStatus.objects.filter(is_drill=True).exists()
    assert "演练" in client.get(f"{BOARD}?drill=1").content.decode()


def test_each_is_told_of_the_closures_that_concern_them(
    staff, reporter, unit, campaign, sealed, inside, outside, closed
):
    other = CommunityFactory(name="南阳路社区", contact="联系人乙")
    post = DeploymentFactory(campaign=campaign, community=other)
    AssignmentFactory(deployment=post, member=MemberFactory(unit=post.unit))
    AreaStatusFactory(measure=sealed, community=other, starts_at=MORNING, basis="通告32号")
    apply(staff)

    texts = {one.community.name: one.text for one in community_texts(Sealing.objects.get())}
    note = InboxMessage.objects.get(user=reporter)

    assert "通告32号" in texts["南阳路社区"]
    assert "城东路" not in texts["南阳路社区"]
    assert "通告32号" not in texts["城东路社区"] + note.text


def test_the_list_of_measures_tells_those_of_a_drill(staff, sealed, inside, closed):
    AreaStatusFactory(measure=sealed, community=inside, starts_at=MORNING, is_drill=True)

    page = client_for(staff).get("/communities/statuses/").content.decode()

    assert page.count('tag-yellow">演练<') == 1
