"""Every act of the office by a program: what the pages do it does, through jobs where they wait for jobs."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook

from meetings import jobs, store
from meetings.api.description import PREFIX
from meetings.store import answers as point_answers
from meetings.tables import Conference, Role, StaffAccount, db, writing
from tests.web.files import office_file, pdf_file
from tests.web.program import Program, program_of

AddAccount = Callable[[str, Role], StaffAccount]
LATER = "2026-12-03T01:00:00Z"
NEW = {
    "title": "Hội nghị giao ban tháng 12",
    "short_title": "Giao ban tháng 12",
    "organiser": "Ban Tổ chức Tỉnh ủy",
    "kind": "Giao ban",
    "place": "Hội trường Tỉnh ủy",
    "opens_at": LATER,
    "ends_at": "2026-12-03T04:00:00Z",
    "holds_state_secrets": False,
}


@pytest.fixture
def path(conference: Conference) -> str:
    return f"/conferences/{conference.public_id}"


@pytest.fixture
def administrator(app: Flask, add_account: AddAccount) -> Program:
    return program_of(app, add_account("quan-tri", Role.ADMIN))


# --- that nothing is forgotten ---

# What each act of the pages is here; "" for what its owner does in person, and for pages that are no office.
ACTS = {
    "account": "",
    "agenda.add_speech": "agenda.add_speech",
    "agenda.change_speech": "agenda.order_speeches agenda.remove_speech",
    "agenda.create": "agenda.add_item",
    "agenda.edit": "agenda.change_item",
    "agenda.order": "agenda.reorder",
    "agenda.remove": "agenda.remove_item",
    "agenda.start": "agenda.start_agenda",
    "answers.remind": "points.remind",
    "answers.show": "points.change_terms",
    "answers.take": "points.take_speech",
    "auth": "",
    "calendar.end": "planning.end_feed",
    "calendar.renew": "planning.renew_feed",
    "check_in.mark": "",
    "check_in.open_desk": "sites.add_link",
    "check_in.undo": "",
    "conferences.create": "conferences.add_conference",
    "conferences.rehearse": "conferences.rehearse conferences.let_points_in",
    "conferences.rehearse_with_points": "conferences.let_points_in conferences.send_points_away",
    "conferences.schedule": "conferences.schedule",
    "conferences.show": "conferences.change_conference",
    "delegates.create": "sites.add_delegate",
    "delegates.edit": "sites.change_delegate",
    "delegates.remove": "sites.remove_delegate",
    "entry.edit": "points.change_entry",
    "floor.edit": "conferences.change_floor",
    "imports.delegates": "lists.read_delegates",
    "imports.delegates_export": "lists.export_delegates",
    "imports.delegates_seen": "lists.read_delegates_again lists.import_delegates",
    "imports.units": "lists.read_units",
    "imports.units_export": "lists.export_units",
    "imports.units_seen": "lists.read_units_again lists.import_units",
    "invitations.point": "letters.change_point_letter",
    "invitations.print_all": "letters.print_all",
    "invitations.send": "letters.send_invitations",
    "invitations.text": "letters.change_text",
    "mail.test": "letters.test_mail",
    "papers.archive": "papers.archive_papers",
    "papers.edit": "papers.change_paper",
    "papers.move": "papers.order_papers",
    "papers.order": "papers.order_papers",
    "papers.publish": "papers.change_paper",
    "papers.remove": "papers.withdraw_paper",
    "papers.restore": "papers.restore_paper",
    "papers.upload": "papers.upload_paper",
    "papers.upload_version": "papers.upload_version",
    "pin": "",
    "planning.cancel": "conferences.cancel",
    "planning.days_off": "planning.add_day_off",
    "planning.leave_series": "planning.leave_series",
    "planning.move": "conferences.move",
    "planning.remove_day_off": "planning.remove_day_off",
    "planning.start_series": "planning.start_series",
    "seat": "",
    "seat_papers": "",
    "sites.add_client_link": "sites.add_link",
    "sites.add_units": "units.add_units",
    "sites.create": "sites.add_site",
    "sites.edit": "sites.change_site",
    "sites.move": "sites.order_sites",
    "sites.remove": "sites.remove_site",
    "sites.renew": "sites.renew_link",
    "sites.revoke": "sites.revoke_link",
    "staff.activate": "staff.activate",
    "staff.create": "staff.add_account",
    "staff.deactivate": "staff.deactivate",
    "staff.edit": "staff.change_account",
    "staff.reset": "staff.reset_password",
    "units.create": "units.add_unit",
    "units.edit": "units.change_unit",
    "units.load_shipped": "units.load_shipped",
    "units.remove": "units.remove_unit",
    "whip": "",
}


def test_every_act_of_the_office_is_one_of_the_api_too(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if {"POST", "PUT", "DELETE"} & (rule.methods or set())]
    ours = {rule.endpoint for rule in rules if rule.rule.startswith(PREFIX)}
    pages = {rule.endpoint for rule in rules if not rule.rule.startswith(PREFIX)}
    assert [page for page in sorted(pages) if page not in ACTS and ACTS.get(page.partition(".")[0]) != ""] == []
    assert {f"api_{act}" for acts in ACTS.values() for act in acts.split()} <= ours


# Asked with a token of the role; the rest of the path is below the conference.
REFUSED = [
    (Role.VIEWER, "POST", "items/{item}/speeches", {"delegate_id": 1}),
    (Role.VIEWER, "PUT", "items/{item}/speeches/order", {"speech_ids": []}),
    (Role.VIEWER, "POST", "items/start", {"start": "08:00"}),
    (Role.VIEWER, "GET", "papers", None),
    (Role.VIEWER, "PUT", "papers/order", {"paper_ids": []}),
    (Role.VIEWER, "PUT", "sites/order", {"site_ids": []}),
    (Role.VIEWER, "POST", "links", {"kind": "overflow"}),
    (Role.VIEWER, "POST", "delegates/imports/x/put-in", {}),
    (Role.VIEWER, "PUT", "answers/terms", {"version": 0}),
    (Role.VIEWER, "PUT", "entry", {"version": 0}),
    (Role.CHAIR, "PUT", "floor", {"version": 0}),
    (Role.VIEWER, "GET", "invitations/text", None),
    (Role.VIEWER, "POST", "invitations/print", {}),
    (Role.VIEWER, "GET", "prints/letter?site_id={site}", None),
    (Role.VIEWER, "GET", "prints/guides", None),
    (Role.CHAIR, "PUT", "series", {"rhythm": "monthly"}),
    (Role.VIEWER, "GET", "/days-off", None),
    (Role.VIEWER, "POST", "/mail/test", {"address": "a@b.vn"}),
    (Role.SECRETARY, "POST", "/units", {"name": "Xã A", "level": "xã"}),
    (Role.SECRETARY, "POST", "/units/shipped", None),
    (Role.SECRETARY, "POST", "/units/imports/x/put-in", {}),
    (Role.SECRETARY, "GET", "/staff", None),
    (Role.SECRETARY, "POST", "/staff", {"name": "a", "display_name": "A", "role": "admin"}),
    (Role.SECRETARY, "POST", "/staff/1/reset", None),
]


def test_a_token_may_no_more_than_the_pages_of_its_account(
    app: Flask, add_account: AddAccount, conference: Conference, path: str
) -> None:
    programs = {
        role: program_of(app, add_account(role.value, role)) for role in (Role.VIEWER, Role.CHAIR, Role.SECRETARY)
    }
    for role, method, act, body in REFUSED:
        below = act if act.startswith("/") else f"{path}/{act}"
        below = below.format(item=conference.items[0].id, site=conference.sites[1].id)
        answer = programs[role].ask(method, below, body)
        assert (answer.status_code, answer.json["error"]) == (403, "forbidden"), (role, method, act, answer.text)
    for at in (f"{path}/papers", f"{path}/delegates/imports"):
        assert programs[Role.VIEWER].send(at, (pdf_file(), "a.pdf")).status_code == 403
    assert programs[Role.SECRETARY].send("/units/imports", (b"a", "a.csv")).status_code == 403
    roll = programs[Role.VIEWER].ask("GET", f"{path}/prints/roll")
    assert (roll.status_code, roll.json["error"]) == (422, "invalid"), "a viewer may have the roll, once there is one"


# --- the agenda ---


def test_speeches_are_assigned_ordered_and_taken_away(program: Program, conference: Conference, path: str) -> None:
    item = f"{path}/items/{conference.items[-1].id}"
    first, second = (delegate.id for delegate in conference.delegates[:2])
    program.ask("POST", f"{item}/speeches", {"delegate_id": first, "topic": "Cơ sở đảng"})
    answer = program.ask("POST", f"{item}/speeches", {"delegate_id": second, "minutes": 7})
    assert answer.status_code == 201
    speeches = answer.json["items"][-1]["speeches"]
    assert [(one["delegate_id"], one["topic"], one["minutes"]) for one in speeches] == [
        (first, "Cơ sở đảng", None),
        (second, "", 7),
    ]
    twice = program.ask("POST", f"{item}/speeches", {"delegate_id": first})
    assert twice.status_code == 422 and "tham luận" in twice.json["fields"]["delegate"]
    ids = [one["id"] for one in speeches]
    turned = program.ask("PUT", f"{item}/speeches/order", {"speech_ids": ids[::-1]})
    assert [one["id"] for one in turned.json["items"][-1]["speeches"]] == ids[::-1]
    assert program.ask("PUT", f"{item}/speeches/order", {"speech_ids": ids[:1]}).status_code == 422
    left = program.ask("DELETE", f"{item}/speeches/{ids[0]}")
    assert [one["id"] for one in left.json["items"][-1]["speeches"]] == ids[1:]


def test_the_agenda_begins_at_another_time(program: Program, path: str) -> None:
    agenda = program.ask("POST", f"{path}/items/start", {"start": "07:45"}).json
    assert agenda["items"][0]["planned_at"] == "2020-07-16T00:45:00+00:00"
    wrong = program.ask("POST", f"{path}/items/start", {"start": "25:00"})
    assert wrong.status_code == 422 and wrong.json["fields"]["start"]


# --- points ---


def test_points_stand_in_another_order_with_the_hall_first(program: Program, path: str) -> None:
    ids = [site["id"] for site in program.get(f"{path}/sites")["sites"]]
    wanted = [ids[0], *reversed(ids[1:])]
    assert [
        one["id"] for one in program.ask("PUT", f"{path}/sites/order", {"site_ids": wanted}).json["sites"]
    ] == wanted
    for wrong in (ids[1:] + ids[:1], ids[1:]):
        assert program.ask("PUT", f"{path}/sites/order", {"site_ids": wrong}).status_code == 422


def test_a_point_that_has_a_list_goes_only_when_that_is_confirmed(
    program: Program, conference: Conference, path: str
) -> None:
    at = f"{path}/sites/{conference.sites[1].id}"
    asked = program.ask("DELETE", at)
    assert (asked.status_code, asked.json["error"]) == (409, "would_lose")
    assert len(program.get(f"{path}/sites")["sites"]) == 16
    assert len(program.ask("DELETE", f"{at}?confirmed=true").json["sites"]) == 15


def test_the_same_delegate_is_added_or_merged_as_it_is_said(
    program: Program, conference: Conference, path: str
) -> None:
    at = f"{path}/sites/{conference.sites[1].id}/delegates"
    body = {"full_name": "Nguyễn Thị Được", "title": "Chuyên viên"}
    made = program.ask("POST", at, body).json
    assert "Nguyễn Thị Được, Chuyên viên" in made["label"]
    asked = program.ask("POST", at, {**body, "title": "Phó phòng"})
    assert (asked.status_code, asked.json["error"]) == (409, "twin")
    merged = program.ask("POST", at, {**body, "title": "Phó phòng", "twin": "merge"}).json
    assert (merged["id"], merged["title"]) == (made["id"], "Phó phòng")
    assert program.ask("POST", at, {**body, "twin": "add"}).json["id"] != made["id"]


def test_links_carry_pins_and_programs_get_tokens(program: Program, path: str) -> None:
    before = program.get(f"{path}/links")["links"]
    assert all(len(link["pin"].replace("\u00a0", "")) == 8 for link in before if link["kind"] == "site")
    for kind in ("overflow", "hall_camera", "check_in", "check_in"):
        made = program.ask("POST", f"{path}/links", {"kind": kind})
        assert made.status_code == 201
    kinds = [link["kind"] for link in made.json["links"]]
    assert [kinds.count(kind) for kind in ("overflow", "hall_camera", "check_in")] == [1, 1, 1]
    assert program.ask("POST", f"{path}/links", {"kind": "site"}).status_code == 422


def test_terms_entry_and_a_speech_that_a_point_asks_for(program: Program, conference: Conference, path: str) -> None:
    terms = {"until": "2020-07-15T10:00:00+00:00", "contact_name": "Văn phòng", "contact_phone": "0900"}
    saved = program.ask("PUT", f"{path}/answers/terms", {**terms, "version": 0})
    assert saved.json == {**terms, "version": 1} == program.get(f"{path}/answers/terms")
    late = program.ask("PUT", f"{path}/answers/terms", {"until": "2020-07-17T10:00:00Z", "version": 1})
    assert late.status_code == 422 and late.json["fields"]["until"]
    wanted = {"admission": "by_desk", "admits_minutes": 15, "ceiling": 40}
    saved = program.ask("PUT", f"{path}/entry", {**wanted, "version": 0})
    assert saved.json == {**wanted, "version": 1} == program.get(f"{path}/entry")
    site = conference.sites[1]
    delegate = store.delegates_of(site)[0]
    with writing():
        point_answers.add_speech(site, {"delegate_id": str(delegate.id), "topic": "Nông thôn mới", "minutes": "5"})
    (asked,) = program.get(f"{path}/answers")["points"][0]["speeches"]
    assert (asked["topic"], asked["item_id"]) == ("Nông thôn mới", None)
    item_id = conference.items[-1].id
    taken = program.ask("POST", f"{path}/answers/speeches/{asked['id']}/take", {"item_id": item_id})
    assert taken.json["items"][-1]["speeches"][-1]["topic"] == "Nông thôn mới"
    (asked,) = program.get(f"{path}/answers")["points"][0]["speeches"]
    assert asked["item_id"] == item_id


# --- papers ---


def test_papers_come_in_change_and_are_withdrawn(program: Program, conference: Conference, path: str) -> None:
    at = f"{path}/papers"
    made = program.send(at, (pdf_file(pages=3), "Báo_cáo sơ kết.pdf"))
    assert made.status_code == 201, made.text
    paper = made.json
    assert (paper["title"], paper["pages"], paper["visibility"], paper["same_as"]) == ("Báo cáo sơ kết", 3, "all", None)
    twin = program.send(at, (pdf_file(pages=3), "Hai.pdf"), title="Hai", visibility="desk").json
    assert (twin["title"], twin["visibility"], twin["same_as"]) == ("Hai", "desk", paper["id"])
    docx = office_file("docx")
    newer = program.send(f"{at}/{paper['id']}/versions", (docx, "Báo cáo.docx"))
    assert (newer.status_code, newer.json["version"], newer.json["kind"]) == (201, 2, "docx")
    again = program.send(f"{at}/{paper['id']}/versions", (docx, "Báo cáo.docx"))
    assert again.status_code == 422 and "giống hệt" in again.json["fields"]["file"]
    assert program.fetch(f"{at}/{paper['id']}/file").data == docx
    assert program.fetch(f"{at}/{paper['id']}/file?version=1").data == pdf_file(pages=3)
    site = conference.sites[1].id
    body = {"title": "Báo cáo", "item_id": conference.items[0].id, "visibility": "chosen", "site_ids": [site]}
    changed = program.ask("PUT", f"{at}/{paper['id']}", {**body, "details_version": 1}).json
    assert {name: changed[name] for name in body} == body
    nobody = program.ask("PUT", f"{at}/{paper['id']}", {**body, "site_ids": [], "details_version": 2})
    assert nobody.status_code == 422 and nobody.json["fields"]["site_ids"]
    ids = [twin["id"], paper["id"]]
    assert [one["id"] for one in program.ask("PUT", f"{at}/order", {"paper_ids": ids}).json["papers"]] == ids
    gone = program.ask("DELETE", f"{at}/{paper['id']}").json
    assert ([one["id"] for one in gone["papers"]], [one["id"] for one in gone["removed"]]) == (ids[:1], ids[1:])
    assert program.ask("POST", f"{at}/{paper['id']}/restore").json["removed"] == []


def test_points_are_given_a_paper_when_it_is_kept_not_before(app: Flask, program: Program, path: str) -> None:
    """Whoever is told asks at once, by another connection."""
    seen: list[int] = []

    def told(conference_id: int, _readers: set[int]) -> None:
        with app.app_context():
            seen.append(len(store.papers_of(db.session.get_one(Conference, conference_id))))
            db.session.rollback()

    app.extensions["papers_changed"] = told
    paper = program.send(f"{path}/papers", (pdf_file(), "Một.pdf")).json
    program.ask("DELETE", f"{path}/papers/{paper['id']}")
    assert seen == [1, 0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\0" + b"\0" * 500, "chương trình"),
        (office_file("docx", {"word/a.xml": b"\0" * (30 << 20)}), "bung ra lớn"),
        (b"", "trống"),
    ],
    ids=["program", "bomb", "empty"],
)
def test_a_file_that_is_not_taken_is_refused_in_words(program: Program, path: str, content: bytes, words: str) -> None:
    answer = program.send(f"{path}/papers", (content, "Báo cáo.docx"))
    assert (answer.status_code, answer.json["error"]) == (422, "refused_file")
    assert words in answer.json["fields"]["file"]
    assert program.get(f"{path}/papers") == {"papers": [], "removed": []}


def test_what_is_no_form_with_a_file_is_refused(app: Flask, program: Program, path: str) -> None:
    assert program.ask("POST", f"{path}/papers", {"title": "x"}).json["error"] == "not_multipart"
    app.extensions["settings"] = replace(app.extensions["settings"], paper_megabytes=1)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    form = "multipart/form-data; boundary=x"
    large = program.ask("POST", f"{path}/papers", data=head + b"%PDF" + b"\0" * (2 << 20), content_type=form)
    assert large.status_code == 413 and "1 MB" in large.json["fields"]["file"]


def test_all_papers_are_fetched_as_one_file(program: Program, path: str) -> None:
    program.send(f"{path}/papers", (pdf_file(), "Một.pdf"))
    job = program.done(program.ask("POST", f"{path}/papers/archive"))
    assert job["state"] == "done"
    archive = zipfile.ZipFile(io.BytesIO(program.fetch(job["file"].removeprefix(PREFIX)).data))
    assert archive.namelist() == ["01 Một.pdf"]


# --- lists ---

CSV = "Điểm cầu;Họ và tên;Chức danh\n{site};Nguyễn Thị Được;Chuyên viên\n{site};;{title}\n"


def test_a_list_is_read_shown_and_put_in(program: Program, conference: Conference, path: str) -> None:
    site = conference.sites[1]
    at, count = f"{path}/delegates/imports", len(store.delegates_of(site))
    job = program.done(program.send(at, (CSV.format(site=site.name, title="").encode(), "a.csv")))
    preview = program.get(f"{at}/{job['id']}")
    (problem,) = preview["problems"]
    assert (preview["total"], problem["line"]) == (2, 3) and problem["remedy"]
    refused = program.done(program.ask("POST", f"{at}/{job['id']}/put-in", {}))
    assert refused["state"] == "failed" and "dòng 3" in refused["words"]
    assert program.get(f"{path}/sites")["sites"][1]["delegate_count"] == count, "nothing is put in by halves"
    job = program.done(program.send(at, (CSV.format(site=site.name, title="Phó phòng").encode(), "a.csv")))
    columns = program.get(f"{at}/{job['id']}")["columns"]
    other = program.done(program.ask("POST", f"{at}/{job['id']}/columns", {"columns": {**columns, "title": 1}}))
    assert program.get(f"{at}/{other['id']}")["columns"]["title"] == 1
    done = program.done(program.ask("POST", f"{at}/{job['id']}/put-in", {"duplicates": "skip"}))
    assert (done["state"], done["result"]["added"]) == ("done", 2)
    assert program.get(f"{path}/sites")["sites"][1]["delegate_count"] == count + 2
    export = program.done(program.ask("POST", f"{path}/delegates/exports", {}))
    sheet = load_workbook(io.BytesIO(program.fetch(export["file"].removeprefix(PREFIX)).data)).active
    assert "Nguyễn Thị Được" in [cell.value for row in sheet for cell in row]
    assert load_workbook(io.BytesIO(program.fetch(f"{path}/delegates/template").data))


def test_a_job_is_told_only_to_who_asked_and_only_where_it_belongs(
    program: Program, administrator: Program, conference: Conference, path: str
) -> None:
    name = conference.sites[1].name
    asked = program.send(f"{path}/delegates/imports", (CSV.format(site=name, title="B").encode(), "a.csv")).json
    other = program.ask("POST", "/conferences", NEW).json["id"]
    assert program.ask("GET", f"{path}/delegates/imports/{asked['id']}").status_code == 404, "it is not read yet"
    jobs.run_waiting()
    assert program.get(f"{path}/delegates/imports/{asked['id']}")["good"] == 2
    assert administrator.ask("GET", f"/jobs/{asked['id']}").status_code == 404
    assert administrator.ask("GET", f"{path}/delegates/imports/{asked['id']}").status_code == 404
    assert program.ask("GET", f"/conferences/{other}/delegates/imports/{asked['id']}").status_code == 404
    assert program.ask("POST", f"/conferences/{other}/delegates/imports/{asked['id']}/put-in", {}).status_code == 404
    no_file = program.ask("POST", f"{path}/delegates/imports", data={"x": "1"}, content_type="multipart/form-data")
    assert no_file.status_code == 422 and no_file.json["fields"]["file"]


def test_units_are_kept_and_put_in_by_an_administrator(administrator: Program) -> None:
    assert administrator.ask("POST", "/units/shipped").json["count"] > 15
    made = administrator.ask("POST", "/units", {"name": "Xã Mới", "level": "xã", "valid_from": "2025-07-01"})
    assert (made.status_code, made.json["short_name"]) == (201, "Xã Mới")
    at = f"/units/{made.json['id']}"
    ends = administrator.ask("PUT", at, {"name": "Xã Mới", "level": "xã", "valid_until": "2024-01-01", "version": 1})
    assert ends.json["valid_until"] == "2024-01-01"
    wrong = {"name": "Xã Mới", "level": "xã", "valid_from": "2025-07-01", "valid_until": "2024-01-01", "version": 2}
    assert administrator.ask("PUT", at, wrong).json["fields"]["valid_until"]
    names = [unit["name"] for unit in administrator.get("/units?on=2025-08-01")["units"]]
    assert names and "Xã Mới" not in names
    assert any(unit["successor_ids"] for unit in administrator.get("/units")["units"])
    assert administrator.ask("DELETE", at).status_code == 204
    job = administrator.done(administrator.send("/units/imports", ("Tên;Cấp\nXã Khác;xã\n".encode(), "a.csv")))
    preview = administrator.get(f"/units/imports/{job['id']}")
    assert preview["good"] == 1, preview
    assert (
        administrator.done(administrator.ask("POST", f"/units/imports/{job['id']}/put-in", {}))["result"]["added"] == 1
    )
    assert administrator.done(administrator.ask("POST", "/units/exports", {"form": "csv"}))["file"]


# --- planning ---


def test_a_series_is_begun_continued_and_left(program: Program) -> None:
    made = program.ask("POST", "/conferences", NEW).json["id"]
    at = f"/conferences/{made}/series"
    assert program.ask("GET", at).status_code == 404
    series = program.ask("PUT", at, {"rhythm": "half_yearly"}).json
    assert (series["conference_ids"], series["next_day"]) == ([made], "2027-06-03")
    following = {
        **NEW,
        "like": made,
        "in_series": True,
        "opens_at": "2027-06-03T01:00:00Z",
        "ends_at": "2027-06-03T04:00:00Z",
    }
    second = program.ask("POST", "/conferences", following).json["id"]
    assert program.get(at)["conference_ids"] == [second, made]
    assert program.get(at)["next_day"] == "2027-12-03"
    assert program.ask("DELETE", at).status_code == 204
    assert program.ask("GET", at).status_code == 404


def test_the_month_shows_conferences_and_days_off(program: Program) -> None:
    made = program.ask("POST", "/conferences", NEW).json["id"]
    days = program.ask("POST", "/days-off", {"day": "2026-12-04", "name": "Nghỉ bù"})
    assert (days.status_code, days.json["days"][-1]["kind"]) == (201, "off")
    month = {day["day"]: day for day in program.get("/month?year=2026&month=12")["days"]}
    assert len(month) == 31 and month["2026-12-03"]["conference_ids"] == [made]
    assert (month["2026-12-03"]["is_worked"], month["2026-12-04"]["is_worked"]) == (True, False)
    assert program.ask("DELETE", "/days-off/2026-12-04").status_code == 200
    assert program.get("/month?year=2026&month=12")["days"][3]["is_worked"]
    assert program.ask("DELETE", "/days-off/hom-nay").status_code == 404
    assert program.ask("GET", "/month?year=2026&month=13").status_code == 422


def test_what_is_lacking_and_what_there_is_to_begin_with(program: Program) -> None:
    made = program.ask("POST", "/conferences", {**NEW, "template": "giao-ban"}).json["id"]
    needs = program.get(f"/conferences/{made}/needs")["needs"]
    assert ("todo", "chưa có chủ trì") in [(need["kind"], need["text"].lower()) for need in needs], needs
    keys = [template["key"] for template in program.get("/templates")["templates"]]
    assert "giao-ban" in keys
    for key in keys:
        made = program.ask("POST", "/conferences", {**NEW, "template": key}).json["id"]
        assert program.get(f"/conferences/{made}/items")["items"], f"{key} has an agenda"
    assert program.ask("POST", "/conferences", {**NEW, "template": "giao_ban"}).json["fields"]["template"]


def test_the_feed_has_an_address_until_it_ends(program: Program) -> None:
    assert program.get("/calendar") == {"address": None, "read_at": None}
    address = program.ask("POST", "/calendar").json["address"]
    feed = address.removeprefix("http://localhost")
    assert program.app.test_client().get(feed).status_code == 200
    assert program.ask("DELETE", "/calendar").json["address"] is None
    assert program.app.test_client().get(feed).status_code == 404


# --- letters ---


def test_letters_are_asked_for_waited_for_and_fetched(program: Program, conference: Conference, path: str) -> None:
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("png", b"\x89PNG")):
        at = f"{path}/prints/letter?form={form}&site_id={conference.sites[1].id}"
        job = program.done(program.ask("GET", at))
        assert (job["state"], job["file"]) == ("done", PREFIX + at)
        letter = program.fetch(at)
        assert (
            letter.data.startswith(begins)
            and f"giay-moi-thanh-pho-tan-an.{form}" in letter.headers["Content-Disposition"]
        )
        if form == "docx":
            assert Document(io.BytesIO(letter.data)).tables
    assert program.ask("GET", f"{path}/prints/letter").status_code == 404
    assert program.ask("GET", f"{path}/prints/guides?form=docx").status_code == 422
    assert program.ask("GET", f"{path}/prints/menu").status_code == 404
    appointment = program.fetch(f"{path}/invitations/{conference.sites[1].id}/appointment")
    assert b"BEGIN:VEVENT" in appointment.data


def test_all_letters_are_one_file(program: Program, conference: Conference, path: str) -> None:
    job = program.done(program.ask("POST", f"{path}/invitations/print", {"form": "zip"}))
    archive = zipfile.ZipFile(io.BytesIO(program.fetch(job["file"].removeprefix(PREFIX)).data))
    assert len(archive.namelist()) == 3 * 16


def test_what_letters_say_is_changed_once_at_a_time(program: Program, conference: Conference, path: str) -> None:
    at = f"{path}/invitations/text"
    text = program.get(at)
    assert text["version"] == 0
    said = {**text, "number": 7, "day": "2020-07-06", "recipients": ["- Như trên;", "- Lưu: VT."], "has_codes": True}
    saved = program.ask("PUT", at, said)
    assert saved.json == {**said, "version": 1} == program.get(at)
    stale = program.ask("PUT", at, {**said, "version": 0})
    assert (stale.status_code, stale.json["error"]) == (409, "overwritten")
    assert program.ask("PUT", at, {**said, "version": 1, "summary": ""}).json["fields"]["summary"]
    point = f"{path}/invitations/{conference.sites[1].id}"
    extra = {"addition": "Xin mang theo báo cáo", "emails": ["a@b.vn", "c@d.vn"]}
    assert program.ask("PUT", point, {**extra, "version": 0}).json == {**extra, "version": 1} == program.get(point)
    assert program.ask("PUT", point, {"emails": ["sai"], "version": 1}).json["fields"]["emails"]


def test_a_test_letter_is_a_job(program: Program) -> None:
    assert program.ask("POST", "/mail/test", {"address": "khong"}).json["fields"]["address"]
    asked = program.ask("POST", "/mail/test", {"address": "a@b.vn"})
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")


# --- staff ---


def test_accounts_are_made_changed_reset_and_locked(app: Flask, administrator: Program) -> None:
    body = {"name": "moi", "display_name": "Cán bộ mới", "role": "secretary"}
    made = administrator.ask("POST", "/staff", body)
    assert made.status_code == 201
    at, address = f"/staff/{made.json['account']['id']}", made.json["address"]
    assert "/once#" in address and made.json["hours"] > 0
    assert administrator.ask("POST", "/staff", body).json["fields"]["name"]
    assert administrator.ask("PUT", at, {**body, "role": "viewer", "version": 1}).json["role"] == "viewer"
    assert administrator.ask("POST", f"{at}/reset").json["address"] != address
    assert administrator.ask("POST", f"{at}/deactivate").json["is_active"] is False
    assert administrator.ask("POST", f"{at}/activate").json["is_active"] is True
    assert administrator.get(f"{at}/sessions") == {"sessions": []}
    own = f"/staff/{administrator.account.id}"
    last = administrator.ask("POST", f"{own}/deactivate")
    assert last.status_code == 422 and "cuối cùng" in last.json["fields"]["account"]
    names = [one["name"] for one in administrator.get("/staff")["accounts"]]
    assert names == ["moi", "quan-tri"]


def test_a_number_that_no_row_has_is_not_found(program: Program, path: str, secretary: Any) -> None:
    huge = 10**30
    for act in (f"{path}/sites/{huge}/delegates", f"{path}/papers/{huge}/file", f"{path}/invitations/{huge}"):
        assert program.ask("GET", act).status_code == 404, act
    page = path.replace("/conferences", "/c")
    assert secretary.get(f"{page}/sites?site={huge}").status_code == 404
    assert secretary.get(f"{page}/agenda/new?parent={huge}").status_code == 404
