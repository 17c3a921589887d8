"""Every main page, at a desk and on a phone: no error, no overflow, no barrier."""

import pytest

from .chromium import DESK, PHONE

PAGES = [
    (None, "/login/"),
    ("staff", "/"),
    ("leader", "/"),
    ("group03", "/"),
    ("unit001", "/"),
]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("username", "path"), PAGES)
def test_page_is_well(visit, username, path, size):
    visit(username, path, size).assert_well()
