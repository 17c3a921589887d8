"""How long a list page takes, against the same page with its rows from a Python list.

The control arm asks the same address of the same view: log-in, scope, menu, base page, filter form
and the writing of every cell are the same; only finding the rows (count, filter, order, values) is
left out. Requests alternate; the 95th percentiles are compared.

    python -m tests.benchmarks.bench_lists [--runs 60] [--scale full] [--home FOLDER]

`--home` measures on a data folder already filled instead of a fresh one.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LIMIT = 2.0
WARM_UP = 3
ADDRESSES = (
    "/units/",
    "/units/members/",
    "/units/members/?page=150",
    "/units/members/?q=王",
    "/units/members/?q=王芳",
    "/units/members/?unit={unit}",
    "/communities/",
    "/deployments/?campaign=flood-2021",
    "/deployments/?campaign=flood-2021&on=2021-08-05",
    "/deployments/teams/?campaign=flood-2021",
    "/deployments/needs/?campaign=flood-2021",
    "/daily/reports/?campaign=flood-2021",
    "/assistance/?campaign=epidemic-2021",
    "/assistance/?campaign=epidemic-2021&q=王",
    "/assistance/actions/?campaign=epidemic-2021",
    "/assistance/beneficiaries/",
    "/publicity/?campaign=epidemic-2021",
    "/publicity/placements/?campaign=epidemic-2021",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    if chosen.home:
        return measure_at(chosen.home, chosen.runs, fill=None)
    with tempfile.TemporaryDirectory(prefix="bench-lists-") as home:
        return measure_at(Path(home), chosen.runs, fill=chosen.scale)


def measure_at(home: Path, runs: int, *, fill: str | None) -> int:
    from .bench_lock_day import let_go

    os.environ["PORTAL_HOME"] = str(home)
    prepare(home, fill)
    try:
        return report(runs)
    finally:
        let_go(home)


def prepare(home: Path, fill: str | None) -> None:
    if fill is not None:
        from .bench_lock_day import prepare as fill_anew

        fill_anew(home, fill)
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config.embedded import services
    from config.embedded.places import Places

    services.hold(Places.of(home.resolve()))


def report(runs: int) -> int:
    client, unit = visitor()
    print(f"list pages, {runs} alternating requests each, 95th percentiles")
    worst = 0.0
    for address in ADDRESSES:
        url = address.format(unit=unit)
        with_query, with_list = timed(client, url, runs)
        own, control = p95(with_query), p95(with_list)
        ratio = own / control
        worst = max(worst, ratio)
        middle = statistics.median(with_query) / statistics.median(with_list)
        print(
            f"  {own * 1000:6.1f} ms, control {control * 1000:6.1f} ms, "
            f"ratio {ratio:.2f} (medians {middle:.2f})  {url}"
        )
    print(f"  worst ratio: {worst:.2f} (limit {LIMIT})")
    return 0 if worst <= LIMIT else 1


def visitor() -> tuple[Any, int]:
    """A member of staff's browser, and the unit with the most people."""
    from django.conf import settings
    from django.db.models import Count
    from django.test import Client

    from apps.accounts.models import User
    from apps.units.models import Membership

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    # As in every process of the web.
    importlib.import_module("config.wsgi")
    client = Client()
    client.force_login(
        User.objects.get(username="staff"), backend="apps.units.backends.PostingBackend"
    )
    sizes = Membership.objects.order_by().values("unit").annotate(n=Count("pk")).order_by("-n")
    return client, sizes[0]["unit"]


def timed(client: Any, url: str, runs: int) -> tuple[list[float], list[float]]:
    from django.urls import resolve

    view = resolve(url.partition("?")[0]).func.view_class  # type: ignore[attr-defined]
    page = client.get(url).context_data
    rows, total = list(page["table"].rows), page["page"].paginator.count
    own: list[float] = []
    control: list[float] = []
    for turn in range(runs + WARM_UP):
        first = visit(client, url)
        with rows_from_list(view, rows, total):
            second = visit(client, url)
        if turn >= WARM_UP:
            own.append(first)
            control.append(second)
    return own, control


def visit(client: Any, url: str) -> float:
    started = time.perf_counter()
    response = client.get(url)
    spent = time.perf_counter() - started
    assert response.status_code == 200, url
    return spent


class Rows(list[Any]):
    """As many rows as the list has; every page shows the ones given."""

    def __init__(self, page: list[Any], total: int) -> None:
        super().__init__(page)
        self.total = total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, _: Any) -> Any:
        return [*self]


@contextmanager
def rows_from_list(view: Any, rows: list[Any], total: int) -> Iterator[None]:
    """The view without its queries for rows: filter form and cells stay as they are."""

    def filtered(self: Any, _: Any) -> Any:
        made = self.filterset_class
        form = made(self.request.GET, queryset=empty, request=self.request) if made else None
        return form, Rows(rows, total)

    replaced = {
        "filtered": filtered,
        "ordered": lambda _self, found, _sort: found,
        "fetch": lambda _self, found: found,
        "summed": lambda _self, _found: None,
    }
    empty = view.model._default_manager.none()
    kept = {name: view.__dict__.get(name) for name in replaced}
    for name, function in replaced.items():
        setattr(view, name, function)
    try:
        yield
    finally:
        for name, function in kept.items():
            if function is None:
                delattr(view, name)
            else:
                setattr(view, name, function)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
