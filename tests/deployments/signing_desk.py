"""A day at one community with the people of two units: what every test of signing starts from."""

from itertools import count

from django.test import Client

from apps.core.dates import business_day
from apps.deployments.models import SigningSheet
from apps.deployments.signing_links import token_of
from tests.factories import (
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    SigningLineFactory,
)

_addresses = count(1)


def stranger():
    """A phone that nobody is signed in on, at an address of its own."""
    number = next(_addresses)
    return Client(REMOTE_ADDR=f"10.7.{number // 250}.{number % 250 + 1}")


def signed_day(campaign, unit, foreign_unit, *, expected=24, present=24):
    """(sheet, line of `unit` with 24 claimed, line of `foreign_unit` with nothing entered)."""
    place = CommunityFactory(name="城东路社区")
    ours = DeploymentFactory(campaign=campaign, unit=unit, community=place)
    theirs = DeploymentFactory(campaign=campaign, unit=foreign_unit, community=place)
    DeploymentDayFactory(
        deployment=ours, on=business_day(), expected=expected, present=present, night=3, hours=8
    )
    line = SigningLineFactory(deployment=ours)
    other = SigningLineFactory(deployment=theirs, sheet=line.sheet)
    return line.sheet, line, other


def address(sheet):
    return f"/q/{token_of(SigningSheet.objects.get(pk=sheet.pk))}/"


def word(*answers, **changed):
    """The form a community sends: (line, heads) or (line, heads, hours) each."""
    form = {"name": "刘主任", "title": "社区书记", "remark": ""}
    for line, heads, *hours in answers:
        form[f"heads_{line.pk}"] = str(heads)
        form[f"hours_{line.pk}"] = str(hours[0]) if hours else ""
    return {**form, **changed}
