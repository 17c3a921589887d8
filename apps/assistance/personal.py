"""Names and phones in the one way in which they are sealed, so that equal ones are found equal."""

from __future__ import annotations

import re
import unicodedata

# What a beneficiary keeps sealed, in the order it is asked for.
SEALED = {"name": "姓名或名称", "phone": "电话", "address": "住址", "remark": "具体情况"}


def plain_name(text: str) -> str:
    """王 芳 and 王芳 are one name; full-width letters are plain ones."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def plain_phone(text: str) -> str:
    """138-0000-0001, 138 0000 0001 and +86 13800000001 are one number."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
