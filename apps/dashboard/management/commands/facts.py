"""manage.py facts: the article's figures beside those counted from rows."""

import json
from collections import Counter
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.core.commands import PortalCommand
from apps.core.errors import DomainError

from ...reference.facts import Bound, Fact, FactState, Origin, all_facts, origin
from ...reference.texttable import table

SUFFIX = {Bound.EXACT: "", Bound.AT_LEAST: "余", Bound.AT_MOST: "内"}
HEAD = ("项目", "文章", "计算", "单位", "结果", "来源")


class Command(PortalCommand):
    help = "逐项比对文章数字与由台账、日报计算的数字；有不一致时退出码为 1"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一份 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            world = origin()
        except DomainError as error:
            raise CommandError(error.message) from error
        facts = all_facts(world)
        counts = Counter(fact.state for fact in facts)
        if options["json"]:
            self.stdout.write(_document(world, facts, counts))
        else:
            self.stdout.write(_report(world, facts, counts))
        if counts[FactState.DIFFERENT]:
            raise CommandError(f"有 {counts[FactState.DIFFERENT]} 项不一致。")


def _document(world: Origin, facts: list[Fact], counts: Counter[FactState]) -> str:
    return json.dumps(
        {
            "scale": world.scale,
            "seed": world.seed,
            "today": world.today,
            "compared_with": "article" if world.is_article else "scale",
            "counts": {state.value: counts[state] for state in FactState},
            "facts": [
                {
                    "key": fact.key,
                    "label": fact.label,
                    "measure": fact.measure,
                    "told": int(fact.told),
                    "bound": fact.bound.value,
                    "computed": None if fact.computed is None else int(fact.computed),
                    "state": fact.state.value,
                    "text": fact.text,
                    "source": fact.counter,
                }
                for fact in facts
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _report(world: Origin, facts: list[Fact], counts: Counter[FactState]) -> str:
    rows = [
        (
            fact.label,
            f"{fact.told:,.0f}{SUFFIX[fact.bound]}",
            "—" if fact.computed is None else f"{fact.computed:,.0f}",
            fact.measure,
            fact.state.label,
            fact.counter,
        )
        for fact in facts
    ]
    tally = "，".join(f"{state.label} {counts[state]} 项" for state in FactState)
    lines = [table(HEAD, rows, numbers=frozenset({1, 2})), "", f"{tally}。"]
    if not world.is_article:
        note = "当前为小规模演示数据：“文章”一列是本规模的设定值，不是文章数字。"
        lines.insert(0, note + "\n")
    return "\n".join(lines)
