"""The bell. What it starts stands in the ledger: lost or doubled, a ring changes nothing."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from . import services


@shared_task(ignore_result=True, expires=55)
def ring() -> None:
    """Once a minute: run what is due, then what upper apps want looked at each minute."""
    services.run_due(now=timezone.now())
    services.run_ticks(now=timezone.now())


@shared_task(ignore_result=True, expires=300)
def work() -> None:
    """Run what people have asked for: rung by each request, and once a minute for those unheard."""
    services.run_requested(now=timezone.now())


@worker_ready.connect
def ring_at_start(**_options: Any) -> None:
    """After dark days nobody waits for the next minute."""
    ring.apply_async()
    work.apply_async()
