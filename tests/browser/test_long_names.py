"""Sites with names of sixty letters, on the smallest screens of the desks and in the hall: everything keeps its place."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.states import ask, doors
from tests.browser.tour import CHAIR, HALL, Size, Tour
from tests.browser.usable import misfits, too_wide

NAMES = (
    "Xã Tân Hòa Hưng Thạnh Vĩnh Lợi Bình Phong Thạnh Mỹ An Đông B",
    "Phường Nguyễn Thị Minh Khai - Trần Hưng Đạo mở rộng phía Nam",
    "Thị trấn Nông trường Liên nghiệp dệt Kiến Bình và Thạnh Trịh",
    "Xã Mỹ Thạnh Bắc Bình Hòa Tây Tân Long Lạc Tấn Nhựt Ninh Hạ A",
)


def named(demo_data: Path, folder: Path) -> Path:
    """The demo's data with long names for ten of its sites."""
    shutil.copytree(demo_data, folder)
    with contextlib.closing(sqlite3.connect(folder / "diem-cau.db")) as database, database:
        sites = database.execute("SELECT id FROM site WHERE kind = 'site' ORDER BY position LIMIT 10").fetchall()
        for number, (site,) in enumerate(sites):
            name = NAMES[number % len(NAMES)]
            database.execute("UPDATE site SET name = ?1, short_name = ?1, label = ?1 WHERE id = ?2", [name, site])
    return folder


@pytest.mark.parametrize("language", ["vi", "en"])
def test_long_names_push_nothing_out_of_its_place(
    playwright: Playwright, demo_data: Path, tmp_path: Path, language: str
) -> None:
    tour = Tour(playwright, tmp_path, language, named(demo_data, tmp_path / "named"))
    sizes: dict[str, Size] = {"secretary": CHAIR, "chair": CHAIR, "screen": HALL}
    faults: list[str] = []

    def look(state: str, **shows: str) -> None:
        for view in tour.views(state, **shows):
            found = [*misfits(view.page), *too_wide(view.page)]
            faults.extend(f"{view.name}: {fault}" for fault in found)

    try:
        for name, (width, height) in sizes.items():
            tour.page(name).set_viewport_size({"width": width, "height": height})
        look("scheduled", secretary="board", chair="now", screen="screen")
        chair, secretary = tour.desk("chair"), tour.desk("secretary")
        sites = doors(tour, secretary)
        secretary.do("invite_report", site_id=tour.site_id(1))
        look("roll-call", secretary="roll-call-line")
        secretary.do("end_roll_call")
        chair.do("convene")
        items = secretary.snapshot()["parts"]["public"]["agenda"]
        for item in items[:5]:
            chair.do("open_item", item_id=item["id"], is_confirmed=False)
        ask(secretary, tour.site_id(1), 0, items[4]["topics"][0])
        for site in sites[:4]:
            delegate = site.snapshot()["parts"]["own"]["delegates"][0]["id"]
            site.do("request_floor", delegate_id=delegate, topic=items[4]["topics"][0])
        secretary.do("show_gallery", when="always", page=1, turn_seconds=None)
        with tour.opened("secretary", "gallery-open"), tour.opened("chair", "gallery-open"):
            look("gallery", screen='[data-large="gallery"]', chair="gallery", secretary="gallery")
        secretary.do("hide_gallery")
        chair.do("grant_next")
        speaking = '[data-test="now"][data-state="speaking"]'
        look("speaking", screen="lower", chair=speaking, secretary=speaking)
    finally:
        tour.close()
    assert not faults, "\n".join(faults)
