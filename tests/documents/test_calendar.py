"""Appointments as other programs read them: parsed back by the rules of RFC 5545."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from meetings.documents.calendar import Appointment, feed, invite

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
APPOINTMENT = Appointment(
    uid="abc-1@diem-cau",
    sequence=3,
    changed_at=datetime(2020, 7, 1, tzinfo=UTC),
    opens_at=datetime(2020, 7, 16, 1, 0, tzinfo=UTC),
    ends_at=datetime(2020, 7, 16, 4, 15, tzinfo=UTC),
    title="Hội nghị sơ kết; công tác Tổ chức, xây dựng Đảng \\ 6 tháng",
    place="Điểm cầu Huyện Vĩnh Hưng",
    description="Dòng một\nDòng hai, " + "rất dài " * 40,
    is_cancelled=False,
    address="https://hop.example.vn/site#a.b",
)


def request(appointment: Appointment = APPOINTMENT) -> bytes:
    return invite(appointment, ZONE, 'Ban "Tổ chức"; Tỉnh ủy', "hop@example.vn", ["vinhhung@example.vn"])


def test_an_invitation_is_read_back_as_it_was_meant() -> None:
    calendar = Calendar.from_ical(request())
    assert (calendar["method"], calendar["version"]) == ("REQUEST", "2.0")
    event = calendar.walk("VEVENT")[0]
    assert (event["uid"], event["sequence"], event["status"]) == ("abc-1@diem-cau", 3, "CONFIRMED")
    assert event["summary"] == APPOINTMENT.title and event["description"] == APPOINTMENT.description
    assert event.decoded("dtstart") == APPOINTMENT.opens_at and event.decoded("dtend") == APPOINTMENT.ends_at
    assert event["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert event["organizer"] == "mailto:hop@example.vn" and event["attendee"] == "mailto:vinhhung@example.vn"
    assert calendar.walk("VALARM")[0].decoded("trigger") == timedelta(minutes=-60)


def test_the_zone_that_is_named_is_given() -> None:
    zones = Calendar.from_ical(request()).walk("VTIMEZONE")
    assert [zone["tzid"] for zone in zones] == ["Asia/Ho_Chi_Minh"]
    assert zones[0].walk("STANDARD")[-1].decoded("tzoffsetto") == timedelta(hours=7)


def test_lines_are_folded_at_75_octets_without_breaking_a_letter() -> None:
    lines = request().split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()


def test_a_cancellation_takes_the_same_appointment_out() -> None:
    calendar = Calendar.from_ical(request(replace(APPOINTMENT, is_cancelled=True, sequence=4)))
    event = calendar.walk("VEVENT")[0]
    assert (calendar["method"], event["uid"]) == ("CANCEL", "abc-1@diem-cau")
    assert (event["status"], event["sequence"]) == ("CANCELLED", 4)
    assert not calendar.walk("VALARM")


def test_the_feed_holds_what_is_on_and_what_is_off() -> None:
    off = replace(APPOINTMENT, uid="b@diem-cau", is_cancelled=True)
    calendar = Calendar.from_ical(feed([APPOINTMENT, off], ZONE, "Điểm Cầu"))
    assert calendar["method"] == "PUBLISH" and calendar["x-wr-calname"] == "Điểm Cầu"
    assert {event["uid"]: event["status"] for event in calendar.walk("VEVENT")} == {
        "abc-1@diem-cau": "CONFIRMED",
        "b@diem-cau": "CANCELLED",
    }
    assert len(calendar.walk("VTIMEZONE")) == 1


@pytest.mark.parametrize("title", ["a\r\nATTENDEE:mailto:x@y.z", "BEGIN:VEVENT\nUID:2", "\x00\x07"])
def test_a_title_cannot_write_lines_of_its_own(title: str) -> None:
    event = Calendar.from_ical(request(replace(APPOINTMENT, title=title))).walk("VEVENT")
    assert len(event) == 1 and event[0]["attendee"] == "mailto:vinhhung@example.vn"
