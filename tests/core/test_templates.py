"""Every template and script keeps the content security policy, and is described."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|\shx-on|javascript:|"
    r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["']?(?:https?:)?//""", re.IGNORECASE)


def name_of(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_compiles(path):
    get_template(name_of(path))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_has_no_inline_style_or_script(path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_loads_nothing_from_outside(path):
    assert OUTSIDE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sample",
    [
        '<p style="color:red">',
        "<style>",
        "<script>1</script>",
        '<a onclick="x()">',
        '<b hx-on:click="x">',
    ],
)
def test_the_search_finds_what_it_looks_for(sample):
    assert INLINE.search(sample)


def test_htmx_neither_evaluates_nor_writes_style():
    config = (ROOT / "templates/base_bare.html").read_text(encoding="utf-8")

    assert '"includeIndicatorStyles":false,"allowEval":false' in config
    assert not re.search(r"hx-trigger=\"[^\"]*\[", "".join(p.read_text("utf-8") for p in PAGES))


def test_every_include_of_the_kit_is_described():
    described = (ROOT / "templates/README.md").read_text(encoding="utf-8")
    inner = {"_bar.html", "_menu.html", "_head.html", "_messages.html", "_breadcrumbs.html"} | {
        "_styles.html",
        "_scripts.html",
        "_watermark.html",
        "_confirm.html",
        "_autocomplete.html",
        "_tab_table.html",
    }
    names = {path.name for path in (ROOT / "templates/includes").glob("*.html")} - inner

    assert sorted(name for name in names if f"`{name}`" not in described) == []
