"""Pictures of a case, under the case's scope."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core.views import PortalView, portal_action

from .. import services
from ..forms.cases import CasePhotosForm
from ..models import AssistanceCase
from .common import VIEW_CASE, WORK
from .steps import CaseStepView, case_for


class PhotosView(CaseStepView):
    permission = WORK
    form_class = CasePhotosForm
    title = "上传照片"
    submit_label = "上传"
    done = "已上传。"

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.attach_photos(self.object, **data, **who)

    def get_success_url(self) -> str:
        return f"{self.object.get_absolute_url()}?tab=photos"


class PhotoView(PortalView):
    """One picture of a case."""

    permission = VIEW_CASE

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
        case = get_object_or_404(AssistanceCase.objects.visible_to(request.user), pk=pk)
        found = get_object_or_404(case.attachments.all(), pk=photo)
        answer = FileResponse(found.file.open("rb"), content_type=found.content_type)
        answer["Content-Disposition"] = "inline"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer


@portal_action(WORK)
def remove(request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
    case = case_for(request, pk, WORK)
    found = get_object_or_404(case.attachments.all(), pk=photo)
    user: Any = request.user
    services.remove_photo(case, found, by=user, now=timezone.now())
    messages.success(request, "照片已移除。")
    return redirect(f"{case.get_absolute_url()}?tab=photos")
