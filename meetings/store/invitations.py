"""What the invitations of a conference say, to whom each goes, and what became of the mail."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.mail import read_addresses
from meetings.store.access import NotFound
from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save
from meetings.tables import (
    Conference,
    Delegate,
    DelegateRole,
    InvitationText,
    ItemKind,
    Mail,
    MailKind,
    MailState,
    PointInvitation,
    Site,
    StaffAccount,
    db,
)

LAYOUTS = ("state", "party")
_PARTY = re.compile(r"\b(Đảng|Tỉnh ủy|Thành ủy|Huyện ủy|Thị ủy|Quận ủy|Trung ương)\b")
_TOLD = (ItemKind.REPORT, ItemKind.PREPARED_SPEECH, ItemKind.DISCUSSION)
_KEPT_BY_ORGANISER = (
    "layout",
    "superior",
    "issuer",
    "body_symbol",
    "place",
    "greeting",
    "attendees",
    "note",
    "recipients",
    "signer_title",
    "signer_name",
    "has_codes",
)
MOST_EMAILS = 20


@dataclass(frozen=True)
class InvitationDraft:
    layout: str
    superior: str
    issuer: str
    body_symbol: str
    number: int | None
    place: str
    day: date | None
    summary: str
    greeting: str
    attendees: str
    chair: str
    content: str
    note: str
    recipients: list[str]
    signer_title: str
    signer_name: str
    has_codes: bool


FIELDS = tuple(InvitationDraft.__dataclass_fields__)


class Overtaken(Exception):
    """Somebody else has saved since this form was opened; nothing is kept, nothing is lost."""

    def __init__(self, saved: InvitationText) -> None:
        self.saved = saved


def read_invitation(form: Mapping[str, str]) -> InvitationDraft:
    reader = Reader(form)
    layout = form.get("layout", "")
    if layout not in LAYOUTS:
        reader.errors["layout"] = _("Hãy chọn trong danh sách.")
    draft = InvitationDraft(
        layout=layout,
        superior=reader.text("superior", 160, is_required=False),
        issuer=reader.text("issuer", 160),
        body_symbol=reader.text("body_symbol", 40, is_required=False),
        number=reader.number_or_none("number", 1, 99_999),
        place=reader.text("place", 80, is_required=False),
        day=reader.day("day") if form.get("day", "").strip() else None,
        summary=reader.text("summary", 400),
        greeting=reader.text("greeting", 300),
        attendees=reader.text("attendees", 600),
        chair=reader.text("chair", 300, is_required=False),
        content=reader.text("content", 1000, is_required=False),
        note=reader.text("note", 1000, is_required=False),
        recipients=reader.lines("recipients", 160),
        signer_title=reader.long_text("signer_title", 160),
        signer_name=reader.text("signer_name", 120, is_required=False),
        has_codes=form.get("has_codes") == "1",
    )
    if len(draft.recipients) > 12:
        reader.errors["recipients"] = _("Tối đa %(count)d dòng.", count=12)
    reader.finish()
    return draft


def saved_text(conference: Conference) -> InvitationText | None:
    return db.session.get(InvitationText, conference.id)


def invitation_draft(conference: Conference) -> InvitationDraft:
    """What the invitations say now: as saved, else made from the conference and from what its organiser wrote last."""
    saved = saved_text(conference)
    if saved is not None:
        return InvitationDraft(**{name: getattr(saved, name) for name in FIELDS})
    is_party = bool(_PARTY.search(conference.organiser))
    fresh = InvitationDraft(
        layout="party" if is_party else "state",
        superior="",
        issuer=conference.organiser,
        body_symbol="",
        number=None,
        place="",
        day=None,
        summary=f"Dự {conference.title}",
        greeting=f"{conference.organiser} trân trọng kính mời" + (" các đồng chí" if is_party else ""),
        attendees="Lãnh đạo đơn vị và các đại biểu theo thành phần triệu tập",
        chair=shorten("; ".join(attendee_words(one) for one in _chairs(conference)), 300, placeholder="…"),
        content=shorten("; ".join(item.title for item in conference.items if item.kind in _TOLD), 400, placeholder="…"),
        note=(
            "Đề nghị đại biểu có mặt trước giờ khai mạc 15 phút; "
            "cán bộ kỹ thuật vào kiểm tra đường truyền trước giờ khai mạc 60 phút"
        ),
        recipients=["- Như trên;", "- Lưu: VT."],
        signer_title="",
        signer_name="",
        has_codes=False,
    )
    earlier = db.session.scalar(
        sa.select(InvitationText)
        .join(Conference)
        .where(Conference.organiser == conference.organiser)
        .order_by(InvitationText.conference_id.desc())
        .limit(1)
    )
    if earlier is None:
        return fresh
    return InvitationDraft(**{**vars(fresh), **{name: getattr(earlier, name) for name in _KEPT_BY_ORGANISER}})


def invited_to(sites: Iterable[Site]) -> dict[int, list[Delegate]]:
    """By site, with their names, whoever stands for another left out: from the same queries however many sites."""
    found = db.session.scalars(
        sa.select(Delegate)
        .where(Delegate.site_id.in_([site.id for site in sites]), Delegate.substitute_for_id.is_(None))
        .order_by(Delegate.site_id, Delegate.precedence, Delegate.id)
        .options(selectinload(Delegate.person))
    )
    invited: dict[int, list[Delegate]] = {}
    for delegate in found:
        invited.setdefault(delegate.site_id, []).append(delegate)
    return invited


def _chairs(conference: Conference) -> Sequence[Delegate]:
    return db.session.scalars(
        sa.select(Delegate)
        .where(Delegate.conference_id == conference.id, Delegate.role == DelegateRole.CHAIR)
        .order_by(Delegate.site_id, Delegate.precedence, Delegate.id)
        .options(selectinload(Delegate.person))
    ).all()


def attendee_words(delegate: Delegate) -> str:
    """Name, title and body as a letter lists them; without a name the title stands for the person."""
    parts = [delegate.person.full_name, delegate.title]
    if delegate.body and delegate.body.casefold() not in delegate.title.casefold():
        parts.append(delegate.body)
    return ", ".join(part for part in parts if part)


def save_invitation(conference: Conference, draft: InvitationDraft, version: int, account: StaffAccount) -> None:
    """`version` is the one that the form was opened with, 0 when there was none; raises `Overtaken`."""
    saved = saved_text(conference)
    if saved is None:
        saved = InvitationText(conference_id=conference.id, version=0)
        db.session.add(saved)
    elif saved.version != version:
        raise Overtaken(saved)
    for name, value in vars(draft).items():
        setattr(saved, name, value)
    saved.version, saved.saved_by = saved.version + 1, account.display_name


@dataclass(frozen=True)
class PointDraft:
    addition: str
    emails: list[str]


def read_point_invitation(form: Mapping[str, str]) -> PointDraft:
    reader = Reader(form)
    addition = reader.text("addition", 600, is_required=False)
    good, bad = read_addresses(form.get("emails", "")[:8000])
    if bad:
        reader.errors["emails"] = _("Không phải địa chỉ thư: %(words)s", words=", ".join(bad[:3])[:120])
    elif len(good) > MOST_EMAILS:
        reader.errors["emails"] = _("Tối đa %(count)d địa chỉ.", count=MOST_EMAILS)
    reader.finish()
    return PointDraft(addition, good)


def point_invitation_of(site: Site) -> PointInvitation:
    """The row of a site; of one that has none yet an empty one that is not kept, as version 0."""
    return db.session.get(PointInvitation, site.id) or PointInvitation(
        site_id=site.id, version=0, saved_by="", addition="", emails=[]
    )


def point_values(row: PointInvitation) -> dict[str, str]:
    """What is special in the letter to one site, as its form shows it."""
    return as_fields({"addition": row.addition, "emails": row.emails})


def change_point_invitation(site: Site, draft: PointDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved it since it was seen."""
    row = point_invitation_of(site)
    count_save(row, seen_version, by)
    db.session.add(row)
    row.addition, row.emails = draft.addition, draft.emails


