"""The papers of the hour before the opening, from the rows of a conference."""

from datetime import datetime

from meetings import appointments, checks, invitations, line_tests
from meetings.core.vocabulary import SiteId
from meetings.documents import arrival, pdf
from meetings.tables import Conference, LineTest, Site, SiteKind

_WORDS = {"camera": "camera", "microphone": "micro", "speaker": "loa", "echo": "tiếng vọng", "network": "đường truyền"}


def guides_pdf(conference: Conference, base: str, site: Site | None = None) -> bytes:
    """One page for each point, or for one of them. Links have their PINs (`invitations.with_pins`)."""
    chosen = [site] if site else [one for one in conference.sites if one.kind is SiteKind.SITE]
    sheets = invitations.sheets(conference, base, chosen)
    opens_at = conference.opens_at.astimezone(appointments.zone())
    papers = [arrival.guide(sheet.letter, sheet.point, conference.title, opens_at) for sheet in sheets]
    return pdf.as_pdf(papers, sheets[0].letter.its_layout, title="Hướng dẫn vào hội nghị trực tuyến").content


def line_test_pdf(conference: Conference, now: datetime) -> bytes:
    """The record of the line test as it stands now."""
    letter, zone = invitations.letter_of(conference), appointments.zone()
    opens_at, at = conference.opens_at.astimezone(zone), now.astimezone(zone)
    paper = arrival.line_test(letter, conference.title, opens_at, at, tested_points(conference))
    return pdf.as_pdf([paper], letter.its_layout, title=paper.title).content


def tested_points(conference: Conference) -> list[arrival.PointRecord]:
    """In protocol order, without the hall."""
    tests, found = line_tests.of_conference(conference.id), checks.latest(conference.id)
    return [
        _tested(site, tests.get(site.id), found.get(SiteId(site.id), {}).get("parts", {}))
        for site in conference.sites
        if site.kind is SiteKind.SITE
    ]


def _tested(site: Site, test: LineTest | None, parts: dict[str, dict[str, str]]) -> arrival.PointRecord:
    if test is None or test.is_passed is None:
        result = "chưa thử"
    else:
        at = f"{test.tested_at.astimezone(appointments.zone()):%H:%M}"
        result = f"đạt lúc {at}" if test.is_passed else f"không đạt lúc {at}"
    wanting = [words for part, words in _WORDS.items() if parts.get(part, {}).get("verdict") in ("warned", "failed")]
    found = f"tự kiểm tra còn: {', '.join(wanting)}" if wanting else ""
    by = f"người thử: {test.tested_by}" if test and test.is_passed is not None else ""
    return arrival.PointRecord(site.name, result, found, test.remark if test else "", by)
