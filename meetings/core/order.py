"""The order in which people wait. Rules 5 and 6. Pure questions; the answers stand in the events.

Theory. A list is never sorted again: a new entry is put where it belongs, and everybody else stays as they are. It goes
behind the *leading run*, the entries from the front that rank no lower than itself or were put there by hand. So a manual
place is exact, and points of order still come first among those whom nobody has moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence

from .state import SpeakerRequest, State
from .vocabulary import ItemId, RequestId, RequestStatus, SpeechKind

Rank = tuple[int, int]

_LAST = 1_000_000


def rank_of(state: State, request: SpeakerRequest) -> Rank:
    """The lower, the sooner; the same rank goes by time (rule 5)."""
    match request.kind:
        case SpeechKind.POINT_OF_ORDER:
            ranks = [o.rank for o in state.settings.order_categories if o.id == request.category_id]
            return 0, ranks[0] if ranks else _LAST
        case SpeechKind.REPLY if request.reply_to is not None:
            return 1, 0
        case SpeechKind.PREPARED_SPEECH:
            agenda = [speech.delegate_id for speech in state.setup_item(request.item_id).speeches]
            return 2, agenda.index(request.delegate_id) if request.delegate_id in agenda else _LAST
        case _:
            return 3, 0


def place_for(state: State, request: SpeakerRequest) -> int:
    """Where a new request stands in the list of its item, from 0."""
    waiting = list(state.queue(request.item_id))
    return _behind_leading_run(state, request, waiting, {r.id for r in waiting if r.is_placed})


def _behind_leading_run(
    state: State, request: SpeakerRequest, waiting: Sequence[SpeakerRequest], placed: Collection[RequestId]
) -> int:
    rank = rank_of(state, request)
    for place, entry in enumerate(waiting):
        if entry.id not in placed and not entry.deferred_at and rank_of(state, entry) > rank:
            return place
    return len(waiting)


def place_again(state: State, request: SpeakerRequest, before: Sequence[RequestId]) -> int:
    """Where it stands again who waited in the list `before`: behind those who were ahead of it and still wait."""
    ahead = set(before[: before.index(request.id)])
    waiting = [i for i in state.queues[request.item_id] if i != request.id]
    return max((place + 1 for place, i in enumerate(waiting) if i in ahead), default=0)


def restored(
    state: State, item_id: ItemId, before: Sequence[RequestId], placed: Collection[RequestId]
) -> tuple[RequestId, ...]:
    """The order of `before`, with its manual places, for those who wait now; who came since enters it anew, by time."""
    waiting = {r.id: r for r in state.queue(item_id)}
    order = [waiting[i] for i in before if i in waiting]
    for request_id in sorted(waiting.keys() - set(before)):
        request = waiting[request_id]
        order.insert(_behind_leading_run(state, request, order, placed), request)
    return tuple(r.id for r in order)


def moved_ids(before: Sequence[RequestId], after: Sequence[RequestId]) -> tuple[RequestId, ...]:
    """Whom a hand has moved: all but a longest run that kept its order. Of two that changed places, the one put forward."""
    at = {request_id: place for place, request_id in enumerate(before)}
    ends: list[int] = []
    lengths: list[int] = []
    for request_id in after:
        place = bisect_left(ends, at[request_id])
        ends[place : place + 1] = [at[request_id]]
        lengths.append(place + 1)
    kept: set[RequestId] = set()
    wanted, bound = len(ends), len(after)
    for request_id, length in zip(reversed(after), reversed(lengths), strict=True):
        if length == wanted and at[request_id] < bound:
            kept.add(request_id)
            wanted, bound = wanted - 1, at[request_id]
    return tuple(request_id for request_id in after if request_id not in kept)


def replied_to(state: State) -> RequestId | None:
    """Whose speech a reply answers: the current one, else the last of the item (rule 5)."""
    speeches = [r for r in state.holders() if not r.is_point_of_order]
    if not speeches:
        ended = (RequestStatus.RELEASED, RequestStatus.REVOKED)
        spoken = [r for r in state.requests.values() if r.item_id == state.current_item_id and r.status in ended]
        speeches = sorted(spoken, key=lambda r: (str(r.ended_at), r.id))
    return speeches[-1].id if speeches else None
