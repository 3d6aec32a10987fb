"""Letters of invitation and what else is printed of a conference; the mail that carries them."""

import io
from datetime import UTC, date, datetime
from typing import Literal

from flask import send_file
from flask_babel import gettext as _
from pydantic import Field

from meetings import attendance, invitations, mailing, prints, store
from meetings.api.description import (
    Instant,
    Part,
    answers,
    base,
    caller,
    description,
    hand_over,
    new_blueprint,
    told,
)
from meetings.api.jobs import JobAnswer, told_job
from meetings.store import invitations as texts
from meetings.tables import Conference, Job, MailKind, MailState, Site, writing

blueprint = new_blueprint("letters", day="day")


class MailAnswer(Part):
    """The newest mail to an address."""

    site_id: int
    address: str
    kind: MailKind
    state: MailState
    words: str
    ended_at: Instant | None


class Invitations(Part):
    """`addresses` by site's id, as text; `mails` what became of what was sent there."""

    addresses: dict[str, list[str]]
    mails: list[MailAnswer]


class SendInvitations(Part):
    """To one point anew when `site_id` is given, else to every address that does not know the latest."""

    site_id: int | None = None


class Queued(Part):
    count: int


class LetterText(Part):
    """What the letters of a conference have in common. An empty text leaves its line out."""

    layout: Literal["state", "party"]
    superior: str = ""
    issuer: str
    body_symbol: str = ""
    number: int | None = None
    place: str = ""
    day: date | None = None
    summary: str
    greeting: str
    attendees: str
    chair: str = ""
    content: str = ""
    note: str = ""
    recipients: list[str] = Field(default_factory=list, max_length=50)
    signer_title: str = ""
    signer_name: str = ""
    has_codes: bool = False


class LetterTextAnswer(LetterText):
    """`version` is 0 while what it says is only proposed."""

    version: int


class PointLetter(Part):
    """What the letter to one point says besides, and to whom it goes besides its contact.

    `version` is the one that was read: 409 when somebody has saved since.
    """

    addition: str = ""
    emails: list[str] = Field(default_factory=list, max_length=200)
    version: int


class WhichPrint(Part):
    """`docx` and `png` are to be had of letters only; a letter is that of `site_id`."""

    form: Literal["pdf", "docx", "png"] = "pdf"
    site_id: int | None = None


class AllLetters(Part):
    """`pdf`: one file to print; `zip`: PDF, DOCX and ICS of each point."""

    form: Literal["pdf", "zip"] = "pdf"


class TestAddress(Part):
    address: str


@blueprint.get("/conferences/<public_id>/invitations")
@description.validate(resp=answers(HTTP_200=Invitations), tags=["invitations"])
def list_invitations(public_id: str) -> Invitations:
    """To whom the letters go, and what became of them."""
    conference = _access(public_id)
    extras = texts.point_invitations(conference)
    addresses = {str(one.id): texts.addresses_of_site(one, extras.get(one.id)) for one in conference.sites}
    mails = [mail for of_site in texts.mails_of(conference).values() for mail in of_site.values()]
    return Invitations(addresses=addresses, mails=[MailAnswer(**told(mail, MailAnswer)) for mail in mails])


@blueprint.post("/conferences/<public_id>/invitations/send")
@description.validate(resp=answers(HTTP_200=Queued), tags=["invitations"])
def send_invitations(public_id: str, json: SendInvitations) -> Queued:
    """Into the queue of mail."""
    with writing():
        conference = _access(public_id)
        if why := mailing.why_not_sent(conference):
            raise store.Invalid({"conference": why})
        sites = [store.access_site(conference, json.site_id)] if json.site_id is not None else conference.sites
        anew, now = json.site_id is not None, datetime.now(UTC)
        return Queued(count=mailing.queue_letters(conference, sites, base(), caller(), now, anew=anew))


@blueprint.get("/conferences/<public_id>/invitations/text")
@description.validate(resp=answers(HTTP_200=LetterTextAnswer), tags=["invitations"])
def read_text(public_id: str) -> LetterTextAnswer:
    """What the letters say: as saved, else as proposed."""
    return _text(_access(public_id))


