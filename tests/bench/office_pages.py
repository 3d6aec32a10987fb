"""How long the server takes for each page of the office, with 500 conferences and 5,000 delegates.

Every page in the program's own table of addresses is asked for, one at a time, of a large conference where it is of one. An
address that this bench does not know how to fill in fails it. The figure holds the way through this machine too.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook

from meetings import accounts, store
from meetings.app import create_app
from meetings.lists import units
from meetings.store import answers
from meetings.tables import (
    AnswerState,
    Conference,
    ConferenceStatus,
    Delegate,
    ItemKind,
    Person,
    Role,
    StaffAccount,
    Unit,
    Visibility,
    db,
    writing,
)
from tests.bench.measurement import Measurement, percentile
from tests.server import Server, wait_for

CONFERENCES, DELEGATES, SITES = 500, 5000, 15
LARGE_SITES, LARGE_DELEGATES = 96, 2500
ROUNDS = 20
PASSWORD = "mười chín cây cầu"
LIST_LINES = 5000
NOT_PAGES = (
    # of others than the office
    *("api_", "openapi_api", "seat", "live.", "health.", "metrics.", "pin.", "check_in.", "static", "auth.setup"),
    # files; those in several forms are known by that
    *("papers.file", "imports.delegates_template", "imports.units_template", "jobs.download", "calendar.feed"),
    # of administrators with a list of their own
    "imports.units_seen",
)


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        app = create_app({"DATA_DIR": data_dir})
        with app.app_context():
            filled = fill()
            db.session.close()
            db.engine.dispose()
        server = Server(data_dir)
        server.start()
        try:
            with httpx.Client(base_url=server.address, timeout=60) as client:
                sign_in(client)
                job_id, read_seconds = read_list(client, filled["public_id"])
                paths = pages(app, {**filled, "job_id": job_id})
                p95 = {path: percentile([milliseconds(client, path) for _ in range(ROUNDS)], 95) for path in paths}
                import_seconds = import_list(client, filled["public_id"], job_id)
        finally:
            server.stop()
    slowest = sorted(p95, key=lambda path: -p95[path])
    more = {"conferences": CONFERENCES, "delegates": DELEGATES, "pages": len(p95), "rounds": ROUNDS}
    yield Measurement("office_pages", "slowest_p95", p95[slowest[0]], "ms", {"page": slowest[0], **more})
    for path in slowest[1:6]:
        yield Measurement("office_pages", "p95", p95[path], "ms", {"page": path})
    yield Measurement("office_pages", "read_list", read_seconds, "s", {"lines": LIST_LINES})
    yield Measurement("office_pages", "import_list", import_seconds, "s", {"lines": LIST_LINES})


def sign_in(client: httpx.Client) -> None:
    answer = post(client, "/sign-in", "/sign-in", {"name": "quan-tri", "password": PASSWORD})
    assert answer.headers["location"] == "/", answer.headers


def post(client: httpx.Client, seen_at: str, to: str, form: dict[str, str], **given: Any) -> httpx.Response:
    """What a form of the page `seen_at` sends."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(seen_at).text)
    assert token
    answer = client.post(to, data={"csrf_token": token[1], **form}, **given)
    assert answer.status_code == 302, f"{to}: {answer.status_code}"
    return answer


