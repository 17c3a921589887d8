"""The Celery app; tasks of the apps are shared tasks and never import it."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init

from config.collector import search_less, set_aside

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("frontline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def hold_services(**_options: Any) -> None:
    """The broker is asked before the database: it has to be there by then."""
    from django.conf import settings

    from config.embedded import services
    from config.embedded.places import Places

    if settings.EMBEDDED_REDIS:
        services.hold(Places.of(Path(settings.PORTAL_HOME)))


@worker_init.connect
def let_rings_go(**_options: Any) -> None:
    """A ring that was lost with Redis is not worth bringing back, and kombu, trying to over the
    broken connection, would end the worker."""
    from kombu.transport.redis import Channel

    Channel.do_restore = False


@worker_process_init.connect
def keep_what_was_loaded(**_options: Any) -> None:
    search_less()
    set_aside()
