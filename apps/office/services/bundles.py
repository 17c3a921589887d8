"""Writes of bundles: asked for on their page, made by the worker, kept as exports are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date

from apps.accounts.models import User
from apps.core import formats
from apps.core.errors import DomainError
from apps.core.permissions import allowed

from ..bundles.sources import BundleAsk, chosen_sources
from ..bundles.writing import Heading, write_bundle
from ..enums import ExportShape
from ..exports.plain import signature
from ..models import ExportFile
from .exports import Progress, request_file

TAKE = "office.take_bundle"
MOST_DAYS = 31
MEASURE = "份"
NOTHING = "所选日期和内容里没有可放入的文件，请换个日期或多选几项。"


class EmptyBundleError(DomainError):
    """Nothing that was asked for exists, or none of it is for this person."""


def request_bundle(
    *,
    campaign: str,
    name: str,
    first: dt.date,
    last: dt.date,
    parts: Collection[str],
    by: User,
    now: dt.datetime,
) -> ExportFile:
    """Have the worker put the files of these days together; `name` is the campaign's.

    The same bundle asked for while it is being made is that one.
    """
    sources = chosen_sources(by, parts)
    query = [("campaign", campaign), ("first", first), ("last", last)]
    query += [("parts", source.code) for source in sources]
    days = formats.days(first, last)
    labels = "、".join(source.label for source in sources)
    export = ExportFile(
        title=f"{name}{_days(name, first, last)}文件包"[:100],
        address=f"{reverse('office:bundle_create')}?{urlencode(query)}",
        campaign=campaign,
        shape=ExportShape.BUNDLE,
        conditions=f"任务：{name}；日期：{days}；内容：{labels}",
        measure=MEASURE,
        by=by,
        asked_at=now,
    )
    return request_file(export, now=now)


def _days(name: str, first: dt.date, last: dt.date) -> str:
    """2021年防汛救灾 has said its year."""
    return formats.days(first, last, today=first if str(first.year) in name else None)


def write_files(export: ExportFile, path: Path, *, now: dt.datetime, progress: Progress) -> int:
    """Every file the owner may see now, and the index; raises EmptyBundleError without any."""
    if not allowed(export.by, TAKE):
        raise PermissionDenied
    ask = ask_of(export, now=now)
    sources = chosen_sources(export.by, parts_of(export))
    items = [item for source in sources for item in source.find(ask)]
    if not items:
        raise EmptyBundleError(NOTHING)
    progress(0, len(items))
    heading = Heading(export.title, export.conditions, signature(export.by), now)
    count = write_bundle(items, path, heading=heading, progress=progress)
    if not count:
        raise EmptyBundleError(NOTHING)
    return count


def ask_of(export: ExportFile, *, now: dt.datetime) -> BundleAsk:
    """What was chosen on the page, for the worker."""
    query = _query(export)
    first, last = (parse_date(str(query[name])) for name in ("first", "last"))
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    return BundleAsk(export.campaign, first, last, export.by, now)


def parts_of(export: ExportFile) -> list[str]:
    """The codes of the sources that were chosen."""
    return _query(export).getlist("parts")


def names_people(export: ExportFile) -> bool:
    """Whether people stand by name in what was put in."""
    return any(source.names_people for source in chosen_sources(export.by, parts_of(export)))


def _query(export: ExportFile) -> QueryDict:
    return QueryDict(export.address.partition("?")[2])
