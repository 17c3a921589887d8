"""Mails to try things with."""

import datetime as dt

from apps.messaging.enums import MessageKind
from apps.messaging.services import Mail, queue

DAY = dt.date(2021, 8, 5)
NOW = dt.datetime(2021, 8, 5, 9, 0, tzinfo=dt.UTC)


def mail(number=1, **changes):
    given = {
        "kind": MessageKind.REMINDER_UNIT,
        "on": DAY,
        "slot": "hint",
        "address": f"desk{number}@example.invalid",
        "recipient": "示例单位甲值班室",
        "subject": "请报送2021年防汛救灾日报（8月5日）",
        "text": "示例单位甲：截报时间为17:00。\n谢谢支持。\n",
        "html": "<p>示例单位甲：截报时间为17:00。</p>",
    }
    return Mail(**{**given, **changes})


def queue_some(count, **changes):
    assert queue([mail(number, **changes) for number in range(1, count + 1)]) == count
