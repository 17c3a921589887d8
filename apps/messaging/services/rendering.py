"""Turns a mail template into what is stored: one line of subject, a text and an HTML body."""

from __future__ import annotations

from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string


def render(template: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of `templates/emails/<template>/`.

    The HTML comes out with its styles inlined and loads nothing. Beside `context` the templates
    know `platform_name`, `organ_name` and `site_url`. The mark 【演练】 is the caller's `is_drill`.
    """
    known = {
        "platform_name": settings.PLATFORM_NAME,
        "organ_name": settings.ORGAN_NAME,
        "site_url": settings.SITE_URL,
        **context,
    }
    folder = f"emails/{template}"
    subject = " ".join(_plain(f"{folder}/subject.txt", known).split())
    text = _plain(f"{folder}/body.txt", known).strip() + "\n"
    html = _inliner().inline(render_to_string(f"{folder}/body.html", known))
    return subject, text, html


def _plain(name: str, context: dict[str, Any]) -> str:
    """Text is not escaped: a reader wants & and not &amp;."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))


@cache
def _inliner() -> css_inline.CSSInliner:
    # Nothing is fetched while a mail is rendered, whatever a template asks for.
    return css_inline.CSSInliner(load_remote_stylesheets=False)
