"""Papers of the hour before the opening, as the office prints them."""

from datetime import UTC, datetime

import pytest

from meetings import arrivals, checks, line_tests
from meetings.checks import Finding, Verdict
from meetings.documents import pdf
from meetings.documents.arrival import PointRecord, guide, line_test
from meetings.documents.layouts import LAYOUTS
from meetings.documents.official import Box, Numbered
from meetings.tables import Conference
from tests.documents.test_official import LETTER, OPENS, POINT, pages

from .conftest import Browser

NOW = datetime(2020, 7, 16, 0, 41, tzinfo=UTC)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_points_guide_is_one_page_with_its_link_pin_and_phones(layout: object) -> None:
    paper = guide(LETTER, POINT, "Hội nghị trực tuyến sơ kết " * 6, OPENS)
    assert pages(pdf.as_pdf([paper], layout).content) == 1  # type: ignore[arg-type]
    (box,) = (block for block in paper.blocks if isinstance(block, Box))
    told = [fact.text for fact in box.facts]
    assert told[0] == POINT.link == box.qr_address and POINT.pin[:4] in told[1]


def test_the_record_counts_who_passed_and_says_it_of_every_point() -> None:
    tested = [
        PointRecord("Huyện Bến Lức", "đạt lúc 07:41", "", "", "người thử: Thư ký"),
        PointRecord("Huyện Đức Huệ", "không đạt lúc 07:43", "tự kiểm tra còn: loa", "Tiếng nhỏ", "người thử: Thư ký"),
        PointRecord("Huyện Tân Trụ", "chưa thử", "", "", ""),
    ]
    paper = line_test(LETTER, "Hội nghị", OPENS, OPENS, tested)
    (lines,) = (block.items for block in paper.blocks if isinstance(block, Numbered))
    assert lines[1] == "Huyện Đức Huệ: không đạt lúc 07:43; tự kiểm tra còn: loa; Tiếng nhỏ; người thử: Thư ký"
    assert any(getattr(block, "text", "") == "1/3 điểm cầu đạt" for block in paper.blocks)


def test_the_record_is_made_of_what_the_desk_and_the_points_have_found(conference: Conference) -> None:
    site = conference.sites[1]
    line_tests.keep(conference.id, site.id, True, "Hình đẹp", "Thư ký", NOW)
    parts = {"speaker": Finding(Verdict.FAILED, "not_heard", {})}
    checks.keep(conference.id, site.id, "check-0001", parts, True, NOW)
    told = arrivals.tested_points(conference)
    assert told[0] == PointRecord(site.name, "đạt lúc 07:41", "tự kiểm tra còn: loa", "Hình đẹp", "người thử: Thư ký")
    assert {point.result for point in told[1:]} == {"chưa thử"} and len(told) == 15


def test_the_papers_are_given_to_the_office_only(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}"
    assert f'href="{path}/guide.pdf"' in secretary.get(f"{path}/links").text
    one = secretary.printed(f"{path}/guide.pdf?site={conference.sites[1].id}")
    assert one.mimetype == "application/pdf" and pages(one.data) == 1
    assert pages(secretary.printed(f"{path}/guide.pdf").data) == 15
    assert pages(secretary.printed(f"{path}/line-test.pdf").data) >= 1
    assert secretary.get(f"{path}/guide.pdf?site=999999").status_code == 404
    stranger = Browser(secretary.app)
    for name in ("guide.pdf", "line-test.pdf"):
        assert stranger.get(f"{path}/{name}").status_code in (302, 403, 404)
