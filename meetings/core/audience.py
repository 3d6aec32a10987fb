"""What each audience is told: flat parts of named plain values, derived from state and directory (rule 30).

Everybody gets `public`; a site and the hall station also `own`; chair and secretary also `desk`. A page holds the parts and
takes over changed values, so no rule is written twice and a page can never drift: `changed_values` of two states is what a
snapshot of the second would have said. PROTOCOL.md specifies every value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from .attendance import announcement, summed
from .codec import to_plain
from .directory import Directory, NamedDelegate, NamedItem
from .entry import may_receive
from .events import (
    DoorsOpened,
    Event,
    FloorCut,
    FloorReleased,
    FloorRevoked,
    GalleryTurned,
    Recorded,
)
from .gallery import page_count
from .keeping import kept_while
from .parts import Part, entries, forecast, instant, settings, site_total, speech, totals, undo_offers, who
from .roll_call import coming_reports, report_due
from .setup import grouped
from .stage import stage_for
from .state import SpeakerRequest, State
from .totals import Spoken, not_yet_heard, spoken_by_site
from .upcast import KINDS
from .vocabulary import Entry, Language, RequestStatus, RollStatus, SiteId

ENDED_SPEECH = (RequestStatus.RELEASED, RequestStatus.REVOKED)


def changed_values(before: Part, after: Part) -> Part:
    """The values of `after` that differ; a part never loses a key."""
    return {key: value for key, value in after.items() if key not in before or before[key] != value}


# --- public ----------------------------------------------------------------------------------------------------------


def public_part(state: State, directory: Directory) -> Part:
    return {
        "conference": _conference(state, directory),
        "sites": [
            {
                "id": s.id,
                "kind": s.kind,
                "name": s.name,
                "short_name": s.short_name,
                "label": s.label,
                "map_column": s.map_column,
                "map_row": s.map_row,
            }
            for s in directory.sites
        ],
        "connected": sorted(state.connected),
        "arrived": sorted(state.arrived),
        "agenda": _agenda(state, directory),
        "current_item_id": state.current_item_id,
        "floor": speech(state, directory, holder) if (holder := state.holder()) else None,
        "holders": [speech(state, directory, r) for r in state.holders()],
        "queue": entries(state, directory, state.queue(state.current_item_id)),
        "forecast": forecast(state),
        "settings": settings(state),
        "stage": _stage(state),
        "reporting_site_id": state.reporting_site_id,
        "screen": {
            "is_card_forced": state.card is not None,
            "language": state.screen_language.value if state.screen_language else None,
        },
        "gallery": _gallery(state),
        "acting_chair": directory.accounts.get(state.acting_chair) if state.acting_chair else None,
        "entry": _entry(state, directory),
    }


def _entry(state: State, directory: Directory) -> Part:
    settings = state.setup.entry if state.setup else directory.entry
    return {
        "admission": settings.admission.value,
        "admits_at": instant(settings.admits_at),
        "ceiling": settings.ceiling,
        "is_open_to_all": state.is_open_to_all,
        "is_locked": state.is_entry_locked,
    }


def _conference(state: State, directory: Directory) -> Part:
    return {
        "public_id": directory.public_id,
        "title": directory.title,
        "short_title": directory.short_title,
        "organiser": directory.organiser,
        "note": directory.note,
        "is_example": directory.is_example,
        "place": directory.place,
        "opens_at": instant(directory.opens_at),
        "status": state.status.value,
        "doors_opened_at": instant(state.doors_opened_at),
        "convened_at": instant(state.convened_at),
        "suspended_at": instant(state.suspended_at),
        "adjourned_at": instant(state.adjourned_at),
        "presiding_site_id": state.presiding_site_id,
    }


def _agenda(state: State, directory: Directory) -> list[Part]:
    heard: dict[int, int] = {}
    for request in state.requests.values():
        if request.status in ENDED_SPEECH:
            heard[request.item_id] = heard.get(request.item_id, 0) + 1
    rows = []
    for item in directory.items:
        now = state.item(item.id)
        status = "open" if item.id == state.current_item_id else "closed" if now.closed_at else "planned"
        rows.append(
            {
                "id": item.id,
                "number": item.number,
                "title": item.title,
                "kind": item.kind,
                "presenter": item.presenter,
                "planned_at": instant(item.planned_at),
                "planned_minutes": item.planned_minutes,
                "topics": list(item.topics),
                "limit_seconds": _item_limit(state, item),
                "status": status,
                "opened_at": instant(now.opened_at),
                "closed_at": instant(now.closed_at),
                "is_queue_closed": now.is_queue_closed,
                "speeches": heard.get(item.id, 0),
            }
        )
    return rows


def _item_limit(state: State, item: NamedItem) -> int:
    """What the chair set during the sitting counts (rule 14)."""
    setup = state.setup and state.setup.item(item.id)
    if not setup:
        return item.speech_limit_seconds
    return setup.speech_limit_seconds or state.frozen.speech_limit_seconds


def _stage(state: State) -> Part:
    stage = stage_for(state)
    return {
        "card": stage.card.value if stage.card else None,
        "card_words": stage.card_words,
        "resumes_at": instant(stage.resumes_at),
        "large": stage.large.value,
        "floor_site_id": stage.floor_site_id,
        "hall_site_id": stage.hall_site_id,
        "next_site_id": stage.next_site_id,
        "heard": list(stage.heard),
        "is_chair_speaking": stage.is_chair_speaking,
        "is_point_of_order": stage.is_point_of_order,
        "share": {"site_id": stage.share_site_id, "source": stage.share_source.value} if stage.share_source else None,
    }


def _gallery(state: State) -> Part:
    stage, gallery = stage_for(state), state.gallery
    return {
        "is_on_screen": stage.is_gallery,
        "shown": gallery.shown.value if gallery.shown else None,
        "page": gallery.page,
        "pages": page_count(state),
        "turn_seconds": gallery.turn_seconds,
        "tiles": list(stage.tiles),
    }


# --- own -------------------------------------------------------------------------------------------------------------


def own_part(state: State, directory: Directory, site_id: SiteId) -> Part:
    return {
        "site_id": site_id,
        "delegates": _rolls(state, directory).get(site_id, _NOBODY).delegates,
        "roll": {
            "expected": _expected(directory, site_id),
            "seats": _seats(state, site_id),
            "head_count": state.head_counts.get(site_id),
            "confirmed_at": instant(state.rolls_confirmed_at.get(site_id)),
            "checked_at": instant(state.rolls_checked_at.get(site_id)),
        },
        "requests": [_own_request(state, directory, r) for r in _requests(state).get(site_id, ())],
        "spoken": site_total(state, site_id, spoken_by_site(state).get(site_id, Spoken())),
        "undo": undo_offers(state, directory, site_id),
        "is_microphone_open": site_id not in state.closed_microphones,
        "is_full_picture_wanted": site_id in stage_for(state).full_site_ids,
        "share": _share(state, site_id),
        "entry": _own_entry(state, directory, site_id),
    }


def _share(state: State, site_id: SiteId) -> Part | None:
    share = state.shares.get(site_id)
    if share is None:
        return None
    is_shown = stage_for(state).share_site_id == site_id
    return {"source": share.source.value, "offered_at": instant(share.offered_at), "is_shown": is_shown}


def _own_entry(state: State, directory: Directory, site_id: SiteId) -> Part:
    """Before the doors open a point is where it will be then."""
    if state.setup is None:
        site = directory.site(site_id)
        is_in = may_receive(state, directory.entry, site_id, site is not None and site.kind == "hall")
        return {"state": (Entry.ADMITTED if is_in else Entry.WAITING).value, "reason": ""}
    return {"state": state.entry_of(site_id).value, "reason": state.removed.get(site_id, "")}


@kept_while("requests")
def _requests(state: State) -> dict[SiteId, list[SpeakerRequest]]:
    return grouped(sorted(state.requests.values(), key=lambda r: r.id))


@dataclass(frozen=True)
class _Roll:
    """The delegates of one site, and how many of them are marked how."""

    delegates: list[Part]
    counts: Part


@kept_while("roll")
def _rolls(state: State, directory: Directory) -> dict[SiteId, _Roll]:
    return {site.id: _roll(state, directory.delegates_of(site.id)) for site in directory.sites}


def _roll(state: State, delegates: Iterable[NamedDelegate]) -> _Roll:
    marked = Counter(state.roll_entry(delegate.id).status for delegate in delegates)
    counts = {status.value: marked[status] for status in RollStatus}
    return _Roll([_delegate(state, delegate) for delegate in delegates], counts)


_NOBODY = _roll(State(), ())


def _delegate(state: State, delegate: NamedDelegate) -> Part:
    entry = state.roll_entry(delegate.id)
    return {
        "id": delegate.id,
        "name": delegate.name,
        "title": delegate.title,
        "body": delegate.body,
        "roll": entry.status.value,
        "reason": entry.reason,
        "came_at": instant(entry.came_at),
        "left_at": instant(entry.left_at),
    }


def _seats(state: State, site_id: SiteId) -> int | None:
    """How many the room holds, as frozen with the doors."""
    site = state.setup.site(site_id) if state.setup else None
    return site.seats if site else None


def _expected(directory: Directory, site_id: SiteId) -> int:
    site = directory.site(site_id)
    if site is not None and site.expected is not None:
        return site.expected
    return len(directory.delegates_of(site_id))


def _own_request(state: State, directory: Directory, request: SpeakerRequest) -> Part:
    waiting = state.queues.get(request.item_id, ())
    return {
        "request_id": request.id,
        "delegate_id": request.delegate_id,
        "who": who(directory, request.delegate_id)["who"],
        "item_id": request.item_id,
        "topic": request.topic,
        "kind": request.kind.value,
        "category_id": request.category_id,
        "status": request.status.value,
        "reason": request.reason,
        "requested_at": instant(request.requested_at),
        "place": waiting.index(request.id) + 1 if request.id in waiting else None,
        "prepared_at": instant(request.prepared_at),
        "deferred_at": instant(request.deferred_at),
        "is_devices_confirmed": request.devices_confirmed_at is not None,
        "spoken_ms": request.spoken_ms,
    }


# --- desk ------------------------------------------------------------------------------------------------------------


def desk_part(state: State, directory: Directory) -> Part:
    return {
        "roll": [_site_roll(state, directory, s.id) for s in directory.sites],
        "entries": [{"site_id": s.id, **_own_entry(state, directory, s.id)} for s in directory.sites],
        "shares": [{"site_id": s.id, **share} for s in directory.sites if (share := _share(state, s.id))],
        "attendance": _attendance(state, directory),
        "roll_call": _roll_call(state),
        "requests": [
            {"item_id": item_id, **entry}
            for item_id in sorted(state.queues)
            if item_id != state.current_item_id
            for entry in entries(state, directory, state.queue(item_id))
        ],
        "speeches": [_ended_speech(directory, r) for r in _ended_speeches(state)],
        "totals": totals(state, directory),
        "not_yet_heard": list(not_yet_heard(state)),
        "undo": undo_offers(state, directory),
        "script": _script(state, directory),
        "acting_chair": {
            "account_id": state.acting_chair,
            "display_name": directory.accounts.get(state.acting_chair, ""),
        }
        if state.acting_chair
        else None,
        "secretaries": [{"account_id": key, "display_name": name} for key, name in directory.accounts.items()],
    }


def _script(state: State, directory: Directory) -> Part | None:
    """Of the open item; before and between items, of the first that has not been opened."""
    item = directory.item(state.current_item_id) if state.current_item_id is not None else None
    if item is None:
        item = next((i for i in directory.items if state.item(i.id).opened_at is None), None)
    if item is None:
        return None
    script = item.script
    return {"item_id": item.id, "say": script.say, "do": script.do, "private_note": script.private_note}


def _ended_speeches(state: State) -> list[SpeakerRequest]:
    ended = [r for r in state.requests.values() if r.status in ENDED_SPEECH and r.ended_at]
    return sorted(ended, key=lambda r: (str(r.ended_at), r.id), reverse=True)


def _ended_speech(directory: Directory, request: SpeakerRequest) -> Part:
    return {
        "request_id": request.id,
        "item_id": request.item_id,
        "site_id": request.site_id,
        "who": who(directory, request.delegate_id)["who"],
        "topic": request.topic,
        "granted_at": instant(request.granted_at),
        "ended_at": instant(request.ended_at),
        "spoken_ms": request.spoken_ms,
        "ending": request.status.value,
    }


def _site_roll(state: State, directory: Directory, site_id: SiteId) -> Part:
    roll = _rolls(state, directory).get(site_id, _NOBODY)
    return {
        "site_id": site_id,
        "expected": _expected(directory, site_id),
        **roll.counts,
        "seats": _seats(state, site_id),
        "head_count": state.head_counts.get(site_id),
        "confirmed_at": instant(state.rolls_confirmed_at.get(site_id)),
        "checked_at": instant(state.rolls_checked_at.get(site_id)),
        "changed_at": instant(state.rolls_changed_at.get(site_id)),
        "delegates": roll.delegates,
    }


def _attendance(state: State, directory: Directory) -> Part | None:
    """The sum of all points, its quorum, and the announcer's sentence; None before the doors open."""
    if state.setup is None:
        return None
    total = summed(state)
    names = {s.id: s.name for s in directory.sites}
    unreported = [names[site_id] for site_id in total.unreported if site_id in names]
    return {
        **{f.name: getattr(total, f.name) for f in fields(total) if f.name != "unreported"},
        "unreported": list(total.unreported),
        "is_quorate": total.is_quorate,
        "closed_at": instant(state.roll_closed_at),
        "announcement": {language.value: announcement(total, unreported, language) for language in Language},
    }


