"""Mails by kind and state, and the oldest that still waits."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from apps.core.commands import PortalCommand
from apps.core.dates import to_local
from apps.core.formats import moment
from apps.messaging import selectors
from apps.messaging.enums import MessageKind, MessageState


class Command(PortalCommand):
    help = "待发与已发邮件：按类型和状态计数，最早一封待发邮件的时间"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一份 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        tallies = selectors.outbox_tallies()
        oldest = selectors.oldest_waiting(now)
        if options["json"]:
            document = {
                "messages": [
                    {
                        "kind": tally.kind,
                        "state": tally.state,
                        "count": tally.count,
                        "oldest_queued": to_local(tally.oldest),
                        "last_sent": to_local(tally.last_sent) if tally.last_sent else None,
                    }
                    for tally in tallies
                ],
                "states": {
                    state.value: sum(t.count for t in tallies if t.state == state)
                    for state in MessageState
                },
                "oldest_waiting": to_local(oldest) if oldest else None,
            }
            self.stdout.write(
                json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            )
            return
        for tally in tallies:
            kind, state = MessageKind(tally.kind).label, MessageState(tally.state).label
            self.stdout.write(f"{kind}　{state}　{tally.count}封")
        if not tallies:
            self.stdout.write("还没有邮件。")
        queued = sum(t.count for t in tallies if t.state == MessageState.QUEUED)
        if oldest:
            self.stdout.write(f"最早一封待发邮件：{moment(oldest, now=now)}")
        elif queued:
            self.stdout.write(f"{queued}封待发邮件尚未到发送时间。")
        else:
            self.stdout.write("没有待发邮件。")
