"""Whether invitations and papers go out in time: three working days before the opening (QĐ 45/2018/QĐ-TTg).

Letters are those that our mail has sent; what was handed over on paper nobody has told us.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings.store.needs import Need, NeedKind, Today, tells
from meetings.tables import (
    Conference,
    Mail,
    MailKind,
    MailState,
    Paper,
    PaperVersion,
    Site,
    SiteKind,
    Visibility,
    db,
)
from meetings.working_days import NOTICE_DAYS, WorkCalendar

_LETTERS, _PAPERS = "invitations.show", "papers.show"


def notice_day(opens_at: datetime, zone: ZoneInfo, work: WorkCalendar) -> date:
    """The last day on which invitation and papers go out in time."""
    return work.days_before(opens_at.astimezone(zone).date(), NOTICE_DAYS)


@dataclass(frozen=True)
class Sent:
    """When each point was first written to, and each paper was first there for points."""

    points: int
    letters: Sequence[datetime]
    papers: Sequence[datetime]


@tells
def _notice(conferences: Sequence[Conference], today: Today) -> Mapping[int, Sequence[Need]]:
    sent = _sent([conference.id for conference in conferences])
    return {c.id: list(_of(sent[c.id], c.opens_at.astimezone(today.zone).date(), c, today)) for c in conferences}


def _of(sent: Sent, opens_on: date, conference: Conference, today: Today) -> Iterable[Need]:
    is_written = bool(sent.points) and len(sent.letters) == sent.points
    yield (
        Need(NeedKind.MET, _("Đã gửi giấy mời cho mọi điểm cầu"), _LETTERS)
        if is_written
        else Need(
            NeedKind.TODO,
            _("Giấy mời qua thư: %(sent)d/%(count)d điểm cầu", sent=len(sent.letters), count=sent.points),
            _LETTERS,
        )
    )
    yield (
        Need(NeedKind.MET, _("%(count)d tài liệu cho điểm cầu", count=len(sent.papers)), _PAPERS)
        if sent.papers
        else Need(NeedKind.TODO, _("Chưa có tài liệu cho điểm cầu"), _PAPERS)
    )
    if opens_on < today.day:
        return
    last = notice_day(conference.opens_at, today.zone, today.work)
    late = sum(at.astimezone(today.zone).date() > last for at in (*sent.letters, *sent.papers))
    if late:
        words = _(
            "%(count)d giấy mời, tài liệu gửi sau %(day)s (trước 3 ngày làm việc).", count=late, day=_written(last)
        )
        yield Need(NeedKind.WARNING, words, _LETTERS)
    if is_written and sent.papers:
        return
    if last < today.day:
        words = _(
            "Giấy mời và tài liệu phải gửi trước 3 ngày làm việc, chậm nhất %(day)s: nay đã muộn.", day=_written(last)
        )
        yield Need(NeedKind.WARNING, words)
    else:
        words = _("Gửi giấy mời và tài liệu chậm nhất %(day)s (trước 3 ngày làm việc)", day=_written(last))
        yield Need(NeedKind.TODO, words)


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _sent(ids: Sequence[int]) -> Mapping[int, Sent]:
    points = db.session.execute(
        sa.select(Site.conference_id, sa.func.count())
        .where(Site.conference_id.in_(ids), Site.kind == SiteKind.SITE)
        .group_by(Site.conference_id)
    )
    letters = db.session.execute(
        sa.select(Site.conference_id, sa.func.min(Mail.ended_at, type_=Mail.ended_at.type))
        .join(Site, Mail.site_id == Site.id)
        .where(
            Site.conference_id.in_(ids),
            Site.kind == SiteKind.SITE,
            Mail.kind.in_((MailKind.INVITATION, MailKind.CHANGE)),
            Mail.state == MailState.SENT,
        )
        .group_by(Site.conference_id, Site.id)
    ).all()
    papers = db.session.execute(
        sa.select(Paper.conference_id, sa.func.min(PaperVersion.added_at, type_=PaperVersion.added_at.type))
        .join(PaperVersion, PaperVersion.paper_id == Paper.id)
        .where(Paper.conference_id.in_(ids), Paper.removed_at.is_(None), Paper.visibility != Visibility.DESK)
        .group_by(Paper.conference_id, Paper.id)
    ).all()
    counts = {conference_id: count for conference_id, count in points}
    return {
        one: Sent(
            counts.get(one, 0),
            [at for conference_id, at in letters if conference_id == one and at],
            [at for conference_id, at in papers if conference_id == one],
        )
        for one in ids
    }
