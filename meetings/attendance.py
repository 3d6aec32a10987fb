"""The roll of a sitting as a paper: from its journal and its register to rows."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from meetings import journal, prints, store, words
from meetings.core.attendance import Sum, announcement, attendance, summed
from meetings.core.conference import replay
from meetings.core.directory import Directory, NamedDelegate
from meetings.core.events import HeadCountReported, RollMarked
from meetings.core.state import RollEntry, State
from meetings.core.upcast import event_from
from meetings.core.vocabulary import Language, RollStatus
from meetings.documents import roll
from meetings.documents.official import ascii_name
from meetings.documents.roll import RollPaper, Row
from meetings.tables import Conference, JournalEvent, StaffAccount, db


class NoRoll(Exception):
    """The doors have not been opened: there is nothing to count yet."""


def roll_of(conference: Conference, zone: ZoneInfo, language: Language) -> RollPaper:
    """Raises `NoRoll`."""
    state, directory = replay(journal.load(conference.id)), journal.directory_of(conference.id)
    if state.setup is None:
        raise NoRoll
    total = summed(state)
    names = {site.id: site.name for site in directory.sites}
    return RollPaper(
        title=directory.title,
        organiser=directory.organiser,
        when=_when(state, directory, zone),
        language=language.value,
        announcement=announcement(total, [names[site_id] for site_id in total.unreported], language),
        points=list(_points(state, directory)),
        total=_total(total),
        persons=list(_persons(state, directory, zone)),
        changes=list(_changes(conference, state, directory, zone)),
        is_closed=state.roll_closed_at is not None,
    )


@prints.paper("roll", store.Right.VIEW)
def _roll(conference: Conference, asked: prints.PrintPaper) -> prints.Print:
    """Raises `NoRoll`."""
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    paper = roll_of(conference, zone, Language(words.language()))
    return prints.Print(paper, lambda: roll.as_pdf(paper), f"diem-danh-{ascii_name(conference.short_title)}.pdf")


def _when(state: State, directory: Directory, zone: ZoneInfo) -> str:
    opened = (state.convened_at or directory.opens_at).astimezone(zone)
    if state.roll_closed_at is None:
        return str(_("Ngày %(day)s, chưa chốt", day=f"{opened:%d/%m/%Y}"))
    closed = state.roll_closed_at.astimezone(zone)
    return str(_("Ngày %(day)s, chốt lúc %(clock)s", day=f"{closed:%d/%m/%Y}", clock=f"{closed:%H:%M}"))


def _points(state: State, directory: Directory) -> Iterator[Row]:
    points = attendance(state)
    for number, site in enumerate(directory.sites, 1):
        point = points[site.id]
        is_checked, is_reported = site.id in state.rolls_checked_at, point.is_reported
        mark = _("Đã xác nhận") if is_checked else _("Đã báo") if is_reported else _("Chưa báo")
        counted = (point.expected, point.present, point.substitute, point.excused, point.unexcused)
        yield (number, site.name, *counted, point.late, point.left, mark)


def _total(total: Sum) -> Row:
    counted = (total.expected, total.present, total.substitute, total.excused, total.unexcused)
    return ("", str(_("Cộng")), *counted, total.late, total.left, "")


def status_words(status: RollStatus) -> str:
    words = {
        RollStatus.UNMARKED: _("Chưa điểm danh"),
        RollStatus.PRESENT: _("Có mặt"),
        RollStatus.SUBSTITUTE: _("Dự thay"),
        RollStatus.EXCUSED: _("Vắng có lý do"),
        RollStatus.UNEXCUSED: _("Vắng không lý do"),
    }
    return str(words[status])


def _persons(state: State, directory: Directory, zone: ZoneInfo) -> Iterator[Row]:
    """Everybody named, by point; whoever came late or left early does not just stand as present."""
    for site in directory.sites:
        for delegate in (d for d in directory.delegates if d.site_id == site.id):
            entry = state.roll_entry(delegate.id)
            words = status_words(entry.status)
            if entry.status is RollStatus.PRESENT and (entry.came_at or entry.left_at):
                words = str(_("Có mặt một phần"))
            yield (site.name, delegate.name or "", delegate.title, words, _remark(entry, zone))


def _remark(entry: RollEntry, zone: ZoneInfo) -> str:
    told = [entry.reason]
    if entry.came_at:
        told.append(str(_("đến %(time)s", time=_clock(entry.came_at, zone))))
    if entry.left_at:
        told.append(str(_("về %(time)s", time=_clock(entry.left_at, zone))))
    return ", ".join(one for one in told if one)


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _changes(conference: Conference, state: State, directory: Directory, zone: ZoneInfo) -> Iterator[Row]:
    """What was marked or counted after the roll was closed, by whom and when."""
    if state.roll_closed_at is None:
        return
    found = sa.select(JournalEvent).where(
        JournalEvent.conference_id == conference.id,
        JournalEvent.at > state.roll_closed_at,
        JournalEvent.kind.in_(("roll_marked", "head_count_reported")),
    )
    for row in db.session.scalars(found.order_by(JournalEvent.seq)):
        event = event_from(row.kind, row.v, journal.plain_of(row))
        by, at = _actor_words(row.actor, directory), _clock(row.at, zone)
        if isinstance(event, RollMarked):
            entry = RollEntry(event.status, event.reason, event.came_at, event.left_at)
            who = _who(directory.delegate(event.delegate_id))
            yield (at, by, who, status_words(event.status), _remark(entry, zone))
        elif isinstance(event, HeadCountReported):
            yield (at, by, str(_("Sĩ số %(site)s", site=_site_name(event.site_id, directory))), event.count, "")


def _who(delegate: NamedDelegate | None) -> str:
    return "?" if delegate is None else ", ".join(one for one in (delegate.name, delegate.title) if one)


def _site_name(site_id: int, directory: Directory) -> str:
    return next((site.name for site in directory.sites if site.id == site_id), "?")


def _actor_words(actor: str, directory: Directory) -> str:
    """The account's name, or the point's."""
    kind, _sign, number = actor.partition("/")[2].partition(":")
    if kind == "site":
        return _site_name(int(number), directory)
    account = db.session.get(StaffAccount, int(number)) if kind == "account" and number.isdecimal() else None
    return account.display_name if account else "?"
