"""How quickly 697 mails leave, against the least that has to be done for as many.

The least: one SMTP connection, bytes built beforehand, one commit per mail, nothing composed,
nothing leased. Runs alternate; the medians are compared. Rendering is reported apart.

    python -m tests.benchmarks.bench_mail [--mails 697] [--runs 7]
"""

from __future__ import annotations

import argparse
import os
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GOAL = 0.6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=697)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-mail-") as home:
        os.environ["PORTAL_HOME"] = home
        prepare(Path(home))
        from .smtp_sink import smtp_sink

        with smtp_sink() as port:
            point_mail_at(port)
            report(chosen.mails, chosen.runs, port)
        from django.db import connections

        from config.embedded import services
        from config.embedded.places import Places

        connections.close_all()
        services.release(Places.of(Path(home).resolve()))


def prepare(home: Path) -> None:
    home.chmod(0o755)  # the database runs as another user
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"
    import django

    django.setup()
    from django.core.management import call_command

    from config.embedded import services
    from config.embedded.places import Places

    services.hold(Places.of(home.resolve()))
    call_command("migrate", verbosity=0)


def point_mail_at(port: int) -> None:
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def report(mails: int, runs: int, port: int) -> None:
    least: list[float] = []
    ours: list[float] = []
    for _ in range(runs):
        least.append(timed(lambda: refill(mails), lambda rows: send_least(rows, port)))
        ours.append(timed(lambda: refill(mails), lambda _: send_ours(mails)))
    low, own = statistics.median(least), statistics.median(ours)
    ratios = [a / b for a, b in zip(least, ours, strict=True)]
    print(f"{mails} mails, {runs} alternating runs, medians")
    print(f"  one connection, one commit per mail: {low:.3f} s ({mails / low:,.0f}/s)")
    print(f"  outbox sender:                       {own:.3f} s ({mails / own:,.0f}/s)")
    print(f"  ratio: {low / own:.2f} (runs {min(ratios):.2f} to {max(ratios):.2f}; goal {GOAL})")
    print(f"  apart: rendering {rendering(mails):.3f} s, composing {composing():.3f} s,")
    print(f"         queueing in one statement {queueing(mails):.3f} s")


def timed(arrange: Callable[[], Any], act: Callable[[Any], None]) -> float:
    given = arrange()
    started = time.perf_counter()
    act(given)
    return time.perf_counter() - started


def letters(count: int) -> list[Any]:
    from datetime import date

    from apps.messaging.enums import MessageKind
    from apps.messaging.services import Mail

    text = (
        "示例单位：8月5日日报截报时间为17:00（数据截至17:00）。贵单位尚未报送，请安排填报。\n" * 6
    )
    html = f"<html><body>{'<p>' + text + '</p>'}</body></html>" * 2
    return [
        Mail(
            MessageKind.REMINDER_UNIT,
            date(2021, 8, 5),
            "hint",
            f"desk{number}@example.invalid",
            "示例单位值班室",
            "请报送2021年防汛救灾日报（8月5日）",
            text,
            html,
        )
        for number in range(count)
    ]


def refill(count: int) -> list[tuple[int, str, bytes]]:
    from django.conf import settings

    from apps.messaging.composing import compose
    from apps.messaging.models import OutboxMessage
    from apps.messaging.services import queue

    OutboxMessage.objects.all().delete()
    queue(letters(count))
    return [
        (row.pk, row.address, compose(row, sender=settings.DEFAULT_FROM_EMAIL))
        for row in OutboxMessage.objects.order_by("pk")
    ]


def send_least(rows: list[tuple[int, str, bytes]], port: int) -> None:
    from django.conf import settings
    from django.db import connection

    statement = "UPDATE messaging_outboxmessage SET state = 'sent', sent_at = now() WHERE id = %s"
    connection.ensure_connection()
    driver = connection.connection
    with smtplib.SMTP("127.0.0.1", port) as server:
        for pk, address, content in rows:
            server.sendmail(settings.DEFAULT_FROM_EMAIL, [address], content)
            driver.execute(statement, [pk])


def send_ours(count: int) -> None:
    from django.utils import timezone

    from apps.messaging.services import deliver

    delivery = deliver(now=timezone.now())
    if delivery.sent != count:
        raise SystemExit(f"only {delivery} of {count}")


def rendering(count: int) -> float:
    from apps.messaging.services import render

    context = {"subject": "请报送日报", "paragraphs": ["示例单位：请报送。"] * 3, "is_drill": False}
    context |= {"link": "http://localhost/", "link_label": "打开", "link_url": "http://localhost/"}
    started = time.perf_counter()
    for _ in range(count):
        render("letter", context)
    return time.perf_counter() - started


def composing() -> float:
    from django.conf import settings

    from apps.messaging.composing import compose
    from apps.messaging.models import OutboxMessage

    rows = list(OutboxMessage.objects.all())
    started = time.perf_counter()
    for row in rows:
        compose(row, sender=settings.DEFAULT_FROM_EMAIL)
    return time.perf_counter() - started


def queueing(count: int) -> float:
    from apps.messaging.models import OutboxMessage
    from apps.messaging.services import queue

    OutboxMessage.objects.all().delete()
    mails = letters(count)
    return timed(lambda: mails, queue)


if __name__ == "__main__":
    main()
