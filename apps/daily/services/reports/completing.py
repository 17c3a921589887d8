"""What must be answered before a report is taken, and what is filled in for the unit."""

from decimal import Decimal

from apps.core.formats import number

from ...doubts import is_doubtful
from ...selectors.sheets import Line, on_post
from .filing import Entry, Filing


def complete(filing: Filing, lines: list[Line]) -> tuple[dict[str, Entry], dict[str, str]]:
    """The typed lines as they will be stored, and the sentence for each field that bars them.

    零报告 makes an explicit zero of every flow left blank. `is_carried` survives only on stock
    that still equals yesterday's.
    """
    entries: dict[str, Entry] = {}
    problems: dict[str, str] = {}
    there = contradicted_zero(filing, lines)
    if there and not filing.zero_reason:
        problems["is_zero"] = (
            f"已选“今日无下沉”，台账却登记“{there.name}”{number(there.ledger or 0)}{there.unit}。"
            "请核对后选择原因，或取消“今日无下沉”。"
        )
    for line in lines:
        if not line.is_typed:
            continue
        entry = _completed(filing.entries.get(line.code, Entry(None)), line, filing.is_zero)
        entries[line.code] = entry
        problem = _problem(entry, line, filing)
        if problem:
            problems[f"v-{line.code}"] = problem
    return entries, problems


def contradicted_zero(filing: Filing, lines: list[Line]) -> Line | None:
    """The line by which the ledger has people on post although the report says 今日无下沉."""
    return on_post(lines) if filing.is_zero else None


def _completed(entry: Entry, line: Line, is_zero: bool) -> Entry:
    value = entry.value
    if value is None and is_zero and line.is_flow:
        value = Decimal(0)
    carried = entry.is_carried and line.can_carry and value == line.before
    reason = entry.doubt_reason if is_doubtful(value, line.before) else ""
    return Entry(value, entry.qualifier, carried, reason)


def _problem(entry: Entry, line: Line, filing: Filing) -> str:
    if filing.is_zero and line.is_flow and entry.value:
        return f"已选“今日无下沉”，“{line.name}”却不是 0。请核对，或取消“今日无下沉”。"
    if entry.value is None and line.is_required:
        return f"“{line.name}”必填，没有的填 0。"
    explained = (
        entry.doubt_reason
        or (filing.is_zero and line.is_flow)
        or (filing.is_blind and line.is_restricted)
    )
    if is_doubtful(entry.value, line.before) and not explained:
        return f"“{line.name}”与昨日相差较大，请核对后选择原因，或改正数值。"
    return ""
