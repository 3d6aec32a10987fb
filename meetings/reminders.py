"""Reminding points that have not answered: one row and one job for each address, the result beside it.

Mail itself is sent by whatever is in `app.extensions["send_mail"]`: `(address, subject, text) -> None`, which raises
`jobs.Retry` or `jobs.Failed`. Without one, and without an address, the reminder has failed in words: somebody has to call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from meetings import jobs
from meetings.store import answers
from meetings.tables import Conference, Reminder, ReminderState, Site, StaffAccount, db, writing

SendMail = Callable[[str, str, str], None]


@dataclass(frozen=True)
class RemindPoint:
    reminder_id: int


def remind_the_others(conference: Conference, account: StaffAccount) -> int:
    """Inside `writing()`: a reminder to every point that has not answered and is not being reminded; how many.

    Of a rehearsal nobody is told.
    """
    if conference.is_rehearsal:
        return 0
    count = 0
    for status in answers.point_statuses(conference):
        is_under_way = status.reminder is not None and status.reminder.state is ReminderState.WAITING
        if status.has_answered or is_under_way:
            continue
        reminder = Reminder(site_id=status.site.id, account_id=account.id, address=status.site.contact_email)
        db.session.add(reminder)
        db.session.flush()
        jobs.enqueue("remind_point", RemindPoint(reminder.id), account_id=account.id, conference_id=conference.id)
        count += 1
    return count


@jobs.handler("remind_point", at_once=1, seconds=120)
def remind_point(work: jobs.Work, payload: RemindPoint) -> jobs.Result:
    reminder = db.session.get(Reminder, payload.reminder_id)
    if reminder is None:
        return jobs.Result()
    address, (subject, text) = reminder.address, letter_to(reminder.site)
    send: SendMail | None = current_app.extensions.get("send_mail")
    db.session.rollback()
    try:
        if not address:
            raise jobs.Failed(_("Điểm cầu chưa có địa chỉ thư. Hãy gọi đầu mối kỹ thuật."))
        if send is None:
            raise jobs.Failed(_("Máy chủ chưa được cài đặt gửi thư. Hãy gọi đầu mối kỹ thuật."))
        send(address, subject, text)
    except jobs.Failed as error:
        with writing():
            _end(payload.reminder_id, ReminderState.FAILED, str(error))
            return work.settle(jobs.Result({"sent": 0}))
    except jobs.Retry as again:
        with writing():
            _end(payload.reminder_id, ReminderState.WAITING, again.words)
        raise
    with writing():
        _end(payload.reminder_id, ReminderState.SENT, "")
        return work.settle(jobs.Result({"sent": 1}))


def _end(reminder_id: int, state: ReminderState, words: str) -> None:
    reminder = db.session.get(Reminder, reminder_id)
    if reminder is not None:
        reminder.state, reminder.words = state, words[:500]
        reminder.ended_at = None if state is ReminderState.WAITING else datetime.now(UTC)


def letter_to(site: Site) -> tuple[str, str]:
    """Subject and text. The link itself is not in it: it went out with the invitation and opens the point's seat."""
    conference, terms = site.conference, answers.terms_of(site.conference)
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    opens = conference.opens_at.astimezone(zone)
    lines = [
        _("Kính gửi điểm cầu %(site)s,", site=site.name),
        "",
        _(
            "%(organiser)s chưa nhận được trả lời của điểm cầu về hội nghị “%(title)s”, khai mạc %(hour)s ngày %(day)s.",
            organiser=conference.organiser,
            title=conference.title,
            hour=f"{opens:%H:%M}",
            day=f"{opens:%d/%m/%Y}",
        ),
        _("Đề nghị mở liên kết trong giấy mời để xác nhận và gửi danh sách đại biểu."),
    ]
    if terms.until:
        until = terms.until.astimezone(zone)
        lines.append(_("Hạn gửi: %(hour)s ngày %(day)s.", hour=f"{until:%H:%M}", day=f"{until:%d/%m/%Y}"))
    if terms.contact_name:
        lines.append(_("Liên hệ: %(who)s", who=f"{terms.contact_name} {terms.contact_phone}".strip()))
    return str(_("Đề nghị trả lời: %(title)s", title=conference.short_title)), "\n".join(str(line) for line in lines)
