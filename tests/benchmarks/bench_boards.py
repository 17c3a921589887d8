"""How long a board takes, against its own statements and against a list page.

First view: nothing kept. It is compared with the statements that very view sends, replayed over
the same connection with their rows fetched, plus what any page costs (the same log-in, base page
and menu around an empty board). The bare ratio to the statements alone is printed beside it.
Repeat: the board as it was drawn, against the list page's baseline of `bench_lists` (its rows from
a list). Requests alternate; of the first views the median of each round's ratio, since a machine's
speed changes between rounds more than within one, of the repeats 95th percentiles.

    python -m tests.benchmarks.bench_boards [--runs 30] [--scale full] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from .bench_lists import p95, prepare, rows_from_list, visit, visitor

FIRST_LIMIT, REPEAT_LIMIT = 1.3, 1.5
BASELINE = "/units/members/"
ADDRESSES = (
    "/boards/campaign/?campaign=flood-2021&day=2021-08-05",
    "/boards/campaign/?campaign=flood-2021&day=2021-08-05&places=tiles",
    "/boards/campaign/?campaign=drill-2026",
    "/boards/groups/3/?campaign=flood-2021&day=2021-08-05",
    "/boards/compare/?a=flood-2021&b=epidemic-2021",
    "/wall/?campaign=drill-2026",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    if chosen.home:
        return measure_at(chosen.home, chosen.runs, fill=None)
    with tempfile.TemporaryDirectory(prefix="bench-boards-") as home:
        return measure_at(Path(home), chosen.runs, fill=chosen.scale)


def measure_at(home: Path, runs: int, *, fill: str | None) -> int:
    from .bench_lock_day import let_go

    os.environ["PORTAL_HOME"] = str(home)
    prepare(home, fill)
    try:
        return report(runs)
    finally:
        let_go(home)


def report(runs: int) -> int:
    client, _ = visitor()
    print(f"boards, {runs} requests each")
    worst_first = worst_repeat = 0.0
    for address in ADDRESSES:
        sent = statements_of(client, address)
        rounds = first_views(client, address, sent, runs)
        first, sql, empty = (statistics.median(column) for column in zip(*rounds, strict=True))
        own = statistics.median(one / (bare + page) for one, bare, page in rounds)
        repeat, baseline = repeats(client, address, runs)
        again = repeat / baseline
        worst_first, worst_repeat = max(worst_first, own), max(worst_repeat, again)
        print(
            f"  first {first * 1000:6.1f} ms = {own:.2f} × (its {len(sent)} statements "
            f"{sql * 1000:5.1f} ms + empty page {empty * 1000:4.1f} ms), "
            f"{first / sql:.2f} × the statements alone; "
            f"repeat {repeat * 1000:5.1f} ms = {again:.2f} × a list's {baseline * 1000:.1f} ms  "
            f"{address}"
        )
    print(
        f"  worst first: {worst_first:.2f} (limit {FIRST_LIMIT}), "
        f"worst repeat: {worst_repeat:.2f} (limit {REPEAT_LIMIT})"
    )
    return 0 if worst_first <= FIRST_LIMIT and worst_repeat <= REPEAT_LIMIT else 1


def first_view(client: Any, address: str) -> float:
    from django.core.cache import cache

    cache.clear()
    return visit(client, address)


def statements_of(client: Any, address: str) -> list[tuple[str, Any]]:
    """What drawing the board itself sends, as the database gets it."""
    from django.core.cache import cache
    from django.db import connection

    from apps.dashboard.boards import keeping

    client.get(address)
    cache.clear()
    sent: list[tuple[str, Any]] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    draw = keeping.render_to_string

    def drawn(template: str, found: dict[str, Any]) -> Any:
        return draw(template, found)

    def version() -> str:
        # The board's own statements begin once its version is known.
        sent.clear()
        return known()

    known = keeping.data_version
    with (
        mock.patch.object(keeping, "data_version", version),
        mock.patch.object(keeping, "render_to_string", _closing(drawn, sent)),
        connection.execute_wrapper(hear),
    ):
        client.get(address)
    return _closed.pop()


_closed: list[list[tuple[str, Any]]] = []


def _closing(draw: Any, sent: list[tuple[str, Any]]) -> Any:
    """Statements that the menu sends after the board are none of the board's."""

    def drawn(template: str, found: dict[str, Any]) -> Any:
        markup = draw(template, found)
        _closed.append(list(sent))
        return markup

    return drawn


def first_views(
    client: Any, address: str, sent: list[tuple[str, Any]], runs: int
) -> list[tuple[float, float, float]]:
    """By round: the board's first view, its statements alone, the page without a board."""
    from django.utils.safestring import SafeString

    from apps.dashboard.boards import keeping

    nothing = mock.patch.object(keeping, "render_to_string", return_value=SafeString("-"))
    rounds = []
    for _ in range(runs):
        first, sql = first_view(client, address), replay(sent)
        with nothing, without_building():
            rounds.append((first, sql, first_view(client, address)))
    return rounds


def without_building() -> Any:
    """The page with an empty board: nothing is asked for it."""
    from apps.dashboard.boards.views import campaign, compare, group, wall

    stack = ExitStack()
    for module, name in (
        (campaign, "campaign_board"),
        (group, "group_board"),
        (compare, "comparison"),
        (wall, "wall_parts"),
    ):
        stack.enter_context(mock.patch.object(module, name, return_value={}))
    stack.enter_context(
        mock.patch.object(campaign.CampaignBoardView, "get_state", return_value=None)
    )
    stack.enter_context(mock.patch.object(group.GroupBoardView, "get_state", return_value=None))
    return stack


def replay(sent: list[tuple[str, Any]]) -> float:
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in sent:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
    return time.perf_counter() - started


def repeats(client: Any, address: str, runs: int) -> tuple[float, float]:
    """95th percentiles: the board as it was drawn, and a list page with its rows from a list."""
    from django.urls import resolve

    view = resolve(BASELINE).func.view_class  # type: ignore[attr-defined]
    page = client.get(BASELINE).context_data
    rows, total = list(page["table"].rows), page["page"].paginator.count
    client.get(address)
    own, baseline = [], []
    for _ in range(runs):
        own.append(visit(client, address))
        with rows_from_list(view, rows, total):
            baseline.append(visit(client, BASELINE))
    return p95(own), p95(baseline)


if __name__ == "__main__":
    sys.exit(main())
