"""Conferences for other programs' calendars (RFC 5545, RFC 5546).

The UID of an appointment never changes; SEQUENCE grows with every change of time, place or title, so that a calendar which
has an older one replaces it. A cancelled conference stays in the feed, as cancelled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from meetings.documents.official import composed

PRODUCT = "-//Diem Cau//Diem Cau//VI"
REMIND_BEFORE = timedelta(minutes=60)
"""When the point's technician has to be there."""


@dataclass(frozen=True)
class Appointment:
    uid: str
    sequence: int
    changed_at: datetime
    opens_at: datetime
    ends_at: datetime
    title: str
    place: str
    description: str
    is_cancelled: bool
    address: str = ""
    """Where to go in by browser, or the conference's page."""


def invite(appointment: Appointment, zone: ZoneInfo, organiser: str, sender: str, guests: Iterable[str]) -> bytes:
    """What is attached to the letter: a request to put it in the calendar, or to take it out again."""
    event = _event(appointment, zone)
    event.add("organizer", _person(sender, organiser))
    for guest in guests:
        person = _person(guest, "")
        person.params["ROLE"], person.params["RSVP"] = vText("REQ-PARTICIPANT"), vText("FALSE")
        event.add("attendee", person)
    if not appointment.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", composed(appointment.title))
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
    return _calendar("CANCEL" if appointment.is_cancelled else "REQUEST", [event])


def feed(appointments: Iterable[Appointment], zone: ZoneInfo, name: str) -> bytes:
    """Every conference, for a calendar that subscribes."""
    return _calendar("PUBLISH", [_event(one, zone) for one in appointments], name, zone)


def _calendar(method: str, events: list[Event], name: str = "", zone: ZoneInfo | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("name", composed(name))
        calendar.add("x-wr-calname", composed(name))
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    if zone:
        calendar.add("x-wr-timezone", zone.key)
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at)
    event.add("last-modified", appointment.changed_at)
    event.add("dtstart", appointment.opens_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", composed(appointment.title))
    event.add("location", composed(appointment.place))
    if appointment.description:
        event.add("description", composed(appointment.description))
    if appointment.address:
        event.add("url", appointment.address)
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if appointment.is_cancelled else "OPAQUE")
    return event


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(composed(name))
    return person
