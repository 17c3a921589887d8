"""What every page of the data stewards' site shares: scope, choices, no removal, fast lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.templatetags import admin_list
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


class ScopedAdmin(ScopedChoicesMixin, admin.ModelAdmin[Any]):
    """Rows in the user's scope. Nothing is removed here: rows end, or are corrected."""

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


class ScopedInline(ScopedChoicesMixin, admin.TabularInline[Any, Any]):
    """Rows that belong to the one shown, edited beside it."""

    extra = 0
    show_change_link = False
    form: type[ModelForm[Any]] = ModelForm

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
