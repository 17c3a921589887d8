"""When a value is worth a second look. `static/js/report.js` follows the same rule as one types."""

from decimal import Decimal

TIMES = 3
AT_LEAST = 20


def is_doubtful(value: Decimal | None, before: Decimal | None) -> bool:
    """Three times yesterday's or more, a third of it or less, and 20 or more away from it."""
    if value is None or before is None or abs(value - before) < AT_LEAST:
        return False
    return value >= TIMES * before or value * TIMES <= before
