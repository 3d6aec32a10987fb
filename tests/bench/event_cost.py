"""What an event of a large sitting costs the web process: judged, on disk, worked out for every page. CPU, without sockets."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meetings import journal, store
from meetings.app import create_app
from meetings.core.commands import OpenDoors, ReportConnected
from meetings.core.vocabulary import SYSTEM, AccountId, Actor, Role, SiteId
from meetings.tables import Conference, db, writing
from tests.bench.measurement import Measurement, percentile

SITES, DELEGATES = 97, 2500


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_DIR": Path(folder)})
        with app.app_context():
            with writing() as session:
                conference = conference_of(SITES, DELEGATES)
                session.flush()
                conference_id, sites = conference.id, [SiteId(site.id) for site in conference.sites]
            live, chair = app.extensions["live"], Actor(Role.CHAIR, account_id=AccountId(1))
            live.execute(conference_id, chair, OpenDoors(journal.setup_of(conference_id)), "doors")
            taken = []
            for site_id in sites[1:]:
                began = time.process_time()
                live.execute(conference_id, SYSTEM, ReportConnected(site_id), f"here-{site_id}")
                taken.append((time.process_time() - began) * 1000)
            db.session.close()
            db.engine.dispose()
    more = {"sites": SITES, "delegates": DELEGATES, "events": len(taken)}
    for percent in (50, 95):
        yield Measurement("event_cost", f"p{percent}", percentile(taken, percent), "ms", more)


def conference_of(sites: int, delegates: int) -> Conference:
    """The hall is one of the sites."""
    opens_at = datetime.now(UTC) + timedelta(days=1)
    draft = store.ConferenceDraft(
        "Hội nghị", "Hội nghị", "Ban", "Sơ kết", "Hội trường", opens_at, opens_at + timedelta(hours=2), 300
    )
    conference = store.create_conference(draft, store.templates()[0])
    for number in range(1, sites):
        name = f"Xã {number}"
        store.add_site(conference, store.SiteDraft(name, name, name, "", None, None, None, None))
    for number in range(delegates):
        site = conference.sites[number % sites]
        store.add_delegate(site, store.read_delegate({"title": "Bí thư", "role": "delegate", "precedence": "1"}, site))
    return conference
