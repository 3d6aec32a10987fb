"""The queue of mail: one row for each address, sent by the `jobs` process, the result beside it.

A letter is written when it goes, so that it never carries a link that has been renewed meanwhile. What may succeed later is
tried again, less and less often; what the server refuses for good has failed, with the server's words. When the server itself
is not to be had, nothing else is tried before the next time.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import gettext as _

from meetings import appointments, invitations, jobs, mail
from meetings.config import Settings
from meetings.documents import pdf
from meetings.documents.invitation import spaced_pin, spoken_time
from meetings.store import invitations as texts
from meetings.tables import (
    AppointmentState,
    Conference,
    ConferenceStatus,
    Job,
    Mail,
    MailKind,
    MailState,
    Site,
    StaffAccount,
    db,
    writing,
)

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60, 120, 240, 480))
"""Before each further try; after the last one the letter has failed."""
_OPENINGS = {
    MailKind.INVITATION: "{issuer} trân trọng kính mời dự:",
    MailKind.CHANGE: "{issuer} trân trọng thông báo thay đổi về thời gian, địa điểm hoặc thành phần của:",
    MailKind.CANCELLATION: "{issuer} trân trọng thông báo hủy:",
}
_SUBJECTS = {
    MailKind.INVITATION: "Giấy mời: {title}",
    MailKind.CHANGE: "Thay đổi: {title}",
    MailKind.CANCELLATION: "Hủy: {title}",
}


@dataclass(frozen=True)
class SendMail:
    """Send whatever is due."""


def init_app(app: Flask) -> None:
    app.extensions["send_mail"] = _send_plain


def _send_plain(address: str, subject: str, text: str) -> None:
    """One plain letter at once, from within a job: raises `jobs.Retry` or `jobs.Failed`."""
    try:
        with mail.post(current_app.extensions["settings"]) as post:
            post.send(mail.Letter(address, subject, text))
    except mail.Delayed as error:
        raise jobs.Retry(PAUSES[1].total_seconds(), str(error)) from None
    except mail.Refused as error:
        raise jobs.Failed(str(error)) from None


# --- into the queue ---


def why_not_sent(conference: Conference) -> str:
    """Why no letter of this conference may go now, in words; "" when they may."""
    settings: Settings = current_app.extensions["settings"]
    if conference.is_rehearsal:
        return str(_("Bản tổng duyệt không gửi giấy mời cho ai."))
    if not settings.smtp_host:
        return str(_("Máy chủ chưa được cài đặt gửi thư."))
    if conference.status is ConferenceStatus.DRAFT:
        return str(_("Hội nghị còn là bản nháp: hãy lên lịch trước khi gửi giấy mời."))
    if conference.status is ConferenceStatus.ADJOURNED:
        return str(_("Hội nghị đã kết thúc."))
    return ""


def queue_letters(
    conference: Conference, sites: Iterable[Site], base: str, account: StaffAccount, now: datetime, *, anew: bool
) -> int:
    """Inside `writing()`: a letter to each address of these sites, and the job that sends them; how many.

    What kind it is follows from the conference and from what the address has been sent. Without `anew` an address that
    knows the latest is left out. One that has a letter waiting never gets a second. Of a rehearsal nobody is told.
    """
    if conference.is_rehearsal:
        return 0
    state = appointments.revised(conference, now)
    extras, told = texts.point_invitations(conference), texts.sent_sequences(conference)
    newest = texts.mails_of(conference)
    count = 0
    for site in sites:
        for address in texts.addresses_of_site(site, extras.get(site.id)):
            last = newest.get(site.id, {}).get(address)
            known = told.get((site.id, address))
            kind = _kind(conference, known, state)
            is_news = kind is not None and (known is None or known < state.sequence)
            if kind is None or (last and last.state is MailState.WAITING) or not (anew or is_news):
                continue
            _add(kind, address, base, account, now, conference_id=conference.id, site_id=site.id)
            count += 1
    if count:
        jobs.enqueue("send_mail", SendMail(), account_id=account.id, conference_id=conference.id)
    return count


def _kind(conference: Conference, known: int | None, state: AppointmentState) -> MailKind | None:
    if conference.status is ConferenceStatus.CANCELLED:
        return MailKind.CANCELLATION if known is not None else None
    return MailKind.CHANGE if known is not None and known < state.sequence else MailKind.INVITATION


def queue_test(address: str, base: str, account: StaffAccount, now: datetime) -> Job:
    """Inside `writing()`: a letter that only shows that mail goes out."""
    _add(MailKind.TEST, address, base, account, now)
    return jobs.enqueue("send_mail", SendMail(), account_id=account.id)


def _add(kind: MailKind, address: str, base: str, account: StaffAccount, now: datetime, **of: int) -> None:
    db.session.add(
        Mail(kind=kind, address=address, base=base, account_id=account.id, created_at=now, next_try_at=now, **of)
    )


# --- out of the queue, in the jobs process ---


@jobs.handler("send_mail", at_once=1, seconds=3600)
def send_mail(work: jobs.Work, payload: SendMail) -> jobs.Result:
    due = list(db.session.scalars(_due(datetime.now(UTC))))
    db.session.rollback()
    settings: Settings = current_app.extensions["settings"]
    if due:
        try:
            with mail.post(settings) as post:
                for at, mail_id in enumerate(due):
                    work.progress(at, len(due))
                    _send(post, mail_id, settings)
        except mail.NotDelivered as error:
            # The letter that met it is among them; whatever has gone is not waiting any more.
            for mail_id in due:
                _note(mail_id, error)
    return _settle(work, due)


def _due(now: datetime) -> sa.Select[int]:
    return sa.select(Mail.id).where(Mail.state == MailState.WAITING, Mail.next_try_at <= now).order_by(Mail.id)


def _settle(work: jobs.Work, ids: list[int]) -> jobs.Result:
    waiting = db.session.execute(
        sa.select(Mail.next_try_at, Mail.words)
        .where(Mail.state == MailState.WAITING)
        .order_by(Mail.next_try_at)
        .limit(1)
    ).first()
    states = list(db.session.scalars(sa.select(Mail.state).where(Mail.id.in_(ids))))
    db.session.rollback()
    if waiting:
        seconds = (waiting.next_try_at - datetime.now(UTC)).total_seconds()
        raise jobs.Retry(max(1.0, seconds), waiting.words or str(_("Còn thư chờ gửi.")))
    return jobs.Result({state.value: states.count(state) for state in MailState})


def _send(post: mail.Post, mail_id: int, settings: Settings) -> None:
    """Send one letter and note what came of it; raises `mail.NoServer` when no other will go either."""
    row = db.session.get(Mail, mail_id)
    if row is None or row.state is not MailState.WAITING:
        return
    try:
        letter, sequence = _letter(row, settings)
    except pdf.TypesettingFailed:
        log.exception("mail %s: its letter could not be set", mail_id)
        _note(mail_id, mail.Refused(_("Không tạo được tệp giấy mời. Lỗi đã được ghi lại.")))
        return
    db.session.rollback()
    try:
        post.send(letter)
    except mail.NoServer:
        raise
    except mail.NotDelivered as error:
        _note(mail_id, error)
        return
    with writing() as session:
        sent = session.get(Mail, mail_id)
        if sent is not None:
            sent.state, sent.sequence, sent.words = MailState.SENT, sequence, ""
            sent.tries, sent.ended_at = sent.tries + 1, datetime.now(UTC)


def _note(mail_id: int, error: mail.NotDelivered) -> None:
    now = datetime.now(UTC)
    with writing() as session:
        row = session.get(Mail, mail_id)
        if row is None or row.state is not MailState.WAITING:
            return
        row.tries, row.words = row.tries + 1, str(error)[:500]
        # A test is waited for by somebody: it says at once what is wrong.
        is_over = isinstance(error, mail.Refused) or row.tries > len(PAUSES) or row.kind is MailKind.TEST
        if is_over:
            row.state, row.ended_at = MailState.FAILED, now
        else:
            row.next_try_at = now + PAUSES[row.tries - 1]


def _letter(row: Mail, settings: Settings) -> tuple[mail.Letter, int]:
    """The letter as it is now, and the sequence of the appointment that it tells of."""
    conference, site = row.conference, row.site
    if conference is None or site is None:
        subject, text = (
            "Điểm Cầu: thử gửi thư",
            f"Thư thử từ chương trình Điểm Cầu tại {row.base}. Máy chủ gửi thư được.",
        )
        return mail.Letter(row.address, subject, text, message_id=row.message_id), 0
    invitations.with_pins(conference)
    state = appointments.current(conference, datetime.now(UTC))
    sheet = invitations.sheets(conference, row.base, [site])[0]
    is_cancelled = conference.status is ConferenceStatus.CANCELLED
    kind = MailKind.CANCELLATION if is_cancelled else row.kind
    issuer = sheet.letter.issuer
    shown = {
        "title": conference.title,
        "opening": _OPENINGS[kind].format(issuer=issuer),
        "time": spoken_time(conference.opens_at.astimezone(appointments.zone())),
        "point": sheet.point,
        "pin": spaced_pin(sheet.point.pin) if sheet.point.pin else "",
        "letter": sheet.letter,
        "is_cancelled": is_cancelled,
    }
    ics = invitations.ics_of(sheet, state, settings.mail_from, [row.address])
    method = "CANCEL" if is_cancelled else "REQUEST"
    attachments = [
        mail.Attachment("hoi-nghi.ics", "text/calendar", ics, (("charset", "utf-8"), ("method", method))),
    ]
    if not is_cancelled:
        content = pdf.as_pdf([sheet.paper], sheet.letter.its_layout).content
        attachments.insert(0, mail.Attachment(invitations.file_name(sheet, "pdf"), "application/pdf", content))
    letter = mail.Letter(
        row.address,
        _SUBJECTS[kind].format(title=conference.short_title),
        _rendered("mail/invitation.txt", shown),
        _rendered("mail/invitation.html", shown),
        tuple(attachments),
        sender_name=issuer,
        message_id=row.message_id,
    )
    return letter, state.sequence


def _rendered(template: str, shown: Mapping[str, object]) -> str:
    """Without what the pages know of their reader: there is none here."""
    return current_app.jinja_env.get_template(template).render(shown)
