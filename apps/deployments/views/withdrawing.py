"""Calling many deployments back at once (批量撤回)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.views import portal_action

from .. import services
from ..models import Deployment
from .common import EDIT


@portal_action(EDIT)
def withdraw_many(request: HttpRequest) -> HttpResponse:
    """Those ticked come back today; a deployment of somebody else's unit is left alone."""
    ids = [int(one) for one in request.POST.getlist("pk") if one.isdigit()]
    seen = Deployment.objects.visible_to(request.user).filter(pk__in=ids)
    mine = [row.pk for row in seen if request.user.has_perm(EDIT, row)]
    if not mine:
        raise DomainError("请先勾选要撤回的任务。")
    count = services.withdraw_deployments(
        Deployment.objects.filter(pk__in=mine), last_day=business_day()
    )
    if count:
        messages.success(request, f"已撤回 {count} 项任务，人员今日离岗。")
    else:
        messages.info(request, "所选任务均已结束，未作改动。")
    return redirect("deployments:deployment_list")
