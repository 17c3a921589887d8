"""The first day of an empty installation: its three administrators and its dictionaries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.units.enums import Role
from apps.units.models import Posting, Unit

from .dictionaries import install_dictionaries


class AlreadyInstalledError(DomainError):
    """Somebody can sign in, or there are units: this is no empty installation."""


class AdministratorRefusedError(DomainError):
    """A user name or password that cannot be used."""


@dataclass(frozen=True)
class Administrator:
    """One of the three (三员分设): nobody holds two of their roles."""

    role: Role
    username: str
    name: str
    password: str
    must_change_password: bool = False


ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


def refuse_installed() -> None:
    """Raises AlreadyInstalledError unless the database is empty."""
    if User.objects.exists() or Unit.objects.exists():
        raise AlreadyInstalledError(
            "本平台已有账号或单位，未作任何改动。增加账号请由安全管理员登录后在系统管理中办理。"
        )


@transaction.atomic
def install(administrators: Sequence[Administrator], *, on: dt.date) -> dict[str, int]:
    """Make the three accounts with their postings from `on`, and the dictionaries.

    Returns how many rows of each dictionary are new. Raises AlreadyInstalledError, and
    AdministratorRefusedError for a name used twice or a password that is too easy.
    """
    refuse_installed()
    if len({one.username for one in administrators}) < len(administrators):
        raise AdministratorRefusedError("三个管理员应使用不同的用户名。")
    for one in administrators:
        _make(one, on)
    return install_dictionaries()


def _make(one: Administrator, on: dt.date) -> None:
    user = User(username=one.username, name=one.name, must_change_password=one.must_change_password)
    try:
        validate_password(one.password, user)
        user.set_password(one.password)
        user.full_clean()
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise AdministratorRefusedError(f"{one.role.label}：{reasons}") from error
    user.save()
    posting = Posting(user=user, role=one.role, starts_on=on)
    posting.full_clean()
    posting.save()
