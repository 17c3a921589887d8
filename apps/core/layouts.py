"""How a long form is laid out: two fields a row at a desk, one on a phone."""

from __future__ import annotations

from collections.abc import Sequence

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Layout, LayoutObject, Row
from django.forms import Field

Block = tuple[str, Sequence[str | LayoutObject]]
"""A heading ("" for none) and the fields under it; a piece of crispy takes the whole width."""


class PairedMixin:
    """A form whose fields stand in pairs under headings; `blocks` names every one of them.

    Stands before PortalForm or PortalModelForm in the bases.
    """

    blocks: Sequence[Block] = ()
    fields: dict[str, Field]

    @property
    def helper(self) -> FormHelper:
        helper: FormHelper = super().helper  # type: ignore[misc]
        shown = [
            (heading, [piece for piece in pieces if not self._is_hidden(piece)])
            for heading, pieces in self.blocks
        ]
        hidden = [piece for _, pieces in self.blocks for piece in pieces if self._is_hidden(piece)]
        # What is hidden takes no room among the pairs.
        helper.layout = Layout(*(_block(*block) for block in shown), *hidden)
        return helper

    def _is_hidden(self, piece: str | LayoutObject) -> bool:
        return isinstance(piece, str) and self.fields[piece].widget.is_hidden


def _block(heading: str, pieces: Sequence[str | LayoutObject]) -> Div:
    head = [HTML(f'<h2 class="form-heading">{heading}</h2>')] if heading else []
    return Div(*head, Row(*(_column(piece) for piece in pieces)))


def _column(piece: str | LayoutObject) -> Column:
    return Column(piece, css_class="col-md-6" if isinstance(piece, str) else "col-12")
