"""What is done with a plan: applied, taken back. The worker does it, the record shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.views import portal_action

from .. import services
from ..models import Sealing
from .sealing_common import APPLY


@portal_action(APPLY)
def apply_closures(request: HttpRequest) -> HttpResponse:
    """应用调整: the plan that was shown, whole or not at all."""
    return _pressed(request, services.apply_closures)


@portal_action(APPLY)
def return_people(request: HttpRequest) -> HttpResponse:
    """办理返回: those shown go back to their earlier posts."""
    return _pressed(request, services.return_people)


def _pressed(request: HttpRequest, ask: Callable[..., Sealing]) -> HttpResponse:
    seal = request.POST.get("seal", "")
    if not seal:
        raise DomainError("没有需要调整的人员，未作改动。")
    actor: Any = request.user
    is_drill = request.POST.get("drill") == "1"
    return redirect(ask(seal=seal, is_drill=is_drill, by=actor, now=timezone.now()))


@portal_action(APPLY)
def undo_sealing(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销: everything as it stood before."""
    sealing = get_object_or_404(Sealing.objects.visible_to(request.user), pk=pk)
    actor: Any = request.user
    if not services.undo_sealing(sealing, by=actor, now=timezone.now()):
        messages.info(request, "撤销已在办理或已经办完，未再改动。")
    return redirect(sealing)
