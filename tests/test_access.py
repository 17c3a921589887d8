"""Who may do what to whose: every role of the cast against the key permissions."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from apps.core.scope import scope_of
from tests import factories
from tests.cast import client_for
from tests.factories import (
    AssistanceCaseFactory,
    BeneficiaryFactory,
    ContactNoteFactory,
    DailyReportFactory,
    DeploymentFactory,
    FindingFactory,
    FlashReportFactory,
    MemberFactory,
    PublicityItemFactory,
    ReportRevisionFactory,
    VisitFactory,
)

CAST = (
    "leader",
    "staff",
    "duty",
    "liaison",
    "reporter",
    "unit_leader",
    "caseworker",
    "editor",
    "steward",
    "city",
    "auditor",
    "security_admin",
    "system_admin",
    "outsider",
)
OFFICE = {"leader", "staff", "duty"}
UNIT = {"reporter", "unit_leader"}

# (what it is done to, permission, who may to anybody's, who may to their own)
TABLE = [
    ("report", "daily.view_dailyreport", OFFICE | {"steward"}, UNIT | {"liaison"}),
    ("report", "daily.file_report", set(), UNIT),
    ("report", "daily.approve_own_report", set(), {"unit_leader"}),
    ("report", "daily.review_report", {"staff", "duty"}, {"liaison"}),
    ("report", "daily.enter_for_unit", {"staff", "duty"}, {"liaison"}),
    ("report", "daily.exempt_unit", {"staff"}, set()),
    ("revision", "daily.view_dailyreport", OFFICE | {"steward"}, UNIT | {"liaison"}),
    ("contact", "daily.chase_report", {"staff", "duty"}, {"liaison"}),
    ("flash", "daily.view_flashreport", OFFICE | {"steward"}, UNIT | {"liaison"}),
    ("flash", "daily.handle_flash", {"staff", "duty"}, set()),
    ("member", "units.reveal_member", {"staff", "duty"}, UNIT | {"liaison"}),
    ("deployment", "deployments.record_day", {"staff", "duty"}, UNIT | {"liaison"}),
    ("visit", "deployments.view_visit", OFFICE | {"steward"}, UNIT | {"liaison"}),
    ("visit", "deployments.record_visit", {"staff", "duty"}, {"liaison"}),
    ("finding", "deployments.answer_finding", set(), UNIT),
    ("finding", "deployments.verify_finding", {"staff", "duty"}, {"liaison"}),
    ("item", "publicity.view_item", OFFICE | {"editor"}, UNIT | {"liaison"}),
    ("item", "publicity.submit_item", {"editor"}, UNIT),
    ("item", "publicity.first_review", {"editor"}, set()),
    ("item", "publicity.second_review", {"staff"}, set()),
    ("item", "publicity.sign_item", {"leader"}, set()),
    ("item", "publicity.place_item", {"staff", "editor"}, set()),
    ("item", "publicity.withdraw_item", {"staff", "editor"}, set()),
    ("unit", "units.view_unit", OFFICE | {"steward", "editor", "caseworker"}, UNIT | {"liaison"}),
    ("unit", "units.change_unit_records", {"staff", "duty"}, set()),
    ("case", "assistance.view_case", OFFICE | {"caseworker"}, UNIT | {"liaison"}),
    ("case", "assistance.work_case", {"staff", "caseworker"}, UNIT),
    ("case", "assistance.assign_case", {"staff", "caseworker"}, set()),
    ("case", "assistance.verify_case", {"staff", "caseworker"}, set()),
    ("beneficiary", "assistance.reveal_beneficiary", {"caseworker"}, set()),
    (
        "beneficiary",
        "assistance.register_beneficiary",
        {"staff", "caseworker"},
        UNIT | {"liaison"},
    ),
    ("unit", "assistance.record_action", {"staff", "caseworker"}, UNIT | {"liaison"}),
]
MAKE = {
    "report": lambda unit: DailyReportFactory(unit=unit),
    "revision": lambda unit: ReportRevisionFactory(report__unit=unit),
    "contact": lambda unit: ContactNoteFactory(report__unit=unit),
    "flash": lambda unit: FlashReportFactory(unit=unit),
    "member": lambda unit: MemberFactory(unit=unit),
    "deployment": lambda unit: DeploymentFactory(unit=unit),
    "visit": lambda unit: VisitFactory(unit=unit),
    "finding": lambda unit: FindingFactory(visit__unit=unit),
    "item": lambda unit: PublicityItemFactory(unit=unit),
    "unit": lambda unit: unit,
    "case": lambda unit: AssistanceCaseFactory(beneficiary__unit=unit),
    "beneficiary": lambda unit: BeneficiaryFactory(unit=unit),
}
# Permissions that are not about a unit's row.
OFFICE_TABLE = {
    "figures.lock_day": {"staff"},
    "figures.consent_unlock": {"leader"},
    "daily.sign_round": {"leader"},
    "daily.edit_round": {"staff"},
    "daily.view_dailyround": OFFICE | {"steward"},
    "campaigns.record_milestone": {"staff", "duty"},
    "deployments.view_forecast": OFFICE | {"liaison", "city"},
    "publicity.sign_adoption": {"leader"},
    "accounts.view_user": {"security_admin"},
    "accounts.view_auditentry": {"auditor"},
    "units.add_posting": {"security_admin"},
    "accounts.enter_admin": {"steward", "auditor", "security_admin", "system_admin"},
}


@pytest.fixture
def cast(request):
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.mark.parametrize(
    ("kind", "permission", "anybodys", "own"), TABLE, ids=[f"{k}-{p}" for k, p, _, _ in TABLE]
)
def test_permission_reaches_as_far_as_the_posting(
    cast, unit, foreign_unit, kind, permission, anybodys, own
):
    mine, theirs = MAKE[kind](unit), MAKE[kind](foreign_unit)

    to_mine = {name for name, user in cast.items() if user.has_perm(permission, mine)}
    to_theirs = {name for name, user in cast.items() if user.has_perm(permission, theirs)}

    assert to_mine == anybodys | own
    assert to_theirs == anybodys


@pytest.mark.parametrize(("permission", "holders"), OFFICE_TABLE.items())
def test_permission_of_the_office_is_held_by_its_roles_alone(cast, permission, holders):
    assert {name for name, user in cast.items() if user.has_perm(permission)} == holders


def test_scope_of_everybody(cast, unit, foreign_unit):
    everything = {name for name, user in cast.items() if scope_of(user).everything}
    seeing_unit = {name for name, user in cast.items() if unit.pk in scope_of(user).units}
    seeing_foreign = {
        name for name, user in cast.items() if foreign_unit.pk in scope_of(user).units
    }

    assert everything == OFFICE | {"steward"}
    assert seeing_unit == UNIT | {"liaison"}
    assert seeing_foreign == set()


def scoped_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        and hasattr(model._default_manager.all(), "visible_to")
    ]


def make_one(model):
    return getattr(factories, f"{model.__name__}Factory")()


# Written by triggers alone, so no factory makes one for the portal's role.
@pytest.mark.parametrize(
    "model",
    [model for model in scoped_models() if model.__name__ != "AuditEntry"],
    ids=lambda model: model._meta.label,
)
def test_outsider_sees_no_row_of_anything(outsider, model):
    row = make_one(model)

    assert model.objects.filter(pk=row.pk).count() == 1
    assert model.objects.visible_to(outsider).filter(pk=row.pk).count() == 0


# Accounts and trails are asked only of somebody signed in.
@pytest.mark.parametrize(
    "model",
    [model for model in scoped_models() if model._meta.app_label != "accounts"],
    ids=lambda model: model._meta.label,
)
def test_stranger_sees_no_row_of_anything(db, model):
    make_one(model)

    assert model.objects.visible_to(AnonymousUser()).count() == 0


@pytest.mark.parametrize("who", ["reporter", "unit_leader", "liaison"])
@pytest.mark.parametrize(
    "kind", ["report", "flash", "member", "deployment", "visit", "unit", "case", "beneficiary"]
)
def test_own_rows_are_visible_and_foreign_ones_are_not(request, unit, foreign_unit, who, kind):
    user = request.getfixturevalue(who)
    mine, theirs = MAKE[kind](unit), MAKE[kind](foreign_unit)

    seen = set(type(mine).objects.visible_to(user))

    assert mine in seen
    assert theirs not in seen


def test_city_never_sees_who_has_not_reported(city, unit):
    report = DailyReportFactory(unit=unit)
    ContactNoteFactory(report=report)

    assert type(report).objects.visible_to(city).count() == 0
    assert not city.has_perm("daily.view_dailyreport")


def test_security_admin_finds_units_and_people_to_post_and_nothing_else(
    security_admin, unit, reporter
):
    report = DailyReportFactory(unit=unit)
    member = MemberFactory(unit=unit)

    assert list(type(unit).objects.visible_to(security_admin)) == [unit]
    assert set(type(reporter).objects.visible_to(security_admin)) == {reporter, security_admin}
    assert type(report).objects.visible_to(security_admin).count() == 0
    assert type(member).objects.visible_to(security_admin).count() == 0


def test_foreign_record_is_not_found_rather_than_refused(reporter, foreign_unit):
    answer = client_for(reporter).get(foreign_unit.get_absolute_url())

    assert answer.status_code == 404
