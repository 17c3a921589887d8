"""Forms: foreign keys in scope, errors in one summary and at their field, nothing typed is lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.generic.edit import CreateView, DeleteView, FormView, UpdateView

from apps.core.constraints import broken_rule
from apps.core.editing import bring_back, carry_state, hold, refuse_overwriting
from apps.core.errors import ConflictError, DomainError
from apps.core.submissions import NAME, carry_key, made_before, remembers

from .access import PortalView
from .records import ScopedObjectMixin


class PortalFormMixin(PortalView, abstract=True):
    """What every form page shares. Override `perform(form)` to call the one service.

    `perform` may raise a DomainError: it becomes an error of the form (of `error.field` when the
    form has it) with the error's status, and whatever was written is undone. A rule of the
    database that somebody else's row made to bite meanwhile is told in its own sentence.

    Where `makes` remembers its forms, a second press leads to the row of the first; `perform`
    hands `form.cleaned_data["submission"]` on.
    """

    makes: type[models.Model] | None = None

    template_name: Any = "pages/form.html"
    submit_label: str = "保存"
    done: str = "已保存。"
    object: Any = None

    def perform(self, form: Any) -> Any:
        """Carry the valid form out; the answer becomes `self.object`."""
        return form.save()

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        if getattr(self.get_form_class(), "wants_user", False):  # type: ignore[attr-defined]
            kwargs["user"] = self.request.user
        return kwargs

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]
        limit_choices(form, self.request.user)
        if self.makes is not None:
            carry_key(form)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        made = self.makes and made_before(self.makes, request.POST.get(NAME, ""))
        if made:
            self.object = made
            return self.finished()
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                self.object = self.perform(form)
        except DomainError as error:
            known = error.field if error.field in form.fields else None
            form.add_error(known, error.message)
            return self.refused(form, error)
        except IntegrityError as error:
            sentence = broken_rule(error)
            if sentence is None:
                raise
            form.add_error(None, sentence)
            return self.answer(form, status=ConflictError.status)
        if self.done:
            messages.success(self.request, self.done)
        return self.finished()

    def finished(self) -> HttpResponse:
        return redirect(self.get_success_url())  # type: ignore[attr-defined]

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.answer(form, status=422)

    def refused(self, form: Any, error: DomainError) -> HttpResponse:
        if not isinstance(error, ConflictError):
            return self.answer(form, status=error.status)
        bring_back(form, error.marks)
        return self.answer(form, status=error.status, differences=error.differences)

    def answer(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form, **more)
        return TemplateResponse(self.request, self.template_name, context, status=status)

    def get_cancel_url(self) -> str:
        """Where 取消 leads; empty leaves the button out."""
        target = getattr(self.object, "get_absolute_url", None)
        return target() if target else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_label=self.submit_label,
            cancel_url=self.get_cancel_url(),
            **{"differences": (), **kwargs},
        )


def limit_choices(form: forms.BaseForm, user: Any) -> None:
    """Every choice of another row is limited to the rows `user` may see."""
    for field in form.fields.values():
        rows = getattr(field, "queryset", None)
        if isinstance(rows, models.QuerySet) and hasattr(rows, "visible_to"):
            field.queryset = rows.visible_to(user)  # type: ignore[attr-defined]


class ScopedFormView(PortalFormMixin, FormView[Any], abstract=True):
    """A form over no row, or over rows the view looks up itself. `perform` must be written."""

    def perform(self, form: Any) -> Any:
        raise NotImplementedError


class ScopedCreateView(PortalFormMixin, CreateView[Any, Any], abstract=True):
    """A new row. The choices of `unit` and the like are limited to the user's own."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        model = getattr(cls, "model", None)
        if model is not None and remembers(model):
            cls.makes = model

    def form_valid(self, form: Any) -> HttpResponse:
        if form.cleaned_data.get(NAME) and self.makes is not None:
            form.instance.submission = form.cleaned_data[NAME]
        return super().form_valid(form)

    def get_title(self) -> str:
        return self.title or f"新增{self.model._meta.verbose_name}"


class ScopedUpdateView(PortalFormMixin, ScopedObjectMixin, UpdateView[Any, Any], abstract=True):
    """Changes one visible row. The posting must grant `permission` over that very row.

    Whoever was second with a form drawn before the first one saved gets 409 with both values.
    """

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        carry_state(form)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            refuse_overwriting(form)
        except ConflictError as error:
            form.add_error(None, error.message)
            return self.refused(form, error)
        return super().form_valid(form)

    def get_title(self) -> str:
        return self.title or f"修改{self.object._meta.verbose_name}：{self.object}"

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)
        check_object(self.request, self.permission, found)
        if self.request.method != "POST":
            return found
        hold(found)
        return super().get_object(queryset)


class ScopedDeleteView(PortalView, ScopedObjectMixin, DeleteView[Any, Any], abstract=True):
    """Asks first (`pages/confirm.html`), then removes one visible row."""

    template_name = "pages/confirm.html"

    def get_title(self) -> str:
        return self.title or f"删除{self.object._meta.verbose_name}：{self.object}"

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)
        check_object(self.request, self.permission, found)
        return found


def check_object(request: HttpRequest, permission: Any, found: models.Model) -> None:
    """Raises PermissionDenied unless a posting grants `permission` over `found` itself."""
    names = (permission,) if isinstance(permission, str) else permission
    if not any(request.user.has_perm(name, found) for name in names):
        raise PermissionDenied
