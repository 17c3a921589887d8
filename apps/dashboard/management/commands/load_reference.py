"""manage.py load_reference: the reference world into an empty or a synthetic database."""

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from apps.core.commands import MigratedCommand
from apps.core.dates import business_day
from apps.core.errors import DomainError

from ...reference.load import load_world
from ...reference.progress import Progress
from ...reference.scale import SCALES

DEFAULT_SEED = 2021
EARLIEST = dt.date(2021, 10, 1)
# Rows of each scale, for the progress bar.
ROWS = {"small": 35_000, "full": 726_000}


class Command(MigratedCommand):
    help = "装入演示数据（全部虚构）：2021年两项任务和一项进行中的演练"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=_scale, metavar="full|small", required=True, help="规模"
        )
        parser.add_argument(
            "--seed",
            metavar="种子",
            type=int,
            default=DEFAULT_SEED,
            help="同一种子和“今天”得出同样的数据",
        )
        parser.add_argument("--today", metavar="日期", help="演练的“今天”，如 2026-08-05；默认当日")
        parser.add_argument("--reset", action="store_true", help="先清空已有的演示数据")

    def handle(self, *_args: Any, **options: Any) -> None:
        today = _day(options["today"])
        if not settings.DEMO_PASSWORD:
            raise CommandError("装入演示数据需要设置 DEMO_PASSWORD（演示账号的口令）。")
        progress = Progress(ROWS[options["scale"]], is_silent=options["verbosity"] == 0)
        try:
            counts = load_world(
                scale=options["scale"],
                seed=options["seed"],
                today=today,
                reset=options["reset"],
                progress=progress,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        rows = sum(counts.values())
        self.stdout.write(f"已装入演示数据：{rows} 行，演练“今天”为 {today:%Y-%m-%d}。")


def _scale(text: str) -> str:
    if text not in SCALES:
        raise ArgumentTypeError(f"没有名为“{text}”的规模，可用：{'、'.join(sorted(SCALES))}。")
    return text


def _day(text: str | None) -> dt.date:
    """Raises CommandError with exit code 2 for what is no day, or one before the world's own."""
    if text is None:
        return business_day()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--today 的“{text}”不是日期，请写成 2026-08-05 的形式。", returncode=2
        ) from None
    if day < EARLIEST:
        raise CommandError(f"--today 不能早于 {EARLIEST}（两项任务结束之后）。", returncode=2)
    return day
