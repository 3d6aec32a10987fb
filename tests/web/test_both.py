"""Two who edit the same thing: the second is shown both and loses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from meetings import papers, store
from meetings.lists import units as unit_lists
from meetings.lists.delegates import Duplicates, add_or_merge
from meetings.store import answers, entry, staff, units
from meetings.store import invitations as letters
from meetings.store.answers import TermsDraft
from meetings.store.entry import EntryDraft
from meetings.store.invitations import PointDraft
from meetings.tables import Conference, DelegateRole, Role, StaffAccount, Versioned, Visibility, db, writing

from .conftest import HANOI, Browser
from .forms import form_with
from .program import Program, program_of

AddAccount = Callable[[str, Role], StaffAccount]
NOW = datetime(2020, 7, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Edited:
    """What two edit: where its form is, a program's address, and three of its fields.

    `contested` are both new values of a field; `first` is what the first changes besides, `second` what the second does.
    `wrong` is what no form takes.
    """

    row: Versioned
    values: Callable[[Any], dict[str, str]]
    page: str
    address: str
    contested: tuple[str, str, str]
    first: tuple[str, str]
    second: tuple[str, str]
    wrong: tuple[str, str]
    counted_by: str = "version"
    body: Mapping[str, Any] = field(default_factory=dict)

    def now(self) -> dict[str, str]:
        db.session.rollback()
        return self.values(self.row)


@pytest.fixture(params=["site", "delegate", "paper", "unit", "entry", "terms", "letter", "account"])
def edited(request: pytest.FixtureRequest, conference: Conference, add_account: AddAccount) -> Edited:
    below = f"/c/{conference.public_id}"
    of_api = f"/conferences/{conference.public_id}"
    site, delegate = conference.sites[3], conference.delegates[4]
    match request.param:
        case "site":
            return Edited(
                site,
                store.site_values,
                f"{below}/sites/{site.id}",
                f"{of_api}/sites/{site.id}",
                ("contact_name", "Trần Thị A", "Lê Văn B"),
                ("room", "Phòng 2"),
                ("contact_phone", "0900 000 001"),
                ("name", ""),
                body={"name": "Huyện Khác", "short_name": "Khác"},
            )
        case "delegate":
            return Edited(
                delegate,
                store.delegate_values,
                f"{below}/delegates/{delegate.id}",
                f"{of_api}/delegates/{delegate.id}",
                ("title", "Phó Bí thư", "Bí thư"),
                ("full_name", "Nguyễn Văn A"),
                ("role", "guest"),
                ("title", ""),
                body={"title": "Khác"},
            )
        case "paper":
            with writing():
                version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
                draft = store.PaperDraft("Báo cáo", None, Visibility.DESK, ())
                paper = store.add_paper(conference, draft, version, "Thư ký", datetime.now(UTC))
            return Edited(
                paper,
                store.paper_values,
                f"{below}/papers/{paper.id}",
                f"{of_api}/papers/{paper.id}",
                ("title", "Báo cáo sơ kết", "Báo cáo 6 tháng"),
                ("visibility", "all"),
                ("item_id", str(conference.items[2].id)),
                ("title", ""),
                counted_by="details_version",
                body={"title": "Khác"},
            )
        case "entry":
            with writing():
                entry.save_entry(conference.id, EntryDraft(), 0, "Thư ký")
            return Edited(
                entry.entry_rules_of(conference.id),
                entry.entry_values,
                f"{below}/entry",
                f"{of_api}/entry",
                ("ceiling", "30", "40"),
                ("admits_minutes", "15"),
                ("admission", "by_desk"),
                ("admission", ""),
                body={"ceiling": 50},
            )
        case "terms":
            with writing():
                answers.set_terms(conference, TermsDraft(datetime(2020, 7, 15, 17, tzinfo=HANOI), "", ""), 0, "Thư ký")
            return Edited(
                answers.terms_of(conference),
                lambda terms: answers.terms_values(terms, HANOI),
                f"{below}/answers",
                f"{of_api}/answers/terms",
                ("contact_name", "Trần Thị A", "Lê Văn B"),
                ("contact_phone", "0900 000 001"),
                ("hour", "16:00"),
                ("day", "hôm qua"),
                body={"contact_name": "Khác"},
            )
        case "letter":
            with writing():
                letters.change_point_invitation(site, PointDraft("", []), 0, "Thư ký")
            return Edited(
                letters.point_invitation_of(site),
                letters.point_values,
                f"{below}/invitations/{site.id}",
                f"{of_api}/invitations/{site.id}",
                ("addition", "Xin mang theo báo cáo", "Xin mang theo biểu số 2"),
                ("emails", "a@b.vn\nc@d.vn"),
                ("emails", "a@b.vn\nc@d.vn"),
                ("emails", "sai"),
                body={"addition": "Khác"},
            )
        case "account":
            account = add_account("to-thu-ky", Role.SECRETARY)
            return Edited(
                account,
                staff.account_values,
                f"/staff/{account.id}",
                f"/staff/{account.id}",
                ("display_name", "Tổ một", "Tổ hai"),
                ("name", "to-mot"),
                ("role", "viewer"),
                ("name", ""),
                body={"name": "to-ba", "display_name": "Tổ ba", "role": "secretary"},
            )
    with writing():
        unit_lists.load_shipped()
    unit = units.units_on(None)[-1]
    return Edited(
        unit,
        units.unit_values,
        f"/units/{unit.id}",
        f"/units/{unit.id}",
        ("short_name", "Tên một", "Tên hai"),
        ("kind", "Xã loại một"),
        ("map_row", "7"),
        ("name", ""),
        body={"name": "Khác", "level": "xã"},
    )


@pytest.fixture
def two(app: Flask, add_account: AddAccount) -> tuple[Browser, Browser]:
    """Two of the office who may edit everything."""
    browsers = Browser(app), Browser(app)
    for browser, name in zip(browsers, ("chi-hai", "anh-ba"), strict=True):
        add_account(name, Role.ADMIN)
        assert browser.sign_in(name).status_code == 302
    return browsers


def _opened(browser: Browser, page: str) -> MultiDict[str, str]:
    return form_with(browser.get(page).text, "version")


def _sent(browser: Browser, page: str, form: MultiDict[str, str], **changed: str) -> TestResponse:
    return browser.open(page, method="POST", data=MultiDict({**form.to_dict(flat=False), **changed}))


def test_the_second_is_shown_both_and_loses_nothing(two: tuple[Browser, Browser], edited: Edited) -> None:
    (first, second), version = two, edited.row.version
    seen_by_first, seen_by_second = _opened(first, edited.page), _opened(second, edited.page)
    contested, theirs, mine = edited.contested
    assert _sent(first, edited.page, seen_by_first, **{contested: theirs}, **dict([edited.first])).status_code == 302
    kept = edited.now()
    shown = _sent(second, edited.page, seen_by_second, **{contested: mine}, **dict([edited.second]))
    assert shown.status_code == 409
    assert edited.now() == kept, "nothing is written over"
    assert all(words in shown.text for words in (mine, theirs, "Chi-Hai"))
    assert shown.text.count("cả hai cùng sửa") == 1

    chosen = form_with(shown.text, f"use_{contested}")
    assert _sent(second, edited.page, chosen).status_code == 302
    wanted = {**kept, contested: mine, **dict([edited.second])}
    assert edited.now() == wanted
    assert (edited.row.version, edited.row.saved_by) == (version + 2, "Anh-Ba")


def test_what_the_first_has_saved_is_kept_where_that_is_chosen(two: tuple[Browser, Browser], edited: Edited) -> None:
    first, second = two
    seen_by_second = _opened(second, edited.page)
    contested, theirs, mine = edited.contested
    _sent(first, edited.page, _opened(first, edited.page), **{contested: theirs})
    shown = _sent(second, edited.page, seen_by_second, **{contested: mine})
    chosen = form_with(shown.text, f"use_{contested}")
    _sent(second, edited.page, chosen, **{f"use_{contested}": "theirs"})
    assert edited.now()[contested] == theirs


def test_a_form_that_was_wrong_still_tells_what_it_had_seen(two: tuple[Browser, Browser], edited: Edited) -> None:
    first, second = two
    contested, theirs, mine = edited.contested
    seen_by_second = _opened(second, edited.page)
    _sent(first, edited.page, _opened(first, edited.page), **{contested: theirs})
    name, wrong = edited.wrong
    refused = _sent(second, edited.page, seen_by_second, **{contested: mine, name: wrong})
    assert refused.status_code == 422
    given = {contested: mine, name: mine if name == contested else edited.now()[name]}
    shown = _sent(second, edited.page, form_with(refused.text, "version"), **given)
    assert shown.status_code == 409 and "cả hai cùng sửa" in shown.text


def test_a_program_that_saves_second_is_refused_and_nothing_is_kept(
    app: Flask, add_account: AddAccount, edited: Edited
) -> None:
    program: Program = program_of(app, add_account("may-mot", Role.ADMIN))
    body = {**edited.body, edited.counted_by: edited.row.version}
    saved = program.ask("PUT", edited.address, body)
    assert (saved.status_code, saved.json[edited.counted_by]) == (200, body[edited.counted_by] + 1), saved.text
    kept = edited.now()
    name, value = next(iter(edited.body.items()))
    stale = program.ask("PUT", edited.address, {**body, name: value + 1 if isinstance(value, int) else "Sau"})
    assert (stale.status_code, stale.json["error"]) == (409, "overwritten")
    assert edited.now() == kept
    unseen = program.ask("PUT", edited.address, edited.body)
    assert (unseen.status_code, unseen.json["error"]) == (422, "malformed")


REMOVABLE = ("site", "delegate", "item", "paper", "unit", "letter")


@pytest.mark.parametrize("removes", ["page", "program"])
@pytest.mark.parametrize("kind", REMOVABLE)
def test_who_writes_of_what_the_first_has_removed_is_told_and_keeps_what_was_typed(
    app: Flask, conference: Conference, two: tuple[Browser, Browser], add_account: AddAccount, kind: str, removes: str
) -> None:
    (first, second), below = two, f"/c/{conference.public_id}"
    if kind == "paper":
        with writing():
            version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
            store.add_paper(conference, store.PaperDraft("Báo cáo", None, Visibility.DESK, ()), version, "", NOW)
    if kind == "unit":
        with writing():
            unit_lists.load_shipped()
    page, field, gone, told = {
        "site": (f"{below}/sites/3", "room", f"{below}/sites/3", "điểm cầu này"),
        "delegate": (f"{below}/delegates/5", "title", f"{below}/delegates/5", "đại biểu này"),
        "item": (f"{below}/agenda/2", "script_say", f"{below}/agenda/2", "mục này"),
        "paper": (f"{below}/papers/1", "title", f"{below}/papers/1", "tài liệu này"),
        "unit": ("/units/9", "name", "/units/9", "đơn vị này"),
        "letter": (f"{below}/invitations/3", "addition", f"{below}/sites/3", "điểm cầu này"),
    }[kind]
    form = _opened(second, page)
    if removes == "page":
        assert first.post(f"{gone}/remove", {"confirmed": "1"}, seen_at="/units/new").status_code == 302
        by = "Chi-Hai"
    else:
        by, program = "May-Mot", program_of(app, add_account("may-mot", Role.ADMIN))
        at = gone.replace("/c/", "/conferences/").replace("/agenda/", "/items/")
        assert program.ask("DELETE", f"{at}?confirmed=true" if "/sites/" in at else at).status_code in (200, 204)
    answer = _sent(second, page, form, **{field: "Đã gõ rất lâu"})
    assert answer.status_code == 410
    assert f"{by} đã bỏ {told} lúc " in answer.text and f"{datetime.now(HANOI):%d/%m/%Y}" in answer.text
    typed, _mark, rest = answer.text.partition("<details")
    assert ">Đã gõ rất lâu</textarea>" in typed and typed.count("</textarea>") == 1, "what was typed comes first"
    assert kind not in ("site", "delegate", "unit") or "</textarea>" in rest, "then the rest of the form"
    opened = second.get(page)
    assert opened.status_code == 404 and f"{by} đã bỏ mục này lúc " in opened.text


def test_delegates_go_with_their_point_and_whoever_writes_of_one_is_told(
    conference: Conference, two: tuple[Browser, Browser]
) -> None:
    (first, second), below = two, f"/c/{conference.public_id}"
    site = conference.sites[3]
    delegate = store.delegates_of(site)[0]
    page, new = f"{below}/delegates/{delegate.id}", f"{below}/sites/{site.id}/delegates/new"
    form, added = _opened(second, page), form_with(second.get(new).text, "title")
    first.post(f"{below}/sites/{site.id}/remove", {"confirmed": "1"}, seen_at="/units/new")
    for answer in (_sent(second, page, form, title="Gõ lâu"), _sent(second, new, added, title="Gõ lâu")):
        assert answer.status_code == 410 and "Chi-Hai đã bỏ" in answer.text and ">Gõ lâu</textarea>" in answer.text


def test_what_was_removed_before_anybody_noted_it_is_told_without_a_name(
    conference: Conference, secretary: Browser
) -> None:
    page = f"/c/{conference.public_id}/delegates/5"
    form = _opened(secretary, page)
    with writing() as rows:
        rows.delete(conference.delegates[4])
    answer = _sent(secretary, page, form, title="Gõ lâu")
    assert answer.status_code == 410 and "Không còn đại biểu này" in answer.text and ">Gõ lâu</textarea>" in answer.text


def test_of_two_who_are_the_first_to_save_the_second_is_shown_both(
    conference: Conference, two: tuple[Browser, Browser]
) -> None:
    first, second = two
    below = f"/c/{conference.public_id}"
    for page, name, theirs, mine in (
        (f"{below}/entry", "ceiling", "30", "40"),
        (f"{below}/answers", "contact_name", "Trần Thị A", "Lê Văn B"),
        (f"{below}/invitations/{conference.sites[2].id}", "addition", "Biểu số 1", "Biểu số 2"),
    ):
        of_first, of_second = _opened(first, page), _opened(second, page)
        assert _sent(first, page, of_first, **{name: theirs}).status_code == 302
        shown = _sent(second, page, of_second, **{name: mine})
        assert shown.status_code == 409 and all(words in shown.text for words in (theirs, mine, "Chi-Hai"))
        assert _sent(second, page, form_with(shown.text, f"use_{name}")).status_code == 302
        assert _opened(first, page)[name] == mine


def test_whatever_saves_a_delegate_or_a_paper_counts(
    conference: Conference, add_account: AddAccount, secretary: Browser
) -> None:
    delegate = conference.delegates[4]
    page = f"/c/{conference.public_id}/delegates/{delegate.id}"
    seen = _opened(secretary, page)
    draft = store.DelegateDraft(delegate.person.full_name, delegate.title, delegate.body, DelegateRole.GUEST, 9)
    with writing():
        add_or_merge(delegate.site, draft, Duplicates.MERGE, "Chị Hai")
    assert _sent(secretary, page, seen, precedence="5").status_code == 409
    with writing():
        version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
        desk = store.PaperDraft("Báo cáo", None, Visibility.DESK, ())
        paper = store.add_paper(conference, desk, version, "Thư ký", datetime.now(UTC))
    page = f"/c/{conference.public_id}/papers/{paper.id}"
    seen = _opened(secretary, page)
    papers.changed(
        add_account("chi-hai", Role.SECRETARY),
        conference.public_id,
        paper.id,
        lambda one: store.give_to_all(one, "Chị Hai"),
    )
    shown = _sent(secretary, page, seen, title="Báo cáo sơ kết")
    assert shown.status_code == 409 and "Mọi điểm cầu, kể cả hội trường" in shown.text
    _sent(secretary, page, form_with(shown.text, "use_title"))
    db.session.rollback()
    assert (paper.title, paper.visibility) == ("Báo cáo sơ kết", Visibility.ALL)


def test_a_list_counts_for_what_it_changes(app: Flask, add_account: AddAccount) -> None:
    with app.app_context():
        with writing():
            unit_lists.load_shipped()
        unit, other = units.units_on(None)[:2]
        assert (unit.version, other.version) == (1, 1)
        with writing():
            unit.short_name = "Khác"
        with writing():
            unit_lists.load_shipped()
        assert (unit.version, other.version) == (2, 1)


def test_the_points_chosen_for_a_paper_are_shown_by_name(conference: Conference, two: tuple[Browser, Browser]) -> None:
    first, second = two
    chosen = conference.sites[1:3]
    with writing():
        version = store.NewVersion("0" * 64, 40_000, "pdf", 12, [], "Báo cáo.pdf")
        draft = store.PaperDraft("Báo cáo", None, Visibility.CHOSEN, tuple(chosen))
        paper = store.add_paper(conference, draft, version, "Thư ký", datetime.now(UTC))
    page = f"/c/{conference.public_id}/papers/{paper.id}"
    of_first, of_second = _opened(first, page), _opened(second, page)
    assert of_first.getlist("site") == [str(site.id) for site in chosen]
    of_first.setlist("site", [str(site.id) for site in conference.sites[1:4]])
    _sent(first, page, of_first)
    of_second.setlist("site", [str(conference.sites[5].id)])
    shown = _sent(second, page, of_second)
    assert shown.status_code == 409
    names = ", ".join(site.short_name for site in conference.sites[1:4])
    assert names in shown.text and conference.sites[5].short_name in shown.text
    _sent(second, page, form_with(shown.text, "use_site"), use_site="theirs")
    db.session.rollback()
    assert paper.sites == conference.sites[1:4]
