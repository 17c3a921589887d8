"""What the browser loads comes from our own static files, under the agreed paths."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from config.assets import copy_asset
from tests.config.processes import ROOT

VENDOR = ROOT / "assets" / "vendor"


@pytest.mark.parametrize(
    "path",
    [
        "tabler/css/tabler.min.css",
        "tabler/js/tabler.min.js",
        "icons/tabler-icons.min.css",
        "icons/fonts/tabler-icons.woff2",
        "htmx/htmx.min.js",
        "echarts/echarts.min.js",
        "noto/400.css",
        "noto/700.css",
    ],
)
def test_asset_is_served(path):
    assert finders.find(f"vendor/{path}") is not None


def test_assets_load_nothing_from_elsewhere():
    for sheet in VENDOR.rglob("*.css"):
        addresses = re.findall(r"url\(['\"]?([^)'\"]+)", sheet.read_text(encoding="utf-8"))
        outside = [a for a in addresses if a.startswith(("http:", "https:", "//"))]
        assert outside == [], sheet


def test_manifest_accepts_every_file(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").stat().st_size > 10_000


def test_source_maps_and_old_fonts_are_left_out(tmp_path):
    source, target = tmp_path / "a.css", tmp_path / "b.css"
    source.write_text(
        "@font-face{src:url(./f/a.woff2) format('woff2'), url(./f/a.woff) format('woff')}\n"
        "/*# sourceMappingURL=a.css.map */\n"
    )

    copy_asset(source, target)

    assert target.read_text().strip() == "@font-face{src:url(./f/a.woff2) format('woff2')}"
