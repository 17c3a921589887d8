"""A visit from the spot to the answer that was verified, in a real browser on a phone."""

from apps.deployments.models import Deployment, Visit
from apps.deployments.visits_enums import FindingState

from .chromium import PHONE


def test_what_is_not_in_order_goes_to_the_unit_and_comes_back(visit):
    served = Deployment.objects.filter(campaign__is_drill=True, state="active")
    row = served.filter(unit__code="001").select_related("unit", "community").first()
    member = row.unit.group_memberships.get(ends_on=None)
    group = f"group{member.group.number:02d}"
    watch = visit(group, f"/deployments/visits/new/?deployment={row.pk}", PHONE)
    page = watch.page
    answers = page.locator("fieldset.check")
    answers.nth(0).get_by_role("radio", name="符合", exact=True).check()
    problem = answers.nth(2).locator(".check-problem input")
    assert not problem.is_visible()

    answers.nth(2).get_by_role("radio", name="不符合", exact=True).check()
    problem.fill("交接班间隙岗位无人")
    page.fill("#id_expected", "６")
    page.fill("#id_present", "5")
    watch.assert_well()
    page.get_by_role("button", name="保存走访", exact=True).click()
    page.wait_for_selector("text=需要整改的问题")
    watch.assert_well()

    found = Visit.objects.latest("pk")
    finding = found.findings.get()
    assert (found.expected, found.present, finding.text) == (6, 5, "交接班间隙岗位无人")

    unit = visit("unit001", finding.get_absolute_url(), PHONE)
    unit.page.get_by_role("link", name="填报整改答复").click()
    unit.page.fill("#id_answer", "已明确交接班制度")
    unit.page.get_by_role("button", name="答复", exact=True).click()
    unit.page.wait_for_selector("text=联络服务小组会核实")
    unit.assert_well()

    page.goto(finding.get_absolute_url())
    page.get_by_role("button", name="核实", exact=True).click()
    page.locator("#confirm [data-confirm-yes]").click()
    page.wait_for_selector("text=已核实。")
    watch.assert_well()
    finding.refresh_from_db()
    assert finding.state == FindingState.VERIFIED
