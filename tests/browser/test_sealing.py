"""A closure from its notice to the plan, the applying and the taking back, in a real browser."""

import pytest
from django.db.models import Count
from django.utils import timezone

from apps.communities.enums import MeasureKind
from apps.communities.models import Measure
from apps.core.dates import to_local
from apps.deployments.enums import DeploymentState
from apps.deployments.models import Assignment, Deployment, Sealing
from apps.jobs.services import run_requested

from .chromium import DESK, PHONE


def busiest(number):
    """A community of the drill where many serve; another one for each run."""
    rows = Deployment.objects.filter(campaign__is_drill=True, state=DeploymentState.ACTIVE)
    counted = rows.order_by().values_list("community").annotate(n=Count("assignments"))
    return counted.order_by("-n", "community")[number][0]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.locator("#confirm [data-confirm-yes]").click()


def settle(watch):
    # What axe itself trips over in the policy is heard a moment later.
    watch.page.wait_for_timeout(200)
    watch.complaints.clear()


def open_stays():
    return list(Assignment.objects.order_by("pk").values_list("pk", "deployment", "ends_on"))


@pytest.mark.parametrize(("number", "size"), [(0, DESK), (1, PHONE)], ids=["desk", "phone"])
def test_closure_is_shown_applied_and_taken_back(visit, number, size):
    measure, _ = Measure.objects.get_or_create(
        kind=MeasureKind.CONTROL,
        name="封闭演练",
        defaults={"is_sealed": True, "valid_from": "2021-01-01", "sort_order": 90},
    )
    before = open_stays()
    staff = visit("staff", f"/communities/statuses/new/?community={busiest(number)}", size)
    page = staff.page
    page.select_option("#id_measure", value=str(measure.pk))
    page.fill("#id_basis", "市指挥部通告12号")
    page.fill("#id_starts_at", f"{to_local(timezone.now()):%Y-%m-%dT00:05}")
    page.check("#id_is_drill")
    staff.assert_well()

    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_selector("text=待调整")
    staff.assert_well()
    assert open_stays() == before

    press(page, "应用调整")
    page.wait_for_selector("#progress >> text=已排队")
    staff.assert_well()
    settle(staff)
    run_requested(now=timezone.now())
    # the bar asks by itself and draws the page anew
    page.wait_for_selector("text=已告知各单位", timeout=15_000)
    staff.assert_well()
    sealing = Sealing.objects.latest("pk")
    # What waited already is applied along with it.
    assert sealing.changes.filter(status__basis="市指挥部通告12号").exists()
    page.goto(f"{sealing.get_absolute_url()}?tab=places")
    page.wait_for_selector(".copytext")
    staff.assert_well()

    settle(staff)
    press(page, "撤销")
    page.wait_for_selector("#progress")
    run_requested(now=timezone.now())
    page.wait_for_selector("text=已撤销，人员和任务恢复到办理之前", timeout=15_000)
    assert open_stays() == before
