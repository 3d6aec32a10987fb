"""Papers at the office and at a site: what comes in, who is given what, and that nobody is given more."""

import io
import json
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from meetings import backup, jobs, links, papers, store
from meetings.tables import Conference, LinkKind, Paper, Role, Site, SiteLink, StaffAccount, Visibility, db, writing
from tests.web.conftest import Browser
from tests.web.files import office_file, pdf_file
from tests.web.forms import form_with

JSON = {"Accept": "application/json"}


class Desk:
    """The papers page of one conference, as its script uses it."""

    def __init__(self, browser: Browser, conference: Conference) -> None:
        self.browser, self.conference = browser, conference
        self.page = f"/c/{conference.public_id}/papers"

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.browser.get(self.page).text)
        assert found
        return found[1]

    def upload(self, name: str, content: bytes, to: str = "", **fields: str) -> TestResponse:
        form = {"csrf_token": self.token(), "visibility": "all", "item_id": "", **fields}
        file = FileStorage(io.BytesIO(content), name)
        body, _length, boundary = stream_encode_multipart({**form, "file": file}, use_tempfile=False)
        headers = {**JSON, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.browser.open(self.page + to, method="POST", data=body.read(), headers=headers)

    def add(self, name: str = "Báo cáo.pdf", content: bytes | None = None, **fields: str) -> int:
        answer = self.upload(name, pdf_file() if content is None else content, **fields)
        assert answer.status_code == 200, answer.json
        return max(paper.id for paper in store.papers_of(self.conference))

    def act(self, what: str, **form: object) -> TestResponse:
        return self.browser.post(f"{self.page}/{what}", form, seen_at=self.page)

    def edit(self, paper_id: int, **form: object) -> TestResponse:
        """What the page of a paper sends, with these fields."""
        opened = form_with(self.browser.get(f"{self.page}/{paper_id}").text, "version")
        return self.act(str(paper_id), **{**opened.to_dict(flat=False), **form})


@pytest.fixture
def desk(secretary: Browser, conference: Conference) -> Desk:
    return Desk(secretary, conference)


def _link(conference: Conference, site: Site) -> SiteLink:
    return next(link for link in store.links_of(conference) if link.site_id == site.id)


class Seat:
    """A site's browser, which knows its link and nothing else."""

    def __init__(self, app: Flask, link: SiteLink) -> None:
        self.browser = Browser(app)
        self.header = {"X-Site-Link": links.link_token(link)}

    def list(self) -> list[dict[str, object]]:
        listed: list[dict[str, object]] = json.loads(self.get("/seat/papers").text)["papers"]
        return listed

    def get(self, path: str, **more: str) -> TestResponse:
        return self.browser.get(path, headers={**self.header, **more})

    def ticket(self, paper_id: int) -> TestResponse:
        return self.browser.open(f"/seat/papers/{paper_id}/ticket", method="POST", headers=self.header)


@pytest.fixture
def seat(app: Flask, conference: Conference) -> Seat:
    return Seat(app, _link(conference, conference.sites[1]))


# --- what comes in ---


def test_an_uploaded_paper_is_kept_by_its_content_and_its_name(app: Flask, desk: Desk) -> None:
    content = pdf_file(pages=3)
    paper_id = desk.add("Báo_cáo sơ kết.pdf", content)
    paper = db.session.get_one(Paper, paper_id)
    version = paper.current
    assert (paper.title, version.file_name, version.pages) == ("Báo cáo sơ kết", "Báo_cáo sơ kết.pdf", 3)
    data: Path = app.extensions["settings"].data_dir
    place = data / "papers" / version.sha256[:2] / version.sha256
    assert place.read_bytes() == content
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert list((data / "incoming").iterdir()) == []


def test_the_same_content_is_kept_once_and_told_of(app: Flask, desk: Desk) -> None:
    desk.add("Một.pdf")
    answer = desk.upload("Hai.pdf", pdf_file())
    assert answer.status_code == 200 and "“Một”" in answer.json["message"]
    data: Path = app.extensions["settings"].data_dir
    assert len([file for file in (data / "papers").rglob("*") if file.is_file()]) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Báo cáo.pdf", b"MZ\x90\0" + b"\0" * 500, "chương trình"),
        ("Báo cáo.docx", office_file("docx", {"word/a.xml": b"\0" * (30 << 20)}), "bung ra lớn"),
        ("Báo cáo.xlsx", office_file("xlsx", {"xl/vbaProject.bin": b"x"}), "macro"),
        ("Báo cáo.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, ".docx"),
        ("Báo cáo.pdf", b"", "trống"),
    ],
)
def test_what_may_not_come_in_is_refused_in_words_and_leaves_nothing(
    app: Flask, desk: Desk, name: str, content: bytes, words: str
) -> None:
    answer = desk.upload(name, content)
    assert answer.status_code == 422 and words in answer.json["message"]
    data: Path = app.extensions["settings"].data_dir
    assert store.papers_of(desk.conference) == []
    assert [file for folder in ("papers", "incoming") for file in (data / folder).rglob("*")] == []


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(desk: Desk) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

    headers = {**JSON, "Content-Type": "multipart/form-data; boundary=x"}
    body = {"input_stream": Unread(), "environ_overrides": {"CONTENT_LENGTH": str(200 << 20)}}
    answer = desk.browser.open(desk.page, method="POST", headers=headers, **body)
    assert answer.status_code == 413 and "50 MB" in answer.json["message"]
    assert desk.browser.get(desk.page).status_code == 200


