import datetime as dt
from dataclasses import dataclass, replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.messaging.composing import UnfitLetterError, compose, encoded

SENDER = "省直机关平台 <portal@frontline.invalid>"


@dataclass
class Sheet:
    message_id: str = "<1@frontline.invalid>"
    address: str = "desk@example.invalid"
    recipient: str = "示例单位甲（值班室）"
    subject: str = "关于2021年防汛救灾日报未报情况的提醒（8月5日），请各单位尽快补报并说明原因"
    text: str = "示例单位甲：\n请补报。\n.\n谢谢。\n"
    html: str = "<p>示例单位甲：请补报。</p>"
    queued_at: dt.datetime = dt.datetime(2021, 8, 5, 9, 30, tzinfo=dt.UTC)


def read(raw):
    return message_from_bytes(raw, policy=policy.default)


def test_compose_is_read_back_as_it_was_written():
    sheet = Sheet()

    message = read(compose(sheet, sender=SENDER))

    assert message["Subject"] == sheet.subject
    assert message["Message-ID"] == sheet.message_id
    assert message["Date"] == "Thu, 05 Aug 2021 17:30:00 +0800"
    assert message["To"].addresses[0].addr_spec == sheet.address
    assert message["To"].addresses[0].display_name == sheet.recipient
    assert message["From"].addresses[0].display_name == "省直机关平台"
    assert message.get_body(("plain",)).get_content().splitlines() == sheet.text.splitlines()
    assert message.get_body(("html",)).get_content().strip() == sheet.html
    assert not message.defects


def test_compose_gives_the_same_bytes_each_time():
    assert compose(Sheet(), sender=SENDER) == compose(Sheet(), sender=SENDER)


def test_compose_without_html_is_plain():
    message = read(compose(Sheet(html=""), sender=SENDER))

    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == Sheet().text.splitlines()


def test_compose_keeps_to_lines_that_every_server_takes():
    raw = compose(Sheet(subject="汛" * 200, text="长" * 5000), sender=SENDER)

    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "address", ["", "nobody", "甲@example.invalid", "a@b c", "a@b\r\nBcc: x@y"]
)
def test_compose_refuses_what_is_no_address(address):
    with pytest.raises(UnfitLetterError):
        compose(replace(Sheet(), address=address), sender=SENDER)


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=200))
def test_encoded_header_is_read_back_whole(text):
    raw = compose(replace(Sheet(), subject=text), sender=SENDER)

    assert read(raw)["Subject"] == text


def test_encoded_header_cannot_start_another():
    assert "\nBcc" not in encoded("甲\r\nBcc: x@example.invalid")
    assert encoded("a\nb") == "a b"
