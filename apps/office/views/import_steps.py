"""What is done with a checked import: applied, checked again, undone, dropped."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html

from apps.core.views import (
    portal_action,
)

from .. import services
from ..models import ImportBatch
from ..services.imports import may_work_on
from .imports import IMPORT


def _held(request: HttpRequest, pk: int) -> ImportBatch:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    if not may_work_on(batch, request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    return batch


@portal_action(IMPORT)
def apply_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.apply_import(batch, now=timezone.now())
    return redirect(batch)


@portal_action(IMPORT)
def recheck_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.recheck_import(batch, now=timezone.now())
    return redirect(batch)


@portal_action(IMPORT)
def undo_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.undo_import(batch, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    return redirect(batch)


@portal_action(IMPORT)
def drop_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.drop_import(batch)
    messages.success(request, format_html("已放弃《{}》，没有改动任何数据。", batch.name))
    return redirect("office:import_list")
