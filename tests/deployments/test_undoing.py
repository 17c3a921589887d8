"""What was done to many is taken back: whole, once, for a while, and never over anybody's head."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.deployments import services
from apps.deployments.enums import DeploymentState
from apps.deployments.models import UNDO_FOR, Assignment, Batch, Deployment
from apps.deployments.services import batches
from tests.cast import client_for
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    NeedFactory,
    TaskTypeFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def campaign(db):
    return CampaignFactory()


@pytest.fixture
def deployment(unit, campaign):
    return DeploymentFactory(
        unit=unit,
        campaign=campaign,
        community__name="城东路社区",
        starts_on=business_day() - 3 * DAY,
        ends_on=business_day() + 9 * DAY,
        state=DeploymentState.ACTIVE,
    )


@pytest.fixture
def person(unit):
    return MemberFactory(unit=unit, name="王建国")


def withdraw(user, *rows):
    client_for(user).post(reverse("deployments:withdraw_many"), {"pk": [r.pk for r in rows]})
    return Batch.objects.latest("pk")


def undo(user, batch):
    return client_for(user).post(reverse("deployments:batch_undo", args=[batch.pk]), follow=True)


def ledger():
    """Everything a withdrawal touches, without the keys of what is made anew."""
    stays = Assignment.objects.order_by("member", "starts_on").values_list(
        "deployment", "member", "unit", "starts_on", "ends_on", "is_drill"
    )
    return list(Deployment.objects.order_by("pk").values_list("pk", "state", "ends_on")), list(
        stays
    )


def test_undoing_a_withdrawal_puts_everything_back(staff, deployment, unit, campaign):
    planned = DeploymentFactory(
        unit=unit, campaign=campaign, starts_on=business_day() + DAY, state=DeploymentState.PLANNED
    )
    AssignmentFactory(deployment=deployment, starts_on=deployment.starts_on, ends_on=None)
    AssignmentFactory(deployment=deployment, starts_on=business_day() - DAY, ends_on=business_day())
    AssignmentFactory(deployment=deployment, starts_on=business_day() + DAY)
    AssignmentFactory(deployment=planned, starts_on=planned.starts_on)
    before = ledger()
    batch = withdraw(staff, deployment, planned)
    assert ledger() != before

    page = undo(staff, batch).content.decode()

    assert "已撤销撤回，2 项任务和人员照旧。" in page
    assert ledger() == before


def test_the_list_and_each_record_offer_the_undo_for_a_while(staff, deployment):
    client = client_for(staff)
    batch = withdraw(staff, deployment)
    button = f"/deployments/batches/{batch.pk}/undo/"
    pages = ("/deployments/", f"/deployments/{deployment.pk}/")

    assert [button in client.get(page).content.decode() for page in pages] == [True, True]
    with time_machine.travel(timezone.now() + UNDO_FOR):
        late = client_for(staff)
        assert [button in late.get(page).content.decode() for page in pages] == [False, False]


def test_undoing_twice_is_harmless(staff, deployment):
    batch = withdraw(staff, deployment)
    undo(staff, batch)
    after = ledger()

    page = undo(staff, batch).content.decode()

    assert "此前已撤销，未作改动。" in page
    assert ledger() == after


def test_undoing_too_late_is_refused(staff, deployment):
    batch = withdraw(staff, deployment)
    before = ledger()

    with time_machine.travel(timezone.now() + UNDO_FOR):
        answer = undo(staff, batch)

    assert answer.status_code == 409
    assert "已超过2小时，不能撤销" in answer.content.decode()
    assert ledger() == before


def test_whoever_was_sent_elsewhere_since_is_named_and_nothing_is_undone(
    staff, deployment, unit, campaign, person
):
    other = DeploymentFactory(unit=unit, campaign=campaign)
    AssignmentFactory(deployment=deployment, member=person, starts_on=deployment.starts_on)
    AssignmentFactory(deployment=other)
    batch = withdraw(staff, deployment, other)
    AssignmentFactory(
        deployment__community__name="西关社区",
        deployment__campaign=campaign,
        member=person,
        starts_on=business_day() + DAY,
    )
    before = ledger()

    answer = undo(staff, batch)

    assert answer.status_code == 409
    assert "王建国" in answer.content.decode()
    assert "已派往西关社区" in answer.content.decode()
    assert ledger() == before
    assert Batch.objects.get().undone_at is None


def test_a_stay_elsewhere_after_the_former_end_does_not_stand_in_the_way(
    staff, deployment, campaign, person
):
    AssignmentFactory(
        deployment=deployment,
        member=person,
        starts_on=deployment.starts_on,
        ends_on=deployment.ends_on,
    )
    batch = withdraw(staff, deployment)
    AssignmentFactory(
        deployment__campaign=campaign, member=person, starts_on=deployment.ends_on + DAY
    )

    assert undo(staff, batch).status_code == 200
    assert Batch.objects.get().undone_at is not None


def test_the_database_refuses_what_two_at_once_would_do(staff, deployment, person, monkeypatch):
    """The look before the write is blinded, as a concurrent sender would have it."""
    AssignmentFactory(deployment=deployment, member=person, starts_on=deployment.starts_on)
    batch = withdraw(staff, deployment)
    AssignmentFactory(member=person, starts_on=business_day() + DAY)
    real, looks = batches._refuse_sent_elsewhere, []

    def blind_once(batch):
        looks.append(batch)
        return None if len(looks) == 1 else real(batch)

    monkeypatch.setattr(batches, "_refuse_sent_elsewhere", blind_once)

    with pytest.raises(services.AlreadySentError, match="王建国"), transaction.atomic():
        services.undo_batch(batch, by=staff, now=timezone.now())

    deployment.refresh_from_db()
    assert (deployment.state, len(looks)) == (DeploymentState.WITHDRAWN, 2)


def test_a_stay_changed_since_keeps_the_withdrawal(staff, deployment, person):
    stay = AssignmentFactory(deployment=deployment, member=person, starts_on=deployment.starts_on)
    batch = withdraw(staff, deployment)
    services.bring_back(Assignment.objects.get(pk=stay.pk), last_day=business_day() - DAY)

    answer = undo(staff, batch)

    assert answer.status_code == 409
    assert "王建国的派出已另行变动，不能撤销。" in answer.content.decode()


def test_a_campaign_that_ended_since_takes_nobody_back(staff, deployment):
    batch = withdraw(staff, deployment)
    deployment.campaign.state = CampaignState.CLOSED
    deployment.campaign.save(update_fields=["state"])

    answer = undo(staff, batch)

    assert (answer.status_code, "已另行变动，不能撤销" in answer.content.decode()) == (409, True)


def test_a_unit_does_not_undo_what_reaches_beyond_it(
    reporter, staff, deployment, foreign_unit, campaign
):
    foreign = DeploymentFactory(unit=foreign_unit, campaign=campaign)
    batch = withdraw(staff, deployment, foreign)
    page = client_for(reporter).get(f"/deployments/{deployment.pk}/").content.decode()

    assert f"batches/{batch.pk}/undo" not in page
    assert undo(reporter, batch).status_code == 403
    assert Batch.objects.get().undone_at is None


def test_a_unit_undoes_what_the_office_did_to_it_alone(reporter, staff, deployment):
    batch = withdraw(staff, deployment)

    assert undo(reporter, batch).status_code == 200

    deployment.refresh_from_db()
    assert deployment.state == DeploymentState.ACTIVE


def test_somebody_elses_batch_is_not_found(reporter, staff, foreign_unit, campaign):
    batch = withdraw(staff, DeploymentFactory(unit=foreign_unit, campaign=campaign))

    assert undo(reporter, batch).status_code == 404


def test_a_withdrawal_and_its_undoing_are_on_record(staff, deployment):
    batch = withdraw(staff, deployment)
    undo(staff, batch)

    page = client_for(staff).get(f"/deployments/{deployment.pk}/").content.decode()
    trail = AuditEntry.objects.filter(table="deployments_batch", key=str(batch.pk))

    assert page.index("撤销批量撤回") < page.index(">批量撤回<")
    assert [str(entry.operation) for entry in trail.order_by("id")] == ["I", "U"]
    assert {entry.actor for entry in trail} == {staff.username}


def test_statements_of_undoing_do_not_grow(staff, unit, campaign):
    def count(rows):
        for row in rows:
            AssignmentFactory.create_batch(2, deployment=row, starts_on=row.starts_on)
        batch = withdraw(staff, *rows)
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            services.undo_batch(batch, by=staff, now=timezone.now())
        return len(captured)

    one = count([DeploymentFactory(unit=unit, campaign=campaign)])

    assert count(DeploymentFactory.create_batch(3, unit=unit, campaign=campaign)) == one


# --- sending ------------------------------------------------------------------------------------


def send(user, deployment, *members):
    url = reverse("deployments:send_members", args=[deployment.pk])
    return client_for(user).post(url, {"pk": [one.pk for one in members]}, follow=True)


def test_those_just_sent_are_taken_off_again(reporter, deployment, person, unit):
    stayed = AssignmentFactory(deployment=deployment, starts_on=deployment.starts_on)
    page = send(reporter, deployment, person, MemberFactory(unit=unit)).content.decode()
    batch = Batch.objects.get()
    assert f"/deployments/batches/{batch.pk}/undo/" in page

    answer = undo(reporter, batch)

    assert "已撤销派出，2 人不再列入。" in answer.content.decode()
    assert list(Assignment.objects.all()) == [stayed]


def test_those_sent_stay_once_the_campaign_is_over(reporter, deployment, person):
    send(reporter, deployment, person)
    deployment.campaign.state = CampaignState.CLOSED
    deployment.campaign.save(update_fields=["state"])

    answer = undo(reporter, Batch.objects.get())

    assert answer.status_code == 409
    assert "应急任务已不在进行中，不能整批撤销" in answer.content.decode()
    assert Assignment.objects.count() == 1


def test_those_sent_and_counted_stay(reporter, deployment, person):
    send(reporter, deployment, person)
    DeploymentDayFactory(deployment=deployment)

    answer = undo(reporter, Batch.objects.get())

    assert answer.status_code == 409
    assert "派出后已登记在岗，不能整批撤销" in answer.content.decode()
    assert Assignment.objects.count() == 1


def test_a_sending_changed_since_is_not_undone(reporter, deployment, person, unit):
    send(reporter, deployment, person, MemberFactory(unit=unit))
    Assignment.objects.filter(member=person).update(ends_on=business_day() + DAY)

    answer = undo(reporter, Batch.objects.get())

    assert answer.status_code == 409
    assert "王建国的派出已另行变动" in answer.content.decode()
    assert Assignment.objects.count() == 2


def test_a_second_press_sends_nobody_twice(reporter, deployment, person):
    send(reporter, deployment, person)

    answer = send(reporter, deployment, person)

    assert (answer.status_code, "王建国" in answer.content.decode()) == (409, True)
    assert (Assignment.objects.count(), Batch.objects.count()) == (1, 1)


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["unit", "team", "leader", "need", "community", "task_type"])
def test_a_foreign_id_in_any_field_of_a_deployment_is_refused(
    reporter, unit, foreign_unit, campaign, field
):
    foreign = {
        "unit": foreign_unit.pk,
        "team": TeamFactory(campaign=campaign, unit=foreign_unit).pk,
        "leader": MemberFactory(unit=foreign_unit).pk,
        "need": NeedFactory(campaign=campaign).pk,
        "community": 0,
        "task_type": 0,
    }
    form = {
        "unit": unit.pk,
        "community": CommunityFactory().pk,
        "task_type": TaskTypeFactory().pk,
        "nature": "sent",
        "starts_on": business_day().isoformat(),
        field: foreign[field],
    }

    answer = client_for(reporter).post("/deployments/new/", form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Deployment.objects.exists()


def test_ending_twice_by_a_double_click_is_said_and_harmless(staff, deployment):
    client, url = client_for(staff), f"/deployments/{deployment.pk}/end/"
    form = {"last_day": business_day().isoformat()}
    assert client.post(url, form).status_code == 302
    after = ledger()

    answer = client.post(url, form)

    assert (answer.status_code, "已结束，不能再变动" in answer.content.decode()) == (422, True)
    assert ledger() == after
