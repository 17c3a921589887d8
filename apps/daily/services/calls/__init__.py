"""临时报数: asking, answering, reminding, ending."""

from .asking import Ask, Wanted, end_call, extend_call, open_call, withdraw_call
from .reminding import call_off, chase_call, remind_call
from .replying import Answer, file_reply

__all__ = [
    "Answer",
    "Ask",
    "Wanted",
    "call_off",
    "chase_call",
    "end_call",
    "extend_call",
    "file_reply",
    "open_call",
    "remind_call",
    "withdraw_call",
]
