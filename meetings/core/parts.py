"""What the parts of `audience` are made of, as plain values: speeches, entries, settings, totals, offers to undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from .codec import to_plain
from .directory import Directory
from .granting import limit_in_force
from .setup import FloorSettings
from .state import SpeakerRequest, State, Undoable
from .totals import Spoken, not_yet_heard, quota_left_ms, speeches, spoken, spoken_by_site
from .vocabulary import DelegateId, PauseReason, RequestStatus, Role, SiteId, UndoAct

Part = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def who(directory: Directory, delegate_id: DelegateId) -> Part:
    delegate = directory.delegate(delegate_id)
    if delegate is None:
        return {"who": "?", "name": None, "body": ""}
    return {"who": delegate.title, "name": delegate.name, "body": delegate.body}


# --- speeches ---


def speech(state: State, directory: Directory, request: SpeakerRequest) -> Part:
    """A speech that holds the floor, with what its clock is made of."""
    return {
        "request_id": request.id,
        "site_id": request.site_id,
        "delegate_id": request.delegate_id,
        "item_id": request.item_id,
        **who(directory, request.delegate_id),
        "topic": request.topic,
        "kind": request.kind.value,
        "category_id": request.category_id,
        "reply_to": request.reply_to,
        "state": _speech_state(request),
        "paused_by": sorted(reason.value for reason in request.paused_by),
        "granted_at": instant(request.granted_at),
        "on_air_at": instant(request.on_air_at or request.on_air_due()),
        "limit_seconds": request.limit_seconds,
        "spoken_ms": request.spoken_ms,
        "running_since": instant(request.running_since),
        "is_microphone_open": request.site_id not in state.closed_microphones,
        "is_free": request.is_free,
    }


def _speech_state(request: SpeakerRequest) -> str:
    if request.paused_by:
        return "held" if PauseReason.LINE in request.paused_by else "paused"
    return "speaking" if request.on_air_at else "warning"


# --- the list ---


def entries(state: State, directory: Directory, requests: Iterable[SpeakerRequest]) -> list[Part]:
    """Entries of one item's list, each with the speaking time of those ahead of it."""
    unheard = set(not_yet_heard(state))
    wait_seconds, told = 0, []
    for request in requests:
        limit = limit_in_force(state, request)
        told.append(
            {
                "request_id": request.id,
                "site_id": request.site_id,
                "delegate_id": request.delegate_id,
                **who(directory, request.delegate_id),
                "topic": request.topic,
                "kind": request.kind.value,
                "category_id": request.category_id,
                "reply_to": request.reply_to,
                "requested_at": instant(request.requested_at),
                "limit_seconds": limit,
                "wait_seconds": wait_seconds,
                "prepared_at": instant(request.prepared_at),
                "deferred_at": instant(request.deferred_at),
                "is_devices_confirmed": request.devices_confirmed_at is not None,
                "is_connected": state.is_reachable(request.site_id),
                "is_in_turn": state.is_in_turn(request),
                "is_placed": request.is_placed,
                "is_first": request.site_id in unheard,
            }
        )
        wait_seconds += limit
    return told


def forecast(state: State) -> Part:
    """What the current speech and all who wait will take: when the speech ends, and the seconds after it."""
    holder = state.holder()
    waiting = [limit_in_force(state, r) for r in state.queue(state.current_item_id)]
    return {"speech_ends_at": instant(holder.deadline()) if holder else None, "queue_seconds": sum(waiting)}


# --- settings ---


def settings(state: State) -> Part:
    """How the floor is run now."""
    names = [f.name for f in fields(FloorSettings)]
    limits = {"speech_limit_seconds": 300, "is_present_only": True}
    if state.setup is not None:
        limits = {name: getattr(state.setup, name) for name in limits}
    return {**limits, **{name: to_plain(getattr(state.settings, name)) for name in names}}


# --- totals ---


def totals(state: State, directory: Directory) -> Part:
    """Speaking time so far per site and per body, in protocol order."""
    by_body: dict[str, Spoken] = {}
    for request in speeches(state):
        body = who(directory, request.delegate_id)["body"]
        by_body[body] = by_body.get(body, Spoken()) + spoken(request)
    said = spoken_by_site(state)
    return {
        "sites": [{"site_id": s.id, **site_total(state, s.id, said.get(s.id, Spoken()))} for s in directory.sites],
        "bodies": [{"body": body, **_said(total)} for body, total in sorted(by_body.items())],
    }


def site_total(state: State, site_id: SiteId, said: Spoken) -> Part:
    return {**_said(said), "quota_left_ms": quota_left_ms(state, site_id, said)}


def _said(total: Spoken) -> Part:
    return {"speeches": total.speeches, "spoken_ms": total.spoken_ms}


# --- undo ---


def undo_offers(state: State, directory: Directory, site_id: SiteId | None = None) -> list[Part]:
    """What the desk may undo, the newest last; of a site, its own withdrawals."""
    return [_offer(state, directory, o) for o in state.undoable if site_id is None or _is_own(state, o, site_id)]


def _is_own(state: State, offer: Undoable, site_id: SiteId) -> bool:
    request = state.requests[offer.request_id] if offer.request_id else None
    return request is not None and request.site_id == site_id and request.status is RequestStatus.WITHDRAWN


def _offer(state: State, directory: Directory, offer: Undoable) -> Part:
    request = state.requests[offer.request_id] if offer.request_id else None
    of_chair = offer.act in (UndoAct.END, UndoAct.GRANT)
    return {
        "seq": offer.seq,
        "act": offer.act.value,
        "at": instant(offer.at),
        "until": instant(offer.until),
        "by": (Role.CHAIR if of_chair else Role.SECRETARY).value,
        "item_id": offer.item_id,
        "request_id": offer.request_id,
        "site_id": request.site_id if request else None,
        "who": who(directory, request.delegate_id)["who"] if request else None,
    }
