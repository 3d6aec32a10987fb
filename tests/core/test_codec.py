"""Plain values to dataclasses and back: strict when reading, the same bytes when writing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.codec import MAX_INTEGER, MAX_ITEMS, MAX_TEXT, Malformed, from_plain, to_json, to_plain
from meetings.core.upcast import EVENTS, KINDS, event_from
from meetings.core.vocabulary import DelegateId, ItemId, PauseReason, RequestId, SpeechKind
from tests.core.sitting import SETUP

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
integers = st.integers(-MAX_INTEGER, MAX_INTEGER)
times = st.datetimes(timezones=st.just(UTC))


def values_of(form: Any) -> st.SearchStrategy[Any]:
    """Any value a field of this type may have."""
    if isinstance(form, NewType):
        return values_of(form.__supertype__)
    if isinstance(form, UnionType) or get_origin(form) is Union:
        return st.one_of(*(values_of(f) for f in get_args(form)))
    if get_origin(form) is tuple:
        return st.lists(values_of(get_args(form)[0]), max_size=4).map(tuple)
    if form is int:
        return integers
    if form is str:
        return texts
    if form is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if form is type(None):
        return st.none()
    if hasattr(form, "__dataclass_fields__"):
        return st.builds(form, **{name: values_of(f) for name, f in get_type_hints(form).items()})
    return st.sampled_from(list(form)) if form is not bool else st.booleans()


@given(st.sampled_from(get_args(e.Event)).flatmap(values_of))
def test_every_event_comes_back_from_its_journal_row(event: e.Event) -> None:
    row = json.loads(to_json(event).encode())
    assert event_from(KINDS[type(event)], e.EVENT_VERSION, row) == event


@given(st.sampled_from(get_args(c.Command)).flatmap(values_of))
def test_every_command_comes_back_from_the_wire(command: c.Command) -> None:
    assert from_plain(type(command), json.loads(to_json(command))) == command


@given(st.frozensets(st.sampled_from(PauseReason)), times)
def test_sets_and_times_come_back(reasons: frozenset[PauseReason], at: datetime) -> None:
    assert from_plain(frozenset[PauseReason], to_plain(reasons)) == reasons
    assert from_plain(datetime, to_plain(at)) == at


def test_a_time_is_written_in_utc_whatever_its_zone() -> None:
    here = datetime(2020, 7, 16, 8, 0, tzinfo=timezone(timedelta(hours=7)))
    assert to_plain(here) == "2020-07-16T01:00:00.000000Z"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(get_args(c.Command)), json_values)
def test_whatever_is_read_is_refused_by_name_or_understood(form: type[Any], plain: Any) -> None:
    try:
        understood = from_plain(form, plain)
    except Malformed:
        return
    assert from_plain(form, to_plain(understood)) == understood


@pytest.mark.parametrize(
    ("form", "plain", "path"),
    [
        (c.GrantFloor, {"request_id": 1, "force": True}, "force"),
        (c.GrantFloor, {}, "request_id"),
        (c.GrantFloor, {"request_id": True}, "request_id"),
        (c.GrantFloor, {"request_id": "1"}, "request_id"),
        (c.GrantFloor, {"request_id": 1.0}, "request_id"),
        (c.GrantFloor, {"request_id": None}, "request_id"),
        (c.GrantFloor, {"request_id": MAX_INTEGER + 1}, "request_id"),
        (c.GrantFloor, [1], ""),
        (c.OpenItem, {"item_id": 1, "is_confirmed": 1}, "is_confirmed"),
        (c.RequestFloor, {"delegate_id": 1, "kind": "shout"}, "kind"),
        (c.RequestFloor, {"delegate_id": 1, "kind": ["discussion"]}, "kind"),
        (c.RequestFloor, {"delegate_id": 1, "kind": None}, "kind"),
        (c.RequestFloor, {"delegate_id": 1, "topic": "a\x00b"}, "topic"),
        (c.RequestFloor, {"delegate_id": 1, "topic": "half \ud83d of a pair"}, "topic"),
        (c.RequestFloor, {"delegate_id": 1, "topic": "x" * (MAX_TEXT + 1)}, "topic"),
        (c.RequestFloor, {"delegate_id": 1, "limit_seconds": "60"}, "limit_seconds"),
        (c.ReorderQueue, {"item_id": 1, "request_ids": {"0": 1}}, "request_ids"),
        (c.ReorderQueue, {"item_id": 1, "request_ids": "12"}, "request_ids"),
        (c.ReorderQueue, {"item_id": 1, "request_ids": [1, True]}, "request_ids[1]"),
        (c.ReorderQueue, {"item_id": 1, "request_ids": [0] * (MAX_ITEMS + 1)}, "request_ids"),
    ],
    ids=str,
)
def test_a_malformed_value_is_refused_and_its_field_named(form: type[Any], plain: Any, path: str) -> None:
    with pytest.raises(Malformed) as refused:
        from_plain(form, plain)
    assert refused.value.path == path


@pytest.mark.parametrize("text", ["yesterday", "2020-07-16T01:00:00", "2020-07-16", ""])
def test_a_time_without_its_zone_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        from_plain(datetime, text)


def test_what_may_be_left_out_gets_its_default() -> None:
    assert from_plain(c.RequestFloor, {"delegate_id": 3}) == c.RequestFloor(DelegateId(3), SpeechKind.DISCUSSION)
    assert from_plain(c.RequestFloor, {"delegate_id": 3, "item_id": None}).item_id is None


def test_a_conference_of_many_delegates_is_read_again_as_it_was_written() -> None:
    many = replace(SETUP, delegates=SETUP.delegates * 400)
    assert event_from("doors_opened", 1, json.loads(to_json(e.DoorsOpened(many)))) == e.DoorsOpened(many)


def test_the_same_value_gives_the_same_bytes_whatever_the_order_of_its_mappings() -> None:
    assert to_json({2: "b", 1: "a"}) == to_json({1: "a", 2: "b"}) == '{"1":"a","2":"b"}'
    assert to_json(frozenset("ba")) == '["a","b"]'


def test_kinds_of_events_are_their_names_in_snake_case() -> None:
    assert len(EVENTS) == len(get_args(e.Event))
    assert EVENTS["floor_granted"] is e.FloorGranted
    with pytest.raises(KeyError):
        event_from("floor_stolen", 1, {})
    assert event_from("queue_reordered", 1, {"item_id": 1, "request_ids": [2]}) == e.QueueReordered(
        ItemId(1), (RequestId(2),)
    )
