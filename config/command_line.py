"""manage.py in the language of the portal: its help, wrong options, a command that is none."""

import gettext
import os
import sys
from difflib import get_close_matches
from pathlib import Path

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand

LOCALE = Path(__file__).resolve().parent / "locale"


def speak_chinese() -> None:
    """argparse asks gettext for its sentences, in the language the environment names."""
    gettext.bindtextdomain("argparse", LOCALE)
    gettext.textdomain("argparse")
    os.environ["LANGUAGE"] = "zh_CN"


class CommandLine(ManagementUtility):
    """Django's own, which tells of commands in English."""

    def main_help_text(self, commands_only: bool = False) -> str:
        if commands_only:
            return super().main_help_text(commands_only=True)
        ours = sorted(name for name, app in get_commands().items() if app.startswith("apps."))
        return "\n".join(
            [
                f"用法：{self.prog_name} 命令 [选项]",
                "",
                *(f"  {name:16}{self.fetch_command(name).help}" for name in ours),
                "",
                f"选项见 {self.prog_name} help 命令；Django 自带的命令见 {self.prog_name} help --commands。",
            ]
        )

    def fetch_command(self, subcommand: str) -> BaseCommand:
        known = get_commands()
        if subcommand in known:
            return super().fetch_command(subcommand)
        near = get_close_matches(subcommand, known, n=1)
        hint = f"是否想用 {near[0]}？" if near else ""
        sys.stderr.write(
            f"没有名为“{subcommand}”的命令。{hint}全部命令见 {self.prog_name} help。\n"
        )
        sys.exit(2)
