"""The composition root: `create_app()` puts the parts together and nothing else does."""

import asyncio
import fcntl
import logging
import os
import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from flask_alembic import Alembic
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from meetings import api, headers, mailing, rehearsals, reminders, static_files, words
from meetings.accounts import SignInTries
from meetings.config import Settings, load_settings
from meetings.lists import importing
from meetings.pins import PinTries
from meetings.tables import Base, db
from meetings.web import (
    account,
    agenda,
    answers,
    arrival,
    auth,
    calendar,
    check_in,
    conferences,
    delegates,
    entry,
    floor,
    health,
    imports,
    invitations,
    jobs,
    listing,
    live,
    mail,
    papers,
    pin,
    planning,
    presentation,
    refusals,
    roll,
    seat,
    seat_papers,
    sites,
    staff,
    units,
)
from signaling import handlers

alembic = Alembic(metadatas=Base.metadata, run_mkdir=False, command_name="")

_WORK = (importing, rehearsals, reminders)
"""Whoever does slow work registers with `jobs` when it is imported."""
_SETTING_NAMES = {name.upper() for name in Settings.__dataclass_fields__}
_PAGES = (
    health,
    auth,
    account,
    staff,
    listing,
    conferences,
    planning,
    agenda,
    sites,
    entry,
    floor,
    arrival,
    delegates,
    check_in,
    roll,
    papers,
    seat_papers,
    imports,
    answers,
    units,
    invitations,
    mail,
    calendar,
    pin,
    jobs,
    live,
    seat,
)
_LARGEST_REQUEST = 2 * 1024 * 1024
# Larger by endpoint: lists that are read by a job.
_LARGER_REQUESTS = dict.fromkeys(
    ("imports.delegates", "imports.units", "seat.read_list", "api_lists.read_delegates", "api_lists.read_units"),
    importing.LARGEST_UPLOAD,
)
# What one address may post; a name has its own, slower measure (`SignInTries`).
_LIMITS = {
    "auth.sign_in": "20 per minute; 100 per hour",
    "auth.once": "30 per minute",
    "auth.setup": "10 per minute",
    "pin.enter": "30 per minute; 200 per hour",
    "account.change_password": "10 per minute; 60 per hour",
    "seat.read_list": "30 per minute",
}
# They check the form's token when the file is on disk, or know a site by a header that no form can send.
_OWN_PROTECTION = (
    "check_in.mark",
    "check_in.undo",
    "papers.upload",
    "papers.upload_version",
    "seat_papers.ticket",
    "seat_papers.ask_archive",
)


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application. `overrides` beats the environment (settings) and Flask's own configuration."""
    overrides = overrides or {}
    settings = load_settings(
        {**os.environ, **{key: str(value) for key, value in overrides.items() if key in _SETTING_NAMES}}
    )
    app = Flask(
        "meetings",
        root_path=os.path.dirname(__file__),
        template_folder="../templates",
        static_folder="../static",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES={"default": _engine_options(settings)},
        ALEMBIC_CONTEXT={
            "render_as_batch": True,
            "compare_server_default": False,
            "transactional_ddl": True,
        },
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        SESSION_COOKIE_NAME="diem_cau",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        WTF_CSRF_TIME_LIMIT=None,
        # The check of the Referer cannot work: our own pages send none.
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.config.update({key: value for key, value in overrides.items() if key not in _SETTING_NAMES})
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions.update(
        settings=settings,
        media_health=lambda: None,
        papers_changed=lambda *_: None,
        simulate=_simulate,
        sign_in_tries=SignInTries(),
        pin_tries=PinTries(),
    )
    if settings.proxy_count:
        hops = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    _drop_async_teardown(app)
    alembic.init_app(app)
    migrate(app)
    words.init_app(app, settings.timezone)
    headers.init_app(app)
    static_files.init_app(app)
    limiter = Limiter(get_remote_address, app=app)
    app.before_request(_allow_larger)  # before the form is read for its token
    csrf = CSRFProtect(app)
    csrf.exempt(seat.blueprint)  # it knows a point by a header, which no form of another page can send
    presentation.init_app(app)
    refusals.init_app(app)
    mailing.init_app(app)
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    for blueprint in api.BLUEPRINTS:
        csrf.exempt(blueprint)  # a token in a header is all it knows
        app.register_blueprint(blueprint)
    api.description.register(app)
    for endpoint, limits in _LIMITS.items():
        app.view_functions[endpoint] = limiter.limit(limits, methods=["POST"])(app.view_functions[endpoint])
    for endpoint in _OWN_PROTECTION:
        csrf.exempt(app.view_functions[endpoint])
    handlers.register(app)
    return app


def _simulate(*args: Any) -> Coroutine[Any, Any, Any]:
    """`signaling.sfu.endpoint.rehearsal.rehearse`: a second to load, of no use to those who hold a conference."""
    from signaling.sfu.endpoint.rehearsal import rehearse

    return rehearse(*args)


def _allow_larger() -> None:
    if request.endpoint in _LARGER_REQUESTS:
        request.max_content_length = _LARGER_REQUESTS[request.endpoint]


def _drop_async_teardown(app: Flask) -> None:
    """No session of ours is asynchronous; closing none would cost every request and every command a thread and a loop."""
    app.teardown_appcontext_funcs[:] = [f for f in app.teardown_appcontext_funcs if not asyncio.iscoroutinefunction(f)]


def _engine_options(settings: Settings) -> dict[str, Any]:
    # The last one returned is used next: so few connections fill with pages and statements, and not twenty.
    options: dict[str, Any] = {
        "url": settings.database_url,
        "pool_size": 20,
        "max_overflow": 40,
        "pool_use_lifo": True,
    }
    if settings.database_file:
        options["connect_args"] = {"timeout": 15}
        settings.database_file.touch(mode=0o600)
    else:
        options["pool_pre_ping"] = True
    return options


def migrate(app: Flask) -> None:
    """Bring the database to the newest revision, after a copy of it into `DATA_DIR`."""
    settings: Settings = app.extensions["settings"]
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with open(settings.data_dir / "migrate.lock", "w") as lock, app.app_context():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not alembic.needs_upgrade():
            return
        if settings.database_file and (current := alembic.current()):
            _copy_before(settings, current[0].revision)
        connection = alembic.migration_context.connection
        assert connection is not None
        connection.rollback()
        connection.execution_options(is_write=True)
        if settings.database_file:
            # A batch migration drops and renames tables; with the keys enforced that would cascade.
            driver_connection = connection.connection.driver_connection
            assert isinstance(driver_connection, sqlite3.Connection)
            driver_connection.execute("PRAGMA foreign_keys=OFF")
        alembic.upgrade()


def _copy_before(settings: Settings, revision: str) -> None:
    assert settings.database_file
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = settings.data_dir / f"before-{alembic.heads()[0].revision}-from-{revision}-{stamp}.db"
    with closing(sqlite3.connect(settings.database_file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(0o600)
