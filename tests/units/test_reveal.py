import pytest
from django.urls import reverse

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import SecurityEvent
from apps.units import reveal
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import MemberFactory, PostingFactory, SecurityEventFactory

PHONE = "13912345678"


@pytest.fixture
def member(unit):
    return MemberFactory(unit=unit, phone=PHONE, member_no="M77")


def look(user, member, reason="到岗核实", field="phone", **headers):
    address = reverse("units:member_reveal", args=[member.pk, field])
    return client_for(user).post(address, {"reason": reason}, headers=headers)


def looks():
    return list(SecurityEvent.objects.filter(kind=SecurityEventKind.REVEAL))


@pytest.mark.parametrize("who", ["staff", "duty", "liaison", "reporter", "unit_leader"])
def test_reveal_shows_the_number_and_records_who_whom_and_why(request, member, who):
    answer = look(request.getfixturevalue(who), member)

    assert PHONE in answer.content.decode()
    (event,) = looks()
    assert event.username == who
    assert event.detail == {"member": "M77", "field": "手机", "reason": "到岗核实"}


def test_reveal_answers_htmx_with_the_one_field(reporter, member):
    answer = look(reporter, member, **{"HX-Request": "true"})

    assert answer.content.decode().count(PHONE) == 2
    assert "<html" not in answer.content.decode()


@pytest.mark.logs_errors
def test_reveal_that_fails_halfway_is_on_record_all_the_same(reporter, member):
    # Moved from another row, so it cannot be opened: the view's transaction is undone.
    other = MemberFactory(phone=PHONE)
    type(member).objects.filter(pk=member.pk).update(phone_sealed=other.phone_sealed)
    client = client_for(reporter)
    client.raise_request_exception = False

    answer = client.post(
        reverse("units:member_reveal", args=[member.pk, "phone"]), {"reason": "到岗核实"}
    )

    assert answer.status_code == 500
    assert [event.detail["member"] for event in looks()] == ["M77"]


def test_reveal_is_kept_by_no_cache(reporter, member):
    assert "no-store" in look(reporter, member).headers["Cache-Control"]


@pytest.mark.parametrize("who", ["leader", "steward", "city", "auditor", "security_admin"])
def test_reveal_is_refused_to_others_and_the_refusal_recorded(request, member, who):
    answer = look(request.getfixturevalue(who), member)

    assert answer.status_code == 403
    assert PHONE not in answer.content.decode()
    assert looks() == []
    refusal = SecurityEvent.objects.get(kind=SecurityEventKind.DENIED)
    assert (refusal.username, refusal.path.endswith("/reveal/phone/")) == (who, True)


def test_reveal_needs_a_posting_that_reaches_the_very_member(leader, unit, foreign_unit):
    # Sees everybody as a leader, may reveal as a reporter of one unit: that is not both at once.
    PostingFactory(user=leader, role=Role.REPORTER, unit=unit)

    answer = look(leader, MemberFactory(unit=foreign_unit, phone=PHONE))

    assert (answer.status_code, PHONE in answer.content.decode()) == (403, False)
    assert looks() == []


@pytest.mark.parametrize("who", ["liaison", "reporter", "unit_leader"])
def test_reveal_of_another_units_member_is_not_found(request, foreign_unit, who):
    answer = look(request.getfixturevalue(who), MemberFactory(unit=foreign_unit, phone=PHONE))

    assert answer.status_code == 404
    assert looks() == []


@pytest.mark.parametrize("reason", ["", " ", "a"])
def test_reveal_without_a_reason_is_refused(reporter, member, reason):
    answer = look(reporter, member, reason=reason)

    assert answer.status_code == 422
    assert "事由" in answer.content.decode()
    assert PHONE not in answer.content.decode()
    assert looks() == []


@pytest.mark.parametrize("field", ["phone_sealed", "ref", "name"])
def test_reveal_opens_no_other_field(reporter, member, field):
    assert look(reporter, member, field=field).status_code == 404


def test_reveal_is_by_post_only(reporter, member):
    address = reverse("units:member_reveal", args=[member.pk, "phone"])

    assert client_for(reporter).get(address).status_code == 405


def test_reveal_stops_at_the_limit_of_the_hour(reporter, member):
    for _ in range(reveal.LIMIT_PER_HOUR):
        SecurityEventFactory(kind=SecurityEventKind.REVEAL, username="reporter")

    answer = look(reporter, member)

    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()
    assert len(looks()) == reveal.LIMIT_PER_HOUR


def test_record_of_a_member_shows_the_number_masked_only(reporter, member):
    page = client_for(reporter).get(member.get_absolute_url()).content.decode()

    assert "139****5678" in page
    assert PHONE not in page
    assert reverse("units:member_reveal", args=[member.pk, "phone"]) in page
