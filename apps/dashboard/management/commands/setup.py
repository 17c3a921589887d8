"""manage.py setup: an empty installation gets its first administrators and its dictionaries."""

import getpass
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from apps.core.audit_context import acting
from apps.core.commands import MigratedCommand
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.units.enums import Role

from ...dictionaries import install_dictionaries
from ...installation import ADMINISTRATORS, Administrator, install, refuse_installed

# The option, the variable of the password and the usual user name of each.
OPTIONS = {
    Role.SYSTEM_ADMIN: ("system", "SETUP_SYSTEM_PASSWORD"),
    Role.SECURITY_ADMIN: ("security", "SETUP_SECURITY_PASSWORD"),
    Role.AUDITOR: ("auditor", "SETUP_AUDITOR_PASSWORD"),
}


class Command(MigratedCommand):
    help = "首次安装：建立三员账号（系统、安全、审计管理员）和各类字典"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dictionaries", action="store_true", help="更新版本后：只补齐字典和指标，不建账号"
        )
        for role, (name, variable) in OPTIONS.items():
            parser.add_argument(f"--{name}", metavar="用户名", help=f"{role.label}的用户名")
            parser.add_argument(
                f"--{name}-name",
                metavar="姓名",
                help=f"{role.label}的姓名；口令由 {variable} 给出或当面输入",
            )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["dictionaries"]:
            with acting("command:setup"):
                added = install_dictionaries(on=business_day())
            self.stdout.write(f"已补齐字典：{_rows(added)}。")
            return
        try:
            refuse_installed()
            administrators = [_administrator(role, options) for role in ADMINISTRATORS]
            with acting("command:setup"):
                added = install(administrators, on=business_day())
        except DomainError as error:
            raise CommandError(error.message) from error
        names = "、".join(f"{one.role.label} {one.username}" for one in administrators)
        self.stdout.write(
            f"已建立账号：{names}。\n已装入字典：{_rows(added)}。\n"
            f"机关名称现为“{settings.ORGAN_NAME}”，平台名称现为“{settings.PLATFORM_NAME}”，"
            "可用环境变量 ORGAN_NAME、PLATFORM_NAME 更改。\n"
            "下一步：由安全管理员登录，为数据管理员和工委工作人员建立账号和任职；"
            "数据管理员录入单位后，由工委工作人员按模板启动应急任务。"
        )


def _rows(added: dict[str, int]) -> str:
    return "，".join(f"{label} {count} 行" for label, count in added.items())


def _administrator(role: Role, options: dict[str, Any]) -> Administrator:
    default, variable = OPTIONS[role]
    given = os.environ.get(variable, "")
    username = options[default] or _ask(role, "用户名", default)
    name = options[f"{default}_name"] or _ask(role, "姓名", role.label)
    return Administrator(
        role=role,
        username=username,
        name=name,
        password=given or _ask_password(role, variable),
        # One that stood in an environment has been seen by others.
        must_change_password=bool(given),
    )


def _ask(role: Role, what: str, default: str) -> str:
    if not sys.stdin.isatty():
        return default
    return input(f"{role.label}{what}（回车为 {default}）：").strip() or default


def _ask_password(role: Role, variable: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(
            f"请用环境变量 {variable} 给出{role.label}的口令，或在终端中运行本命令。", returncode=2
        )
    while True:
        first = getpass.getpass(f"{role.label}口令：")
        if first == getpass.getpass("再输入一次："):
            return first
        sys.stderr.write("两次输入不一致，请重新输入。\n")
