"""What every page needs from the whole portal: one lazy object, `portal`, in every template.

Upper apps add to it with `register_context(name, answer)` in `AppConfig.ready`; nothing is asked
of the database until a template uses the name, and then once per request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from . import menu
from .html import Tone

if TYPE_CHECKING:
    from django.http import HttpRequest

BANNER = "本平台为非涉密平台，严禁处理、传输国家秘密和工作秘密"
TEXT_SIZES = ("s", "m", "l")


@dataclass(frozen=True)
class Clock:
    """What is counted down in the bar: Clock("距截报", until), then Clock("距数据锁定", until)."""

    label: str
    until: datetime
    icon: str = "clock"


@dataclass(frozen=True)
class CampaignOption:
    code: str
    name: str
    badge: str = ""


@dataclass(frozen=True)
class CampaignBar:
    """The campaign in hand as the bar shows it. Registered by campaigns under "campaign"."""

    code: str
    name: str
    badge: str
    mode: Literal["urgent", "normal", "drill"]
    day: date
    nth: int | None = None
    clock: Clock | None = None
    options: Sequence[CampaignOption] = field(default_factory=tuple)

    @property
    def is_drill(self) -> bool:
        return self.mode == "drill"


@dataclass(frozen=True)
class Notice:
    """A line above the page that stays until its cause is gone."""

    text: str
    tone: Tone = "yellow"
    link: str = ""


_answers: dict[str, Callable[[HttpRequest], Any]] = {}


def register_context(name: str, answer: Callable[[HttpRequest], Any]) -> None:
    """Let templates read `portal.<name>`; `answer(request)` is called at most once per request.

    Names base.html knows: platform_name, organ_name, duty_phone, campaign (CampaignBar or None),
    unread_count, role_label, notices (list of Notice), search_url, inbox_url.
    """
    _answers[name] = answer


DEFAULTS: dict[str, Any] = {
    "platform_name": "省直机关应急联络服务平台",
    "organ_name": "省直机关工委办公室",
    "duty_phone": "",
    "campaign": None,
    "unread_count": 0,
    "role_label": "",
    "notices": (),
    "search_url": "",
    "inbox_url": "",
    "account_url": "",
    "banner": BANNER,
}


class Portal:
    """The portal as one request sees it; attributes are answered on first use and kept."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _answers:
            value = _answers[name](self._request)
        elif name in DEFAULTS:
            value = getattr(settings, name.upper(), DEFAULTS[name])
        else:
            raise AttributeError(name)
        self.__dict__[name] = value
        return value

    @property
    def menu(self) -> list[menu.Entry]:
        if "_menu" not in self.__dict__:
            self._menu = menu.menu_for(self._request)
        return self._menu

    @property
    def text_size(self) -> str:
        """s, m or l from the person's cookie: written by the server, so the page never jumps."""
        chosen = self._request.COOKIES.get("textsize", "m")
        return chosen if chosen in TEXT_SIZES else "m"


def portal_of(request: HttpRequest) -> Portal:
    """The one Portal of this request, for views that need e.g. `portal_of(request).campaign`."""
    found = getattr(request, "_portal", None)
    if found is None:
        found = Portal(request)
        request._portal = found  # type: ignore[attr-defined]
    return found


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"portal": portal_of(request)}
