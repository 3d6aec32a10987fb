"""The settings: read from the environment, checked once at the start, then never changed."""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa


class ConfigError(Exception):
    """A setting that cannot work, in the words of whoever starts the program."""


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    media_port: int
    media_host: str
    media_processes: int
    data_dir: Path
    database_url: str
    secret_key: str
    tls: str
    timezone: str
    proxy_count: int
    socket_mode: str
    log_level: str
    paper_megabytes: int
    turn_urls: str
    turn_secret: str
    metrics_token: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_security: str
    mail_from: str

    @property
    def turn_addresses(self) -> tuple[str, ...]:
        """The addresses in `turn_urls`."""
        return tuple(url.strip() for url in self.turn_urls.split(",") if url.strip())

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by https."""
        return self.tls == "auto" or self.proxy_count > 0

    @property
    def database_file(self) -> Path | None:
        url = sa.make_url(self.database_url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings, each checked; a bad one raises `ConfigError`. Makes `DATA_DIR` and its secret key."""
    environ = os.environ if environ is None else environ

    def text(name: str, default: str) -> str:
        return str(environ.get(name) or default)

    def number(name: str, default: int, low: int, high: int) -> int:
        given = text(name, str(default))
        if not given.isdecimal() or not low <= int(given) <= high:
            raise ConfigError(f"{name}={given}: must be a whole number from {low} to {high}.")
        return int(given)

    def choice(name: str, default: str, options: tuple[str, ...]) -> str:
        given = text(name, default)
        if given not in options:
            raise ConfigError(f"{name}={given}: must be one of {', '.join(options)}.")
        return given

    timezone = text("TIMEZONE", "Asia/Ho_Chi_Minh")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"TIMEZONE={timezone}: no such time zone.") from None

    port, media_port = number("PORT", 8000, 1, 65535), number("MEDIA_PORT", 7080, 1, 65535)
    media_processes = number("MEDIA_PROCESSES", 1, 1, 16)
    if port == media_port:
        raise ConfigError(f"PORT and MEDIA_PORT are both {port}: give them different numbers.")
    if media_port <= port < media_port + media_processes or media_port + media_processes > 65536:
        raise ConfigError(f"MEDIA_PROCESSES={media_processes}: they take the ports from {media_port} on, each one.")
    turn_urls, turn_secret = text("TURN_URLS", ""), text("TURN_SECRET", "")
    for url in filter(None, map(str.strip, turn_urls.split(","))):
        if not re.fullmatch(r"turns?:[^\s@?/]+(\?transport=(udp|tcp))?", url):
            raise ConfigError(f"TURN_URLS={url}: must be like turn:turn.example.vn:3478 or turns:turn.example.vn:5349.")
    if turn_urls and not turn_secret:
        raise ConfigError("TURN_SECRET: missing; TURN_URLS needs the secret that the TURN server knows.")
    metrics_token = text("METRICS_TOKEN", "")
    if metrics_token and len(metrics_token) < 16:
        raise ConfigError("METRICS_TOKEN: too short; use at least 16 random characters.")
    data_dir = _data_dir(text("DATA_DIR", "./data"))
    return Settings(
        host=text("HOST", "127.0.0.1"),
        port=port,
        media_port=media_port,
        media_host=text("MEDIA_HOST", ""),
        media_processes=media_processes,
        data_dir=data_dir,
        database_url=_database_url(text("DATABASE_URL", f"sqlite:///{data_dir / 'diem-cau.db'}")),
        secret_key=_secret_key(environ.get("SECRET_KEY"), data_dir),
        tls=choice("TLS", "off", ("off", "auto")),
        timezone=timezone,
        proxy_count=number("PROXY_COUNT", 0, 0, 10),
        socket_mode=choice("SOCKET_MODE", "threading", ("threading", "gevent")),
        smtp_host=text("SMTP_HOST", ""),
        smtp_port=number("SMTP_PORT", 587, 1, 65535),
        smtp_user=text("SMTP_USER", ""),
        smtp_password=text("SMTP_PASSWORD", ""),
        smtp_security=choice("SMTP_SECURITY", "starttls", ("none", "starttls", "tls")),
        mail_from=_mail_from(text("MAIL_FROM", ""), text("SMTP_HOST", "")),
        log_level=choice("LOG_LEVEL", "info", tuple(name.lower() for name in logging.getLevelNamesMapping())),
        paper_megabytes=number("PAPER_MEGABYTES", 50, 1, 2000),
        turn_urls=turn_urls,
        turn_secret=turn_secret,
        metrics_token=metrics_token,
    )


def _mail_from(given: str, smtp_host: str) -> str:
    if smtp_host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", given):
        raise ConfigError(f"MAIL_FROM={given}: SMTP_HOST is set, so name the address that mail comes from.")
    return given


def _data_dir(given: str) -> Path:
    path = Path(given).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR={path}: cannot be made ({error.strerror}).") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"DATA_DIR={path}: this account may not write there.")
    return path


def _database_url(given: str) -> str:
    try:
        url = sa.make_url(given)
    except sa.exc.ArgumentError:
        raise ConfigError("DATABASE_URL: not an address of a database.") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.get_backend_name() != "sqlite":
        raise ConfigError(f"DATABASE_URL: {url.drivername} is not supported; use sqlite or postgresql.")
    if not url.database or url.database == ":memory:":
        raise ConfigError("DATABASE_URL: a database in memory would forget everything; name a file.")
    return url.set(database=str(Path(url.database).expanduser().resolve())).render_as_string()


def _secret_key(given: str | None, data_dir: Path) -> str:
    if given:
        if len(given) < 32:
            raise ConfigError("SECRET_KEY: too short; use at least 32 random characters.")
        return given
    path = data_dir / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}).") from None
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if len(key) < 32:
        raise ConfigError(f"{path}: damaged; restore it from a backup.")
    return key
