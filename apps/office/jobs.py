"""The office's work on request."""

from typing import Any

from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, name_results, register


def _import(occurrence: Occurrence) -> dict[str, Any]:
    from .services.import_work import work_on_import

    return work_on_import(occurrence)


def register_all() -> None:
    register(Job("import", "导入表格", None, _import))
    name_results({"rows": "行"})
