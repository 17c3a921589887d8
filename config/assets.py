"""Which files of the npm packages are served, and under which static paths.

Copied rather than served in place: a thousandth of node_modules is needed, and the manifest storage
refuses style sheets and scripts that name source maps which are not there.
"""

import re
import shutil
from pathlib import Path

# (file or pattern in node_modules, folder under assets/vendor)
COPIES = (
    ("@tabler/core/dist/css/tabler.min.css", "tabler/css"),
    ("@tabler/core/dist/js/tabler.min.js", "tabler/js"),
    ("@tabler/icons-webfont/dist/tabler-icons.min.css", "icons"),
    ("@tabler/icons-webfont/dist/fonts/tabler-icons.woff2", "icons/fonts"),
    ("htmx.org/dist/htmx.min.js", "htmx"),
    ("echarts/dist/echarts.min.js", "echarts"),
    ("@fontsource/noto-sans-sc/400.css", "noto"),
    ("@fontsource/noto-sans-sc/500.css", "noto"),
    ("@fontsource/noto-sans-sc/700.css", "noto"),
    ("@fontsource/noto-sans-sc/files/noto-sans-sc-*-400-normal.woff2", "noto/files"),
    ("@fontsource/noto-sans-sc/files/noto-sans-sc-*-500-normal.woff2", "noto/files"),
    ("@fontsource/noto-sans-sc/files/noto-sans-sc-*-700-normal.woff2", "noto/files"),
)

SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*")
# Every browser that runs the portal reads woff2; the older formats are a second copy of each font.
OLD_FONT_FORMAT = re.compile(r""",\s*url\([^)]*\.(?:woff|ttf)(?:\?[^)]*)?\)\s*format\([^)]*\)""")


def copy_assets(modules: Path, assets: Path) -> None:
    """Lay out assets/vendor afresh; assets is complete or absent."""
    building = assets.with_name("assets.building")
    shutil.rmtree(building, ignore_errors=True)
    for pattern, folder in COPIES:
        sources = sorted(modules.glob(pattern))
        if not sources:
            raise FileNotFoundError(pattern)
        target = building / "vendor" / folder
        target.mkdir(parents=True, exist_ok=True)
        for source in sources:
            copy_asset(source, target / source.name)
    shutil.rmtree(assets, ignore_errors=True)
    building.rename(assets)


def copy_asset(source: Path, target: Path) -> None:
    if source.suffix not in {".css", ".js"}:
        shutil.copyfile(source, target)
        return
    text = SOURCE_MAP.sub("", source.read_text(encoding="utf-8"))
    target.write_text(OLD_FONT_FORMAT.sub("", text), encoding="utf-8")
