"""The papers of the hour before the opening, from the rows of a conference."""

from datetime import UTC, datetime, timedelta

from meetings import appointments, checks, invitations, line_tests, prints, store
from meetings.core.vocabulary import SiteId
from meetings.documents import arrival, pdf
from meetings.tables import Conference, LineTest, Site, SiteKind

GUIDES, LINE_TEST = "guides", "line_test"
_WORDS = {"camera": "camera", "microphone": "micro", "speaker": "loa", "echo": "tiếng vọng", "network": "đường truyền"}


@prints.paper(GUIDES)
def _guides(conference: Conference, asked: prints.PrintPaper) -> prints.Print:
    """One page for each point, or for one of them."""
    invitations.with_pins(conference)
    chosen = [site for site in conference.sites if site.kind is SiteKind.SITE and asked.site_id in (None, site.id)]
    if not chosen:
        raise store.NotFound
    sheets = invitations.sheets(conference, asked.base, chosen)
    opens_at = conference.opens_at.astimezone(appointments.zone())
    papers = [arrival.guide(sheet.letter, sheet.point, conference.title, opens_at) for sheet in sheets]
    layout = sheets[0].letter.its_layout
    return prints.Print(
        [papers, layout],
        lambda: pdf.as_pdf(papers, layout, title="Hướng dẫn vào hội nghị trực tuyến").content,
        "huong-dan-vao-hoi-nghi.pdf",
    )


@prints.paper(LINE_TEST)
def _line_test(conference: Conference, asked: prints.PrintPaper) -> prints.Print:
    """The record of the line test as it stands now; its time is not among what it says."""
    letter, zone, points = invitations.letter_of(conference), appointments.zone(), tested_points(conference)
    title, opens_at = conference.title, conference.opens_at.astimezone(zone)

    def make() -> bytes:
        paper = arrival.line_test(letter, title, opens_at, datetime.now(UTC).astimezone(zone), points)
        return pdf.as_pdf([paper], letter.its_layout, title=paper.title).content

    says = [letter, title, opens_at.isoformat(), points]
    return prints.Print(says, make, "bien-ban-kiem-tra-duong-truyen.pdf", fresh_for=timedelta(minutes=1))


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