def milliseconds(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    taken = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return taken


# --- a long list ---


def read_list(client: httpx.Client, public_id: str) -> tuple[str, float]:
    """The job that has read a sheet of 5,000 delegates, and how long it took."""
    there = f"/c/{public_id}/delegates/import"
    sheet = Workbook(write_only=True).create_sheet()
    sheet.append(["STT", "Họ và tên", "Chức danh", "Cơ quan", "Điểm cầu"])
    for line in range(LIST_LINES):
        point = f"Xã {line % LARGE_SITES + 1}"
        sheet.append([line // LARGE_SITES + 1, f"Đại biểu nhập {line}", "Bí thư Đảng ủy", f"Đảng ủy {point}", point])
    file = io.BytesIO()
    sheet.parent.save(file)
    began = time.perf_counter()
    seen = post(client, there, there, {}, files={"file": ("đại biểu.xlsx", file.getvalue())}).headers["location"]
    return seen.rpartition("/")[2], finished(client, seen) - began


def import_list(client: httpx.Client, public_id: str, job_id: str) -> float:
    seen = f"/c/{public_id}/delegates/import/{job_id}"
    began = time.perf_counter()
    return finished(client, post(client, seen, seen, {"act": "import"}).headers["location"]) - began


def finished(client: httpx.Client, address: str) -> float:
    """When the job of the page at this address was seen done."""

    def is_done() -> bool:
        told = client.get(f"/jobs/{address.rpartition('/')[2]}", headers={"Accept": "application/json"}).json()
        assert told["state"] != "failed", told
        return bool(told["state"] == "done")

    wait_for(is_done, f"the job of {address}", seconds=120)
    return time.perf_counter()


# --- what there is ---


def fill() -> dict[str, Any]:
    """All conferences; what the addresses of the large one's pages are filled in with."""
    with writing() as session:
        account = StaffAccount(name="quan-tri", display_name="Quản trị", role=Role.ADMIN)
        accounts.set_password(account, PASSWORD)
        session.add(account)
        units.load_shipped()
        large = conference_of(0, LARGE_SITES, LARGE_DELEGATES)
        each, rest = divmod(DELEGATES - LARGE_DELEGATES, CONFERENCES - 1)
        for number in range(1, CONFERENCES):
            conference_of(number, SITES, each + (number <= rest))
        prepare(large)
        session.flush()
        return {
            "public_id": large.public_id,
            "site_id": large.sites[1].id,
            "item_id": large.items[3].id,
            "delegate_id": store.delegates_of(large.sites[1])[0].id,
            "paper_id": store.papers_of(large)[0].id,
            "account_id": account.id,
            "unit_id": session.scalars(sa.select(Unit.id)).first(),
        }


def conference_of(number: int, sites: int, delegates: int) -> Conference:
    """One a day; the large one comes in three weeks, half of the others are past."""
    opens_at = datetime.now(UTC).replace(minute=0) + timedelta(days=21 if number == 0 else number - CONFERENCES // 2)
    draft = store.ConferenceDraft(
        title=f"Hội nghị trực tuyến sơ kết công tác tháng {number}",
        short_title=f"Sơ kết công tác tháng {number}",
        organiser=f"Ban {number % 12}",
        kind="Sơ kết",
        place="Hội trường tỉnh",
        opens_at=opens_at,
        ends_at=opens_at + timedelta(hours=3),
        speech_limit_seconds=300,
    )
    conference = store.create_conference(draft, store.templates()[0])
    is_past = opens_at < datetime.now(UTC)
    conference.status = ConferenceStatus.ADJOURNED if is_past else ConferenceStatus.SCHEDULED
    for of in range(sites):
        name = f"Xã {of + 1}"
        point = store.SiteDraft(
            name, name, name, "Văn phòng", "0900000000", 20, None, None, contact_email=f"x{of}@x.vn"
        )
        store.add_site(conference, point)
    for of in range(delegates):
        site = conference.sites[of % len(conference.sites)]
        title, body = "Phó Bí thư Thường trực Đảng ủy", f"Đảng ủy {site.name}"
        person = Person(full_name=f"Đại biểu {number}-{of}", title=title, body=body)
        db.session.add(Delegate(conference_id=conference.id, site_id=site.id, person=person, title=title, body=body))
    return conference


def prepare(conference: Conference) -> None:
    """Answers, papers, assigned speeches, and a list that has been read."""
    now, people = datetime.now(UTC), {one.site_id: one for one in conference.delegates}
    for site in conference.sites[1:]:
        given = {"state": AnswerState.CONFIRMED.value, "answered_by": "Văn phòng", "head_count": "20"}
        answers.read_and_answer(site, given, now)
        answers.send_list(site, now)
        answers.add_speech(
            site, {"delegate_id": str(people[site.id].id), "topic": "Sau sắp xếp đơn vị", "minutes": "5"}
        )
    item = next(item for item in conference.items if item.kind is ItemKind.PREPARED_SPEECH)
    for site in conference.sites[1:31]:
        store.add_speech(item, store.read_speech({"delegate": store.label_of(people[site.id])}, item))
    for number in range(30):
        version = store.NewVersion(f"{number:064x}", 40_000, "pdf", 12, [], f"Báo cáo {number}.pdf")
        store.add_paper(
            conference, store.PaperDraft(f"Báo cáo {number}", item.id, Visibility.ALL, ()), version, "Thư ký", now
        )


def pages(app: Flask, filled: dict[str, Any]) -> list[str]:
    """Every address of the office that is read by opening it."""
    found = [f"/?q=so+ket&year={datetime.now(UTC).year}", "/?page=13", "/?organiser=Ban+1", "/calendar?month=2026-01"]
    found.append(f"/c/{filled['public_id']}/delegates.json?q=dai+bieu+xa")
    for rule in app.url_map.iter_rules():
        is_file = "form" in rule.arguments or rule.rule.endswith(".pdf")
        is_page = not is_file and not rule.endpoint.startswith(NOT_PAGES)
        if is_page and "GET" in (rule.methods or ()):
            given = {**filled, "public_id": filled["job_id"]} if rule.endpoint == "jobs.show" else filled
            built = rule.build({name: given[name] for name in rule.arguments})
            assert built, f"{rule.rule} is not filled in"
            found.append(built[1])
    return found
