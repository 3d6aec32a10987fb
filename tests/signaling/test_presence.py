"""Presence as rows: at this second this happened; these commands follow (rule 22)."""

from collections.abc import Callable

from meetings.core import commands as c
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM
from signaling.presence import GRACE, RETURN, SILENCE, Presence
from tests.core.sitting import HALL, TAN_AN, Sitting, delegate, discussing

Row = tuple[float, Callable[[Presence, float], None] | None, list[c.Command]]


def arrives(p: Presence, now: float) -> None:
    p.socket_arrived(TAN_AN, now)


def leaves(p: Presence, now: float) -> None:
    p.socket_left(TAN_AN, now)


def sends(p: Presence, now: float) -> None:
    p.media_arrived(TAN_AN, "p-1", now)


def is_silent(p: Presence, now: float) -> None:
    p.media_left(TAN_AN, "p-1", now, silent_for=SILENCE)


def closes(p: Presence, now: float) -> None:
    p.media_left(TAN_AN, "p-1", now)


def media_process_dies(p: Presence, now: float) -> None:
    p.peers_left(frozenset({"p-1", "of another site"}), now)


def play(rows: list[Row], state: State | Sitting, presence: Presence | None = None) -> None:
    """Commands that follow are carried out when `state` is a sitting."""
    presence = presence or Presence()
    for now, happens, expected in rows:
        if happens:
            happens(presence, now)
        due = presence.due(state.state if isinstance(state, Sitting) else state, now)
        assert due == expected, f"at {now} s"
        if isinstance(state, Sitting):
            for command in due:
                state.when(SYSTEM, command)


def without_tan_an() -> Sitting:
    sitting = discussing()
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    return sitting


def test_rule_22_a_socket_makes_a_site_connected() -> None:
    play([(0, arrives, [c.ReportConnected(TAN_AN)]), (1, None, [])], without_tan_an())


def test_rule_22_a_lost_socket_alone_is_only_a_warning() -> None:
    play(
        [
            (0, arrives, [c.ReportConnected(TAN_AN)]),
            (1, sends, []),
            (2, leaves, []),
            (600, None, []),
        ],
        without_tan_an(),
    )


def test_rule_22_socket_and_media_both_gone_disconnect_after_the_grace() -> None:
    play(
        [
            (0, arrives, [c.ReportConnected(TAN_AN)]),
            (1, sends, []),
            (2, leaves, []),
            (5, closes, []),
            (5 + GRACE - 0.1, None, []),
            (5 + GRACE, None, [c.ReportDisconnected(TAN_AN)]),
            (60, None, []),
        ],
        without_tan_an(),
    )


def test_rule_22_a_reload_within_the_grace_is_not_told() -> None:
    play(
        [(0, arrives, [c.ReportConnected(TAN_AN)]), (1, leaves, []), (1 + GRACE - 0.1, arrives, []), (60, None, [])],
        without_tan_an(),
    )


def test_rule_22_a_holder_silent_for_5_s_is_held_and_goes_on_at_once() -> None:
    sitting = discussing()
    sitting.grant(delegate(TAN_AN))
    play(
        [
            (0, arrives, []),
            (1, sends, []),
            (100, is_silent, [c.HoldSpeech(TAN_AN)]),
            (101, None, []),
            (102, sends, [c.ContinueSpeech(TAN_AN)]),
            (103, None, []),
        ],
        sitting,
    )


def test_rule_22_a_holder_without_media_from_the_start_is_held_after_5_s() -> None:
    sitting = discussing()
    sitting.grant(delegate(TAN_AN))
    play([(0, arrives, []), (SILENCE - 0.1, None, []), (SILENCE, None, [c.HoldSpeech(TAN_AN)])], sitting)


def test_rule_22_when_the_media_process_dies_the_holder_has_5_s_to_come_back() -> None:
    sitting = discussing()
    sitting.grant(delegate(TAN_AN))
    play(
        [
            (0, arrives, []),
            (1, sends, []),
            (50, media_process_dies, []),
            (50 + SILENCE - 0.1, sends, []),
            (60, media_process_dies, []),
            (60 + SILENCE, None, [c.HoldSpeech(TAN_AN)]),
        ],
        sitting,
    )


def test_rule_22_a_speaker_in_the_hall_is_never_held() -> None:
    sitting = discussing()
    sitting.grant(delegate(HALL))
    play([(0, None, []), (600, None, [])], sitting)


def test_rule_22_after_a_restart_the_connected_have_10_s_to_return() -> None:
    sitting = discussing()
    presence = Presence()
    presence.expect([TAN_AN], 0)
    play([(0, None, []), (RETURN - 0.1, None, []), (RETURN, None, [c.ReportDisconnected(TAN_AN)])], sitting, presence)
    presence = Presence()
    presence.expect([TAN_AN], 0)
    play([(9, arrives, [c.ReportConnected(TAN_AN)]), (600, None, [])], sitting, presence)


def test_two_sockets_of_a_site_count_until_both_are_gone() -> None:
    """A take-over: the new page arrives before the old one leaves."""
    play(
        [(0, arrives, [c.ReportConnected(TAN_AN)]), (1, arrives, []), (2, leaves, []), (60, None, [])], without_tan_an()
    )


def test_media_of_a_peer_already_replaced_does_not_count_as_lost() -> None:
    presence = Presence()
    presence.media_arrived(TAN_AN, "p-1", 0)
    presence.media_arrived(TAN_AN, "p-2", 1)
    presence.media_left(TAN_AN, "p-1", 2)
    assert presence.as_told() == {"2": {"socket": False, "media": True}}
