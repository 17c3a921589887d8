"""Takes the pictures of docs/pictures: the portal at 18:20 over the full reference world.

    make screenshots [PICTURES_HOME=folder] [PICTURES_SCALE=small] [PICTURES_ONLY=round,bundle]

The data folder is thrown away afterwards; one that is named is kept and used again. What is named
by PICTURES_ONLY is taken anew, the others stay.
"""

import datetime as dt
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import DESK, PHONE, ROOT, launch

PICTURES = ROOT / "docs" / "pictures"
LIMIT = 5_000_000
MARK = """(size) => {
    const phone = size === "phone";
    const mark = document.createElement("div");
    mark.textContent = phone ? "演示数据" : "演示数据 · 人员与数字均为虚构";
    Object.assign(mark.style, { position: "fixed", zIndex: 2000, pointerEvents: "none" }, phone
        ? { top: 0, left: 0, right: 0, textAlign: "center", lineHeight: "14px", color: "#fff" }
        : { left: size === "wall" ? "40%" : "14px", bottom: "12px", padding: "2px 8px", color: "#5f574d",
            background: "#fffdf8", border: "1px solid #d9cfbf", borderRadius: "4px" });
    mark.style.fontSize = phone ? "10px" : "12px";
    document.body.append(mark);
}"""
"""Through the style object, which the policy leaves to scripts of the page."""
VIEWPORTS = {"desk": DESK, "phone": PHONE, "wall": {"width": 1920, "height": 1080}}
FLOOD_DAY = "flood-2021/2021-08-05"


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which address, at a desk, on a phone, on the wall, or at several."""

    name: str
    user: str
    path: str
    sizes: tuple[str, ...] = ("desk", "phone")


def shots() -> list[Shot]:
    """Main pages for the role that uses each; the silent unit and its group are those of today."""
    from apps.core.dates import business_day
    from apps.daily.enums import ReportState
    from apps.daily.models import DailyReport
    from apps.deployments.models import Deployment

    today = (
        DailyReport.objects.filter(on=business_day(), unit__short_name__startswith="示例")
        .select_related("unit", "group", "current")
        .order_by("unit__sort_order")
    )
    silent = today.filter(state=ReportState.MISSING).first()
    filed = today.filter(state=ReportState.FILED).exclude(current=None).last()
    sent = Deployment.objects.filter(campaign__code="flood-2021")
    deployment = sent.filter(unit__short_name__startswith="示例").order_by("pk").first()
    assert silent is not None
    assert silent.group is not None
    assert filed is not None
    assert filed.current is not None
    assert deployment is not None
    reporter, group = f"unit{silent.unit.code}", f"group{silent.group.number:02}"
    flood = "campaign=flood-2021"
    desk, phone = ("desk",), ("phone",)
    return [
        Shot("login", "", "/login/", desk),
        Shot("home-office", "staff", "/"),
        Shot("home-group", group, "/"),
        Shot("home-unit", f"unit{filed.unit.code}", "/", phone),
        Shot("report", reporter, "/daily/report/", phone),
        Shot("receipt", f"unit{filed.unit.code}", receipt_path(filed), phone),
        Shot("round", "staff", "/daily/rounds/today/"),
        Shot("round-locked", "staff", f"/daily/rounds/{FLOOD_DAY}/", desk),
        Shot("figure", "staff", f"/daily/figures/{FLOOD_DAY}/F03/", desk),
        Shot("missing", group, "/daily/missing/"),
        Shot("reports", "staff", "/daily/reports/", desk),
        Shot("units", "staff", "/units/"),
        Shot("unit", "staff", f"/units/{deployment.unit_id}/?{flood}"),
        Shot("deployments", "staff", f"/deployments/?{flood}&q=示例"),
        Shot("needs", "staff", f"/deployments/needs/?{flood}", desk),
        Shot("mail", "staff", "/messages/mail/", desk),
        Shot("jobs", "staff", "/jobs/", desk),
        Shot("digests", "leader", "/daily/subscriptions/"),
        Shot("admin", "steward", "/admin/", desk),
        Shot("board-campaign", "leader", "/boards/campaign/"),
        Shot("board-calendar", "staff", f"/boards/calendar/?{flood}", desk),
        Shot("wall", "duty", "/wall/", ("wall",)),
        Shot("onepage", "leader", onepage_path()),
        Shot("call", "staff", "/daily/calls/new/", desk),
        Shot("cases", case_reporter(), "/assistance/board/", desk),
        Shot("items", "editor", f"/publicity/?{flood}", desk),
        Shot("import", "steward", "/office/imports/new/members/", desk),
        Shot("documents", "leader", "/documents/", desk),
        Shot("allocation", "staff", allocation_path(), desk),
        Shot("registrations", reporter, "/deployments/registrations/", desk),
        Shot("signing", "staff", signing_path(), desk),
        Shot("visit", "staff", visit_path(), phone),
        Shot("milestones", "staff", f"/campaigns/milestones/?{flood}", desk),
        Shot("bundle", "staff", f"/office/bundles/new/?{flood}&first=2021-08-05", desk),
        Shot("help", reporter, "/help/report/"),
    ]


def allocation_path() -> str:
    """The newest sheet that units have been told of; its lines are all of invented people."""
    from apps.deployments.allocating import TOLD
    from apps.deployments.models import AllocationSheet

    sheet = AllocationSheet.objects.filter(state__in=TOLD).order_by("-on", "-pk").first()
    assert sheet is not None
    return sheet.get_absolute_url()


def case_reporter() -> str:
    """The account of the invented unit with the most cases in hand: no organ is shown as late."""
    from django.db.models import Count

    from apps.assistance.models import AssistanceCase

    cases = AssistanceCase.objects.filter(
        campaign__state="active", beneficiary__unit__short_name__startswith="示例"
    )
    busiest = (
        cases.order_by().values("beneficiary__unit__code").annotate(n=Count("pk")).order_by("-n")
    )
    return f"unit{busiest[0]['beneficiary__unit__code']}"


def signing_path() -> str:
    """A day's sheets of the invented unit that has most of them."""
    from django.db.models import Count

    from apps.deployments.models import SigningLine

    lines = SigningLine.objects.filter(
        sheet__campaign__state="active", deployment__unit__short_name__startswith="示例"
    )
    most = lines.order_by().values("deployment__unit", "sheet__on").annotate(n=Count("pk"))
    found = most.order_by("-n", "-sheet__on", "deployment__unit").first()
    assert found is not None
    return f"/deployments/signing/?unit={found['deployment__unit']}&on={found['sheet__on']}"


