"""Lists from and to files: what is read, what is refused in words, and that nothing is put in by halves."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook, load_workbook

from meetings import jobs
from meetings.lists import files, units
from meetings.lists.columns import find_head, key_of, letter
from meetings.lists.delegates import FIELDS
from meetings.lists.sheets import Row, Unreadable, read_sheet
from meetings.tables import Conference, Delegate, Job, JobState, Person, Role, StaffAccount, Unit, db
from tests.web.conftest import Browser

HEAD = ("TT", "Điểm cầu", "Họ và tên", "Chức vụ", "Đơn vị công tác", "Vai trò", "Dự thay cho")

SCRIPT = "<script>alert(1)</script>"


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def cells(tmp_path: Path, content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    (tmp_path / "sheet").write_bytes(content)
    return [(row.line, row.cells) for row in read_sheet(tmp_path / "sheet")]


# --- reading ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f'Họ và tên{delimiter}Chức danh\nNguyễn Văn Được{delimiter}"Phó Bí thư{delimiter} Tỉnh ủy"\n'
    read = cells(tmp_path, text.encode(encoding))
    assert read[0] == (1, ("Họ và tên", "Chức danh"))
    assert read[1][1][0] == "Nguyễn Văn Được"
    assert read[1][1][1].startswith("Phó Bí thư")


def test_the_old_code_page_of_windows_is_read_in_composed_letters(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", "Họ tên;Chức vụ\nLê Thị Hòa;Trưởng ban\n")
    kept = "".join(unicodedata.normalize("NFC", c) for c in text)
    encoded = b"".join(_cp1258(c) for c in unicodedata.normalize("NFC", kept))
    assert cells(tmp_path, encoded)[1] == (2, ("Lê Thị Hòa", "Trưởng ban"))


def _cp1258(letter: str) -> bytes:
    """As Windows writes it: the letter with its hat, then the tone."""
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        tone = next(c for c in unicodedata.normalize("NFD", letter) if c in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", unicodedata.normalize("NFD", letter).replace(tone, ""))
        return base.encode("cp1258") + tone.encode("cp1258")


def test_an_xlsx_is_read_with_its_line_numbers_and_never_its_formulas(tmp_path: Path) -> None:
    content = xlsx(("Danh sách",), (), ("Họ tên", "Chức vụ"), ("A", "=1+1"), ("B", 2.0))
    assert cells(tmp_path, content) == [
        (1, ("Danh sách",)),
        (3, ("Họ tên", "Chức vụ")),
        (4, ("A", "")),
        (5, ("B", "2")),
    ]


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 1024 * 1024))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb(), "bung ra lớn bất thường"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 64, ".xls"),
        (b"PK\x03\x04 and nothing more", "đã hỏng"),
        (b"MZ\x90\0\x03\0\0\0", "không phải bảng tính"),
        (b"", "không có dòng nào"),
        (b"\n\n;;\n", "không có dòng nào"),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(app: Flask, tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "sheet").write_bytes(content)
    with pytest.raises(Unreadable, match=says):
        read_sheet(tmp_path / "sheet")


def test_a_head_is_found_below_a_title_in_both_languages(app: Flask) -> None:
    def head(*names: str) -> dict[str, int]:
        rows = [Row(1, ("DANH SÁCH ĐẠI BIỂU", *[""] * 6)), Row(3, names), Row(4, ("1", *["x"] * 6))]
        found = find_head(rows, FIELDS)
        assert found.line == 3
        return dict(found.columns)

    own = ("precedence", "site", "full_name", "title", "body", "role", "substitute_for")
    assert head(*HEAD) == {name: column for column, name in enumerate(own)}
    assert head("No", "Site", "Full name", "Title", "Body", "Role", "Substitute for") == head(*HEAD)


def test_names_that_read_the_same_have_one_key() -> None:
    assert key_of(unicodedata.normalize("NFD", "Nguyễn  Văn Được")) == key_of("NGUYỄN VĂN ĐƯỢC")
    assert key_of("Trần Thị Hoà") == key_of("Trần Thị Hòa")
    assert key_of("Hoa") != key_of("Hòa")
    assert [letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- putting in ---


@pytest.fixture
def send(secretary: Browser, conference: Conference) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Sends a file as the page does, and gives the address of its preview and the preview."""

    def send(content: bytes, name: str = "danh sách.xlsx") -> tuple[str, dict[str, Any]]:
        path = f"/c/{conference.public_id}/delegates/import"
        answer = secretary.post(path, {"file": (io.BytesIO(content), name)}, seen_at=path)
        assert answer.status_code == 302, answer.text
        jobs.run_waiting()
        job = db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        if job.state is JobState.FAILED:
            return answer.location, {"failed": job.words}
        from meetings.lists.importing import preview_of

        return answer.location, preview_of(job) or {}

    return send


