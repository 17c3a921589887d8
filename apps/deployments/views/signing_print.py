"""All sheets of a day on paper: two a page, each with its code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.core import formats
from apps.core.views import PortalView

from ..models import SigningLine, SigningSheet
from ..signing import lines_for
from ..signing_links import code_of, link_of
from .signing import PRINT, SigningListView, day_of, list_url


@dataclass(frozen=True)
class Slip:
    """One sheet as it is printed."""

    sheet: SigningSheet
    lines: list[SigningLine]
    link: str
    code: SafeString


class SigningPrintView(PortalView):
    """What the list shows under the same filters, without what is confirmed or has expired."""

    permission = PRINT

    def get(self, request: HttpRequest) -> HttpResponse:
        sheets = self.sheets()
        context = {
            "title": f"{formats.day(day_of(request))}到岗确认单",
            "count": len(sheets),
            "slips": self.slips(sheets),
            "back_url": list_url(day_of(request)),
        }
        return TemplateResponse(request, "deployments/signing_print.html", context)

    def sheets(self) -> list[SigningSheet]:
        view = SigningListView()
        view.setup(self.request)
        _filters, rows = view.found()
        open_ = rows.filter(confirmed_at=None, expires_at__gt=timezone.now())
        return list(open_.select_related("campaign", "community__street__district"))

    def slips(self, sheets: list[SigningSheet]) -> Iterator[Slip]:
        """Drawn while the page is written, so that thousands of codes are never held together."""
        by_sheet: dict[int, list[Any]] = defaultdict(list)
        rows = lines_for(self.request.user).filter(sheet__in=[sheet.pk for sheet in sheets])
        for line in rows.select_related("deployment__unit", "deployment__task_type").order_by(
            "deployment__unit__sort_order", "pk"
        ):
            by_sheet[line.sheet_id].append(line)
        for sheet in sheets:
            link = link_of(sheet)
            yield Slip(sheet, by_sheet[sheet.pk], link, code_of(link))
