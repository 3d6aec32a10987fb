"""A chair who practises alone: one button, and points that are there without anybody in front of them."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Pages


def test_a_chair_lets_simulated_points_into_a_copy_sees_them_at_the_console_and_sends_them_away(pages: Pages) -> None:
    count = len(pages.links["sites"])
    pages.desk("chair")
    office = pages.desk_context().new_page()
    office.goto(f"{pages.server.address}/c/{pages.links['public_id']}")
    office.get_by_role("button", name="Tổng duyệt").click()
    panel = office.get_by_role("region", name="Điểm cầu giả lập")
    expect(panel).to_contain_text(f"{count} trên {count} điểm giả lập đang dự", timeout=90_000)
    chair = pages.desk_context().new_page()
    chair.goto(f"{office.url}/chair")
    expect(chair.get_by_text(f"{count}/{count + 1} điểm nối")).to_be_visible()
    panel.get_by_role("button", name="Cho các điểm giả lập rời").click()
    expect(panel).to_contain_text(f"Vào {count} lượt")
    expect(panel.get_by_role("button", name="Cho các điểm giả lập vào")).to_be_visible()
    expect(chair.get_by_text(f"0/{count + 1} điểm nối")).to_be_visible()
