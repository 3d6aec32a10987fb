"""The journal of a sitting on disk: append and load, and the names frozen with its first event.

An event is on disk before anybody is told of it (rule 27). `append` names the sequence number it expects to follow, and the
key of the table allows each number once, so that two processes can never mix their events (rule 28).
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from meetings.core.codec import to_json
from meetings.core.conference import replay
from meetings.core.directory import Directory, NamedDelegate, NamedItem, NamedSite, Script
from meetings.core.events import EVENT_VERSION, DoorsOpened, Event, Recorded
from meetings.core.setup import Quorum, Setup, SetupDelegate, SetupItem, SetupSite, SetupSpeech
from meetings.core.state import State
from meetings.core.upcast import KINDS, event_from
from meetings.core.vocabulary import AccountId, Actor, DelegateId, ItemId, Role, SiteId
from meetings.core.vocabulary import ConferenceStatus as SittingStatus
from meetings.store.agenda import items_of, labels, presenter_words
from meetings.store.entry import entry_of
from meetings.store.floor import floor_of
from meetings.store.prepared import speeches_of_agenda
from meetings.tables import (
    AgendaItem,
    Conference,
    ConferenceStatus,
    Delegate,
    JournalEvent,
    PreparedSpeech,
    QuietCommand,
    RegisterKind,
    RegisterName,
    Site,
    SiteKind,
    StaffAccount,
    db,
)
from meetings.tables import Role as AccountRole

ROW_STATUS = {
    SittingStatus.CONVENED: ConferenceStatus.CONVENED,
    SittingStatus.SUSPENDED: ConferenceStatus.SUSPENDED,
    SittingStatus.ADJOURNED: ConferenceStatus.ADJOURNED,
}


class Overtaken(Exception):
    """The journal does not end where the events were to follow."""


class UnknownConference(LookupError):
    pass


def load(conference_id: int, after: int = 0) -> list[Recorded]:
    """The events after sequence number `after`, in order."""
    rows = db.session.scalars(
        sa.select(JournalEvent)
        .where(JournalEvent.conference_id == conference_id, JournalEvent.seq > after)
        .order_by(JournalEvent.seq)
    )
    return [_recorded(row) for row in rows]


def _recorded(row: JournalEvent) -> Recorded:
    return Recorded(row.seq, row.at, _role_of(row.actor), event_from(row.kind, row.v, plain_of(row)))


def plain_of(row: JournalEvent) -> dict[str, object]:
    """The fields of a row's event as they were written."""
    plain = json.loads(row.data)
    assert isinstance(plain, dict)
    return plain


def _stored_actor(actor: Actor) -> str:
    return f"{actor.role.value}/{actor.key}"


def _role_of(stored: str) -> Role:
    return Role(stored.partition("/")[0])


def accepted(conference_id: int, actor: Actor, command_id: str) -> int | None:
    """The last sequence number of a command accepted earlier under this id, or None (rule 26)."""
    seq = db.session.scalar(
        sa.select(sa.func.max(JournalEvent.seq)).where(
            JournalEvent.conference_id == conference_id,
            JournalEvent.actor == _stored_actor(actor),
            JournalEvent.command_id == command_id,
        )
    )
    if seq is None:
        quiet = db.session.get(QuietCommand, (conference_id, _stored_actor(actor), command_id))
        seq = quiet.seq if quiet else None
    return seq


def remember(conference_id: int, state: State, actor: Actor, command_id: str) -> None:
    """A command was accepted that causes no event; sent again later it must do nothing either. Call it inside `writing()`."""
    row = QuietCommand(conference_id=conference_id, actor=_stored_actor(actor), command_id=command_id, seq=state.seq)
    db.session.add(row)


def append(
    conference_id: int, state: State, events: Sequence[Event], actor: Actor, command_id: str, at: datetime
) -> list[Recorded]:
    """Writes the events of one command, to follow `state`. Call it inside `writing()`, which makes sure that they do.

    The conference's row, which lists and forms read, changes its status in the same transaction. Raises `Overtaken`.
    """
    session = db.session
    last = session.scalar(sa.select(sa.func.max(JournalEvent.seq)).where(JournalEvent.conference_id == conference_id))
    if (last or 0) != state.seq:
        raise Overtaken
    recorded = [Recorded(state.seq + 1 + i, at, actor.role, event) for i, event in enumerate(events)]
    status = ROW_STATUS.get(replay(recorded, state).status)
    if status is not None:
        conferences = sa.update(Conference).where(Conference.id == conference_id)
        session.execute(conferences.where(Conference.status != status).values(status=status))
    for entry in recorded:
        if isinstance(entry.event, DoorsOpened):
            _freeze_names(session, conference_id)
        session.add(
            JournalEvent(
                conference_id=conference_id,
                seq=entry.seq,
                at=at,
                actor=_stored_actor(actor),
                command_id=command_id,
                kind=KINDS[type(entry.event)],
                v=EVENT_VERSION,
                data=to_json(entry.event),
            )
        )
    return recorded


