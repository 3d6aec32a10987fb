"""Tổng duyệt: simulated points take part in the copy of a conference, so that a chair can practise alone.

They run as a job in the jobs process, one rehearsal at a time. What they are is not known here: `app.extensions["simulate"]`.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import format_decimal, format_percent, lazy_gettext, ngettext
from flask_babel import gettext as _

from meetings import addresses, jobs, store
from meetings.links import link_token
from meetings.tables import Conference, ConferenceStatus, Job, JobState, LinkKind, StaffAccount, db

log = logging.getLogger(__name__)

LONGEST = timedelta(hours=2)
MOST_POINTS = 200
MEMORY_MB = 200 * MOST_POINTS
"""Addresses, not memory: most of it are the untouched stacks of the codecs' threads (15 points: 2.9 GB, of it 0.24 in use)."""
_KIND = "rehearse"
_ENDED = (ConferenceStatus.ADJOURNED, ConferenceStatus.CANCELLED)


@dataclass(frozen=True)
class LetPointsIn:
    """`until`: an instant in ISO 8601; a run that begins anew ends then too."""

    until: str


def create(earlier: Conference, account: StaffAccount) -> Conference:
    """The copy, and simulated points that enter it. Inside `writing()`."""
    made = store.create_rehearsal(earlier, datetime.now(UTC))
    if tokens_of(made):
        let_points_in(made, account)
    return made


def let_points_in(conference: Conference, account: StaffAccount) -> Job:
    """Those that are there already, if any. Inside `writing()`; raises `store.Invalid`."""
    if not conference.is_rehearsal:
        raise store.Invalid({"status": _("Điểm cầu giả lập chỉ vào bản tổng duyệt, không vào hội nghị thật.")})
    if conference.status in _ENDED:
        raise store.Invalid({"status": _("Buổi tổng duyệt này đã kết thúc. Hãy tạo bản tổng duyệt mới.")})
    if not tokens_of(conference):
        raise store.Invalid({"status": _("Hội nghị chưa có điểm cầu nào ngoài hội trường.")})
    job = job_of(conference)
    if job is not None and job.finished_at is None and not jobs.is_asked_to_stop(job):
        return job
    until = (datetime.now(UTC) + LONGEST).isoformat()
    return jobs.enqueue(_KIND, LetPointsIn(until), account_id=account.id, conference_id=conference.id)


def send_points_away(conference: Conference) -> None:
    """They leave within seconds."""
    job = job_of(conference)
    if job is not None and job.finished_at is None:
        jobs.ask_to_stop(job)


def job_of(conference: Conference) -> Job | None:
    """The last time that points were let in."""
    query = sa.select(Job).where(Job.conference_id == conference.id, Job.kind == _KIND)
    return db.session.scalar(query.order_by(Job.id.desc()).limit(1))


def tokens_of(conference: Conference) -> list[str]:
    """One for each point but the hall, which is the chair's own."""
    return [link_token(link) for link in store.links_of(conference) if link.kind is LinkKind.SITE][:MOST_POINTS]


@jobs.handler(
    _KIND,
    at_once=1,
    memory_mb=MEMORY_MB,
    seconds=int(LONGEST.total_seconds()) + 60,
    is_aside=True,
    running_words=lazy_gettext("%(done)d trên %(total)d điểm giả lập đang dự"),
)
def run(work: jobs.Work, payload: LetPointsIn) -> jobs.Result:
    conference = db.session.get_one(Conference, work.conference_id)
    tokens, address = tokens_of(conference), addresses.own_address(current_app.extensions["settings"])
    db.session.rollback()

    def go_on(seen: Any) -> bool:
        work.progress(seen.present, len(tokens))
        return not work.is_asked_to_stop and not _has_ended(work)

    left = datetime.fromisoformat(payload.until) - datetime.now(UTC)
    seen = asyncio.run(current_app.extensions["simulate"](address, tokens, left.total_seconds(), go_on))
    for fault in seen.failed:
        log.warning("rehearsal %s: a simulated point could not join: %s", work.conference_id, fault)
    return jobs.Result(seen.as_facts())


def _has_ended(work: jobs.Work) -> bool:
    status = db.session.scalar(sa.select(Conference.status).where(Conference.id == work.conference_id))
    db.session.rollback()
    return status is None or status in _ENDED


def result_in_words(job: Job) -> str:
    """What the points saw, once they are gone; empty before."""
    facts: dict[str, Any] | None = job.result
    if job.state is not JobState.DONE or not facts:
        return ""
    told = [_("Các điểm giả lập đã rời.")]
    if facts["joined"]:
        seconds = format_decimal(facts["join_p95"], "0.0")
        told.append(_("Vào %(count)d lượt, chậm nhất khoảng %(seconds)s giây.", count=facts["joined"], seconds=seconds))
        asked = ngettext("Xin phát biểu %(num)d lượt", "Xin phát biểu %(num)d lượt", facts["requests"])
        back = ngettext(
            "mất đường truyền rồi vào lại %(num)d lần", "mất đường truyền rồi vào lại %(num)d lần", facts["drops"]
        )
        share = format_percent(facts["lost"] / facts["packets"] if facts["packets"] else 0.0, "0.00%")
        lost = _("mất %(share)s gói tin", share=share)
        told.append(f"{asked}, {back}, {lost}.")
    if facts["failed"]:
        told.append(_("Có %(count)d lượt không vào được; lý do có trong nhật ký của máy chủ.", count=facts["failed"]))
    return " ".join(told)
