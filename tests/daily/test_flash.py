import datetime as dt
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.daily.models import FlashReport
from apps.messaging.models import InboxMessage, OutboxMessage
from tests.cast import client_for
from tests.factories import FlashReportFactory

from .report_day import AT_FOUR, DAY

NEW = "/daily/flash/new/"


def png(width=40, height=30):
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(kept, "PNG")
    return kept.getvalue()


def news(unit, **fields):
    return {
        "submission": str(uuid.uuid4()),
        "unit": unit.pk,
        "kind": "outage",
        "happened_at": "2021-08-05T15:30",
        "place": "示例社区",
        "text": "配电房进水，已停电。",
        "injured": "",
        "told_duty_room_at": "",
        **fields,
    }


def test_news_is_taken_and_group_and_office_are_told_at_once(
    flood, unit, reporter, liaison, staff, duty, leader, unit_leader
):
    page = client_for(reporter).post(NEW, news(unit))

    flash = FlashReport.objects.get()
    assert page["Location"] == flash.get_absolute_url()
    assert (flash.unit, flash.campaign, flash.by, flash.at) == (unit, flood, reporter, AT_FOUR)
    told = {note.user for note in InboxMessage.objects.select_related("user")}
    assert told == {liaison, staff, duty, leader}
    mails = {mail.address: mail.not_before for mail in OutboxMessage.objects.all()}
    assert mails == {user.email: None for user in (liaison, staff, duty, leader)}


def test_night_news_is_not_held_back(flood, unit, reporter, staff, clock):
    clock.move_to(moment_on(DAY, dt.time(3, 0)))

    client_for(reporter).post(NEW, news(unit, happened_at="2021-08-05T02:40"))

    assert OutboxMessage.objects.get(address=staff.email).not_before is None


def test_letter_says_nothing_of_what_was_written(flood, unit, reporter, staff):
    client_for(reporter).post(NEW, news(unit, text="李某某受伤"))

    assert "李某某" not in OutboxMessage.objects.get(address=staff.email).text


def test_same_form_twice_makes_one_report(flood, unit, reporter, staff):
    data = news(unit)

    client_for(reporter).post(NEW, data)
    client_for(reporter).post(NEW, data)

    assert FlashReport.objects.count() == 1
    assert InboxMessage.objects.filter(user=staff).count() == 1


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"happened_at": "2021-08-05T18:00"}, {"happened_at": ["发生时间不能晚于现在。"]}),
        (
            {"injured": "2"},
            {
                "told_duty_room_at": [
                    "涉及人员伤病的，请先按规定时限报告值班室和主管部门，再登记已报告时间。"
                ]
            },
        ),
        ({"injured": "两人"}, {"injured": ["请填写整数，例如 12；没有的填 0。"]}),
    ],
)
def test_bad_news_is_refused_at_its_field(flood, unit, reporter, fields, errors):
    page = client_for(reporter).post(NEW, news(unit, **fields))

    assert (page.status_code, page.context["form"].errors) == (422, errors)
    assert "配电房进水，已停电。" in page.content.decode()
    assert FlashReport.objects.count() == 0


def test_other_unit_is_no_choice(flood, foreign_unit, reporter):
    page = client_for(reporter).post(NEW, news(foreign_unit))

    assert "unit" in page.context["form"].errors


def test_closed_campaign_takes_no_news(flood, unit, reporter):
    flood.state = CampaignState.CLOSED
    flood.save()

    page = client_for(reporter).post(NEW, news(unit))

    assert page.context["form"].non_field_errors() == ["“2021年防汛救灾”已结束，不再接收动态报告。"]


def test_photo_is_kept_and_served_under_the_reports_scope(flood, unit, reporter, staff, outsider):
    photo = SimpleUploadedFile("../现场.png", png(), content_type="text/html")
    client_for(reporter).post(NEW, news(unit, photos=[photo]))

    flash = FlashReport.objects.get()
    stored = flash.photos.get()
    address = reverse("daily:flash_photo", args=[flash.pk, stored.pk])
    page = client_for(staff).get(address)
    assert (stored.name, page["Content-Type"]) == (f"动态报告{flash.pk}-1", "image/jpeg")
    assert b"".join(page.streaming_content).startswith(b"\xff\xd8\xff")
    assert client_for(outsider).get(address).status_code == 403


def test_photo_of_a_foreign_report_is_404(flood, unit, foreign_unit, reporter):
    theirs = FlashReportFactory(campaign=flood, unit=foreign_unit)

    page = client_for(reporter).get(reverse("daily:flash_photo", args=[theirs.pk, 1]))

    assert page.status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "a.png",
            b"<svg onload=alert(1)>",
            "“a.png”不是 JPEG、PNG 或 WebP 图片，或已损坏，请换一张。",
        ),
        ("b.png", png(20_001, 1), "图片过大：“b.png”（20001×1 像素），请缩小后再传。"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_saved(
    flood, unit, reporter, name, data, sentence
):
    photo = SimpleUploadedFile(name, data, content_type="image/png")

    page = client_for(reporter).post(NEW, news(unit, photos=[photo]))

    assert page.context["form"].errors == {"photos": [sentence]}
    assert FlashReport.objects.count() == 0


def test_news_is_dealt_with_once(flood, unit, staff, duty):
    flash = FlashReportFactory(campaign=flood, unit=unit, at=AT_FOUR)
    address = reverse("daily:flash_handle", args=[flash.pk])

    client_for(staff).post(address, {"handling": "已派应急电源"})
    second = client_for(duty).post(address, {"handling": "再派"})

    flash.refresh_from_db()
    assert (flash.handling, flash.handled_by) == ("已派应急电源", staff)
    assert second.status_code == 409


def test_reporter_does_not_deal_with_it(flood, unit, reporter):
    flash = FlashReportFactory(campaign=flood, unit=unit)

    page = client_for(reporter).post(
        reverse("daily:flash_handle", args=[flash.pk]), {"handling": "好了"}
    )

    assert page.status_code == 403


def test_list_is_scoped(flood, unit, foreign_unit, reporter, liaison, staff):
    FlashReportFactory(campaign=flood, unit=unit)
    FlashReportFactory(campaign=flood, unit=foreign_unit)

    counts = [
        len(client_for(user).get("/daily/flash/").context["table"].lines)
        for user in (reporter, liaison, staff)
    ]
    assert counts == [1, 1, 2]