def go_on(browser: Browser, there: str, **form: object) -> Job:
    answer = browser.post(there, form, seen_at=there)
    assert answer.status_code == 302
    jobs.run_waiting()
    db.session.rollback()
    job = db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    return job


def count(conference: Conference) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).where(Delegate.conference_id == conference.id)) or 0


def test_a_list_is_shown_first_and_then_put_in_as_a_whole(
    send: Callable[..., tuple[str, dict[str, Any]]], secretary: Browser, conference: Conference
) -> None:
    before = count(conference)
    there, preview = send(
        xlsx(
            HEAD,
            (7, "Huyện Vĩnh Hưng", "Trần Thị Hòa", "Phó Bí thư", "Huyện ủy Vĩnh Hưng", "Khách mời", None),
            (8, unicodedata.normalize("NFD", "vĩnh hưng"), SCRIPT, "Chánh Văn phòng", None, None, "Trần Thị Hoà"),
        )
    )
    assert (preview["good"], preview["problem_count"], preview["duplicate_count"]) == (2, 0, 0)
    assert count(conference) == before
    page = secretary.get(there).text
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
    job = go_on(secretary, there, act="import")
    assert (job.state, job.result) == (JobState.DONE, {"added": 2, "changed": 0, "skipped": 0})
    first, second = db.session.scalars(sa.select(Delegate).order_by(Delegate.id.desc()).limit(2)).all()[::-1]
    assert (first.site.name, first.role, first.precedence) == ("Huyện Vĩnh Hưng", "guest", 7)
    assert second.substitute_for_id == first.id
    assert "Đã thêm 2" in secretary.get(f"/c/{conference.public_id}/delegates/import/{job.public_id}").text


def test_every_fault_is_told_by_line_and_column_and_nothing_is_put_in(
    send: Callable[..., tuple[str, dict[str, Any]]], secretary: Browser, conference: Conference
) -> None:
    before = count(conference)
    there, preview = send(
        xlsx(
            HEAD,
            ("x", "Huyện Vĩnh Hưng", "Nguyễn Văn Được", "Phó Bí thư", "", "", ""),
            (2, "Huyện Không Có", "Lê Văn A", "Ủy viên", "", "", ""),
            (3, "Huyện Vĩnh Hưng", "Lê Văn B", "", "", "Phi công", ""),
            (4, "Huyện Vĩnh Hưng", "Lê Văn C", "Ủy viên", "", "", "Không ai"),
        )
    )
    told = [(problem["line"], problem["column"]) for problem in preview["problems"]]
    assert told == [
        (2, "A (Thứ tự)"),
        (3, "B (Điểm cầu)"),
        (4, "D (Chức danh)"),
        (4, "F (Tư cách)"),
        (5, "G (Dự thay cho)"),
    ]
    assert all(problem["what"] and problem["remedy"] for problem in preview["problems"])
    assert "Huyện Không Có" in secretary.get(there).text
    job = go_on(secretary, there, act="import")
    assert job.state is JobState.FAILED
    assert count(conference) == before


def test_the_columns_may_be_chosen_by_hand(
    send: Callable[..., tuple[str, dict[str, Any]]], secretary: Browser, conference: Conference
) -> None:
    there, preview = send("Nơi,Ai,Làm gì\nVĩnh Hưng,Lê Văn A,Ủy viên\n".encode(), "a.csv")
    assert not preview["is_complete"]
    columns = {"column-site": 0, "column-full_name": 1, "column-title": 2}
    job = go_on(secretary, there, act="look", **columns)
    there = f"/c/{conference.public_id}/delegates/import/{job.public_id}"
    page = secretary.get(there).text
    assert "không có điểm cầu “Nơi”" in page, "without a head every line is one of the list"


