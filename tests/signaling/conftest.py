"""One running server for all tests of the wire; each test holds a conference of its own in it."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from werkzeug.serving import make_server

from meetings import store
from meetings.app import create_app
from meetings.tables import (
    Conference,
    ConferenceStatus,
    DelegateRole,
    ItemKind,
    Role,
    SiteKind,
    StaffAccount,
    db,
    writing,
)
from tests.databases import Databases
from tests.signaling.page import Pages, Room

settings.register_profile(
    "fixed", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")

OPENS_AT = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The application with its live side running, and its address. There is no media process."""
    with serving(databases, tmp_path_factory) as found:
        yield found


@contextlib.contextmanager
def serving(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, **settings: str
) -> Iterator[tuple[Flask, str]]:
    """The same with other `settings`."""
    folder = tmp_path_factory.mktemp("wire") / "data"
    app = create_app({"DATA_DIR": folder, "DATABASE_URL": databases.new(), "TESTING": True, **settings})
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with app.app_context(), writing() as session:
        for name, role in (("chu-tri", Role.CHAIR), ("thu-ky", Role.SECRETARY), ("thu-ky-2", Role.SECRETARY)):
            session.add(StaffAccount(name=name, display_name=name, role=role))
    app.extensions["wire"].start()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def room(served: tuple[Flask, str]) -> Iterator[Room]:
    """A conference nobody has opened yet: a hall, three sites with two delegates each, two items."""
    app, address = served
    with app.app_context():
        with writing() as session:
            conference = new_conference(session)
        room = Room(app, address, conference.id)
        yield room
        db.session.rollback()


def new_conference(session: object) -> Conference:
    draft = store.ConferenceDraft(
        "Hội nghị", "Hội nghị", "Ban", "Sơ kết", "Hội trường", OPENS_AT, OPENS_AT + timedelta(hours=2), 300
    )
    conference = store.create_conference(draft)
    for number in (1, 2, 3):
        store.add_site(
            conference,
            store.SiteDraft(f"Huyện {number}", f"H{number}", f"H{number}", "Liên-hệ-riêng", "0900", 5, None, None),
        )
    for site in conference.sites:
        for number in (1, 2):
            store.add_delegate(
                site,
                store.DelegateDraft(
                    f"Người {site.position}-{number}", "Trưởng ban", "Ban", DelegateRole.DELEGATE, number
                ),
            )
    for title in ("Báo cáo", "Thảo luận"):
        store.add_item(conference, store.ItemDraft(title, ItemKind.DISCUSSION, 30))
    conference.status = ConferenceStatus.SCHEDULED
    assert conference.sites[0].kind is SiteKind.HALL
    return conference


@pytest.fixture
def pages(room: Room) -> Iterator[Pages]:
    """Opens pages of the conference; all are closed at the end."""
    pages = Pages(room)
    yield pages
    pages.close()
