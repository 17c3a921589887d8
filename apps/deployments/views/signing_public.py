"""The page behind the code: one community, one day, no account, once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from apps.core.doors import visitor, wait_for
from apps.core.errors import ConflictError, DomainError
from apps.core.views import PUBLIC, PortalView

from ..models import SigningLine, SigningSheet
from ..services import signing as services
from ..signing_forms import ConfirmForm
from ..signing_links import read_token

DOOR = "signing"
LOOKS = "60/minute"
WORDS = "20/minute"
"""By address: a whole office may sit behind one."""
UNKNOWN = "链接无效，请核对是否完整，或使用最新的确认单。"
NOTHING = "该确认单上已没有需要确认的任务。"


class ConfirmView(PortalView):
    """到岗确认 by the community. Says nothing of anybody but who serves there that day."""

    permission = PUBLIC
    http_method_names = ["get", "post", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = self.knock(request) or super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(answer)
        # The address is the key: it goes to no other site and into no index.
        answer["Referrer-Policy"] = "same-origin"
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return answer

    def knock(self, request: HttpRequest) -> HttpResponse | None:
        is_post = request.method == "POST"
        door, rate = (f"{DOOR}-post", WORDS) if is_post else (DOOR, LOOKS)
        seconds = wait_for(door, who=visitor(request), rate=rate)
        if not seconds:
            return None
        answer = self.closed(f"打开或提交过于频繁，请 {seconds} 秒后再试。", status=429)
        answer["Retry-After"] = str(seconds)
        return answer

    def get(self, _request: HttpRequest, token: str) -> HttpResponse:
        try:
            sheet, lines = self.open(token)
        except DomainError as error:
            return self.refused(error)
        return self.page(sheet, ConfirmForm(lines=lines))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            sheet, lines = self.open(token)
            form = ConfirmForm(request.POST, lines=lines)
            if not form.is_valid():
                return self.page(sheet, form, status=422)
            data = form.cleaned_data
            services.confirm_sheet(
                sheet,
                edition=sheet.edition,
                answers=form.answers,
                name=data["name"],
                title=data["title"],
                remark=data["remark"],
                now=timezone.now(),
            )
        except DomainError as error:
            return self.refused(error)
        return self.said(sheet)

    def open(self, token: str) -> tuple[SigningSheet, list[SigningLine]]:
        """The sheet of a good link and its lines; raises what keeps it shut."""
        found = read_token(token)
        if found is None:
            raise UnknownLinkError(UNKNOWN)
        number, edition = found
        sheets = SigningSheet.objects.select_related("campaign", "community__street__district")
        self.sheet = sheets.filter(pk=number).first()
        if self.sheet is None:
            raise UnknownLinkError(UNKNOWN)
        services.refuse_closed(self.sheet, edition=edition, now=timezone.now())
        lines = list(self.lines(self.sheet))
        if not lines:
            raise services.LinkOverError(NOTHING)
        return self.sheet, lines

    def lines(self, sheet: SigningSheet) -> Any:
        rows = SigningLine.objects.filter(sheet=sheet).live().with_entry()
        return rows.select_related("deployment__unit", "deployment__task_type").order_by(
            "deployment__unit__sort_order", "pk"
        )

    def page(self, sheet: SigningSheet, form: ConfirmForm, *, status: int = 200) -> HttpResponse:
        context = {"title": "到岗确认", "sheet": sheet, "form": form}
        return TemplateResponse(
            self.request, "deployments/signing_confirm.html", context, status=status
        )

    def refused(self, error: DomainError) -> HttpResponse:
        """Whoever comes second sees what was confirmed; any other link shows nothing at all."""
        if isinstance(error, ConflictError) and self.sheet is not None:
            return self.said(self.sheet, sentence=error.message, status=error.status)
        return self.closed(error.message, status=error.status)

    def said(self, sheet: SigningSheet, *, sentence: str = "", status: int = 200) -> HttpResponse:
        """What was confirmed, without who said it."""
        lines = self.lines(sheet).filter(heads__isnull=False)
        context = {"title": "到岗确认", "sheet": sheet, "lines": lines, "sentence": sentence}
        return TemplateResponse(
            self.request, "deployments/signing_said.html", context, status=status
        )

    def closed(self, sentence: str, *, status: int) -> HttpResponse:
        context = {"title": "到岗确认", "sentence": sentence}
        return TemplateResponse(
            self.request, "deployments/signing_closed.html", context, status=status
        )


class UnknownLinkError(DomainError):
    """A link the portal never made."""

    status = 404
