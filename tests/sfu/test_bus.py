"""Rows of packets into a bus and out of it."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.bus import Bus, Sent, Source
from signaling.sfu.numbering import MAX_DROPOUT
from signaling.sfu.producer import ClockPoint, clock_rate
from signaling.sfu.rtp import RtpPacket, parse_rtp

KEY, DELTA = b"\x10\x00", b"\x10\x01"
OLD, NEW = Source(1, "site:1"), Source(2, "site:2")


def bus_of(kind: str = "video", seed: int = 0) -> Bus:
    return Bus("hall", kind, pick=lambda bits: seed)


def packet(number: int, payload: bytes = DELTA, timestamp: int | None = None, ssrc: int = 70) -> RtpPacket:
    ticks = number * 3000 if timestamp is None else timestamp
    return RtpPacket(False, 96, number & 0xFFFF, ticks & 0xFFFFFFFF, ssrc, payload)


def feed(bus: Bus, source: Source, rows: Iterable[tuple[int, bytes]], now: float = 0.0) -> list[Sent]:
    return [sent for number, payload in rows for sent in bus.push(source.key, packet(number, payload), now)]


def on_air(kind: str = "video", start: int = 100) -> Bus:
    bus = bus_of(kind)
    bus.select(OLD)
    assert feed(bus, OLD, [(start, KEY)])
    return bus


def numbers(sent: Iterable[Sent]) -> list[int]:
    return [each.index for each in sent]


def test_a_header_is_rewritten_and_the_payload_kept() -> None:
    bus = bus_of(seed=9)
    bus.select(OLD)
    (sent,) = bus.push(1, RtpPacket(True, 96, 500, 7, 70, KEY + b"rest", b"\x20\x85\0\0"), 0.0)
    out = parse_rtp(sent.packet)
    assert (out.ssrc, out.payload_type, out.marker) == (bus.ssrc, 96, True)
    assert (out.payload, out.extension) == (KEY + b"rest", b"")
    assert out.sequence == sent.index & 0xFFFF


def test_nothing_goes_out_before_a_key_frame() -> None:
    bus = bus_of()
    bus.select(OLD)
    assert feed(bus, OLD, [(1, DELTA), (2, DELTA)]) == []
    assert len(feed(bus, OLD, [(3, KEY), (4, DELTA)])) == 2


def test_where_the_source_began_is_known_after_each_cut() -> None:
    bus = on_air()
    feed(bus, OLD, [(101, DELTA), (102, DELTA)])
    bus.select(NEW)
    sent = feed(bus, NEW, [(7, KEY), (8, DELTA)])
    assert bus.cut_index == sent[0].index


def test_of_a_silent_floor_no_number_is_missing_and_time_passes() -> None:
    """Of silence a browser sends a packet each 0.4 s (RFC 7587 section 3.1.3), numbered on."""
    bus = bus_of("audio")
    bus.select(OLD)
    speech, silence = [(n, n * 0.02) for n in range(50)], [(50 + n, 1.0 + n * 0.4) for n in range(5)]
    rows = [(OLD, n, at) for n, at in [*speech, *silence, (55, 2.9), (56, 2.92)]]
    rows += [(NEW, 700 + n, 3.0 + n * 0.4) for n in range(3)]
    sent = []
    for source, number, at in rows:
        if source is NEW and number == 700:
            bus.select(NEW)
        sent += bus.push(source.key, packet(number, b"opus", timestamp=round(at * 48000)), at)
    first = sent[0].index
    assert numbers(sent) == list(range(first, first + len(rows)))
    stamps = [parse_rtp(each.packet).timestamp for each in sent]
    passed = [(stamp - stamps[0]) / 48000 for stamp in stamps]
    assert passed == pytest.approx([at - rows[0][2] for _, _, at in rows], abs=0.001)


def test_old_picture_stays_until_the_new_sources_first_key_frame() -> None:
    bus = on_air()
    bus.select(NEW)
    assert len(feed(bus, OLD, [(101, DELTA)])) == 1
    assert feed(bus, NEW, [(9, DELTA)]) == []
    assert len(feed(bus, OLD, [(102, DELTA)])) == 1
    (cut,) = feed(bus, NEW, [(10, KEY)])
    assert cut.index == bus.last_index
    assert feed(bus, OLD, [(103, DELTA)]) == []
    assert bus.current == NEW


def test_old_sound_is_silent_as_soon_as_it_is_deselected() -> None:
    bus = on_air("audio")
    bus.select(NEW)
    assert feed(bus, OLD, [(101, b"x")]) == []
    (cut,) = feed(bus, NEW, [(7, b"y")])
    assert parse_rtp(cut.packet).marker
    (second,) = feed(bus, NEW, [(8, b"y")])
    assert not parse_rtp(second.packet).marker


def test_none_stops_both_kinds_at_once() -> None:
    for kind in ("audio", "video"):
        bus = on_air(kind)
        bus.select(None)
        assert feed(bus, OLD, [(101, KEY)]) == []


def test_numbers_go_on_across_a_cut() -> None:
    bus = on_air()
    before = bus.last_index
    bus.select(NEW)
    sent = feed(bus, NEW, [(40_000, KEY), (40_001, DELTA)])
    assert numbers(sent) == [before + 1, before + 2]


def test_timestamps_go_on_by_the_time_that_passed() -> None:
    bus = bus_of()
    bus.select(OLD)
    (first,) = bus.push(1, packet(1, KEY, timestamp=50), 10.0)
    bus.select(NEW)
    (second,) = bus.push(2, packet(1, KEY, timestamp=4_000_000_000), 10.5)
    step = parse_rtp(second.packet).timestamp - parse_rtp(first.packet).timestamp
    assert step == 45_000


def step_at_a_cut(came_after: float, captured_after: float | None, kind: str = "video") -> int:
    bus, rate = bus_of(kind), clock_rate(kind)
    bus.select(OLD)
    (first,) = bus.push(1, packet(1, KEY, timestamp=50), 10.0)
    bus.select(NEW)
    clocks = {1: ClockPoint(50, 9.9)}
    if captured_after is not None:
        clocks[2] = ClockPoint(1_000 - rate // 10, 9.9 + captured_after - 0.1)
    (second,) = bus.push(2, packet(1, KEY, timestamp=1_000), 10.0 + came_after, clocks.get)
    return parse_rtp(second.packet).timestamp - parse_rtp(first.packet).timestamp


@pytest.mark.parametrize(
    ("came_after", "captured_after", "step"),
    [
        pytest.param(1.5, 0.4, 36_000, id="it waited in a queue"),
        pytest.param(0.1, -0.2, 3_000, id="time never goes back"),
        pytest.param(1.5, None, 135_000, id="its sender has not told its clock yet"),
        pytest.param(1.5, 3_600.0, 135_000, id="a clock that is far off is not believed"),
    ],
)
def test_across_a_cut_the_time_passes_that_passed_between_the_frames(
    came_after: float, captured_after: float | None, step: int
) -> None:
    assert step_at_a_cut(came_after, captured_after) == pytest.approx(step, abs=1)


@pytest.mark.parametrize(
    ("came_after", "captured_after", "step"),
    [
        pytest.param(0.06, 0.04, 1_920, id="it waited before it was read"),
        pytest.param(0.03, 0.05, 2_400, id="the last one of before had waited"),
        pytest.param(0.03, -0.02, 960, id="time never goes back"),
        pytest.param(0.06, None, 2_880, id="its sender has not told its clock yet"),
        pytest.param(0.06, 1.0, 2_880, id="a clock that would make a pause is not believed"),
    ],
)
def test_sound_goes_on_by_the_senders_clocks(came_after: float, captured_after: float | None, step: int) -> None:
    assert step_at_a_cut(came_after, captured_after, "audio") == pytest.approx(step, abs=1)


def test_packets_from_before_the_cut_have_no_place() -> None:
    bus = on_air()
    bus.select(NEW)
    feed(bus, NEW, [(10, KEY)])
    assert feed(bus, NEW, [(9, DELTA), (8, DELTA)]) == []


def test_what_overtook_the_key_frame_follows_it() -> None:
    bus = on_air()
    bus.select(NEW)
    assert feed(bus, NEW, [(9, DELTA), (12, DELTA), (11, DELTA)]) == []
    sent = feed(bus, NEW, [(10, KEY)])
    first = sent[0].index
    assert numbers(sent) == [first, first + 1, first + 2]
    assert parse_rtp(sent[0].packet).payload == KEY


def test_reordered_packets_keep_their_places() -> None:
    bus = on_air()
    base = bus.last_index
    sent = feed(bus, OLD, [(102, DELTA), (104, DELTA), (101, DELTA), (103, DELTA)])
    assert numbers(sent) == [base + 2, base + 4, base + 1, base + 3]


def test_a_packet_is_sent_once() -> None:
    bus = on_air()
    assert len(feed(bus, OLD, [(101, DELTA), (101, DELTA), (100, KEY)])) == 1


def test_numbers_wrap_without_a_seam() -> None:
    bus = on_air(start=65_530)
    base = bus.last_index
    sent = feed(bus, OLD, [(number, DELTA) for number in range(65_531, 65_560)])
    assert numbers(sent) == list(range(base + 1, base + 30))


def test_padding_is_dropped_and_the_rest_renumbered() -> None:
    bus = on_air()
    base = bus.last_index
    sent = feed(bus, OLD, [(101, b""), (102, b""), (103, DELTA), (104, b""), (105, DELTA)])
    assert numbers(sent) == [base + 1, base + 2]


def test_a_late_packet_from_before_dropped_padding_keeps_its_place() -> None:
    bus = on_air()
    base = bus.last_index
    sent = feed(bus, OLD, [(102, DELTA), (103, b""), (104, DELTA), (101, DELTA)])
    assert numbers(sent) == [base + 2, base + 3, base + 1]


def test_late_padding_fills_its_hole_with_padding() -> None:
    bus = on_air()
    base = bus.last_index
    sent = feed(bus, OLD, [(102, DELTA), (101, b"")])
    assert numbers(sent) == [base + 2, base + 1]
    assert parse_rtp(sent[1].packet).payload == b""


def test_a_recovered_packet_fills_its_hole() -> None:
    bus = on_air()
    base = bus.last_index
    sent = feed(bus, OLD, [(101, DELTA), (103, DELTA), (102, b"\x10\x01recovered")])
    assert numbers(sent) == [base + 1, base + 3, base + 2]
    assert bus.history.get(base + 2) == sent[2].packet


def test_what_the_source_lost_is_counted_number_by_number() -> None:
    bus = on_air()
    base, none = bus.last_index, bus.holes_until(bus.last_index)
    feed(bus, OLD, [(101, DELTA), (105, DELTA), (106, DELTA), (110, DELTA)])
    assert [bus.holes_until(base + number) - none for number in (1, 2, 5, 6, 9, 10)] == [0, 0, 3, 3, 3, 6]
    assert bus.holes_until((base + 6) & 0xFFFF) == none + 3, "16 bits do"
    feed(bus, OLD, [(103, DELTA), (102, DELTA)])
    assert bus.holes_until(base + 10) == none + 6, "a report of this number may have been written before"
    feed(bus, OLD, [(111, DELTA)])
    assert bus.holes_until(base + 11) == none + 4
    assert [number for number in range(12) if bus.was_late(base + number)] == [2, 3]


def test_what_is_left_out_or_put_in_is_no_hole_and_a_fork_counts_on() -> None:
    bus = on_air()
    none = bus.holes_until(bus.last_index)
    feed(bus, OLD, [(101, DELTA), (102, b""), (103, DELTA), (105, DELTA)])
    bus.pad(600, 0.0)
    fork = bus.fork()
    feed(fork, OLD, [(107, DELTA)])
    bus.select(NEW)
    feed(bus, NEW, [(9_000, KEY)])
    assert bus.holes_until(bus.last_index) - none == 1
    assert fork.holes_until(fork.last_index) - none == 2


def test_a_jump_counts_when_the_next_packet_confirms_it() -> None:
    bus = on_air()
    base = bus.last_index
    far = 100 + MAX_DROPOUT + 5
    sent = feed(bus, OLD, [(101, DELTA), (far, DELTA), (102, DELTA)])
    assert numbers(sent) == [base + 1, base + 2]
    sent = feed(bus, OLD, [(far + 1, DELTA), (far + 2, DELTA), (far + 3, DELTA)])
    assert numbers(sent) == [base + 3, base + 4]


def test_a_lost_source_leaves_silence_until_the_next_key_frame() -> None:
    bus = on_air()
    bus.select(NEW)
    bus.lose_current()
    assert feed(bus, OLD, [(101, DELTA)]) == []
    assert feed(bus, NEW, [(5, DELTA)]) == []
    assert len(feed(bus, NEW, [(6, KEY)])) == 1


def test_going_back_before_the_cut_keeps_the_old_source() -> None:
    bus = on_air()
    bus.select(NEW)
    bus.select(OLD)
    assert feed(bus, NEW, [(10, KEY)]) == []
    assert len(feed(bus, OLD, [(101, DELTA)])) == 1


def test_choosing_the_same_source_again_changes_nothing() -> None:
    bus = on_air()
    bus.select(NEW)
    feed(bus, NEW, [(11, DELTA)])
    bus.select(NEW)
    assert len(feed(bus, NEW, [(10, KEY)])) == 2


def test_the_clock_is_the_current_sources_own() -> None:
    bus = bus_of()
    bus.select(OLD)
    (sent,) = bus.push(1, packet(1, KEY, timestamp=900_000), 10.0)
    out = parse_rtp(sent.packet).timestamp
    assert bus.sender_clock(ClockPoint(900_000, 10.0), 11.0) == out + 90_000
    assert bus.sender_clock(None, 11.0) is None
    bus.select(None)
    assert bus.sender_clock(ClockPoint(900_000, 10.0), 11.0) is None


def test_padding_for_a_viewer_left_off_has_the_same_numbers() -> None:
    bus = on_air()
    (sent,) = feed(bus, OLD, [(101, DELTA)])
    real, stand_in = parse_rtp(sent.packet), parse_rtp(bus.padding_for(sent))
    assert (real.sequence, real.timestamp, real.ssrc) == (stand_in.sequence, stand_in.timestamp, stand_in.ssrc)
    assert stand_in.payload == b""


def test_an_oversized_payload_is_not_forwarded() -> None:
    bus = on_air()
    assert feed(bus, OLD, [(101, bytes(1500))]) == []


@pytest.mark.parametrize("again", [b"", DELTA])
def test_a_number_left_out_that_comes_again_does_not_take_the_next_ones(again: bytes) -> None:
    bus = on_air()
    assert feed(bus, OLD, [(101, b""), (101, again)]) == []
    assert numbers(feed(bus, OLD, [(102, DELTA), (103, DELTA)])) == [bus.last_index - 1, bus.last_index]


@given(
    st.lists(
        st.tuples(st.sampled_from([OLD, NEW]), st.integers(0, 40), st.sampled_from([KEY, DELTA, b""])),
        max_size=120,
    ),
    st.integers(0, 65_535),
    st.lists(st.sampled_from([OLD, NEW, None]), max_size=8),
)
@pytest.mark.parametrize("kind", ["audio", "video"])
def test_no_number_is_ever_used_twice(
    kind: str,
    rows: list[tuple[Source, int, bytes]],
    start: int,
    choices: list[Source | None],
) -> None:
    bus = bus_of(kind, seed=0)
    bus.select(OLD)
    seen: set[int] = set()
    every = max(1, len(rows) // (len(choices) + 1))
    for turn, (source, number, payload) in enumerate(rows):
        if choices and turn % every == every - 1:
            bus.select(choices[turn // every % len(choices)])
        for sent in bus.push(source.key, packet(start + number, payload), turn * 0.01):
            assert sent.index not in seen
            assert sent.index & 0xFFFF == parse_rtp(sent.packet).sequence
            seen.add(sent.index)


def test_a_fork_goes_on_under_the_same_numbers_and_cuts_by_itself() -> None:
    bus = on_air()
    feed(bus, OLD, [(101, DELTA)])
    fork = bus.fork()
    fork.select(NEW)
    (shared,), (own,) = feed(bus, OLD, [(102, DELTA)]), feed(fork, OLD, [(102, DELTA)])
    assert own == shared, "until the other source's key frame it is the same stream"
    (cut,) = feed(fork, NEW, [(7, KEY)])
    assert (cut.index, fork.ssrc) == (own.index + 1, bus.ssrc)
    assert len(feed(bus, OLD, [(103, DELTA)])) == 1
    assert bus.current == OLD
    assert fork.history.get(own.index) == own.packet
    assert bus.history.get(cut.index) != cut.packet


def framed(number: int, payload: bytes, frame: int, marker: bool = False) -> RtpPacket:
    return RtpPacket(marker, 96, number, frame * 3000, 70, payload)


def test_stills_are_the_whole_of_each_key_frame_and_leave_no_hole() -> None:
    bus = on_air()
    bus.is_of_stills = True
    rows = [
        framed(101, DELTA, 101),
        framed(102, DELTA, 102, True),
        framed(103, KEY, 103),
        framed(104, DELTA, 103),
        framed(105, DELTA, 103, True),
        framed(106, DELTA, 104, True),
        framed(107, KEY, 105, True),
    ]
    sent = [each for row in rows for each in bus.push(OLD.key, row, 0.0)]
    assert [parse_rtp(each.packet).payload for each in sent] == [KEY, DELTA, DELTA, KEY]
    first = sent[0].index
    assert numbers(sent) == [first, first + 1, first + 2, first + 3]
    bus.is_of_stills = False
    assert bus.push(OLD.key, framed(108, DELTA, 106, True), 0.0) == [], "there is nothing to build on yet"
    rows = [framed(109, KEY, 107, True), framed(110, DELTA, 108, True)]
    assert numbers(each for row in rows for each in bus.push(OLD.key, row, 0.0)) == [first + 4, first + 5]


def test_padding_stands_between_frames_and_what_follows_makes_room() -> None:
    bus = on_air()
    assert bus.pad(600, 0.0) == [], "the key frame is not whole"
    (end,) = bus.push(OLD.key, framed(101, DELTA, 100, True), 0.0)
    padding = bus.pad(600, 0.0)
    assert numbers(padding) == [end.index + 1, end.index + 2, end.index + 3]
    assert [len(each.packet) - 12 for each in padding] == [255, 255, 90]
    assert all(parse_rtp(each.packet).payload == b"" for each in padding)
    assert {parse_rtp(each.packet).timestamp for each in padding} == {parse_rtp(end.packet).timestamp}
    (after,) = bus.push(OLD.key, framed(103, DELTA, 101, True), 0.0)
    assert after.index == end.index + 5, "one number is kept for what is late"
    (late,) = bus.push(OLD.key, framed(102, DELTA, 101), 0.0)
    assert late.index == end.index + 4
    assert bus.history.get(padding[0].index) == padding[0].packet


@given(st.lists(st.sampled_from(["frame", "part", "key", "pad", "stills", "all"]), max_size=60))
def test_an_own_bus_never_sends_a_number_twice_nor_leaves_one_out(acts: list[str]) -> None:
    bus = on_air().fork()
    sent: list[Sent] = []
    number, frame = 100, 100
    before = bus.last_index
    for act in acts:
        if act == "pad":
            sent += bus.pad(300, 0.0)
        elif act in ("stills", "all"):
            bus.is_of_stills = act == "stills"
        else:
            number, frame = number + 1, frame + (act != "part")
            sent += bus.push(OLD.key, framed(number, KEY if act == "key" else DELTA, frame, act != "part"), 0.0)
    assert numbers(sent) == list(range(before + 1, before + 1 + len(sent)))
