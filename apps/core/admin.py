"""What every page of the data stewards' site shares: scope, choices, no removal, fast lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.templatetags import admin_list
from django.db import IntegrityError
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .constraints import broken_rule
from .editing import NAME as DRAWN
from .editing import bring_back, carry_state, hold, refuse_overwriting
from .errors import ConflictError
from .history import history
from .paging import CappedPaginator

admin.site.site_header = admin.site.site_title = "数据管理"
admin.site.index_title = "数据字典与台账"
admin.site.site_url = "/"

YES_OR_NO = {True: ("yes", "是"), False: ("no", "否"), None: ("unknown", "未知")}


def _yes_or_no(value: bool | None) -> SafeString:
    """Django reads its icons out as True and False, outside its catalogue."""
    icon, word = YES_OR_NO[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{icon}.svg"), word)


vars(admin_list)["_boolean_icon"] = _yes_or_no


def scoped(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """The rows `user` may see. Dictionaries without a scope of their own are open to stewards."""
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


class ScopedChoicesMixin(BaseModelAdmin):
    """Foreign keys offer visible rows: typed and fetched, or a select where there are few.

    A target whose admin says `is_small` and those named in `selects` become a select.
    """

    selects: Sequence[str] = ()

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return [
            field.name
            for field in (*self.opts.fields, *self.opts.many_to_many)
            if isinstance(field, ForeignKey | ManyToManyField)
            and field.name not in self.selects
            and self._is_searched(field)
        ]

    def _is_searched(self, field: Field[Any, Any]) -> bool:
        target = self.admin_site._registry.get(field.related_model)  # type: ignore[arg-type]
        small = getattr(target, "is_small", False)
        return target is not None and bool(target.search_fields) and not small

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        rows = db_field.remote_field.model._default_manager.all()
        kwargs.setdefault("queryset", scoped(rows, request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class StewardForm(forms.ModelForm[Any]):
    """A row as it stood when drawn comes back with the form, as on the portal's own pages."""

    drawn = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            carry_state(self)

    def _get_validation_exclusions(self) -> set[str]:
        # Rules tell rows apart by what no form offers, too: 就地报到, 演练.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        kept = self.instance._meta.fields
        return excluded - {one.name for one in kept if not one.editable and one.has_default()}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or self.instance.pk is None:
            return
        try:
            refuse_overwriting(self)
        except ConflictError as error:
            bring_back(self, error.marks)
            told = "；".join(
                f"{one.label}：您填写的是“{one.mine}”，现已保存的是“{one.theirs}”"
                for one in error.differences
            )
            self.add_error(None, f"{error.message}{told}。")


class EditedMixin(BaseModelAdmin):
    """Who may change a row does not overwrite what another saved since the page was drawn."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name != DRAWN]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return found
        *others, (title, last) = found
        return [*others, (title, {**last, "fields": (*last["fields"], DRAWN)})]


class ScopedAdmin(EditedMixin, ScopedChoicesMixin, admin.ModelAdmin[Any]):
    """Rows in the user's scope. Nothing is removed here: rows end, or are corrected."""

    form: type[forms.ModelForm[Any]] = StewardForm
    is_small: bool = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    actions = None
    # Stewards have no business on most of the portal's own pages.
    view_on_site = False
    empty_value_display = "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not self.has_change_permission(request, row):
            return row
        hold(row)
        return super().get_object(request, object_id, from_field)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What a form cannot know, such as what another saves at the same time, the database refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            sentence = broken_rule(error)
            if sentence is None:
                raise
            self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row's changes from the audit trail: by whatever door they came, not by admin alone.

        Django's own view refuses who may not see the row.
        """
        row = self.get_object(request, object_id)
        changes = history(row) if row is not None else []
        context = {**(extra_context or {}), "changes": changes}
        return super().history_view(request, object_id, context)


class SmallAdmin(ScopedAdmin):
    """A dictionary of few rows: chosen from a select."""

    is_small = True


class FactAdmin(ScopedAdmin):
    """Facts of record: looked at, never written here, whatever the grants say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ScopedInline(EditedMixin, ScopedChoicesMixin, admin.TabularInline[Any, Any]):
    """Rows that belong to the one shown, edited beside it."""

    extra = 0
    show_change_link = False
    form: type[forms.ModelForm[Any]] = StewardForm

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
