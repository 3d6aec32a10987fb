"""A real SMTP server for the tests, on a free port of this machine: it keeps what it takes, and can refuse, wait or hang up."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class PostOffice:
    """`answers` gives the server's word to a recipient, by address; without one it takes the letter."""

    answers: dict[str, str] = field(default_factory=dict)
    at_data: str = ""
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    is_slow: bool = False
    may_go_on: Event = field(default_factory=Event)
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.is_slow:
            await server.loop.run_in_executor(None, self.may_go_on.wait, 30)
        if self.at_data:
            return self.at_data
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken += [(address, message) for address in envelope.rcpt_tos]
        return "250 taken"

    def to(self, address: str) -> EmailMessage:
        (message,) = (message for to, message in self.taken if to == address)
        return message


@contextmanager
def open_office(
    context: ssl.SSLContext | None = None, password: str | None = None, **given: object
) -> Iterator[PostOffice]:
    office = PostOffice(**given)  # type: ignore[arg-type]

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=is_right, handled=False)

    more: dict[str, object] = {}
    if context:
        more |= {"tls_context": context, "require_starttls": True}
    if password:
        more |= {"authenticator": check, "auth_required": True, "auth_require_tls": context is not None}
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        office.may_go_on.set()
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Open = Callable[..., PostOffice]