def visit_path() -> str:
    """A visit of an invented unit, with what was found if there is any."""
    from django.db.models import Count

    from apps.deployments.models import Visit

    visits = Visit.objects.filter(
        campaign__state="active", unit__short_name__startswith="示例"
    ).annotate(found=Count("findings"))
    visit = visits.order_by("-found", "-on", "pk").first()
    assert visit is not None
    return visit.get_absolute_url()


def onepage_path() -> str:
    """The morning's sheet of the campaign that runs."""
    from apps.daily.enums import Edition
    from apps.daily.models import OnePage

    kept = OnePage.objects.filter(campaign__state="active", edition=Edition.MORNING)
    page = kept.order_by("-on").select_related("campaign").first()
    assert page is not None
    return page.get_absolute_url()


def receipt_path(report: Any) -> str:
    from django.urls import reverse

    return reverse("daily:receipt", args=[report.current.receipt])


def main() -> int:
    kept = os.environ.get("PICTURES_HOME")
    with tempfile.TemporaryDirectory(prefix="frontline-pictures-") as folder:
        os.environ["PORTAL_HOME"] = str(Path(kept).resolve()) if kept else folder
        os.environ.setdefault("DEMO_PASSWORD", "pictures-of-the-evening")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        # Playwright's loop runs in this thread; Django would refuse every query there.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        manage("migrate", "--verbosity", "0")
        import django

        django.setup()
        from config.run import collect_static, has_no_units

        if has_no_units():
            manage("load_reference", "--scale", os.environ.get("PICTURES_SCALE", "full"))
        collect_static()
        take_all()
    return 0


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def take_all() -> None:
    from django.db import connections

    from apps.campaigns.models import Campaign
    from apps.core.dates import business_day

    from .evening import NOW, at, live_through

    today = business_day()
    live_through(Campaign.objects.get(is_drill=True, state="active"), on=today)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with at(today, NOW), served() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        only = os.environ.get("PICTURES_ONLY", "")
        for shot in shots():
            if only and shot.name not in only.split(","):
                continue
            for size in shot.sizes:
                take(browser, address, shot, size)
        browser.close()
    connections.close_all()
    total = sum(path.stat().st_size for path in PICTURES.glob("*.png"))
    print(f"{total / 1e6:.1f} MB", file=sys.stderr)
    if total > LIMIT:
        sys.exit(f"the pictures are larger than {LIMIT / 1e6:.0f} MB")


@contextmanager
def served() -> Iterator[str]:
    """The portal in a thread of this process, so that its clock is ours."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def take(browser: Browser, address: str, shot: Shot, size: str) -> None:
    context = browser.new_context(
        base_url=address, viewport=VIEWPORTS[size], locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.clock.set_fixed_time(dt.datetime.now(tz=dt.UTC))
    if shot.user:
        context.add_cookies([session_cookie(shot.user, address)])
    page = context.new_page()
    answer = page.goto(shot.path, wait_until="networkidle")
    if answer is None or answer.status != 200:
        sys.exit(f"{shot.path} answers {answer and answer.status} to {shot.user}")
    page.evaluate(MARK, size)
    # The mark may ask for characters of the font that the page has not needed yet.
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    keep(page.screenshot(), PICTURES / f"{shot.name}-{size}.png")
    context.close()


def keep(picture: bytes, path: Path) -> None:
    """256 colours are enough for flat pages, and a third of the size."""
    with Image.open(io.BytesIO(picture)) as full:
        flat = full.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    flat.save(path, optimize=True)


def session_cookie(username: str, address: str) -> Any:
    from django.conf import settings

    from apps.accounts.models import User
    from tests.cast import client_for

    cookie = client_for(User.objects.get(username=username)).cookies[settings.SESSION_COOKIE_NAME]
    return {"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": address}


if __name__ == "__main__":
    sys.exit(main())