def _roll_call(state: State) -> Part | None:
    called = state.roll_call
    if called is None:
        return None
    return {
        "site_id": called.site_id,
        "is_heard": state.reporting_site_id is not None,
        "since": instant(called.since),
        "ends_at": instant(report_due(state)),
        "seconds": called.seconds,
        "is_paused": called.is_paused,
        "heard": list(called.heard),
        "missed": list(called.missed),
        "next_site_id": next(iter(coming_reports(state)), None),
        "ended_at": instant(called.ended_at),
    }


# --- log -------------------------------------------------------------------------------------------------------------


def log_entries(journal: Iterable[Recorded], state: State, directory: Directory) -> list[Part]:
    """The desk's log of these events; that a page of the gallery was turned is in the journal only."""
    return [log_entry(entry, state, directory) for entry in journal if not isinstance(entry.event, GalleryTurned)]


def log_entry(recorded: Recorded, state: State, directory: Directory) -> Part:
    """One line of the desk's log; `state` is the state after the event."""
    entry: Part = {
        "seq": recorded.seq,
        "at": instant(recorded.at),
        "event": KINDS[type(recorded.event)],
        "actor": recorded.role.value,
    }
    if isinstance(recorded.event, DoorsOpened):
        return entry
    told = _event_fields(recorded.event)
    request = state.requests.get(told.get("request_id", 0))
    if request is not None:
        told.setdefault("site_id", request.site_id)
        told.setdefault("delegate_id", request.delegate_id)
        told.setdefault("topic", request.topic)
        if isinstance(recorded.event, FloorReleased | FloorRevoked | FloorCut):
            entry["spoken_ms"] = request.spoken_ms
    if (delegate := directory.delegate(told.get("delegate_id", 0))) is not None:
        entry["who"] = delegate.title
        told.setdefault("site_id", delegate.site_id)
    if (account := directory.accounts.get(told.get("account_id", 0))) is not None:
        entry["who"] = account
    if (item := directory.item(told.get("item_id", 0))) is not None:
        entry |= {"item_number": item.number, "item_title": item.title}
    kept = (
        "site_id",
        "topic",
        "reason",
        "seconds",
        "status",
        "count",
        "present",
        "expected",
        "is_by_desk",
        "came_at",
        "left_at",
        "limit_seconds",
        "card",
        "words",
        "language",
        "mode",
        "source",
    )
    return entry | {name: told[name] for name in kept if told.get(name) not in (None, "")}


def _event_fields(event: Event) -> dict[str, Any]:
    plain = to_plain(event)
    assert isinstance(plain, Mapping)
    return dict(plain)
