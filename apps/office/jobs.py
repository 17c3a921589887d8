"""The office's work on request."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from apps.core.dates import moment_on
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results, register

SWEEP_AT = dt.time(3, 50)


def _import(occurrence: Occurrence) -> dict[str, Any]:
    from .services.import_work import work_on_import

    return work_on_import(occurrence)


def _sweep(_occurrence: Occurrence) -> dict[str, Any]:
    from .services.imports import remove_uploads

    return {"removed": remove_uploads(now=timezone.now())}


def _nights(on: dt.date) -> Iterator[Planned]:
    yield Planned("imports", moment_on(on, SWEEP_AT))


def register_all() -> None:
    register(
        Job("import", "导入表格", None, _import),
        Job("expire_imports", "清除过期导入文件", _nights, _sweep),
    )
    name_results({"rows": "行"})
