"""How a conference's floor is prepared, and frozen when the doors open."""

from typing import Any

import pytest

from meetings import journal, store
from meetings.core.setup import FloorSettings, OrderCategory
from meetings.core.vocabulary import FloorMode, OnExceed
from meetings.store.floor import DEFAULTS
from meetings.tables import Conference, writing

from .conftest import Browser
from .forms import form_with
from .program import Program

CHANGED = {
    "mode": "fifo",
    "open_microphones": "3",
    "on_exceed": "cut",
    "cut_grace_seconds": "30",
    "order_minutes": "3",
    "site_quota_minutes": "20",
    "order_categories": "Không nghe thấy\nCách điều hành\n\nCách điều hành",
}
WANTED = FloorSettings(
    mode=FloorMode.FIFO,
    open_microphones=3,
    on_exceed=OnExceed.CUT,
    cut_grace_seconds=30,
    point_of_order_seconds=180,
    site_quota_seconds=1200,
    order_categories=(OrderCategory(1, "Không nghe thấy", 1), OrderCategory(2, "Cách điều hành", 2)),
)


def _page(conference: Conference) -> str:
    return f"/c/{conference.public_id}/floor"


def _opened(secretary: Browser, conference: Conference) -> dict[str, Any]:
    return form_with(secretary.get(_page(conference)).text, "version").to_dict()


def _saved(secretary: Browser, conference: Conference, form: dict[str, Any]) -> int:
    return secretary.open(_page(conference), method="POST", data=form).status_code


def test_saved_as_it_stands_nothing_changes(secretary: Browser, conference: Conference) -> None:
    assert f'href="{_page(conference)}"' in secretary.get(f"/c/{conference.public_id}").text
    assert _saved(secretary, conference, _opened(secretary, conference)) == 302
    setup = journal.setup_of(conference.id)
    assert (setup.floor, setup.is_present_only) == (DEFAULTS, True)


def test_the_floor_that_was_prepared_is_frozen_with_the_structure(secretary: Browser, conference: Conference) -> None:
    form = {**_opened(secretary, conference), **CHANGED}
    del form["is_present_only"]
    assert _saved(secretary, conference, form) == 302
    setup = journal.setup_of(conference.id)
    assert (setup.floor, setup.is_present_only) == (WANTED, False)
    shown = _opened(secretary, conference)
    assert "is_present_only" not in shown and shown["order_categories"] == "Không nghe thấy\nCách điều hành"
    for name in ("takes_orders_when_closed", "is_clock_stopped_by_order"):
        shown = _opened(secretary, conference)
        del shown[name]
        assert _saved(secretary, conference, shown) == 302
        assert getattr(journal.setup_of(conference.id).floor, name) is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "anarchy"),
        ("open_microphones", "0"),
        ("open_microphones", "5"),
        ("on_exceed", "shout"),
        ("cut_grace_seconds", "301"),
        ("order_minutes", "0"),
        ("order_minutes", "11"),
        ("site_quota_minutes", "0"),
        ("site_quota_minutes", "601"),
        ("order_categories", "x" * 61),
        ("order_categories", "\n".join(map(str, range(11)))),
    ],
)
def test_what_no_chair_could_set_is_told_and_nothing_is_kept(
    secretary: Browser, conference: Conference, field: str, value: str
) -> None:
    form = {**_opened(secretary, conference), "open_microphones": "2", field: value}
    answer = secretary.open(_page(conference), method="POST", data=form)
    assert answer.status_code == 422 and f'id="error-{field}"' in answer.text
    assert journal.setup_of(conference.id).floor == DEFAULTS


def test_of_two_who_prepare_the_floor_the_second_is_shown_both(secretary: Browser, conference: Conference) -> None:
    first, second = _opened(secretary, conference), _opened(secretary, conference)
    del first["takes_orders_when_closed"]
    assert _saved(secretary, conference, {**first, "mode": "fifo", "open_microphones": "2"}) == 302
    shown = secretary.open(
        _page(conference), method="POST", data={**second, "open_microphones": "4", "order_minutes": "5"}
    )
    assert shown.status_code == 409 and "lần lượt theo danh sách" in shown.text
    assert _saved(secretary, conference, form_with(shown.text, "use_mode").to_dict()) == 302
    floor = journal.setup_of(conference.id).floor
    assert (floor.mode, floor.open_microphones, floor.point_of_order_seconds) == (FloorMode.FIFO, 4, 300)
    assert not floor.takes_orders_when_closed


def test_a_conference_like_an_earlier_one_is_run_like_it(conference: Conference) -> None:
    with writing():
        store.save_floor(conference.id, store.PreparedFloor(WANTED, is_present_only=False), 0, "Thư ký")
        draft = {name: getattr(conference, name) for name in store.ConferenceDraft.__dataclass_fields__}
        made = store.create_like(store.ConferenceDraft(**draft), conference)
    setup = journal.setup_of(made.id)
    assert (setup.floor, setup.is_present_only) == (WANTED, False)


def test_a_program_prepares_the_floor(program: Program, conference: Conference) -> None:
    at = f"/conferences/{conference.public_id}/floor"
    rules = program.get(at)
    assert (rules["version"], rules["mode"], len(rules["order_categories"])) == (0, "chair_led", 4)
    wanted = {
        "mode": "fifo",
        "open_microphones": 3,
        "on_exceed": "cut",
        "cut_grace_seconds": 30,
        "order_minutes": 3,
        "site_quota_minutes": 20,
        "order_categories": ["Không nghe thấy", "Cách điều hành"],
        "is_clock_stopped_by_order": True,
        "takes_orders_when_closed": True,
        "is_present_only": False,
    }
    assert program.ask("PUT", at, {**wanted, "version": 0}).json == {**wanted, "version": 1} == program.get(at)
    setup = journal.setup_of(conference.id)
    assert (setup.floor, setup.is_present_only) == (WANTED, False)
    stale = program.ask("PUT", at, {**wanted, "version": 0})
    assert (stale.status_code, stale.json["error"]) == (409, "overwritten")
    assert program.ask("PUT", at, {**wanted, "version": 1, "open_microphones": 5}).json["fields"]["open_microphones"]