def test_a_browser_without_scripts_may_send_all_of_it_and_is_then_told(desk: Desk) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = desk.browser.open(desk.page, method="POST", headers=headers, data=b"x" * (51 << 20))
    assert answer.status_code == 303
    assert "tối đa 50 MB" in desk.browser.get(desk.page).text


def test_a_broken_form_is_told_so(desk: Desk) -> None:
    headers = {**JSON, "Content-Type": "multipart/form-data; boundary=x"}
    assert desk.browser.open(desk.page, method="POST", headers=headers, data=b"--y\r\n").status_code == 400


def test_a_body_that_lies_about_its_length_is_cut_off(app: Flask, desk: Desk) -> None:
    app.extensions["settings"] = type(app.extensions["settings"])(
        **{**vars(app.extensions["settings"]), "paper_megabytes": 1}
    )
    assert desk.upload("x.pdf", b"%PDF-" + b" " * ((1 << 20) + 1000)).status_code == 413


def test_other_pages_still_take_two_megabytes_only(desk: Desk) -> None:
    answer = desk.browser.open(f"{desk.page}/order", method="POST", data=b"x=" + b"y" * (3 << 20))
    assert answer.status_code == 413


def test_without_the_token_of_our_page_nothing_comes_in(desk: Desk) -> None:
    answer = desk.upload("x.pdf", pdf_file(), csrf_token="wrong")
    assert answer.status_code == 400
    assert store.papers_of(desk.conference) == []