def point_invitations(conference: Conference) -> dict[int, PointInvitation]:
    """By site."""
    rows = db.session.scalars(sa.select(PointInvitation).join(Site).where(Site.conference_id == conference.id))
    return {row.site_id: row for row in rows}


def addresses_of_site(site: Site, extra: PointInvitation | None) -> list[str]:
    """Where the letter to a site goes: to its contact, then to whoever else was named."""
    contact = [site.contact_email] if site.contact_email else []
    return list(dict.fromkeys([*contact, *(extra.emails if extra else [])]))


def mails_of(conference: Conference) -> dict[int, dict[str, Mail]]:
    """The newest mail to each address, by site."""
    newest: dict[int, dict[str, Mail]] = {}
    for mail in db.session.scalars(sa.select(Mail).where(Mail.conference_id == conference.id).order_by(Mail.id)):
        if mail.site_id is not None:
            newest.setdefault(mail.site_id, {})[mail.address] = mail
    return newest


def sent_sequences(conference: Conference) -> dict[tuple[int, str], int]:
    """The highest sequence of the appointment that each address of each site has been sent."""
    rows = db.session.execute(
        sa.select(Mail.site_id, Mail.address, sa.func.max(Mail.sequence))
        .where(Mail.conference_id == conference.id, Mail.state == MailState.SENT, Mail.site_id.is_not(None))
        .group_by(Mail.site_id, Mail.address)
    )
    return {(int(site_id), address): int(sequence) for site_id, address, sequence in rows if site_id is not None}


def access_mail(conference: Conference, mail_id: int) -> Mail:
    mail = db.session.get(Mail, mail_id)
    if mail is None or mail.conference_id != conference.id:
        raise NotFound
    return mail


def newest_tests(account: StaffAccount) -> Sequence[Mail]:
    """The last test letters that this account has asked for."""
    return db.session.scalars(
        sa.select(Mail)
        .where(Mail.kind == MailKind.TEST, Mail.account_id == account.id)
        .order_by(Mail.id.desc())
        .limit(5)
    ).all()


def read_test_address(form: Mapping[str, str]) -> str:
    good, bad = read_addresses(form.get("address", "")[:400])
    if bad or len(good) != 1:
        raise Invalid({"address": _("Hãy điền một địa chỉ thư như ten@donvi.vn.")})
    return good[0]
