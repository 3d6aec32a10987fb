"""Mail through any SMTP server: a message is made, handed over, and what the server says is told in words.

What may succeed later (no connection, a temporary answer 4xx) is `Delayed`, what will not (5xx) is `Refused`.
Names and titles never become headers of their own: every header goes through `email`'s own encoding, without line breaks.
"""

import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from flask_babel import gettext as _

from meetings.config import Settings

CONNECT_SECONDS = 20
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")


class NotDelivered(Exception):
    """The text is for the user."""


class Delayed(NotDelivered):
    """It may go later."""


class Refused(NotDelivered):
    """It will not go like this."""


class NotSetUp(Refused):
    """No server has been named."""


class NoServer(Delayed):
    """The server itself is not to be had: nothing else goes either."""


@dataclass(frozen=True)
class Attachment:
    name: str
    kind: str
    content: bytes
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    address: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    sender_name: str = ""
    message_id: str = ""
    """Without its host; the same at every try, so that a letter that arrives twice is known as one."""


def is_address(text: str) -> bool:
    """Whether mail can be sent there as far as one can see."""
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text and len(text) <= 200


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = _one_line(letter.subject)
    message["From"] = Address(_one_line(letter.sender_name), addr_spec=sender)
    message["To"] = Address(addr_spec=letter.address)
    message["Date"] = format_datetime(now.astimezone(UTC))
    host = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{letter.message_id or format(now.timestamp(), '.6f')}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        main, _slash, sub = one.kind.partition("/")
        parameters = dict(one.parameters)
        message.add_attachment(one.content, main, sub, filename=_one_line(one.name), params=parameters)
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Post:
    """An open connection to the server."""

    def __init__(self, server: smtplib.SMTP, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Hand one letter over; raises `Delayed` or `Refused`. The connection serves on, unless it is `NoServer`."""
        if not is_address(letter.address):
            raise Refused(_("Địa chỉ thư không đúng."))
        message = message_of(letter, self._sender, datetime.now(UTC))
        try:
            self._server.send_message(message, self._sender, [letter.address])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _answer(code, words) from None
        except smtplib.SMTPServerDisconnected:
            raise NoServer(_("Máy chủ thư ngắt kết nối giữa chừng.")) from None
        except smtplib.SMTPResponseException as error:
            with suppress(smtplib.SMTPException, OSError):
                self._server.rset()
            raise _answer(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NoServer(_no_connection(error)) from None


def _answer(code: int, words: bytes | str) -> NotDelivered:
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    text = _("Máy chủ thư trả lời: %(words)s", words=f"{code} {_one_line(told)}"[:300])
    if code == 421:
        return NoServer(text)
    return Delayed(text) if 400 <= code < 500 else Refused(text)


def _no_connection(error: BaseException) -> str:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(_("Không kết nối được máy chủ thư: %(why)s", why=_one_line(why)[:300]))


@contextmanager
def post(settings: Settings) -> Iterator[Post]:
    """A connection to the server of the settings. Raises `NotSetUp`, `NoServer` or `Refused` (wrong password)."""
    if not settings.smtp_host:
        raise NotSetUp(_("Máy chủ chưa được cài đặt gửi thư."))
    try:
        server = _connect(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise _answer(535 if error.smtp_code >= 500 else error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(_no_connection(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(_no_connection(error)) from None
    except smtplib.SMTPResponseException as error:
        raise NoServer(str(_answer(error.smtp_code, error.smtp_error))) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NoServer(_no_connection(error)) from None
    try:
        yield Post(server, settings.mail_from)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _connect(settings: Settings) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=CONNECT_SECONDS, context=trust
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=CONNECT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trust)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def read_addresses(text: str) -> tuple[list[str], list[str]]:
    """Addresses of a list written with commas, semicolons or lines: the good ones, each once, and the bad ones."""
    given = [word.strip("<>") for word in re.split(r"[\s,;]+", text) if word]
    return list(dict.fromkeys(a for a in given if is_address(a))), [a for a in given if not is_address(a)]


def joined(addresses: Iterable[str]) -> str:
    return ", ".join(addresses)
