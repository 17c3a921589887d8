"""A form is one act: pressed twice it makes one row and leads to it."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from apps.campaigns.models import Campaign, Milestone
from apps.communities.models import AreaStatus
from apps.core.dates import business_day
from apps.core.submissions import NAME
from apps.core.views import ScopedCreateView
from apps.core.views import edit as edit_views
from apps.deployments.models import (
    AllocationSheet,
    Deployment,
    MemberRegistration,
    Need,
    Team,
    UnitRegistration,
)
from apps.office.models import ImportBatch
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    MeasureFactory,
    MemberFactory,
    NeedFactory,
    TaskTypeFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day().isoformat()
DRAFT = "/deployments/allocations/new/"


def draft(unit, campaign, _place):
    MemberFactory.create_batch(3, unit=unit)
    NeedFactory(campaign=campaign, heads=2, starts_on=business_day())
    return DRAFT, AllocationSheet, {"on": TODAY}


def team(unit, _campaign, _place):
    form = {"unit": unit.pk, "name": "先锋突击队", "formed_on": TODAY}
    return "/deployments/teams/new/", Team, form


def need(_unit, _campaign, place):
    form = {
        "community": place.pk, "urgency": 2, "heads": 3, "task_type": TaskTypeFactory().pk,
        "starts_on": TODAY, "source": "phone", "told_by": "社区书记",
    }  # fmt: skip
    return "/deployments/needs/new/", Need, form


def deployment(unit, _campaign, place):
    form = {
        "unit": unit.pk, "community": place.pk, "task_type": TaskTypeFactory().pk,
        "nature": "sent", "starts_on": TODAY,
    }  # fmt: skip
    return "/deployments/new/", Deployment, form


def unit_registration(unit, _campaign, place):
    form = {"unit": unit.pk, "community": place.pk, "starts_on": TODAY}
    return "/deployments/registrations/units/new/", UnitRegistration, form


def member_registration(unit, _campaign, place):
    form = {"member": MemberFactory(unit=unit).pk, "community": place.pk, "starts_on": TODAY}
    return "/deployments/registrations/members/new/", MemberRegistration, form


def milestone(_unit, _campaign, _place):
    form = {
        "name": "全面恢复供电", "clock": "from_event", "started_at": f"{TODAY}T00:00",
        "started_source": "据省防指通知", "limit_hours": 72, "alarm_hours": 6,
    }  # fmt: skip
    return "/campaigns/milestones/new/", Milestone, form


def area_status(_unit, _campaign, place):
    form = {
        "community": place.pk, "measure": MeasureFactory().pk, "basis": "通告2021年31号",
        "starts_at": f"{TODAY}T00:00",
    }  # fmt: skip
    return "/communities/statuses/new/", AreaStatus, form


def opening(_unit, _campaign, _place):
    form = {"template": "flood", "name": "另一次防汛救灾", "code": "flood-b", "starts_on": TODAY}
    return "/campaigns/new/", Campaign.objects.filter(code="flood-b"), form


def upload(_unit, _campaign, _place):
    return "/office/imports/new/units/", ImportBatch, {}


@pytest.mark.parametrize(
    "of",
    [
        draft, team, need, deployment, unit_registration, member_registration, milestone,
        area_status, opening, upload,
    ],
)  # fmt: skip
def test_two_presses_make_one_row_and_lead_to_it(staff, unit, of):
    url, made, form = of(unit, CampaignFactory(), CommunityFactory(name="城东路社区"))
    browser = client_for(staff)
    page = browser.get(url)
    drawn = form | {NAME: page.context["form"][NAME].value()}
    assert f'value="{drawn[NAME]}"' in page.content.decode()

    answers = []
    for _ in range(2):
        table = {"file": SimpleUploadedFile("单位名录.csv", "单位全称\n".encode())}
        answers.append(browser.post(url, drawn | (table if of is upload else {})))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    rows = made if of is opening else made.objects
    assert rows.count() == 1


def create_views(patterns):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from create_views(one.url_patterns)
        elif isinstance(one, URLPattern):
            view = getattr(one.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, ScopedCreateView):
                yield view


def test_every_new_row_knows_the_form_it_came_from():
    views = set(create_views(get_resolver().url_patterns))

    # A beneficiary's reference is itself the key of the form.
    assert {view.__name__ for view in views if view.makes is None} == {"BeneficiaryCreateView"}
    assert len(views) > 8


def together(staff, form):
    """Two presses at the same moment; what became of each."""
    answers = []

    def press():
        try:
            answers.append(client_for(staff).post(DRAFT, form).url)
        except Exception as error:  # noqa: BLE001
            answers.append(type(error).__name__)
        finally:
            connection.close()

    hands = [threading.Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, pytest.param(False, marks=pytest.mark.logs_errors)])
def test_presses_at_the_same_moment_take_turns(monkeypatch, staff, unit, is_guarded):
    _, _, form = draft(unit, CampaignFactory(), None)
    form[NAME] = "6f1c1b0e-52f1-4a53-9a52-0c56d3e5a001"
    both = threading.Barrier(2)

    def without_turns(model, given):
        found = model.objects.filter(submission=given).first()
        both.wait(10)
        return found

    if not is_guarded:
        monkeypatch.setattr(edit_views, "made_before", without_turns)

    answers = together(staff, form)

    sheet = AllocationSheet.objects.get()
    page = sheet.get_absolute_url()
    assert page in answers
    assert (set(answers) == {page}) == is_guarded


def test_a_row_that_somebody_else_made_meanwhile_is_told_in_a_sentence(monkeypatch, staff, unit):
    url, _, form = team(unit, CampaignFactory(), None)
    client_for(staff).post(url, form)
    monkeypatch.setattr(Team, "validate_constraints", lambda *_args, **_kwargs: None)

    answer = client_for(staff).post(url, form)

    assert answer.status_code == 409
    assert answer.context["form"].non_field_errors() == ["该单位在本任务中已有同名突击队。"]
