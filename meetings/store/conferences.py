"""Conferences: make, change, schedule. Listing is in `listing`, moving and cancelling in `planning`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from meetings.core.vocabulary import Admission, QuorumShare
from meetings.store.cloning import clone_into
from meetings.store.entry import EntryDraft, entry_rules_of, save_entry
from meetings.store.forms import Invalid, Reader
from meetings.store.planning import read_hours, set_hours
from meetings.store.sites import SiteDraft, add_site
from meetings.store.templates import Template, lay_out_agenda
from meetings.store.versions import count_save
from meetings.tables import (
    Conference,
    ConferenceStatus,
    SiteKind,
    db,
)


class HoldsSecrets(Exception):
    """What was to be made handles state secrets: it is refused, and nothing of it is kept."""


@dataclass(frozen=True)
class ConferenceDraft:
    title: str
    short_title: str
    organiser: str
    kind: str
    place: str
    opens_at: datetime
    ends_at: datetime
    speech_limit_seconds: int
    quorum_share: QuorumShare | None = None
    quorum_count: int | None = None


def read_conference(form: Mapping[str, str], zone: ZoneInfo) -> ConferenceDraft:
    reader = Reader(form)
    draft = _draft(reader, zone)
    reader.finish()
    return draft


def read_new_conference(form: Mapping[str, str], zone: ZoneInfo) -> ConferenceDraft:
    """A new one answers the question of state secrets too. Raises `HoldsSecrets` before anything else is judged."""
    answer = form.get("secrets", "")
    if answer == "yes":
        raise HoldsSecrets
    reader = Reader(form)
    draft = _draft(reader, zone)
    if answer != "no":
        reader.errors["secrets"] = _("Hãy trả lời câu hỏi này.")
    reader.finish()
    return draft


def _draft(reader: Reader, zone: ZoneInfo) -> ConferenceDraft:
    opens_at, ends_at = read_hours(reader, zone)
    share = reader.word("quorum", QuorumShare) if reader.is_given("quorum") else None
    is_counted = share is QuorumShare.COUNT
    return ConferenceDraft(
        title=reader.text("title", 300),
        short_title=reader.text("short_title", 70),
        organiser=reader.text("organiser", 160),
        kind=reader.text("kind", 40),
        place=reader.text("place", 160),
        opens_at=opens_at,
        ends_at=ends_at,
        speech_limit_seconds=reader.number("limit_minutes", 1, 60) * 60,
        quorum_share=share,
        quorum_count=reader.number("quorum_count", 1, 100_000) if is_counted else None,
    )


def create_conference(draft: ConferenceDraft, template: Template | None = None) -> Conference:
    """A draft conference with its hall, which has its links at once, and the template's agenda."""
    conference = _new(draft)
    if template is not None:
        lay_out_agenda(conference, template)
    return conference


def create_like(draft: ConferenceDraft, earlier: Conference, series_id: int | None = None) -> Conference:
    """A draft conference with what was prepared for an earlier one, perhaps the next of its series."""
    conference = _new(draft)
    conference.series_id = series_id
    clone_into(earlier, conference)
    return conference


REHEARSAL = "Tổng duyệt: "


def create_rehearsal(earlier: Conference, now: datetime) -> Conference:
    """A copy to practise in, on the calendar at once: it opens in half an hour, is marked, and has links of its own.

    Nobody is invited to it, and it is nowhere listed unless asked for. What is done there never touches the conference
    itself. Whoever has a link comes in, unless that is changed: a chair who practises alone has nobody at the door. A
    rehearsal of a rehearsal is one of the conference.
    """
    opens_at = now.replace(second=0, microsecond=0) + timedelta(minutes=30)
    kept = ("organiser", "kind", "place", "speech_limit_seconds", "quorum_share", "quorum_count")
    draft = ConferenceDraft(
        title=shorten(f"{REHEARSAL}{earlier.title.removeprefix(REHEARSAL)}", 300, placeholder="…"),
        short_title=shorten(f"{REHEARSAL}{earlier.short_title.removeprefix(REHEARSAL)}", 70, placeholder="…"),
        opens_at=opens_at,
        ends_at=opens_at + (earlier.ends_at - earlier.opens_at),
        **{name: getattr(earlier, name) for name in kept},
    )
    rehearsal = create_like(draft, earlier)
    rehearsal.is_example, rehearsal.rehearsal_of_id = True, earlier.rehearsal_of_id or earlier.id
    save_entry(rehearsal.id, EntryDraft(Admission.AUTOMATIC, None, None), entry_rules_of(rehearsal.id).version, "")
    schedule(rehearsal)
    return rehearsal


def _new(draft: ConferenceDraft) -> Conference:
    conference = Conference(**vars(draft), status=ConferenceStatus.DRAFT)
    db.session.add(conference)
    db.session.flush()
    hall = add_site(
        conference,
        SiteDraft(
            name=shorten(draft.place, 120, placeholder="…"),
            short_name=_("Hội trường"),
            label=_("Hội trường"),
            contact_name="",
            contact_phone=None,
            expected_count=None,
            map_column=None,
            map_row=None,
        ),
        SiteKind.HALL,
    )
    conference.presiding_site_id = hall.id
    return conference


def change_conference(conference: Conference, draft: ConferenceDraft, seen_version: int, by: str = "") -> None:
    """Times of the agenda move with the opening. Raises `Overwritten` when somebody has saved it since it was seen."""
    count_save(conference, seen_version, by)
    set_hours(conference, draft.opens_at, draft.ends_at)
    for name, value in vars(draft).items():
        setattr(conference, name, value)


def schedule(conference: Conference) -> None:
    """Put a draft on the calendar. It needs something to hold: an agenda and a site."""
    if conference.status is not ConferenceStatus.DRAFT:
        raise Invalid({"status": _("Chỉ bản nháp mới lên lịch được.")})
    if not conference.items:
        raise Invalid({"status": _("Chương trình chưa có mục nào.")})
    if len(conference.sites) < 2:
        raise Invalid({"status": _("Chưa có điểm cầu nào ngoài hội trường.")})
    conference.status = ConferenceStatus.SCHEDULED