@pytest.mark.parametrize(
    ("choice", "added", "changed", "skipped", "more"),
    [("merge", 1, 1, 1, 1), ("skip", 1, 0, 2, 1), ("add", 3, 0, 0, 3)],
)
def test_duplicates_are_merged_left_out_or_added_as_chosen(
    send: Callable[..., tuple[str, dict[str, Any]]],
    secretary: Browser,
    conference: Conference,
    choice: str,
    added: int,
    changed: int,
    skipped: int,
    more: int,
) -> None:
    before = count(conference)
    hall = conference.sites[0].name
    there, preview = send(
        xlsx(
            HEAD,
            (1, hall, unicodedata.normalize("NFD", "NGUYỄN VĂN ĐƯỢC"), "Bí thư Tỉnh ủy", "", "Chủ trì", ""),
            ("", hall, "Lê Văn Mới", "Ủy viên", "", "", ""),
            ("", hall, "Lê Văn Mới", "Ủy viên", "Ban Dân vận", "", ""),
        )
    )
    assert preview["duplicates"] == [[2, 0], [4, 3]]
    job = go_on(secretary, there, act="import", duplicates=choice)
    assert job.result == {"added": added, "changed": changed, "skipped": skipped}
    assert count(conference) == before + more
    named = sa.select(Delegate).join(Person).where(Person.full_name == "Nguyễn Văn Được").order_by(Delegate.id)
    on_list = db.session.scalars(named).first()
    assert on_list is not None
    is_merged = choice == "merge"
    assert on_list.title == ("Bí thư Tỉnh ủy" if is_merged else "Phó Bí thư Thường trực Tỉnh ủy")


