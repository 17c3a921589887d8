"""The page behind the code: works once, for a day, for one community, and for nothing else."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.core import doors
from apps.deployments.models import SigningSheet
from apps.deployments.services import signing as services
from apps.deployments.signing_links import SHAPE, read_token, token_of
from apps.deployments.views import signing_public
from tests.counting import cells
from tests.factories import CampaignFactory, MemberFactory, SigningSheetFactory

from .signing_desk import address, signed_day, stranger, word


@pytest.fixture
def day(db, unit, foreign_unit):
    return signed_day(CampaignFactory(code="flood"), unit, foreign_unit)


def said(answer):
    return answer.content.decode()


def test_a_community_confirms_heads_and_hours_without_an_account(day):
    sheet, line, other = day

    answer = stranger().post(address(sheet), word((line, 19, "7.5"), (other, 6)))

    assert answer.status_code == 200
    assert "已确认，谢谢支持" in said(answer)
    sheet.refresh_from_db()
    assert (sheet.confirmed_by, sheet.confirmed_title) == ("刘主任", "社区书记")
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.shown_heads, line.heads, line.shown_hours, line.hours) == (24, 19, 8, 7.5)
    assert (other.shown_heads, other.heads, other.hours) == (None, 6, None)


def test_the_page_shows_that_day_and_nothing_of_anybody(day, unit):
    sheet, line, _ = day
    leader = MemberFactory(unit=unit, name="带队某某")
    line.deployment.leader = leader
    line.deployment.save()
    SigningSheetFactory(community__name="别处社区", campaign=sheet.campaign)

    answer = stranger().get(address(sheet))

    page = said(answer)
    assert answer.status_code == 200
    assert [text in page for text in ("城东路社区", "示例甲", "示例乙", ">24<", "夜班")] == [
        True
    ] * 5
    for hidden in ("带队某某", "别处社区", "刘主任", "工作台", "登录", "未登记"):
        assert hidden not in page
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_the_form_needs_its_csrf_token(day):
    sheet, line, other = day
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR="10.6.0.1")
    form = word((line, 24), (other, 0))

    bare = client.post(address(sheet), form)
    client.get(address(sheet))
    token = client.cookies["csrftoken"].value
    full = client.post(address(sheet), {**form, "csrfmiddlewaretoken": token})

    assert (bare.status_code, full.status_code) == (403, 200)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"heads": ""}, "请填写实际到岗人数，没有人到岗的填 0。"),
        ({"heads": "二十"}, "请填写整数"),
        ({"heads": "-1"}, "不能小于 0。"),
        ({"heads": "99999"}, "不能大于 9999，请核对。"),
        ({"hours": "25"}, "一天不超过 24 小时。"),
        ({"hours": "7.55"}, "最多一位小数，例如 7.5。"),
        ({"name": ""}, "请填写。"),
    ],
)
def test_wrong_input_is_refused_at_the_field_and_the_link_stays(day, change, sentence):
    sheet, line, other = day
    form = word((line, 24), (other, 0))
    named = {
        f"{key}_{line.pk}" if key in ("heads", "hours") else key: v for key, v in change.items()
    }

    answer = stranger().post(address(sheet), form | named)

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert not SigningSheet.objects.filter(confirmed_at__isnull=False).exists()


def test_a_link_works_once_and_whoever_is_second_sees_what_was_confirmed(day):
    sheet, line, other = day
    link = address(sheet)
    stranger().post(link, word((line, 19), (other, 6)))

    answers = [stranger().post(link, word((line, 24), (other, 0))), stranger().get(link)]

    assert ["没有保存" in said(answer) for answer in answers] == [True, False]
    for answer in answers:
        assert answer.status_code == 409
        assert "该社区当日已确认，每张确认单只用一次。" in said(answer)
        assert cells(answer) == [["24人", "19人", "未填"], ["—", "6人", "未填"]]
        assert "刘主任" not in said(answer)
    line.refresh_from_db()
    assert line.heads == 19


def test_a_link_expires_after_a_day(day):
    sheet, line, other = day
    link = address(sheet)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, minutes=1), tick=False):
        answers = [stranger().get(link), stranger().post(link, word((line, 24), (other, 0)))]

    for answer in answers:
        assert answer.status_code == 410
        assert "该链接已过期，一日内有效。" in said(answer)
        assert "城东路社区" not in said(answer)
    assert not SigningSheet.objects.filter(confirmed_at__isnull=False).exists()


def test_a_renewed_link_ends_the_one_before(day):
    sheet, line, other = day
    old = address(sheet)
    services.renew_link(sheet, now=timezone.now())

    answer = stranger().get(old)

    assert (answer.status_code, "该链接已更换，请使用最新的确认单。" in said(answer)) == (410, True)
    assert stranger().post(address(sheet), word((line, 24), (other, 0))).status_code == 200


def test_a_forged_link_opens_nothing(day, settings):
    sheet, _, _ = day
    token = token_of(sheet)
    number, edition, signature = token.split(".")
    foreign = SigningSheetFactory(campaign=sheet.campaign)
    forged = [
        f"{foreign.pk}.{edition}.{signature}",
        f"{number}.2.{signature}",
        f"{number}.{edition}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"0{token}",
        "1",
        "９.1.aaaaaaaaaaaaaaaaaaaaaa",
    ]

    assert SHAPE.fullmatch(token)
    assert read_token(token) == (sheet.pk, 1)
    for one in forged:
        answer = stranger().get(f"/q/{one}/")
        assert (answer.status_code, "链接无效" in said(answer)) == (404, True)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert read_token(token) == (sheet.pk, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert read_token(token) is None


def test_looking_and_speaking_are_limited_for_each_address(day, monkeypatch):
    sheet, line, other = day
    monkeypatch.setattr(signing_public, "LOOKS", "3/minute")
    monkeypatch.setattr(signing_public, "WORDS", "1/minute")
    client = stranger()

    looks = [client.get(address(sheet)).status_code for _ in range(4)]
    first = client.post(address(sheet), word((line, 24), name=""))
    second = client.post(address(sheet), word((line, 24), (other, 0)))

    assert looks == [200, 200, 200, 429]
    assert (first.status_code, second.status_code) == (422, 429)
    assert 1 <= int(second["Retry-After"]) <= 60
    assert "过于频繁" in said(second)
    assert stranger().get(address(sheet)).status_code == 200


def test_the_limit_holds_while_redis_is_away(settings):
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/redis.sock?virtual_host=0"
    doors._shared.cache_clear()
    try:
        waits = [doors.wait_for("away", who="10.6.0.2", rate="2/minute") for _ in range(3)]
    finally:
        doors._shared.cache_clear()

    assert waits[:2] == [0, 0]
    assert 1 <= waits[2] <= 60


def test_behind_our_proxy_whoever_it_names_last_is_counted(rf, settings):
    asked = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 10.9.0.7")

    assert doors.visitor(asked) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert doors.visitor(asked) == "10.9.0.7"
    assert doors.visitor(rf.get("/", REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"


def test_the_word_is_taken_once_whatever_a_page_has_read_before(day):
    sheet, line, other = day
    first, second = (SigningSheet.objects.get(pk=sheet.pk) for _ in range(2))

    def speak(read, heads):
        answers = {line.pk: services.Answer(heads), other.pk: services.Answer(0)}
        services.confirm_sheet(
            read, edition=1, answers=answers, name="刘主任", title="书记", remark="",
            now=timezone.now(),
        )  # fmt: skip

    speak(first, 19)
    with pytest.raises(services.LinkUsedError):
        speak(second, 24)
    line.refresh_from_db()
    assert line.heads == 19
