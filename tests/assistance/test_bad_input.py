"""What the desk's forms are given by mistake or on purpose: refused in one sentence, or harmless."""

import struct
import uuid
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.assistance.enums import CaseState
from apps.assistance.models import AssistanceCase
from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.messaging.models import InboxMessage
from tests.cast import client_for
from tests.factories import AssistanceCaseFactory, BeneficiaryFactory

from .test_cases import picture
from .test_views_beneficiaries import act_form
from .test_views_cases import page

pytestmark = pytest.mark.django_db
TODAY = business_day()
LIST = "/assistance/beneficiaries/"


@pytest.fixture
def case(campaign, household):
    return AssistanceCaseFactory(campaign=campaign, beneficiary=household, title="需要奶粉")


def wide_png(width):
    """A true PNG of one line, `width` pixels wide, a few hundred bytes long."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    line = zlib.compress(b"\0" * (width * 3 + 1))
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", line) + chunk(b"IEND", b"")
    return SimpleUploadedFile("a.png", body, content_type="image/png")


@pytest.mark.parametrize("state", ["open", "assigned", "underway"])
def test_a_case_is_not_closed_without_its_steps(caseworker, campaign, household, state):
    traits = {} if state == "open" else {state: True}
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, **traits)

    response = client_for(caseworker).post(f"/assistance/{case.pk}/verify/")

    assert response.status_code == 409
    assert "须先填报办理结果，再核验办结" in response.content.decode()
    assert AssistanceCase.objects.get().state == state


def test_nobody_verifies_what_they_answered(caseworker, campaign, household):
    case = AssistanceCaseFactory(
        campaign=campaign, beneficiary=household, answered=True, owner=caseworker
    )
    client = client_for(caseworker)

    alone = client.post(f"/assistance/{case.pk}/verify/")
    among = client.post("/assistance/verify/", {"pk": [case.pk]}, follow=True)

    assert alone.status_code == 422
    assert "须由他人核验" in alone.content.decode()
    assert f"未办理：{case.number}" in among.content.decode()
    assert AssistanceCase.objects.get().state == CaseState.ANSWERED


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (lambda: wide_png(30_000), "图片过大"),
        (lambda: SimpleUploadedFile("a.jpg", b"%PDF-1.4", content_type="image/jpeg"), "请换一张"),
        (lambda: SimpleUploadedFile("a.jpg", b"", content_type="image/jpeg"), "空"),
    ],
    ids=["30,000 pixels", "no picture", "empty"],
)
def test_a_picture_that_is_none_is_refused_at_its_field(reporter, case, upload, sentence):
    response = client_for(reporter).post(f"/assistance/{case.pk}/photos/", {"photos": [upload()]})

    body = response.content.decode()
    assert response.status_code == 422
    assert sentence in body[body.index('id="id_photos"') :]
    assert not case.attachments.exists()


def test_sending_no_picture_or_the_same_one_twice_is_harmless(reporter, case):
    client, url = client_for(reporter), f"/assistance/{case.pk}/photos/"

    nothing = client.post(url, {})
    answers = [client.post(url, {"photos": [picture()]}).status_code for _ in range(2)]

    assert "请选择照片。" in nothing.content.decode()
    assert answers == [302, 302]
    assert case.attachments.count() == 1


@pytest.mark.parametrize("key", ["9999999999999999999999", "-1", "x", "１", "1,2"])
def test_keys_that_are_none_break_no_page(caseworker, campaign, household, case, key):
    client = client_for(caseworker)
    posted = {"pk": [key], "owner": key, "of": key, "beneficiary": key, "case": key, "unit": key}
    form = {**act_form(household.unit), **posted, "due_on": TODAY.isoformat()}

    for url in (
        "/assistance/new/",
        "/assistance/actions/new/",
        "/assistance/actions/many/",
        f"/assistance/{case.pk}/assign/",
        f"/assistance/{case.pk}/edit/",
        f"{LIST}{household.pk}/duplicate/",
    ):
        assert client.post(url, form).status_code == 422, url
    assert client.post("/assistance/verify/", {"pk": [key]}).status_code == 302
    for url in (
        f"/assistance/new/?beneficiary={key}",
        f"/assistance/actions/new/?case={key}&beneficiary={key}",
        f"{LIST}{household.pk}/duplicate/?of={key}",
        f"{LIST}?q={key}&unit={key}&community={key}",
        f"/assistance/?q={key}&unit={key}",
        f"/assistance/actions/?submission={key}&unit={key}",
    ):
        assert client.get(url).status_code == 200, url


def test_folding_names_no_row_that_does_not_exist(caseworker, household):
    response = client_for(caseworker).post(f"{LIST}{household.pk}/duplicate/", {"of": "99999999"})

    assert response.status_code == 422
    assert "选择" in response.content.decode()


def test_a_foreign_photo_is_neither_shown_nor_removed(caseworker, campaign, household, case):
    other = AssistanceCaseFactory(campaign=campaign, beneficiary=household)
    client = client_for(caseworker)
    client.post(f"/assistance/{other.pk}/photos/", {"photos": [picture()]})
    foreign = other.attachments.get().pk

    assert client.get(f"/assistance/{case.pk}/photos/{foreign}/").status_code == 404
    assert client.post(f"/assistance/{case.pk}/photos/{foreign}/remove/").status_code == 404
    assert other.attachments.count() == 1


def test_assigning_taking_back_and_folding_twice_change_things_once(
    caseworker, reporter, campaign, household, case
):
    client = client_for(caseworker)
    other = BeneficiaryFactory(unit=household.unit)
    act = act_form(household.unit, beneficiary=household.pk)
    client.post("/assistance/actions/new/", act)
    presses = {
        f"/assistance/{case.pk}/assign/": {"owner": reporter.pk, "due_on": TODAY.isoformat()},
        f"/assistance/{case.pk}/note/": {"text": "已联系社区"},
        f"/assistance/{case.pk}/due/": {
            "due_on": TODAY.replace(year=TODAY.year + 1).isoformat(),
            "reason": "等物资",
        },
        f"/assistance/actions/{act['submission']}/withdraw/": {},
        f"{LIST}{other.pk}/duplicate/": {"of": household.pk},
        f"{LIST}{other.pk}/distinct/": {},
    }

    for url, form in presses.items():
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302], url

    assert [event.kind for event in case.events.order_by("pk")] == ["moved", "note", "due_changed"]
    assert InboxMessage.objects.filter(user=reporter).count() == 2
    assert [event.kind for event in other.events.order_by("pk")] == ["folded", "distinct"]


def test_nobody_takes_back_what_another_recorded(caseworker, reporter, campaign, household):
    form = act_form(household.unit, beneficiary=household.pk)
    client_for(reporter).post("/assistance/actions/new/", form)

    url = f"/assistance/actions/{form['submission']}/withdraw/"
    response = client_for(caseworker).post(url)

    assert response.status_code == 422
    assert "只能撤回本人登记" in response.content.decode()
    assert household.actions.count() == 1
    assert (
        client_for(reporter).post(f"/assistance/actions/{uuid.uuid4()}/withdraw/").status_code
        == 302
    )


def test_nothing_offers_to_register_in_a_campaign_that_is_over(caseworker, campaign, household):
    client = client_for(caseworker)
    pages = ("/assistance/", "/assistance/board/", "/assistance/actions/", LIST)
    doors = ("/assistance/new/", "/assistance/actions/new/", "/assistance/actions/many/")
    open_ = "".join(page(client, url) for url in pages)

    campaign.state = CampaignState.CLOSED
    campaign.save()
    over = "".join(page(client, url) for url in pages)

    assert [door for door in doors if door in open_] == list(doors)
    assert [door for door in doors if door in over] == []
    assert f"{LIST}new/" in over


def test_a_duplicate_names_its_first_registration(caseworker, household):
    again = BeneficiaryFactory(unit=household.unit, phone="13912345678", duplicate_of=household)

    body = page(client_for(caseworker), f"{LIST}{again.pk}/?tab=twice")

    assert "首次登记" in body
    assert "疑似重复" not in body