def test_five_thousand_lines_are_put_in(
    send: Callable[..., tuple[str, dict[str, Any]]], secretary: Browser, conference: Conference
) -> None:
    names = [site.name for site in conference.sites]
    lines = [(n % 15 + 1, names[n % 16], f"Đại biểu {n}", "Ủy viên", "Huyện ủy", "", "") for n in range(5000)]
    there, preview = send(xlsx(HEAD, *lines))
    assert (preview["total"], preview["good"]) == (5000, 5000)
    before = count(conference)
    assert go_on(secretary, there, act="import").state is JobState.DONE
    assert count(conference) == before + 5000


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/delegates/import"
    form = {"file": (io.BytesIO(b"0" * (11 * 1024 * 1024)), "a.csv")}
    answer = secretary.post(path, form, seen_at=path)
    assert answer.status_code == 413
    answer.request.environ["wsgi.input"].close()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_an_export_is_read_by_the_import_and_computes_nothing(
    secretary: Browser, conference: Conference, send: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    there, _preview = send(xlsx(HEAD, ("", "Vĩnh Hưng", "'=HYPERLINK(1)", "@Ủy viên", "+84", "", "")))
    go_on(secretary, there, act="import")
    path = f"/c/{conference.public_id}/delegates"
    made = secretary.post(f"{path}/export", {"form": "xlsx"}, seen_at=f"{path}/import")
    jobs.run_waiting()
    file = secretary.get(f"{made.location}/file")
    book = load_workbook(io.BytesIO(file.data))
    file.close()
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert not any(isinstance(v, str) and v.startswith(("=", "+", "-", "@")) for v in values)
    assert "'@Ủy viên" in values
    content = io.BytesIO()
    book.save(content)
    _there, preview = send(content.getvalue())
    assert preview["problem_count"] == 0
    assert preview["good"] == count(conference)


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_that_would_be_computed_is_neutral(value: str) -> None:
    assert str(files.neutral(value)).startswith("'")


def test_only_who_may_change_the_conference_puts_lists_in(
    app: Flask, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    add_account("xem", Role.VIEWER)
    viewer = Browser(app)
    viewer.sign_in("xem")
    assert viewer.get(f"/c/{conference.public_id}/delegates/import").status_code == 403
    assert viewer.get("/units").status_code == 200
    assert viewer.get("/units/new").status_code == 403
    assert viewer.get("/units/import").status_code == 403


# --- units ---


@pytest.fixture
def administrator(app: Flask, add_account: Callable[[str, Role], StaffAccount]) -> Browser:
    add_account("quan-tri", Role.ADMIN)
    browser = Browser(app)
    browser.sign_in("quan-tri")
    return browser


def test_what_ships_tells_what_the_units_became(app: Flask, administrator: Browser) -> None:
    assert administrator.post("/units/shipped", seen_at="/units").status_code == 302
    then, now = administrator.get("/units?on=16/07/2020").text, administrator.get("/units?on=01/07/2025").text
    assert "Huyện Vĩnh Hưng" in then and '"row">Phường Khánh Hậu' not in then
    assert "Huyện Vĩnh Hưng" not in now and "Tỉnh Tây Ninh" in now
    assert "Nay là: Phường Long An, Phường Tân An, Phường Khánh Hậu" in then
    assert "Thay cho: Tỉnh Long An" in now
    administrator.post("/units/shipped", seen_at="/units")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 20


def test_units_are_added_changed_and_kept_sound(administrator: Browser) -> None:
    form: dict[str, object] = {"name": "Xã A", "level": "xã", "valid_from": "01/07/2025", "valid_until": "30/06/2025"}
    refused = administrator.post("/units/new", form, seen_at="/units/new")
    assert refused.status_code == 422 and "Ngày hết hiệu lực" in refused.text and "Xã A" in refused.text
    assert administrator.post("/units/new", {**form, "valid_until": ""}, seen_at="/units/new").status_code == 302
    above = db.session.scalars(sa.select(Unit)).one()
    administrator.post("/units/new", {"name": "Ấp B", "level": "ấp", "parent_id": above.id}, seen_at="/units/new")
    below = db.session.scalars(sa.select(Unit).where(Unit.name == "Ấp B")).one()
    path = f"/units/{above.id}"
    circle = administrator.post(path, {"name": "Xã A", "level": "xã", "parent_id": below.id}, seen_at=path)
    assert circle.status_code == 422
    administrator.post(f"{path}/remove", seen_at=path)
    assert "Còn đơn vị trực thuộc" in administrator.get("/units").text
    administrator.post(f"/units/{below.id}/remove", seen_at=path)
    administrator.post(f"{path}/remove", seen_at=path)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 0


def test_units_come_from_a_file_and_go_into_one(administrator: Browser, app: Flask) -> None:
    administrator.post("/units/shipped", seen_at="/units")
    made = administrator.post("/units/export", {"form": "csv"}, seen_at="/units")
    jobs.run_waiting()
    file = administrator.get(f"{made.location}/file")
    content = file.data + "Xã Mới,Mới,Xã,xã,Tỉnh Tây Ninh,31/02/2025,,,,\n".encode()
    file.close()
    for sent, good, problems in ((content, 20, 1), (content.replace(b"31/02", b"01/07"), 21, 0)):
        upload = {"file": (io.BytesIO(sent), "units.csv")}
        there = administrator.post("/units/import", upload, seen_at="/units/import").location
        jobs.run_waiting()
        db.session.rollback()
        job = db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
        assert job and job.result == {"total": 21, "good": good, "problems": problems}
    done = go_on(administrator, there, act="import")
    assert done.result == {"added": 1, "changed": 20, "skipped": 0}
    new = db.session.scalars(sa.select(Unit).where(Unit.name == "Xã Mới")).one()
    parent = db.session.get(Unit, new.parent_id)
    assert parent and parent.name == "Tỉnh Tây Ninh"


def test_what_ships_is_what_the_facts_say(app: Flask) -> None:
    rows = read_sheet(units.SHIPPED)
    checked = units.check(rows, find_head(rows, units.FIELDS))
    assert checked.problems == []
    districts = [row for row in checked.rows if row.level == "huyện"]
    assert len(districts) == 15
    assert all(f"{row.valid_until:%d/%m/%Y}" == "30/06/2025" for row in districts if row.valid_until)
