"""Calling many deployments back at once (批量撤回), and taking back what was done to many."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.tables import Event
from apps.core.views import portal_action, ticked_keys

from .. import services
from ..enums import BatchKind
from ..models import Batch, BatchDeployment, Deployment
from .common import EDIT


@portal_action(EDIT)
def withdraw_many(request: HttpRequest) -> HttpResponse:
    """Those ticked come back today; a deployment of somebody else's unit is left alone."""
    ids = ticked_keys(request.POST.getlist("pk"))
    seen = Deployment.objects.visible_to(request.user).filter(pk__in=ids)
    mine = [row.pk for row in seen if request.user.has_perm(EDIT, row)]
    if not mine:
        raise DomainError("请先勾选要撤回的任务。")
    batch = services.withdraw_deployments(
        Deployment.objects.filter(pk__in=mine),
        last_day=business_day(),
        by=_actor(request),
        now=timezone.now(),
    )
    if batch is not None:
        count = batch.deployments.count()
        messages.success(request, f"已撤回 {count} 项任务，人员今日离岗。")
    else:
        messages.info(request, "所选任务均已结束，未作改动。")
    return redirect("deployments:deployment_list")


@portal_action(EDIT)
def undo_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销: whoever may write for every deployment of the batch puts it all back."""
    batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    if not may_undo(request.user, batch):
        raise PermissionDenied
    if not services.undo_batch(batch, by=_actor(request), now=timezone.now()):
        messages.info(request, "此前已撤销，未作改动。")
    elif batch.kind == BatchKind.SENT:
        messages.success(request, f"已撤销派出，{batch.stays.count()} 人不再列入。")
    else:
        count = batch.deployments.count()
        messages.success(request, f"已撤销撤回，{count} 项任务和人员照旧。")
    first: Any = BatchDeployment.objects.filter(batch=batch).select_related("deployment").first()
    if batch.kind == BatchKind.SENT and first is not None:
        return redirect(f"{first.deployment.get_absolute_url()}?tab=people")
    return redirect("deployments:deployment_list")


def may_undo(user: Any, batch: Batch) -> bool:
    """Not a part of it: the batch is undone as a whole, by who may write for all its units."""
    touched = BatchDeployment.objects.filter(batch=batch).select_related("deployment")
    return all(user.has_perm(EDIT, row.deployment) for row in touched)


def last_batch(request: HttpRequest) -> Batch | None:
    """What the user did last to many in the list and may still take back."""
    rows = Batch.objects.filter(by=_actor(request), kind=BatchKind.WITHDRAWN)
    found: Batch | None = rows.undoable(now=timezone.now()).first()
    return found


def batch_over(request: HttpRequest, deployment: Deployment) -> Batch | None:
    """The last batch over `deployment` that the user may still take back."""
    if not request.user.has_perm(EDIT, deployment):
        return None
    rows = Batch.objects.filter(deployments__deployment=deployment)
    batch: Batch | None = rows.undoable(now=timezone.now()).first()
    return batch if batch is not None and may_undo(request.user, batch) else None


def events_of(deployment: Deployment) -> list[Event]:
    """What was done to the deployment together with others, and what was taken back."""
    rows = Batch.objects.filter(deployments__deployment=deployment)
    events = []
    for batch in rows.select_related("by", "undone_by").annotate(people=_people(deployment)):
        told = f"{batch.people} 人" if batch.people else ""
        events.append(Event(batch.at, batch.get_kind_display(), by=str(batch.by), text=told))
        if batch.undone_at is not None:
            title = f"撤销{batch.get_kind_display()}"
            events.append(Event(batch.undone_at, title, by=str(batch.undone_by), tone="blue"))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _people(deployment: Deployment) -> Count:
    return Count("stays", filter=Q(stays__deployment=deployment), distinct=True)


def _actor(request: HttpRequest) -> Any:
    return request.user
