"""What the desk's pages share: tones, cells and columns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.core.dates import business_day
from apps.core.formats import day as written
from apps.core.html import Tag, Tone
from apps.core.tables import Column, Row
from apps.core.views import Action

from ..enums import LIVE_CASES, CaseState, Circumstance
from ..models import AssistanceCase, label_of, number_of

VIEW_CASE = "assistance.view_case"
VIEW_BENEFICIARY = "assistance.view_beneficiary"
OPEN = "assistance.open_case"
ASSIGN = "assistance.assign_case"
WORK = "assistance.work_case"
VERIFY = "assistance.verify_case"
RECORD = "assistance.record_action"
REGISTER = "assistance.register_beneficiary"
FOLD = "assistance.mark_duplicate"
REVEAL = "assistance.reveal_beneficiary"

STATE_TONES: dict[Any, Tone] = {
    CaseState.OPEN: "yellow",
    CaseState.ASSIGNED: "blue",
    CaseState.UNDERWAY: "blue",
    CaseState.ANSWERED: "yellow",
    CaseState.CLOSED: "green",
    CaseState.CANCELLED: "grey",
}


def due_tag(state: str, due_on: dt.date, *, today: dt.date) -> Tag | None:
    """逾期2天, 今日到期, or nothing."""
    if state not in LIVE_CASES or due_on > today:
        return None
    late = (today - due_on).days
    return Tag(f"逾期{late}天", "red") if late else Tag("今日到期", "yellow")


def due_cell(row: Row) -> Any:
    return due_tag(row["state"], row["due_on"], today=business_day()) or written(row["due_on"])


def due_cell_of(case: AssistanceCase) -> Any:
    return due_tag(case.state, case.due_on, today=business_day()) or written(case.due_on)


def label_cell(row: Row) -> str:
    """某社区一被隔离家庭, from a row of values that reaches the beneficiary by `beneficiary__`."""
    return label_of(
        row["beneficiary__community__name"], Circumstance(row["beneficiary__circumstance"])
    )


def while_running(request: HttpRequest, *actions: Action) -> list[Action]:
    """`actions`, unless the campaign in hand is over: nothing is registered in it any more."""
    return list(actions) if is_running(request) else []


def is_running(request: HttpRequest) -> bool:
    """Whether the campaign in hand takes new records."""
    campaign = current_campaign(request)
    return campaign is not None and campaign.is_reporting


LABEL_FIELDS = ("beneficiary__community__name", "beneficiary__circumstance")
BENEFICIARY = Column(
    "label",
    label="帮扶对象",
    value=label_cell,
    link="assistance:beneficiary_detail",
    link_by="beneficiary_id",
)


def number_link(row: Row) -> str:
    return reverse("assistance:beneficiary_detail", args=[row["pk"]])


def number_cell(row: Row) -> str:
    return number_of(row["pk"])


CASE_COLUMNS = (
    Column("number", label="编号", link="assistance:case_detail", css="num", phone="hide"),
    Column("title", link="assistance:case_detail", phone="title"),
    BENEFICIARY,
    Column("service_type", phone="hide"),
    Column("unit__short_name", label="承办单位", link="units:unit_detail", link_by="unit_id"),
    Column("owner__name", label="责任人", blank="未交办"),
    Column("due_on", label="时限", value=due_cell, sort=True),
    Column("state", kind="tag", tones=STATE_TONES, sort=True),
)
CASE_FIELDS = (*LABEL_FIELDS, "beneficiary_id", "unit_id", "due_on", "state")