def setup_of(conference_id: int) -> Setup:
    """The structure to freeze, from the tables."""
    conference = _conference(conference_id)
    hall = next((s.id for s in conference.sites if s.kind is SiteKind.HALL), None)
    speeches: defaultdict[int, list[PreparedSpeech]] = defaultdict(list)
    for speech in speeches_of_agenda(conference):
        speeches[speech.item_id].append(speech)
    presiding = conference.presiding_site_id or hall or (conference.sites[0].id if conference.sites else 0)
    floor = floor_of(conference_id)
    return Setup(
        presiding_site_id=SiteId(presiding),
        sites=tuple(
            SetupSite(SiteId(s.id), s.kind is SiteKind.HALL, s.expected_count, s.seats) for s in conference.sites
        ),
        delegates=tuple(SetupDelegate(DelegateId(d.id), SiteId(d.site_id)) for d in conference.delegates),
        items=tuple(_setup_item(item, speeches[item.id]) for item in conference.items),
        speech_limit_seconds=conference.speech_limit_seconds,
        is_present_only=floor.is_present_only,
        floor=floor.settings,
        entry=entry_of(conference),
        quorum=Quorum(conference.quorum_share, conference.quorum_count or 0) if conference.quorum_share else None,
    )


def _setup_item(item: AgendaItem, speeches: Sequence[PreparedSpeech]) -> SetupItem:
    return SetupItem(
        ItemId(item.id),
        item.speech_limit_seconds,
        presenter_ids=tuple(DelegateId(delegate.id) for delegate in item.presenters),
        speeches=tuple(
            SetupSpeech(DelegateId(s.delegate_id), s.topic, s.minutes * 60 if s.minutes else None) for s in speeches
        ),
    )


def unfinished() -> list[int]:
    """The conferences whose doors have opened and that have not adjourned."""
    return list(
        db.session.scalars(
            sa.select(Conference.id).where(
                Conference.id.in_(sa.select(JournalEvent.conference_id)),
                Conference.status != ConferenceStatus.ADJOURNED,
            )
        )
    )


def _conference(conference_id: int) -> Conference:
    conference = db.session.get(Conference, conference_id)
    if conference is None:
        raise UnknownConference(conference_id)
    return conference


def _freeze_names(session: Session, conference_id: int) -> None:
    def freeze(kind: RegisterKind, ref_id: int, name: str, title: str = "", body: str = "") -> None:
        session.add(
            RegisterName(conference_id=conference_id, kind=kind, ref_id=ref_id, name=name[:250], title=title, body=body)
        )

    for site in session.scalars(sa.select(Site).where(Site.conference_id == conference_id)):
        freeze(RegisterKind.SITE, site.id, site.name, site.short_name)
    delegates = sa.select(Delegate).options(selectinload(Delegate.person))
    for delegate in session.scalars(delegates.where(Delegate.conference_id == conference_id)):
        freeze(RegisterKind.DELEGATE, delegate.id, delegate.person.full_name or "", delegate.title, delegate.body)
    for item in session.scalars(sa.select(AgendaItem).where(AgendaItem.conference_id == conference_id)):
        freeze(RegisterKind.ITEM, item.id, item.title)


def secretaries() -> dict[AccountId, str]:
    """Whom the chair may appoint: the name of every account that may keep the desk."""
    kept = sa.select(StaffAccount).where(
        StaffAccount.is_active, StaffAccount.role.in_((AccountRole.SECRETARY, AccountRole.ADMIN))
    )
    return {AccountId(a.id): a.display_name for a in db.session.scalars(kept.order_by(StaffAccount.id))}


def directory_of(conference_id: int) -> Directory:
    """The names to show: the frozen ones once the doors have opened, until then the tables'."""
    conference = _conference(conference_id)
    frozen = {
        (row.kind, row.ref_id): row
        for row in db.session.scalars(sa.select(RegisterName).where(RegisterName.conference_id == conference_id))
    }

    def site_name(site: Site) -> str:
        row = frozen.get((RegisterKind.SITE, site.id))
        return row.name if row else site.name

    def item_title(item: AgendaItem) -> str:
        row = frozen.get((RegisterKind.ITEM, item.id))
        return row.name if row else item.title

    def delegate(row: Delegate) -> NamedDelegate:
        kept = frozen.get((RegisterKind.DELEGATE, row.id))
        name, title, body = (kept.name, kept.title, kept.body) if kept else (row.person.full_name, row.title, row.body)
        return NamedDelegate(DelegateId(row.id), SiteId(row.site_id), name or None, title, body)

    delegates = sa.select(Delegate).options(selectinload(Delegate.person))
    delegates = delegates.where(Delegate.conference_id == conference_id).order_by(Delegate.precedence, Delegate.id)
    items = items_of(conference)
    numbers = labels(items)
    return Directory(
        public_id=conference.public_id,
        title=conference.title,
        short_title=conference.short_title,
        organiser=conference.organiser,
        note=conference.reenactment_note,
        is_example=conference.is_example,
        place=conference.place,
        opens_at=conference.opens_at,
        sites=tuple(
            NamedSite(
                SiteId(s.id),
                s.kind.value,
                site_name(s),
                s.short_name,
                s.label,
                s.map_column,
                s.map_row,
                s.expected_count,
            )
            for s in conference.sites
        ),
        delegates=tuple(delegate(row) for row in db.session.scalars(delegates)),
        items=tuple(
            NamedItem(
                ItemId(i.id),
                numbers[i.id],
                item_title(i),
                i.kind.value,
                presenter_words(i),
                i.planned_at,
                i.planned_minutes,
                tuple(i.topics),
                i.speech_limit_seconds or conference.speech_limit_seconds,
                Script(i.script_say, i.script_do, i.private_note),
            )
            for i in items
        ),
        accounts=secretaries(),
        entry=entry_of(conference),
    )
