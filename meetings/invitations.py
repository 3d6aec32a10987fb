"""The letters of invitation of a conference: from its rows to papers, to files for download, to one run of print."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from meetings import appointments, check_in, jobs, links, pins, prints, store
from meetings.config import Settings
from meetings.documents import calendar, pdf, word
from meetings.documents.invitation import Letter, Point, invitation, spaced_pin
from meetings.documents.official import CodeCard, OfficialPaper, ascii_name
from meetings.store import invitations as texts
from meetings.tables import (
    AppointmentState,
    Conference,
    Delegate,
    Job,
    LinkKind,
    Site,
    SiteKind,
    SiteLink,
    StaffAccount,
    db,
    writing,
)

PIN_PAGE = "/p"


@dataclass(frozen=True)
class Sheet:
    """One letter, ready to be set."""

    site: Site
    point: Point
    letter: Letter
    paper: OfficialPaper
    emails: tuple[str, ...]


def letter_of(conference: Conference) -> Letter:
    draft = vars(texts.invitation_draft(conference))
    return Letter(**{**draft, "recipients": tuple(draft["recipients"])})


def sheets(conference: Conference, base: str, only: Sequence[Site] | None = None) -> list[Sheet]:
    """The letters to all points, or to some, in their order. `base` is this program's address as its users have it.

    Inside `writing()` when links may lack PINs (`pins.lack_pins`), else anywhere.
    """
    letter, seats = letter_of(conference), _links(conference)
    numbers = pins.pins_of(seats.values())
    extras = texts.point_invitations(conference)
    opens_at = conference.opens_at.astimezone(appointments.zone())
    hall = next((site for site in conference.sites if site.kind is SiteKind.HALL), None)
    sites = list(only) if only is not None else conference.sites
    invited = texts.invited_to(sites)
    made = []
    for site in sites:
        extra, link = extras.get(site.id), seats.get(site.id)
        is_hall = site.kind is SiteKind.HALL
        point = Point(
            name=site.name,
            where=_where(conference, site),
            invited=tuple(texts.attendee_words(delegate) for delegate in invited.get(site.id, ())),
            addition=extra.addition if extra else "",
            link=base + links.link_path(link) if link and not is_hall else "",
            pin=numbers.get(link.id, "") if link and not is_hall else "",
            pin_page=base + PIN_PAGE,
            hall_contact=_contact(hall) if hall else "",
            site_contact="" if is_hall else _contact(site),
            codes=_codes(invited.get(site.id, ())) if letter.has_codes else (),
        )
        paper = invitation(letter, point, opens_at)
        made.append(Sheet(site, point, letter, paper, tuple(texts.addresses_of_site(site, extra))))
    return made


def _codes(invited: Sequence[Delegate]) -> tuple[CodeCard, ...]:
    """Numbered as the letter lists them."""
    return tuple(
        CodeCard(
            number,
            check_in.who(delegate),
            delegate.title if delegate.person.full_name else delegate.body,
            check_in.code_of(delegate),
        )
        for number, delegate in enumerate(invited, 1)
    )


def with_pins(conference: Conference) -> None:
    """Give PINs to the links that have none yet, if any. Outside of `writing()`."""
    if pins.lack_pins(_links(conference).values()):
        conference_id = conference.id
        with writing() as session:
            pins.pins_of(_links(session.get_one(Conference, conference_id)).values())


def _links(conference: Conference) -> dict[int, SiteLink]:
    return {
        link.site_id: link
        for link in store.links_of(conference)
        if link.site_id is not None and link.kind in (LinkKind.SITE, LinkKind.HALL_STATION)
    }


def pins_by_link(conference: Conference) -> dict[int, str]:
    """The PIN of every link of the conference that has one, as it is read out."""
    return {link_id: spaced_pin(pin) for link_id, pin in pins.pins_of(_links(conference).values()).items()}


def _where(conference: Conference, site: Site) -> str:
    where = conference.place if site.kind is SiteKind.HALL else f"Điểm cầu {site.name}"
    told = [where, site.room, site.address]
    return ", ".join(dict.fromkeys(part for part in told if part))


def _contact(site: Site) -> str:
    return ", ".join(part for part in (site.contact_name, site.contact_phone) if part)


def appointment_of(sheet: Sheet, state: AppointmentState) -> calendar.Appointment:
    lines = [f"Đơn vị tổ chức: {sheet.site.conference.organiser}"]
    if sheet.point.link:
        lines += [f"Vào bằng trình duyệt: {sheet.point.link}"]
    if sheet.point.pin:
        lines += [f"Hoặc mở {sheet.point.pin_page} và nhập mã PIN {sheet.point.pin}"]
    if sheet.point.hall_contact:
        lines += [f"Kỹ thuật hội trường: {sheet.point.hall_contact}"]
    return appointments.of_site(state, sheet.site, sheet.point.where, sheet.point.link, "\n".join(lines))


def ics_of(sheet: Sheet, state: AppointmentState, sender: str, guests: Sequence[str] = ()) -> bytes:
    organiser = sheet.site.conference.organiser
    return calendar.invite(appointment_of(sheet, state), appointments.zone(), organiser, sender, guests)


def file_name(sheet: Sheet, ending: str) -> str:
    """ "03-giay-moi-huyen-vinh-hung.pdf": sorts as the points do and is the same on every computer."""
    return f"{sheet.site.position + 1:02d}-giay-moi-{ascii_name(sheet.site.name)}.{ending}"


# --- one letter, and all at once: both in the jobs process ---


@prints.paper("letter")
def _letter(conference: Conference, asked: prints.PrintPaper) -> prints.Print:
    with_pins(conference)
    site = store.access_site(conference, asked.site_id or 0)
    (sheet,) = sheets(conference, asked.base, [site])
    paper, layout = sheet.paper, sheet.letter.its_layout

    def make() -> bytes:
        if asked.form == "png":
            return pdf.as_picture(paper, layout)
        typeset = pdf.as_pdf([paper], layout)
        return typeset.content if asked.form == "pdf" else word.as_docx(paper, layout, typeset.densities[0])

    return prints.Print([paper, layout], make, file_name(sheet, asked.form))


def appointment_file(conference: Conference, site: Site, base: str) -> tuple[bytes, str]:
    """The appointment of one point (iCalendar), and what its file is called."""
    with_pins(conference)
    (sheet,) = sheets(conference, base, [site])
    state = appointments.current(conference, datetime.now(UTC))
    return ics_of(sheet, state, _sender()), file_name(sheet, "ics")


def ask_for_all(conference: Conference, form: str, base: str, account: StaffAccount) -> Job:
    """Inside `writing()`: the job that makes every letter, as `pdf` or `zip`."""
    payload = PrintInvitations(base, form, _sender())
    return jobs.enqueue("print_invitations", payload, account_id=account.id, conference_id=conference.id)


def _sender() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.mail_from or "diem-cau@localhost"


@dataclass(frozen=True)
class PrintInvitations:
    base: str
    form: str
    """`pdf`: one file to print; `zip`: PDF, DOCX and ICS of each point."""
    sender: str


@jobs.handler("print_invitations", at_once=1, seconds=900)
def print_invitations(work: jobs.Work, payload: PrintInvitations) -> jobs.Result:
    conference = db.session.get_one(Conference, work.conference_id)
    with_pins(conference)
    state = appointments.current(conference, datetime.now(UTC))
    made = sheets(conference, payload.base)
    name = f"giay-moi-{ascii_name(conference.short_title)}"[:80].rstrip("-")
    if payload.form == "pdf":
        work.progress(0, len(made))
        papers = [sheet.paper for sheet in made]
        whole = pdf.as_pdf(papers, made[0].letter.its_layout, title=f"Giấy mời · {conference.short_title}")
        (work.folder / "result").write_bytes(whole.content)
        return jobs.Result({"count": len(made)}, f"{name}.pdf")
    files = [(sheet, ics_of(sheet, state, payload.sender)) for sheet in made]
    db.session.rollback()
    with zipfile.ZipFile(work.folder / "result", "w", zipfile.ZIP_DEFLATED) as archive:
        for at, (sheet, ics) in enumerate(files):
            work.progress(at, len(files))
            layout = sheet.letter.its_layout
            typeset = pdf.as_pdf([sheet.paper], layout)
            archive.writestr(file_name(sheet, "pdf"), typeset.content)
            archive.writestr(file_name(sheet, "docx"), word.as_docx(sheet.paper, layout, typeset.densities[0]))
            archive.writestr(file_name(sheet, "ics"), ics)
    return jobs.Result({"count": len(files)}, f"{name}.zip")
