"""A real SMTP server in a thread, that can be told to refuse, to put off, or to hang up."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any, Self

from aiosmtpd.smtp import SMTP


@dataclass
class PostOffice:
    """`answers` maps an address to what RCPT is answered; `hang_up` closes after so many mails.

    `taken` holds the bytes of every mail taken over, `addresses` whom they were for, in order.
    """

    answers: dict[str, str] = field(default_factory=dict)
    content_answers: dict[str, str] = field(default_factory=dict)
    hang_up: set[str] = field(default_factory=set)
    taken: list[bytes] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        if address in self.content_answers:
            return self.content_answers[address]
        self.taken.append(envelope.content)
        self.addresses.append(address)
        if address in self.hang_up:
            self.hang_up.discard(address)
            server.transport.abort()
        return "250 OK"

    def message_ids(self) -> list[str]:
        return [
            str(message_from_bytes(raw, policy=policy.SMTP)["Message-ID"]) for raw in self.taken
        ]

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)
        self._loop.close()

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run(started))

    async def _run(self, started: threading.Event) -> None:
        self._stopped = asyncio.Event()
        server = await self._loop.create_server(lambda: SMTP(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopped.wait()
        server.close()
        await server.wait_closed()