def test_a_viewer_uploads_nothing_and_sees_nothing_of_the_desk(
    app: Flask, desk: Desk, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    paper_id = desk.add("Mật.pdf", visibility="desk")
    add_account("nguoi-xem", Role.VIEWER)
    viewer = Browser(app)
    viewer.sign_in("nguoi-xem")
    assert viewer.open(desk.page, method="POST", data={"file": (io.BytesIO(b"x"), "x")}).status_code == 403
    assert "Mật" not in viewer.get(desk.page).text
    assert viewer.get(f"{desk.page}/{paper_id}/file").status_code == 404


def test_a_name_with_markup_is_only_letters(desk: Desk) -> None:
    desk.add("<img src=x onerror=alert(1)>.pdf")
    page = desk.browser.get(desk.page).text
    assert "&lt;img src=x" in page and "<img src=x" not in page


# --- who is given what ---


def test_a_site_is_given_what_is_meant_for_it_and_never_learns_of_the_rest(desk: Desk, seat: Seat) -> None:
    sites = desk.conference.sites
    desk.add("Chung.pdf")
    secret = desk.add("Dự thảo kết luận.pdf", visibility="desk")
    own = desk.add("Riêng.pdf", visibility="chosen", site=str(sites[1].id))
    other = desk.add("Của nơi khác.pdf", visibility="chosen", site=str(sites[2].id))
    answer = seat.get("/seat/papers").text
    assert [paper["title"] for paper in json.loads(answer)["papers"]] == ["Chung", "Riêng"]
    assert "visibility" not in answer
    assert seat.get(f"/seat/papers/{own}/file").data == pdf_file()
    for paper_id in (secret, other, 10_000):
        assert seat.get(f"/seat/papers/{paper_id}/file").status_code == 404
        assert seat.ticket(paper_id).status_code == 404


def test_the_hall_station_has_the_papers_of_the_hall_and_its_screen_has_none(
    app: Flask, desk: Desk, conference: Conference
) -> None:
    desk.add()
    found = store.links_of(conference)
    station = next(link for link in found if link.kind is LinkKind.HALL_STATION)
    screen = next(link for link in found if link.kind is LinkKind.HALL_SCREEN)
    assert len(Seat(app, station).list()) == 1
    assert Seat(app, screen).get("/seat/papers").status_code == 404


def test_a_wrong_or_revoked_link_opens_nothing(app: Flask, desk: Desk, conference: Conference, seat: Seat) -> None:
    paper_id = desk.add()
    ticket = seat.ticket(paper_id).json["url"]
    assert seat.browser.get(ticket).status_code == 200
    assert seat.browser.get("/seat/papers").status_code == 403
    wrong = seat.browser.get("/seat/papers", headers={"X-Site-Link": "abc.def"})
    assert wrong.status_code == 403 and "không đúng" in wrong.json["message"]
    with writing():
        links.revoke_link(_link(conference, conference.sites[1]), datetime.now(UTC))
    revoked = seat.get("/seat/papers")
    assert revoked.status_code == 403 and "thu hồi" in revoked.json["message"], "as every refused link is told"
    assert seat.browser.get(ticket).status_code == 404


def test_a_ticket_ends_with_the_right_it_was_given_for_and_with_time(
    desk: Desk, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_id = desk.add()
    ticket = seat.ticket(paper_id).json["url"]
    assert seat.browser.get(ticket + "x").status_code == 404
    desk.edit(paper_id, title="Báo cáo", visibility="desk", item_id="")
    assert seat.browser.get(ticket).status_code == 404
    desk.act(f"{paper_id}/publish")
    assert seat.browser.get(ticket).status_code == 200
    monkeypatch.setattr(papers, "TICKET_SECONDS", -1)
    assert seat.browser.get(ticket).status_code == 404


def test_a_file_is_saved_and_never_run(desk: Desk, seat: Seat) -> None:
    paper_id = desk.add("Báo cáo; sơ kết.pdf")
    answer = seat.get(f"/seat/papers/{paper_id}/file")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment") and f"filename*=UTF-8''{quote('Báo cáo; sơ')}" in disposition
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_part_of_a_file_can_be_asked_for(desk: Desk, seat: Seat) -> None:
    paper_id = desk.add()
    answer = seat.get(f"/seat/papers/{paper_id}/file", Range="bytes=5-14")
    assert (answer.status_code, answer.data) == (206, pdf_file()[5:15])
    assert answer.headers["Accept-Ranges"] == "bytes"


# --- versions, order, what is new ---


def test_a_new_version_replaces_the_old_one_which_the_desk_still_has(desk: Desk, seat: Seat) -> None:
    paper_id = desk.add()
    newer = pdf_file(pages=5)
    assert desk.upload("Bản sửa.pdf", newer, to=f"/{paper_id}/versions").status_code == 200
    assert seat.get(f"/seat/papers/{paper_id}/file").data == newer
    assert seat.get(f"/seat/papers/{paper_id}/file?version=1").data == newer
    assert desk.browser.get(f"{desk.page}/{paper_id}/file?version=1").data == pdf_file()
    again = desk.upload("Bản sửa.pdf", newer, to=f"/{paper_id}/versions")
    assert again.status_code == 422 and "giống hệt" in again.json["message"]


def test_what_is_new_is_told_until_it_was_opened_and_again_with_a_new_version(desk: Desk, seat: Seat) -> None:
    paper_id = desk.add()
    assert seat.list()[0]["news"] == "new"
    seat.get(f"/seat/papers/{paper_id}/file")
    assert seat.list()[0]["news"] is None
    assert store.fetched_counts(desk.conference) == {paper_id: 1}
    assert papers.papers_for(desk.conference.sites[2], desk.conference)[0]["news"] == "new"
    desk.upload("x.pdf", pdf_file(5), to=f"/{paper_id}/versions")
    db.session.rollback()
    assert seat.list()[0]["news"] == "changed"
    assert store.fetched_counts(desk.conference) == {}


def test_papers_are_put_in_order(desk: Desk) -> None:
    first, second, third = (desk.add(f"{name}.pdf", pdf_file(text=name)) for name in "abc")
    assert desk.act("order", paper=[third, first, second]).status_code == 200
    assert [paper.id for paper in store.papers_of(desk.conference)] == [third, first, second]
    desk.act(f"{second}/move", direction="up")
    assert [paper.id for paper in store.papers_of(desk.conference)] == [third, second, first]
    assert desk.act("order", paper=[third, first]).status_code == 409
    assert [paper.id for paper in store.papers_of(desk.conference)] == [third, second, first]


def test_a_removed_paper_is_given_to_nobody_and_can_be_taken_back(desk: Desk, seat: Seat) -> None:
    paper_id = desk.add()
    desk.act(f"{paper_id}/remove")
    assert seat.list() == [] and seat.get(f"/seat/papers/{paper_id}/file").status_code == 404
    assert desk.browser.get(f"{desk.page}/{paper_id}/file").status_code == 404
    desk.act(f"{paper_id}/restore")
    assert [paper["id"] for paper in seat.list()] == [paper_id]


def test_a_wrong_form_is_shown_again_with_what_was_typed(desk: Desk) -> None:
    paper_id = desk.add()
    answer = desk.edit(paper_id, title="Tên mới", visibility="chosen", item_id="")
    assert answer.status_code == 422
    assert "Tên mới" in answer.text and "ít nhất một điểm cầu" in answer.text


def test_a_paper_of_a_sub_item_is_called_as_the_agenda_calls_it(desk: Desk) -> None:
    with writing():
        order = [(item.id, int(at in (3, 4))) for at, item in enumerate(desk.conference.items)]
        store.reorder(desk.conference, tuple(order), desk.conference.agenda_version)
    desk.add(item_id=str(desk.conference.items[4].id))
    assert "Mục 3.2</td>" in desk.browser.get(desk.page).text
    (told,) = (desk.browser.get(f"{desk.page}.json").json or {})["papers"]
    assert told["item_number"] == "3.2"


def test_the_pages_concerned_are_told_and_no_others(app: Flask, desk: Desk) -> None:
    told: list[set[int]] = []
    app.extensions["papers_changed"] = lambda _conference_id, readers: told.append(readers)
    everybody = {site.id for site in desk.conference.sites}
    desk.add("Chung.pdf")
    paper_id = desk.add("Mật.pdf", visibility="desk")
    desk.act(f"{paper_id}/publish")
    desk.edit(paper_id, title="Riêng", visibility="chosen", item_id="", site=desk.conference.sites[3].id)
    desk.edit(paper_id, title="Riêng 2", visibility="chosen", item_id="", site=desk.conference.sites[3].id)
    assert told == [everybody, set(), everybody, everybody, {desk.conference.sites[3].id}]


def test_without_scripts_the_form_works_too(desk: Desk) -> None:
    form = {"csrf_token": desk.token(), "visibility": "desk", "item_id": ""}
    data = {**form, "file": (io.BytesIO(b"MZ" + b"\0" * 50), "a.pdf")}
    refused = desk.browser.open(desk.page, method="POST", data=data)
    assert refused.status_code == 303
    assert "chương trình chạy được" in desk.browser.get(desk.page).text
    taken = {**form, "file": (io.BytesIO(pdf_file()), "a.pdf")}
    assert desk.browser.open(desk.page, method="POST", data=taken).status_code == 303
    assert "Đã tải lên “a”" in desk.browser.get(desk.page).text


# --- all at once ---


def _archive_of(seat: Seat) -> tuple[str, str | None]:
    job_id = seat.browser.open("/seat/papers/zip", method="POST", headers=seat.header).json["id"]
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()
    return job_id, seat.get(f"/seat/papers/zip/{job_id}").json["url"]


def test_a_site_saves_all_its_papers_at_once_and_nothing_else(desk: Desk, seat: Seat) -> None:
    desk.add("Mật.pdf", visibility="desk")
    desk.add("Báo cáo: sơ kết.pdf")
    desk.add("Phụ lục.xlsx", office_file("xlsx"))
    _job, url = _archive_of(seat)
    assert url
    answer = seat.browser.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["01 Báo cáo_ sơ kết.pdf", "02 Phụ lục.xlsx"]
        assert archive.read("01 Báo cáo_ sơ kết.pdf") == pdf_file()
    assert [paper["news"] for paper in seat.list()] == [None, None]


def test_an_archive_is_not_handed_out_once_a_paper_in_it_was_withdrawn(app: Flask, desk: Desk, seat: Seat) -> None:
    desk.add("Một.pdf")
    second = desk.add("Hai.pdf", pdf_file(3))
    job_id, url = _archive_of(seat)
    other = Seat(app, _link(desk.conference, desk.conference.sites[2]))
    assert other.get(f"/seat/papers/zip/{job_id}").status_code == 404
    desk.act(f"{second}/remove")
    assert url and seat.browser.get(url).status_code == 404
    assert seat.get(f"/seat/papers/zip/{job_id}").json["url"] is None


def test_the_office_saves_all_papers_through_a_job(desk: Desk) -> None:
    desk.add("Mật.pdf", visibility="desk")
    answer = desk.act("zip")
    assert answer.status_code == 302
    jobs.run_waiting()
    db.session.rollback()
    saved = desk.browser.get(f"{answer.location}/file")
    with zipfile.ZipFile(io.BytesIO(saved.data)) as archive:
        assert archive.namelist() == ["01 Mật.pdf"]


# --- kept ---


def test_a_backup_holds_the_papers_and_gives_them_back(app: Flask, desk: Desk, tmp_path: Path) -> None:
    paper_id = desk.add()
    settings = app.extensions["settings"]
    sha256 = db.session.get_one(Paper, paper_id).current.sha256
    db.session.rollback()
    archive = tmp_path / "backup.tar.gz"
    backup.write_backup(settings, db.engine, archive, is_forced=False)
    with tarfile.open(archive) as tar:
        assert f"papers/{sha256[:2]}/{sha256}" in tar.getnames()
    (settings.data_dir / "papers" / sha256[:2] / sha256).unlink()
    revisions = {"0005"} | {f"{number:04}" for number in range(1, 60)}
    db.session.close()
    backup.restore_backup(settings, db.engine, archive, revisions, is_forced=True)
    assert desk.browser.get(f"{desk.page}/{paper_id}/file").data == pdf_file()
    assert Visibility.ALL is db.session.get_one(Paper, paper_id).visibility
