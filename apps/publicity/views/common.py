"""What the pages of the publicity desk share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.core.html import Tone
from apps.core.tables import Column
from apps.core.views import Action

from .. import services
from ..enums import ItemState
from ..models import PublicityItem
from ..selectors.items import may_write

VIEW = "publicity.view_item"
SUBMIT = "publicity.submit_item"
PLACE = "publicity.place_item"
WITHDRAW = "publicity.withdraw_item"
SIGN_ADOPTION = "publicity.sign_adoption"

TONES: dict[Any, Tone] = {
    ItemState.DRAFT: "grey",
    ItemState.SUBMITTED: "yellow",
    ItemState.FIRST: "yellow",
    ItemState.SECOND: "yellow",
    ItemState.SIGNED: "blue",
    ItemState.PUBLISHED: "green",
    ItemState.RETURNED: "red",
    ItemState.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class Stage:
    """One of the three reviews: who may do it, how it is called, the service that does it."""

    key: str
    label: str
    verb: str
    permission: str
    carry_out: Callable[..., None]


STAGES: dict[str, Stage] = {
    ItemState.SUBMITTED: Stage(
        "first", "初审", "初审通过", "publicity.first_review", services.pass_first_review
    ),
    ItemState.FIRST: Stage(
        "second", "复审", "复审通过", "publicity.second_review", services.pass_second_review
    ),
    ItemState.SECOND: Stage("sign", "终审签发", "签发", "publicity.sign_item", services.sign_item),
}
REVIEW = tuple(stage.permission for stage in STAGES.values())

ITEM_COLUMNS = (
    Column("title", link="publicity:item_detail", phone="title", css="wide"),
    Column("kind", phone="hide"),
    Column("author", phone="hide"),
    Column("state", kind="tag", tones=TONES, css="at-right"),
    Column("submitted_at", kind="moment", blank="尚未投稿", css="at-left"),
    Column("placed", label="采用", kind="number", unit="篇次", css="at-right labelled"),
)


def item_of(request: HttpRequest, pk: int) -> PublicityItem:
    """The item of the address among those the user may see; else 404."""
    rows = PublicityItem.objects.visible_to(request.user).select_related("unit", "campaign")
    found: PublicityItem = get_object_or_404(rows, pk=pk)
    return found


def refuse_foreign_pen(request: HttpRequest, item: PublicityItem) -> None:
    """Raises PermissionDenied for whoever did not write the item and is not of its unit."""
    user: Any = request.user
    if not user.has_perm(SUBMIT, item) or not may_write(user, item):
        raise PermissionDenied


def write_action() -> Action:
    url = reverse("publicity:item_create")
    return Action("写稿件", url, icon="pencil-plus", primary=True, permission=SUBMIT)


def list_breadcrumb() -> Sequence[tuple[str, str]]:
    return [("稿件", reverse("publicity:item_list"))]
