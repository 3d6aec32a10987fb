"""What points answer before the day: who comes, who speaks, until when they may change it, and who was reminded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.store.access import NotFound, is_frozen
from meetings.store.forms import Invalid, Reader
from meetings.store.sites import remove_site
from meetings.store.versions import count_save
from meetings.tables import (
    AnswerState,
    AnswerTerms,
    Conference,
    ConferenceStatus,
    Delegate,
    PointAnswer,
    RegisteredSpeech,
    Reminder,
    Site,
    SiteKind,
    db,
)

LONGEST_SPEECH_MINUTES = 60
MOST_SPEECHES = 20


@dataclass(frozen=True)
class TermsDraft:
    until: datetime | None
    contact_name: str
    contact_phone: str


def read_terms(form: Mapping[str, str], zone: ZoneInfo) -> TermsDraft:
    """A day without an hour means its end."""
    reader = Reader(form)
    until = None
    if form.get("day", "").strip():
        day = reader.day("day")
        hour = reader.minute("hour") if form.get("hour", "").strip() else None
        if not reader.errors:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            until = midnight + hour if hour is not None else midnight.replace(hour=23, minute=59)
    draft = TermsDraft(
        until,
        reader.text("contact_name", 120, is_required=False),
        reader.text("contact_phone", 40, is_required=False),
    )
    reader.finish()
    return draft


def terms_of(conference: Conference) -> AnswerTerms:
    """The terms of the conference; without any a fresh row that is not kept, as version 0."""
    return db.session.get(AnswerTerms, conference.id) or AnswerTerms(
        conference_id=conference.id, version=0, saved_by="", until=None, contact_name="", contact_phone=""
    )


def terms_values(terms: AnswerTerms, zone: ZoneInfo) -> dict[str, str]:
    """The terms as their form shows them."""
    until = terms.until.astimezone(zone) if terms.until else None
    return {
        "day": f"{until:%d/%m/%Y}" if until else "",
        "hour": f"{until:%H:%M}" if until else "",
        "contact_name": terms.contact_name,
        "contact_phone": terms.contact_phone,
    }


def set_terms(conference: Conference, draft: TermsDraft, seen_version: int, by: str) -> None:
    """Raises `Overwritten` when somebody has saved the terms since they were seen."""
    if draft.until and draft.until > conference.opens_at:
        raise Invalid({"day": _("Hạn phải trước giờ khai mạc.")})
    terms = terms_of(conference)
    count_save(terms, seen_version, by)
    for name, value in vars(draft).items():
        setattr(terms, name, value)
    db.session.add(terms)


def may_site_change(site: Site) -> bool:
    """Whether the point may still change its answer and its list."""
    until = terms_of(site.conference).until
    is_open = site.conference.status in (ConferenceStatus.DRAFT, ConferenceStatus.SCHEDULED)
    return is_open and not is_frozen(site.conference) and (until is None or datetime.now(UTC) <= until)


def answer_of(site: Site) -> PointAnswer:
    """The site's answer, inside `writing()`; made when there is none yet."""
    answer = db.session.get(PointAnswer, site.id)
    if answer is None:
        answer = PointAnswer(site_id=site.id, remark="", answered_by="")
        db.session.add(answer)
    return answer


def read_and_answer(site: Site, form: Mapping[str, str], now: datetime) -> None:
    reader = Reader(form)
    state = reader.word("state", AnswerState)
    remark = reader.text("remark", 500, is_required=False)
    answered_by = reader.text("answered_by", 160)
    head_count = reader.number_or_none("head_count", 0, 100_000)
    if state is AnswerState.DECLINED and not remark and not reader.errors:
        reader.errors["remark"] = _("Hãy ghi lý do không dự được.")
    reader.finish()
    answer = answer_of(site)
    answer.state, answer.remark, answer.answered_by = state, remark, answered_by
    answer.head_count, answer.answered_at = head_count, now


def send_list(site: Site, now: datetime) -> None:
    """The point says that its list is complete."""
    if not db.session.scalar(sa.select(sa.func.count()).where(Delegate.site_id == site.id)):
        raise Invalid({"list": _("Danh sách chưa có đại biểu nào.")})
    answer_of(site).list_sent_at = now


