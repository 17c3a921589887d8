"""Writing: a new item, changing it, its pictures, what it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.assistance.models import AssistanceCase
from apps.campaigns.current import current_campaign, running_campaign, take_up
from apps.campaigns.in_campaign import InRunningCampaignMixin
from apps.core.scope import scope_of
from apps.core.views import AutocompleteView, PortalView, ScopedFormView, portal_action
from apps.core.views.rowforms import RowFormView
from apps.deployments.models import Deployment

from .. import services
from ..bodies import typed_body
from ..errors import NotEditableError
from ..forms import LinkForm, NewItemForm, PhotosForm, TextForm
from ..models import PublicityItem
from .common import SUBMIT, VIEW, item_of, list_breadcrumb, refuse_foreign_pen


class ItemCreateView(InRunningCampaignMixin, ScopedFormView):
    permission = SUBMIT
    form_class = NewItemForm
    template_name = "publicity/item_form.html"
    title = "写稿件"
    submit_label = "存为草稿"
    done = "已存为草稿，核对后请投稿。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "own": scope_of(self.request.user).own_units}

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return list_breadcrumb()

    def get_cancel_url(self) -> str:
        return reverse("publicity:item_list")

    def perform(self, form: NewItemForm) -> PublicityItem:
        user: Any = self.request.user
        data = form.cleaned_data
        item = services.write_item(
            running_campaign(self.request),
            data["unit"],
            form.text,
            submission=data["submission"],
            photos=data["photos"],
            by=user,
            now=timezone.now(),
        )
        if item.created_by_id != user.pk:
            raise PermissionDenied
        return item

    def get_success_url(self) -> str:
        if self.object.photos.exists():
            return reverse("publicity:item_photos", args=[self.object.pk])
        return str(self.object.get_absolute_url())


class OwnItemFormView(RowFormView, abstract=True):
    """A form about an item by whoever wrote it or is of its unit."""

    permission = SUBMIT
    model = PublicityItem
    queryset = PublicityItem.objects.select_related("campaign", "unit")
    asks_editable = True

    def get_object(self, queryset: Any = None) -> PublicityItem:
        item: PublicityItem = super().get_object(queryset)
        refuse_foreign_pen(self.request, item)
        if self.asks_editable and not item.is_editable:
            raise NotEditableError(
                f"稿件现为“{item.get_state_display()}”，投稿后须经退回才能修改。"
            )
        return item

    def get_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [*list_breadcrumb(), (str(self.object), self.object.get_absolute_url())]


class ItemUpdateView(OwnItemFormView):
    form_class = TextForm
    template_name = "publicity/item_form.html"
    title = "修改稿件"

    def get_initial(self) -> dict[str, Any]:
        item = self.object
        return {
            "title": item.title,
            "author": item.author,
            "kind": item.kind,
            "body": typed_body(item.body),
            "version": item.version,
        }

    def perform(self, form: TextForm) -> PublicityItem:
        version = form.cleaned_data["version"]
        services.revise_item(self.object, form.text, version=-1 if version is None else version)
        item: PublicityItem = self.object
        return item


class ItemPhotosView(OwnItemFormView):
    form_class = PhotosForm
    template_name = "publicity/item_photos.html"
    title = "稿件图片"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "item": self.object}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def perform(self, form: PhotosForm) -> PublicityItem:
        user: Any = self.request.user
        item: PublicityItem = self.object
        services.change_photos(
            item,
            form.edits,
            version=form.cleaned_data["version"],
            added=form.cleaned_data["photos"],
            by=user,
        )
        return item


class ItemLinkView(OwnItemFormView):
    """What the item tells of, one at a time."""

    form_class = LinkForm
    title = "关联任务和事项"
    submit_label = "关联"
    done = "已关联。"
    asks_editable = False

    def get_object(self, queryset: Any = None) -> PublicityItem:
        item = super().get_object(queryset)
        # The lookups offer what is of the campaign in hand.
        take_up(self.request, item.campaign.code)
        return item

    def perform(self, form: LinkForm) -> PublicityItem:
        item: PublicityItem = self.object
        services.link_item(item, **form.cleaned_data)
        return item

    def get_success_url(self) -> str:
        return f"{self.object.get_absolute_url()}?tab=links"


@portal_action(SUBMIT)
def unlink_deployment(request: HttpRequest, pk: int, other: int) -> HttpResponseBase:
    """Of what the user sees: nobody takes away what he cannot know."""
    item = item_of(request, pk)
    refuse_foreign_pen(request, item)
    found = get_object_or_404(Deployment.objects.visible_to(request.user), pk=other)
    services.unlink_item(item, deployment=found)
    return redirect(f"{item.get_absolute_url()}?tab=links")


@portal_action(SUBMIT)
def unlink_case(request: HttpRequest, pk: int, other: int) -> HttpResponseBase:
    item = item_of(request, pk)
    refuse_foreign_pen(request, item)
    found = get_object_or_404(AssistanceCase.objects.visible_to(request.user), pk=other)
    services.unlink_item(item, case=found)
    return redirect(f"{item.get_absolute_url()}?tab=links")


class DeploymentLookup(AutocompleteView):
    permission = SUBMIT
    model = Deployment
    search_fields = ("community__name", "unit__short_name", "task_type__name")

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return rows.select_related("unit", "community", "task_type")

    def label(self, row: Any) -> str:
        return f"{row}（{row.task_type}）"


class CaseLookup(AutocompleteView):
    permission = SUBMIT
    model = AssistanceCase
    search_fields = ("title", "number")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(campaign=current_campaign(self.request))


class PhotoView(PortalView):
    """One picture of an item, under that item's scope."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
        item = item_of(request, pk)
        found = get_object_or_404(item.photos.select_related("attachment"), pk=photo).attachment
        answer = FileResponse(found.file.open("rb"), content_type=found.content_type)
        answer["Content-Disposition"] = "inline"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer
