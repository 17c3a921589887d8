"""A real browser before a real server over the small reference world."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, sync_playwright

from apps.accounts.models import User
from tests.cast import client_for

from .chromium import DESK, Watch, launch

Visit = Callable[..., Watch]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would take every query for one from async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any, small_world: None) -> Iterator[Visit]:
    """`visit("staff", "/", PHONE)` opens a page as that demo account; None is a stranger."""
    contexts = []

    def open_page(username: str | None, path: str, size: dict[str, int] = DESK) -> Watch:
        context = chromium.new_context(
            base_url=live_server.url, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        if username:
            cookie = client_for(User.objects.get(username=username)).cookies
            session = cookie[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        watch = Watch(context.new_page())
        watch.page.goto(path)
        return watch

    with all_answered():
        yield open_page
        for context in contexts:
            context.close()


@contextmanager
def all_answered() -> Iterator[None]:
    """Leave no request behind, such as one that a page sent as it was left.

    The server's threads are not waited for: their database would be gone beneath them.
    """
    under_way: list[int] = []

    def begin(**_request: Any) -> None:
        under_way.append(1)

    def end(**_request: Any) -> None:
        under_way.pop()

    request_started.connect(begin)
    request_finished.connect(end)
    try:
        yield
        last = time.monotonic() + 60
        while under_way and time.monotonic() < last:
            time.sleep(0.02)
    finally:
        request_started.disconnect(begin)
        request_finished.disconnect(end)