@blueprint.put("/conferences/<public_id>/invitations/text")
@description.validate(resp=answers(HTTP_200=LetterTextAnswer), tags=["invitations"])
def change_text(public_id: str, json: LetterTextAnswer) -> LetterTextAnswer:
    """`version` is the one that was read."""
    draft = texts.read_invitation(store.as_fields(json.model_dump(exclude={"version"})))
    with writing():
        conference = _access(public_id)
        texts.save_invitation(conference, draft, json.version, caller())
    return _text(conference)


@blueprint.get("/conferences/<public_id>/invitations/<int:site_id>")
@description.validate(resp=answers(HTTP_200=PointLetter), tags=["invitations"])
def read_point_letter(public_id: str, site_id: int) -> PointLetter:
    """What is special in the letter to one point."""
    return _point_letter(store.access_site(_access(public_id), site_id))


@blueprint.put("/conferences/<public_id>/invitations/<int:site_id>")
@description.validate(resp=answers(HTTP_200=PointLetter), tags=["invitations"])
def change_point_letter(public_id: str, site_id: int, json: PointLetter) -> PointLetter:
    """A further sentence, further addresses."""
    draft = texts.read_point_invitation(store.as_fields(json.model_dump()))
    with writing():
        site = store.access_site(_access(public_id), site_id)
        texts.change_point_invitation(site, draft, json.version, caller().display_name)
    return _point_letter(site)


@blueprint.get("/conferences/<public_id>/invitations/<int:site_id>/appointment")
@description.validate(resp=answers(HTTP_200=None), tags=["invitations"])
def fetch_appointment(public_id: str, site_id: int) -> None:
    """The appointment of one point (iCalendar)."""
    conference = _access(public_id)
    content, name = invitations.appointment_file(conference, store.access_site(conference, site_id), base())
    hand_over(send_file(io.BytesIO(content), mimetype="text/calendar", as_attachment=True, download_name=name))


@blueprint.post("/conferences/<public_id>/invitations/print")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["invitations"])
def print_all(public_id: str, json: AllLetters) -> tuple[JobAnswer, int]:
    """Every letter as one file, which the job leaves."""
    with writing():
        return told_job(invitations.ask_for_all(_access(public_id), json.form, base(), caller())), 202


@blueprint.get("/conferences/<public_id>/prints/<paper>")
@description.validate(resp=answers(HTTP_200=None, HTTP_202=JobAnswer), tags=["prints"])
def fetch_print(public_id: str, paper: str, query: WhichPrint) -> tuple[JobAnswer, int]:
    """`letter`, `guides`, `cards`, `line_test` or `roll`: the file, or (202) the job that sets it.

    Fetch it again when the job is done: it is kept for days.
    """
    account = caller()
    conference = store.access_conference(account, public_id)
    if paper not in prints.papers() or (paper == "letter" and query.site_id is None):
        raise store.NotFound
    if paper != "letter" and query.form != "pdf":
        raise store.Invalid({"form": _("Chỉ có bản PDF.")})
    asked = prints.PrintPaper(paper, query.form, base(), query.site_id, prints.this_address())
    try:
        found = prints.find(conference, asked, account)
    except attendance.NoRoll:
        raise store.Invalid({"paper": _("Điểm danh được sau khi mở điểm cầu.")}) from None
    if not isinstance(found, Job):
        hand_over(prints.handed_out(*found, query.form, is_shown=False))
    return told_job(found), 202


@blueprint.post("/mail/test")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["invitations"])
def test_mail(json: TestAddress) -> tuple[JobAnswer, int]:
    """A letter that only shows that mail goes out."""
    account = store.require(caller(), store.Right.EDIT)
    address = texts.read_test_address({"address": json.address})
    with writing():
        return told_job(mailing.queue_test(address, base(), account, datetime.now(UTC))), 202


def _access(public_id: str) -> Conference:
    """Letters hold links and PINs: they are for those who may give them out."""
    return store.access_conference(caller(), public_id, store.Right.EDIT)


def _point_letter(site: Site) -> PointLetter:
    return PointLetter(**told(texts.point_invitation_of(site), PointLetter))


def _text(conference: Conference) -> LetterTextAnswer:
    saved = texts.saved_text(conference)
    return LetterTextAnswer(**vars(texts.invitation_draft(conference)), version=saved.version if saved else 0)
