"""RFC 4571 framing and the queue of one connection, as rows of frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.framing import (
    CHUNK_BYTES,
    LARGEST_FRAME,
    PICTURE_BYTES,
    URGENT_BYTES,
    Backlog,
    Deframer,
    FramingError,
)
from signaling.sfu.rtp import write_rtp

SOUND = write_rtp(111, False, 1, 1, 1, bytes(100))
PICTURE = write_rtp(96, True, 1, 1, 2, bytes(1200))
REPORT = b"\x80\xc8" + bytes(26)


def framed(*datagrams: bytes) -> bytes:
    return b"".join(len(each).to_bytes(2, "big") + each for each in datagrams)


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.integers(1, 50))
def test_frames_come_out_whole_however_the_bytes_are_cut(datagrams: list[bytes], step: int) -> None:
    wire = framed(*datagrams)
    deframer = Deframer()
    found = [each for at in range(0, len(wire), step) for each in deframer.feed(wire[at : at + step])]
    assert found == datagrams


def test_an_empty_frame_is_nothing_and_a_long_one_an_error() -> None:
    deframer = Deframer()
    assert deframer.feed(framed(b"", b"a", b"")) == [b"a"]
    assert deframer.feed(framed(bytes(LARGEST_FRAME))) == [bytes(LARGEST_FRAME)]
    with pytest.raises(FramingError):
        deframer.feed((LARGEST_FRAME + 1).to_bytes(2, "big"))


def test_sound_and_reports_overtake_pictures() -> None:
    backlog = Backlog()
    for datagram in (PICTURE, PICTURE, SOUND, REPORT):
        assert backlog.add(datagram) == 0
    assert backlog.take() == framed(SOUND, REPORT, PICTURE, PICTURE)
    assert not backlog and backlog.take() == b""


def test_a_full_queue_gives_up_all_its_pictures_and_keeps_the_sound() -> None:
    backlog = Backlog()
    backlog.add(SOUND)
    dropped = [backlog.add(PICTURE) for _ in range(1000)]
    whole = PICTURE_BYTES // len(framed(PICTURE))
    assert dropped[:whole] == [0] * whole and dropped[whole] == whole
    assert backlog.waiting_bytes <= PICTURE_BYTES + URGENT_BYTES
    assert backlog.take().startswith(framed(SOUND, PICTURE))


def test_of_too_much_sound_the_newest_is_kept() -> None:
    backlog = Backlog()
    sounds = [write_rtp(111, False, number, number, 1, bytes(100)) for number in range(1000)]
    dropped = sum(backlog.add(each) for each in sounds)
    assert dropped > 0 and backlog.waiting_bytes <= URGENT_BYTES
    sent = b""
    while backlog:
        chunk = backlog.take()
        assert len(chunk) < CHUNK_BYTES + LARGEST_FRAME
        sent += chunk
    assert Deframer().feed(sent) == sounds[dropped:]
