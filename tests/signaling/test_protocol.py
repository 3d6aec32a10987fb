"""The wire: PROTOCOL.md and the code say the same, and nothing malformed gets any further."""

import re
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any, get_args

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from meetings.core import audience, refusals
from meetings.core import commands as c
from meetings.core.codec import Malformed
from meetings.core.permissions import ALLOWED
from meetings.core.upcast import EVENTS
from meetings.core.vocabulary import RequestId, Role
from meetings.refusal_words import WORDS, in_words, status_of
from signaling import handlers
from signaling.protocol import COMMANDS, MAX_ID, NOT_ON_THE_WIRE, OPEN_DOORS, Asked, asked_command, fields
from tests.core.sitting import DIRECTORY, TAN_AN, discussing

PROTOCOL = (Path(handlers.__file__).parent / "PROTOCOL.md").read_text()


def documented_commands() -> dict[str, tuple[set[str], set[str]]]:
    """`{name: (argument names, who)}` of the table of commands."""
    table = PROTOCOL.split("## Commands")[1].split("## Other messages")[0]
    rows = {}
    for names, arguments, who in re.findall(r"^\| (`.*?) \|(.*)\| (.*?) \|$", table, re.M):
        words = re.sub(r"\(.*?\)|: .*?(?=, `[a-z_]+`|$)|;.*$", "", arguments)
        for name in re.findall(r"`(\w+)`", names):
            rows[name] = (set(re.findall(r"`(\w+)`", words)), {w.split()[0] for w in who.split(", ")})
    return rows


def test_every_command_is_documented_with_its_arguments_and_every_documented_one_exists() -> None:
    arguments = {name: {f.name for f in dataclass_fields(form)} for name, form in COMMANDS.items()}
    assert {name: names for name, (names, _) in documented_commands().items()} == {**arguments, OPEN_DOORS: set()}


def test_every_command_is_documented_with_who_may_ask_it() -> None:
    for name, (_, who) in documented_commands().items():
        allowed = ALLOWED[COMMANDS.get(name, c.OpenDoors)] - {Role.SYSTEM}
        assert who == {role.value for role in allowed}, name


def test_what_the_server_issues_itself_is_not_on_the_wire() -> None:
    assert set(COMMANDS.values()) == set(get_args(c.Command)) - set(NOT_ON_THE_WIRE)
    for name in ("go_on_air", "report_connected", "hold_speech"):
        with pytest.raises(Malformed):
            asked_command({"id": "1", "name": name, "args": {"request_id": 1, "site_id": 1}})


@pytest.mark.parametrize("part", ["public", "own", "desk"])
def test_every_value_of_a_part_is_documented_and_every_documented_one_is_sent(part: str) -> None:
    state = discussing().state
    sent = {
        "public": audience.public_part(state, DIRECTORY),
        "own": audience.own_part(state, DIRECTORY, TAN_AN),
        "desk": audience.desk_part(state, DIRECTORY),
    }[part]
    section = PROTOCOL.split(f"### Part `{part}`")[1].split("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(sent)
    for value in sent.values():
        row = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        for key in row if isinstance(row, dict) else ():
            assert f'"{key}"' in section, key


def test_every_field_of_the_log_and_every_fault_of_a_device_is_documented() -> None:
    told = PROTOCOL.split("`log` (in")[1].split("## Commands")[0]
    sitting = discussing()
    for recorded in sitting.journal:
        for key in audience.log_entry(recorded, sitting.state, DIRECTORY):
            assert f'"{key}"' in told, key
    for fault in handlers.FAULTS:
        assert f'"{fault}"' in PROTOCOL, fault
    assert "floor_granted" in EVENTS


def test_every_refusal_has_words_in_both_languages_and_a_status(app: Flask) -> None:
    named = {form for form in vars(refusals).values() if isinstance(form, type) and issubclass(form, refusals.Refusal)}
    assert set(WORDS) == named - {refusals.Refusal}
    for form in WORDS:
        said = []
        for lang in ("vi", "en"):
            with app.test_request_context(), force_locale(lang):
                said.append(in_words(form()))
        assert all(said) and said[0] != said[1], form
        assert 400 <= status_of(form()) < 600


def test_a_command_is_understood() -> None:
    message = {"id": "a1", "name": "grant_floor", "args": {"request_id": 3}}
    assert asked_command(message) == Asked("a1", c.GrantFloor(RequestId(3)))
    assert asked_command({"id": "a1", "name": "convene"}) == Asked("a1", c.Convene())
    assert asked_command({"id": "a1", "name": "open_doors"}) == Asked("a1", None)


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (None, ""),
        ([], ""),
        ("grant_floor", ""),
        ({}, "id"),
        ({"id": "1"}, "name"),
        ({"id": 1, "name": "convene"}, "id"),
        ({"id": "", "name": "convene"}, "id"),
        ({"id": "x" * (MAX_ID + 1), "name": "convene"}, "id"),
        ({"id": "a\x00", "name": "convene"}, "id"),
        ({"id": "\ud800", "name": "convene"}, "id"),
        ({"id": "1", "name": "dance"}, "name"),
        ({"id": "1", "name": "convene", "args": []}, "args"),
        ({"id": "1", "name": "convene", "args": {"x": 1}}, "args.x"),
        ({"id": "1", "name": "open_doors", "args": {"setup": {}}}, "setup"),
        ({"id": "1", "name": "grant_floor", "args": {"request_id": "3"}}, "args.request_id"),
        ({"id": "1", "name": "convene", "as": "chair"}, "as"),
    ],
    ids=str,
)
def test_a_malformed_command_is_refused_and_the_field_named(message: Any, path: str) -> None:
    with pytest.raises(Malformed) as refused:
        asked_command(message)
    assert refused.value.path == path


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
nearly = st.fixed_dictionaries(
    {"id": st.text(max_size=90) | anything, "name": st.sampled_from([*COMMANDS, OPEN_DOORS, "dance"])},
    optional={
        "args": st.dictionaries(
            st.sampled_from(["request_id", "item_id", "request_ids", "kind", "topic", "status", "x"]),
            st.integers(0, 3) | anything,
            max_size=3,
        ),
        "more": anything,
    },
)


@given(anything | nearly)
def test_nothing_that_is_sent_raises_anything_but_malformed(message: Any) -> None:
    try:
        asked = asked_command(message)
    except Malformed:
        return
    assert 0 < len(asked.id) <= MAX_ID


@given(anything)
def test_the_fields_of_any_message_are_understood_or_refused(message: Any) -> None:
    try:
        understood = fields(message, {"site_id": int}, {"is_on": bool, "name": str})
    except Malformed:
        return
    assert isinstance(understood["site_id"], int) and not isinstance(understood["site_id"], bool)
