"""How many statements a page takes."""

import re
from html import unescape
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def statements(client: Client, url: str, *, kept: bool = True) -> int:
    """Statements of a second visit, when what a process keeps is already there.

    With `kept=False` the cache is emptied before it: what a board keeps is found anew.
    """
    assert client.get(url).status_code == 200
    if not kept:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def cells(response: Any) -> list[list[str]]:
    """The rows of the page's table as plain text."""
    body = response.content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    texts = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in texts if row
    ]