def add_speech(site: Site, form: Mapping[str, str]) -> RegisteredSpeech:
    reader = Reader(form)
    delegate_id = reader.number("delegate_id", 1, 2**31 - 1) if form.get("delegate_id") else 0
    delegate = db.session.get(Delegate, delegate_id) if delegate_id else None
    if delegate is None or delegate.site_id != site.id:
        reader.errors["delegate_id"] = _("Hãy chọn đại biểu trong danh sách của điểm cầu.")
    topic, minutes = reader.text("topic", 250), reader.number("minutes", 1, LONGEST_SPEECH_MINUTES)
    if not reader.errors and len(speeches_of([site])) >= MOST_SPEECHES:
        reader.errors["topic"] = _("Mỗi điểm cầu đăng ký tối đa %(count)d ý kiến.", count=MOST_SPEECHES)
    reader.finish()
    speech = RegisteredSpeech(site_id=site.id, delegate_id=delegate_id, topic=topic, minutes=minutes)
    db.session.add(speech)
    return speech


def remove_speech(site: Site, speech_id: int) -> None:
    speech = db.session.get(RegisteredSpeech, speech_id)
    if speech is None or speech.site_id != site.id:
        raise NotFound
    db.session.delete(speech)


def speeches_of(sites: Sequence[Site]) -> Sequence[RegisteredSpeech]:
    return db.session.scalars(
        sa.select(RegisteredSpeech)
        .where(RegisteredSpeech.site_id.in_([site.id for site in sites]))
        .options(
            selectinload(RegisteredSpeech.delegate).selectinload(Delegate.person),
            selectinload(RegisteredSpeech.delegate).selectinload(Delegate.site),
        )
        .order_by(RegisteredSpeech.id)
    ).all()


@dataclass(frozen=True)
class PointStatus:
    """What the secretariat sees of one point."""

    site: Site
    answer: PointAnswer | None
    delegates: int
    speeches: Sequence[RegisteredSpeech]
    reminder: Reminder | None

    @property
    def has_answered(self) -> bool:
        return self.answer is not None and self.answer.answered_at is not None


def point_statuses(conference: Conference) -> list[PointStatus]:
    """Every point but the hall, in the order of protocol."""
    sites = [site for site in conference.sites if site.kind is SiteKind.SITE]
    ids = [site.id for site in sites]
    answers = {a.site_id: a for a in db.session.scalars(sa.select(PointAnswer).where(PointAnswer.site_id.in_(ids)))}
    counted = sa.select(Delegate.site_id, sa.func.count()).where(Delegate.site_id.in_(ids)).group_by(Delegate.site_id)
    counts: dict[int, int] = dict(db.session.execute(counted).all())
    speeches: dict[int, list[RegisteredSpeech]] = {}
    for speech in speeches_of(sites):
        speeches.setdefault(speech.site_id, []).append(speech)
    latest = {
        reminder.site_id: reminder
        for reminder in db.session.scalars(sa.select(Reminder).where(Reminder.site_id.in_(ids)).order_by(Reminder.id))
    }
    return [
        PointStatus(site, answers.get(site.id), counts.get(site.id, 0), speeches.get(site.id, []), latest.get(site.id))
        for site in sites
    ]


@dataclass(frozen=True)
class Loss:
    """What goes with a point that is removed."""

    has_answered: bool
    delegates: int
    speeches: int

    def __bool__(self) -> bool:
        return self.has_answered or self.delegates > 0 or self.speeches > 0


def loss_of(site: Site) -> Loss:
    answer = db.session.get(PointAnswer, site.id)
    delegates = db.session.scalar(sa.select(sa.func.count()).where(Delegate.site_id == site.id)) or 0
    return Loss(bool(answer and answer.answered_at), delegates, len(speeches_of([site])))


class WouldLose(Exception):
    """Something goes with the point, and whoever removes it has not been told."""

    def __init__(self, loss: Loss) -> None:
        self.loss = loss


def remove_point(site: Site, by: str, *, is_confirmed: bool) -> None:
    """Raises `WouldLose` where an answer, a list or speeches go with it and that was not confirmed."""
    loss = loss_of(site)
    if loss and site.kind is not SiteKind.HALL and not is_confirmed:
        raise WouldLose(loss)
    remove_site(site, by)
