"""The API: the office's acts with a token, refused as the pages refuse, and no request that breaks it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from meetings import paper_archive, store
from meetings.api import SPEC_PATH
from meetings.lists import units
from meetings.store import answers as point_answers
from meetings.tables import Conference, Role, StaffAccount, Visibility, db, writing
from tests.web.program import ROOT, Program, program_of

AddAccount = Callable[[str, Role], StaffAccount]
TOLD_ONLY = ("id", "status", "are_doors_open", "rehearsal_of")
NEW = {
    "title": "Hội nghị giao ban tháng 8",
    "short_title": "Giao ban tháng 8",
    "organiser": "Ban Tổ chức Tỉnh ủy",
    "kind": "Giao ban",
    "place": "Hội trường Tỉnh ủy",
    "opens_at": "2026-12-03T01:00:00Z",
    "ends_at": "2026-12-03T04:00:00Z",
    "holds_state_secrets": False,
}


def test_without_a_good_token_nothing_is_answered(app: Flask, program: Program) -> None:
    for headers in ({}, {"Authorization": "Bearer dc_none"}, {"Authorization": "Basic YTpi"}):
        answer = program.ask("GET", "/conferences", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["error"] == "unauthorised"


def test_a_signed_in_browser_is_nobody_here(secretary: Any) -> None:
    assert secretary.get(f"{ROOT}/conferences").status_code == 401


def test_a_conference_is_prepared_by_a_program(program: Program) -> None:
    made = program.ask("POST", "/conferences", NEW)
    assert made.status_code == 201, made.text
    path = f"/conferences/{made.json['id']}"
    agenda = program.ask("POST", f"{path}/items", {"title": "Khai mạc", "kind": "opening", "planned_minutes": 10})
    agenda = program.ask("POST", f"{path}/items", {"title": "Thảo luận", "kind": "discussion", "planned_minutes": 60})
    assert [item["planned_at"] for item in agenda.json["items"]] == [
        "2026-12-03T01:00:00+00:00",
        "2026-12-03T01:10:00+00:00",
    ]
    site = program.ask("POST", f"{path}/sites", {"name": "Huyện Bến Lức", "short_name": "Bến Lức"}).json
    delegate = program.ask("POST", f"{path}/sites/{site['id']}/delegates", {"title": "Bí thư Huyện ủy"})
    assert delegate.status_code == 201
    assert program.get(f"{path}/sites")["sites"][1]["delegate_count"] == 1
    assert [link["kind"] for link in program.get(f"{path}/links")["links"]] == ["hall_station", "hall_screen", "site"]
    opened = program.get(f"{path}/links")
    first = opened["links"][-1]
    assert opened["closed"] == []
    revoked = program.ask("POST", f"{path}/links/{first['id']}/revoke").json
    assert len(revoked["links"]) == 2 and [one["id"] for one in revoked["closed"]] == [first["id"]]
    renewed = program.ask("POST", f"{path}/links/{first['id']}/renew").json
    assert renewed["closed"] == [] and renewed["links"][-1]["address"] != first["address"]
    assert program.ask("POST", f"{path}/schedule").json["status"] == "scheduled"
    cancelled = program.ask("POST", f"{path}/cancel", {"reason": "Trùng lịch"})
    assert cancelled.json["status"] == "cancelled"


def test_rehearsals_are_listed_when_asked_for(program: Program, conference: Conference) -> None:
    with writing():
        made = store.create_rehearsal(conference, datetime.now(UTC)).public_id
    assert [one["id"] for one in program.get("/conferences")["conferences"]] == [conference.public_id]
    (asked,) = program.get("/conferences?rehearsals=true")["conferences"]
    assert (asked["id"], asked["rehearsal_of"]) == (made, conference.public_id)


def test_a_conference_is_cloned_moved_and_rehearsed_by_a_program(program: Program, conference: Conference) -> None:
    made = program.ask("POST", "/conferences", {**NEW, "like": conference.public_id})
    assert made.status_code == 201, made.text
    path = f"/conferences/{made.json['id']}"
    assert len(program.get(f"{path}/sites")["sites"]) == 16
    later = {"opens_at": "2026-12-10T01:00:00Z", "ends_at": "2026-12-10T04:00:00Z", "reason": "Trùng lịch"}
    assert program.ask("POST", f"{path}/move", later).json["opens_at"] == "2026-12-10T01:00:00+00:00"
    assert program.ask("POST", f"{path}/move", {**later, "ends_at": "2026-12-12T05:00:00Z"}).status_code == 422
    assert program.get(path)["ends_at"] == "2026-12-10T04:00:00+00:00", "refused, nothing is kept"
    copy = program.ask("POST", f"{path}/rehearsal")
    assert (copy.status_code, copy.json["rehearsal_of"]) == (201, made.json["id"])
    assert program.ask("POST", "/conferences", {**NEW, "like": "unknown"}).status_code == 404


def test_what_is_prepared_around_a_conference_is_told_to_a_program(program: Program, conference: Conference) -> None:
    path, site = f"/conferences/{conference.public_id}", conference.sites[1]
    with writing():
        units.load_shipped()
        site.contact_email = "a@b.vn"
        given = {"state": "confirmed", "answered_by": "Văn phòng", "head_count": "7"}
        point_answers.read_and_answer(site, given, datetime.now(UTC))
        version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
        draft = store.PaperDraft("Báo cáo", None, Visibility.ALL, ())
        store.add_paper(conference, draft, version, "Thư ký", datetime.now(UTC))
    told = {one["site_id"]: one for one in program.get(f"{path}/answers")["points"]}
    assert (len(told), told[site.id]["state"], told[site.id]["head_count"]) == (15, "confirmed", 7)
    assert program.ask("POST", f"{path}/answers/remind").json == {"count": 14}
    (paper,) = program.get(f"{path}/papers")["papers"]
    assert (paper["title"], paper["pages"], paper["visibility"]) == ("Báo cáo", 12, "all")
    assert program.get(f"{path}/invitations")["addresses"][str(site.id)] == ["a@b.vn"]
    refused = program.ask("POST", f"{path}/invitations/send", {})
    assert (refused.status_code, refused.json["error"]) == (422, "invalid"), "no server of mail is set"
    made = program.ask("POST", "/conferences", NEW).json["id"]
    xa = [unit["id"] for unit in program.get("/units")["units"] if unit["level"] == "xã"]
    assert xa and program.ask("POST", f"/conferences/{made}/sites/units", {"unit_ids": xa}).json == {"count": len(xa)}


def test_the_order_of_the_agenda_is_given_whole(program: Program, conference: Conference) -> None:
    path = f"/conferences/{conference.public_id}/items"
    agenda = program.get(path)
    wanted = [{"id": item["id"]} for item in reversed(agenda["items"])]
    answer = program.ask("PUT", f"{path}/order", {"items": wanted, "version": agenda["version"]})
    assert [item["id"] for item in answer.json["items"]] == [entry["id"] for entry in wanted]
    stale = program.ask("PUT", f"{path}/order", {"items": wanted, "version": agenda["version"]})
    assert (stale.status_code, stale.json["error"]) == (409, "overwritten")


def test_who_saves_second_is_told(program: Program, conference: Conference) -> None:
    path = f"/conferences/{conference.public_id}"
    read = program.get(path)
    body = {name: value for name, value in read.items() if name not in TOLD_ONLY}
    assert program.ask("PUT", path, {**body, "short_title": "Sơ kết"}).json["short_title"] == "Sơ kết"
    second = program.ask("PUT", path, {**body, "short_title": "Khác"})
    assert (second.status_code, second.json["error"]) == (409, "overwritten")
    assert program.get(path)["short_title"] == "Sơ kết"


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"ends_at": "2026-12-03T00:00:00Z"}, "invalid", "ends_at"),
        ({"ends_at": "2026-12-05T04:00:00Z"}, "invalid", "ends_at"),
        ({"opens_at": "2026-12-03T01:00:00"}, "malformed", "opens_at"),
        ({"opens_at": "0001-01-01T00:00:00Z"}, "invalid", "opens_at"),
        ({"title": ""}, "invalid", "title"),
        ({"speech_limit_minutes": 0}, "invalid", "speech_limit_minutes"),
        ({"colour": "red"}, "malformed", "colour"),
        ({"holds_state_secrets": True}, "holds_secrets", None),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(program: Program, change: dict[str, Any], error: str, field: str | None) -> None:
    answer = program.ask("POST", "/conferences", {**NEW, **change})
    assert (answer.status_code, answer.json["error"]) == (422, error), answer.text
    assert field is None or answer.json["fields"][field]
    assert program.get("/conferences")["count"] == 0


def test_a_token_may_what_its_account_may(app: Flask, add_account: AddAccount, conference: Conference) -> None:
    viewer = program_of(app, add_account("xem", Role.VIEWER))
    path = f"/conferences/{conference.public_id}"
    assert viewer.get(path)["id"] == conference.public_id
    for method, act, body in (
        ("POST", "/conferences", NEW),
        ("POST", f"{path}/schedule", None),
        ("GET", f"{path}/links", None),
        ("POST", f"{path}/sites", {"name": "X", "short_name": "X"}),
    ):
        assert viewer.ask(method, act, body).status_code == 403, act


def test_another_conferences_parts_are_not_reached_through_this_one(program: Program, conference: Conference) -> None:
    other = program.ask("POST", "/conferences", NEW).json["id"]
    site = conference.sites[1].id
    assert program.ask("DELETE", f"/conferences/{other}/sites/{site}").status_code == 404
    assert program.ask("GET", f"/conferences/{other}/sites/{site}/delegates").status_code == 404


def test_what_is_no_json_is_refused(program: Program) -> None:
    answer = program.ask("POST", "/conferences", data="title=x", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415


def operations(app: Flask) -> list[Any]:
    def closed(environ: Any, start_response: Any) -> list[bytes]:
        """Answers that are read to their end and closed, as a server does: schemathesis leaves files open."""
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()  # type: ignore[attr-defined]

    description = schemathesis.openapi.from_wsgi(SPEC_PATH, closed)
    return [found.ok() for found in description.get_all_operations()]


@pytest.mark.only_on("sqlite", "postgresql")
def test_no_request_that_fits_the_description_breaks_the_server(
    app: Flask, add_account: AddAccount, conference: Conference
) -> None:
    """schemathesis makes the requests from the description: each answer is described, and none is a server error."""
    program = program_of(app, add_account("quan-tri", Role.ADMIN))
    site, item = conference.sites[1], conference.items[0]
    delegate_id = conference.delegates[-1].id
    with writing():
        version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
        draft = store.PaperDraft("Báo cáo", None, Visibility.ALL, ())
        paper = store.add_paper(conference, draft, version, "Thư ký", datetime.now(UTC))
        speech = store.add_speech(item, store.read_speech({}, item, conference.delegates[0]))
        job = paper_archive.ask(program.account, conference)
    known = {"public_id": conference.public_id, "site_id": site.id, "item_id": item.id, "delegate_id": delegate_id}
    known |= {"paper_id": paper.id, "speech_id": speech.id, "job_id": job.public_id, "paper": "letter"}
    known |= {"account_id": add_account("khac", Role.VIEWER).id, "link_id": store.links_of(conference)[0].id}
    found = operations(app)
    assert len(found) > 20
    for operation in found:
        try_out(operation, program, known)


def try_out(operation: Any, program: Program, known: dict[str, Any]) -> None:
    # Removing would leave nothing to try the others on.
    is_kept = operation.method.upper() != "DELETE"

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def is_answered(case: Any) -> None:
        if is_kept:
            given_path = case.path_parameters or {}
            case.path_parameters = {name: known.get(name, value) for name, value in given_path.items()}
        with program.app.app_context():
            answer = case.call(headers=program.headers)
        db.session.rollback()
        case.validate_response(answer, checks=[not_a_server_error])
        assert str(answer.status_code) in operation.definition.raw["responses"], (operation.label, answer.text)

    is_answered()
