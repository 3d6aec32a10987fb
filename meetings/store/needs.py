"""What a conference still needs, in words, and what is wrong with its plan: warnings, never refusals.

Each part of the program tells of its own: a function with `@tells` is given all conferences of a page at once (so that a
list asks the database once, not once per row) and answers with the needs of each. Papers, invitations and the like add theirs
the same way. Only conferences that are still prepared are asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.store.clashes import clashes_of
from meetings.store.templates import template_of_kind
from meetings.tables import (
    AgendaItem,
    AnswerState,
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    PointAnswer,
    Site,
    SiteKind,
    Unit,
    db,
)
from meetings.working_days import WorkCalendar


class NeedKind(StrEnum):
    MET = "met"
    TODO = "todo"
    WARNING = "warning"


@dataclass(frozen=True)
class Need:
    """`endpoint` is the page where it is seen to."""

    kind: NeedKind
    text: str
    endpoint: str = "conferences.show"


@dataclass(frozen=True)
class Today:
    day: date
    zone: ZoneInfo
    work: WorkCalendar


Needs = Mapping[int, Sequence[Need]]
Teller = Callable[[Sequence[Conference], Today], Needs]
_tellers: list[Teller] = []

_PREPARED = (ConferenceStatus.DRAFT, ConferenceStatus.SCHEDULED)


def tells(teller: Teller) -> Teller:
    """Is asked for every page that shows needs, in the order of registration."""
    _tellers.append(teller)
    return teller


def needs_of(conferences: Sequence[Conference], today: Today) -> dict[int, list[Need]]:
    """The needs of each conference that is still prepared: warnings first, then what is to do, then what is done.

    A rehearsal needs nothing: nobody is invited to it.
    """
    prepared = [c for c in conferences if c.status in _PREPARED and not c.is_rehearsal]
    found: dict[int, list[Need]] = {c.id: [] for c in prepared}
    if prepared:
        for teller in _tellers:
            for conference_id, needs in teller(prepared, today).items():
                found[conference_id].extend(needs)
    rank = {NeedKind.WARNING: 0, NeedKind.TODO: 1, NeedKind.MET: 2}
    return {conference_id: sorted(needs, key=lambda need: rank[need.kind]) for conference_id, needs in found.items()}


def _ids(conferences: Sequence[Conference]) -> list[int]:
    return [c.id for c in conferences]


@tells
def _clash(conferences: Sequence[Conference], today: Today) -> Needs:
    found = clashes_of(conferences)
    return {c.id: [Need(NeedKind.WARNING, clash.in_words()) for clash in found.get(c.id, [])] for c in conferences}


@tells
def _hours(conferences: Sequence[Conference], today: Today) -> Needs:
    """A length beyond the rule of its kind, a day that has passed."""
    found: dict[int, list[Need]] = {}
    for conference in conferences:
        needs = found.setdefault(conference.id, [])
        minutes = (conference.ends_at - conference.opens_at) // timedelta(minutes=1)
        template = template_of_kind(conference.kind)
        if template and template.longest_minutes and minutes > template.longest_minutes:
            words = _("Dài %(length)s, quá quy định (%(rule)s).", length=hours_words(minutes), rule=template.rule)
            needs.append(Need(NeedKind.WARNING, words))
        day = conference.opens_at.astimezone(today.zone).date()
        if day < today.day:
            needs.append(Need(NeedKind.WARNING, _("Ngày khai mạc đã qua.")))
        elif not today.work.is_worked(day):
            needs.append(Need(NeedKind.WARNING, _("Khai mạc vào ngày nghỉ.")))
    return found


def hours_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(minutes)d phút", minutes=rest))
    if not rest:
        return str(_("%(hours)d giờ", hours=hours))
    return str(_("%(hours)d giờ %(minutes)d phút", hours=hours, minutes=rest))


@tells
def _agenda(conferences: Sequence[Conference], today: Today) -> Needs:
    rows = db.session.execute(
        sa.select(AgendaItem.conference_id, AgendaItem.planned_at, AgendaItem.planned_minutes)
        .where(AgendaItem.conference_id.in_(_ids(conferences)))
        .order_by(AgendaItem.number)
    )
    ends: dict[int, tuple[int, object]] = {}
    for conference_id, planned_at, minutes in rows:
        count = ends.get(conference_id, (0, None))[0]
        ends[conference_id] = (count + 1, planned_at + timedelta(minutes=minutes))
    return {c.id: list(_of_agenda(c, *ends.get(c.id, (0, None)))) for c in conferences}


def _of_agenda(conference: Conference, count: int, end: object) -> Sequence[Need]:
    if not count:
        return [Need(NeedKind.TODO, _("Chưa có chương trình"), "agenda.show")]
    needs = [Need(NeedKind.MET, _("Chương trình có %(count)d mục", count=count), "agenda.show")]
    over = end - conference.ends_at  # type: ignore[operator]
    if over > timedelta():
        words = _("Chương trình quá giờ kết thúc %(length)s", length=hours_words(over // timedelta(minutes=1)))
        needs.append(Need(NeedKind.WARNING, words, "agenda.show"))
    return needs


@tells
def _points(conferences: Sequence[Conference], today: Today) -> Needs:
    """Sites, who of them has named delegates and has answered, and units that are no more on that day."""
    named = sa.select(Delegate.id).where(Delegate.site_id == Site.id).exists()
    rows = db.session.execute(
        sa.select(
            Site.conference_id,
            named.label("has_delegates"),
            Unit.valid_until,
            PointAnswer.state,
        )
        .outerjoin(Unit, Site.unit_id == Unit.id)
        .outerjoin(PointAnswer, PointAnswer.site_id == Site.id)
        .where(Site.conference_id.in_(_ids(conferences)), Site.kind == SiteKind.SITE)
    ).all()
    return {
        c.id: _of_points(
            c, [row for row in rows if row.conference_id == c.id], c.opens_at.astimezone(today.zone).date()
        )
        for c in conferences
    }


def _of_points(conference: Conference, sites: Sequence[Any], day: date) -> Sequence[Need]:
    if not sites:
        return [Need(NeedKind.TODO, _("Chưa có điểm cầu ngoài hội trường"), "sites.show")]
    needs = [Need(NeedKind.MET, _("%(count)d điểm cầu ngoài hội trường", count=len(sites)), "sites.show")]
    if silent := sum(not site.has_delegates for site in sites):
        words = _("%(count)d điểm cầu chưa có danh sách đại biểu", count=silent)
        needs.append(Need(NeedKind.TODO, words, "answers.show"))
    if conference.status is ConferenceStatus.SCHEDULED:
        unanswered = sum(site.state is None for site in sites)
        words = (
            _("%(count)d điểm cầu chưa trả lời", count=unanswered) if unanswered else _("Điểm cầu nào cũng đã trả lời")
        )
        needs.append(Need(NeedKind.TODO if unanswered else NeedKind.MET, words, "answers.show"))
    if declined := sum(site.state is AnswerState.DECLINED for site in sites):
        words = _("%(count)d điểm cầu báo không dự", count=declined)
        needs.append(Need(NeedKind.WARNING, words, "answers.show"))
    gone = sum(site.valid_until is not None and site.valid_until < day for site in sites)
    if gone and not conference.reenactment_note:
        words = _("%(count)d điểm cầu thuộc đơn vị không còn vào ngày họp", count=gone)
        needs.append(Need(NeedKind.WARNING, words, "sites.show"))
    return needs


@tells
def _chair(conferences: Sequence[Conference], today: Today) -> Needs:
    presiding = db.session.scalars(
        sa.select(Delegate.conference_id)
        .where(Delegate.conference_id.in_(_ids(conferences)), Delegate.role == DelegateRole.CHAIR)
        .distinct()
    ).all()
    return {
        c.id: [
            Need(NeedKind.MET, _("Đã có chủ trì"), "sites.show")
            if c.id in presiding
            else Need(NeedKind.TODO, _("Chưa có chủ trì"), "sites.show")
        ]
        for c in conferences
    }


@tells
def _status(conferences: Sequence[Conference], today: Today) -> Needs:
    return {
        c.id: [
            Need(NeedKind.MET, _("Đã lên lịch"))
            if c.status is ConferenceStatus.SCHEDULED
            else Need(NeedKind.TODO, _("Còn là bản nháp, chưa lên lịch"))
        ]
        for c in conferences
    }
