"""The template of a sheet: at once where it is short, by the worker where it is long."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.views import PortalView

from ..services.templates import request_template
from ..sheets import Sheet
from .imports import IMPORT, allowed_sheet, attachment


class ImportTemplateView(PortalView):
    """The workbook to fill in, with what the person may change today.

    Asked for with `?blank=1` it holds no rows. A long list is asked for by POST, and found among
    one's exports.
    """

    permission = IMPORT

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        self.sheet = allowed_sheet(request, code).for_rows()
        is_blank = bool(request.GET.get("blank"))
        if not is_blank and self.is_long:
            answer = TemplateResponse(request, "office/template_long.html", self.get_context_data())
            answer.headers["Cache-Control"] = "private, no-store"
            return answer
        return self.workbook(is_blank=is_blank)

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        self.sheet = allowed_sheet(request, code).for_rows()
        actor: Any = request.user
        if not self.is_long:
            return self.workbook()
        asked = request_template(self.sheet, rows=self.rows, by=actor, now=timezone.now())
        return redirect(asked)

    def workbook(self, *, is_blank: bool = False) -> HttpResponseBase:
        from ..sheets.template import make_template

        sheet: Sheet = self.sheet
        data = make_template(sheet, user=self.request.user, on=business_day(), is_blank=is_blank)
        kind = "空白导入模板" if is_blank else "导入模板"
        return attachment(data, f"{sheet.title}（{kind}）.xlsx")

    @property
    def is_long(self) -> bool:
        from ..sheets import template

        self.rows: int = self.sheet.writable(self.request.user).count()
        return self.rows > template.MOST_ROWS

    def get_title(self) -> str:
        return f"{self.sheet.title}模板"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            ("导入", reverse("office:import_list")),
            (
                f"导入{self.sheet.title}",
                reverse("office:import_create", args=[self.sheet.code]),
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, rows=self.rows, **kwargs)
