"""Whatever bytes arrive: named errors from the parsers, none in the loop, and nothing that grows.

`corpora` holds a few real messages of each kind; Hypothesis changes, cuts and joins them. A message that once did harm is
added there, and tried first from then on.
"""

import asyncio
import contextlib
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from signaling.sfu.client_offer import agree, parse_offer
from signaling.sfu.framing import LARGEST_FRAME, Backlog, Deframer, FramingError
from signaling.sfu.peer import MAX_STREAMS
from signaling.sfu.relay_messages import RelayError, read, write_message
from signaling.sfu.rtcp import RtcpError, parse_rtcp
from signaling.sfu.rtp import RtpError, RtpPacket, header_extensions, parse_rtp, unwrap_rtx
from signaling.sfu.sdp import SdpError, parse_answer
from signaling.sfu.stun import StunError, is_signed_with, parse_binding_request
from signaling.sfu.vp8 import PictureNumbers, starts_vp8_key_frame

from .media_process import eventually, media_here
from .test_client_offer import PROGRAM, TRANSPORT
from .test_media import publisher, run, viewer
from .test_streams import Connection
from .test_transport import check

CORPORA = Path(__file__).with_name("corpora")
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def seeds(kind: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPORA / kind).iterdir())]


@st.composite
def changed(draw: st.DrawFn, kind: str) -> bytes:
    """A seed with bytes replaced, pieces cut out and repeated; or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    data = bytearray(draw(st.sampled_from(seeds(kind))))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        until = min(len(data), at + draw(st.integers(0, 40)))
        act = draw(st.sampled_from(["replace", "cut", "repeat", "insert"]))
        if act == "replace" and data:
            data[at] = draw(st.integers(0, 255))
        elif act == "cut":
            del data[at:until]
        elif act == "repeat":
            data[at:at] = data[at:until]
        else:
            data[at:at] = draw(st.binary(max_size=8))
    return bytes(data)


def read_stun(data: bytes) -> None:
    request = parse_binding_request(data)
    is_signed_with(request, b"password")
    assert isinstance(request.local_fragment, str)


def read_rtp(data: bytes) -> None:
    packet = parse_rtp(data)
    list(header_extensions(packet.extension))
    unwrap_rtx(packet, 96, 1)
    if packet.payload:
        starts_vp8_key_frame(packet.payload)
        numbers = PictureNumbers()
        numbers.begin(packet.payload)
        assert len(numbers.place(packet.payload)) == len(packet.payload)


def read_offer(data: bytes) -> None:
    offer = parse_offer(data.decode("utf-8", "replace"))
    for publishes, views in ((True, ()), (False, PROGRAM)):
        try:
            answer = agree(offer, TRANSPORT, publishes, views, 1)
        except SdpError:
            continue
        # Nobody can write lines of their own into our answer.
        assert answer.text.count("a=ice-pwd:") == sum(not each.is_rejected for each in answer.answer.sections)
        assert answer.text.count("\nm=") == len(offer.sections)


def read_relayed(data: bytes) -> None:
    heard = read(data)
    if not isinstance(heard, RtpPacket):
        assert read(write_message(heard)) == heard


PARSERS: list[tuple[str, Callable[[bytes], object], type[Exception]]] = [
    ("stun", read_stun, StunError),
    ("rtp", read_rtp, RtpError),
    ("rtcp", parse_rtcp, RtcpError),
    ("answer", lambda data: parse_answer(data.decode("utf-8", "replace"), 4), SdpError),
    ("offer", read_offer, SdpError),
    ("relay", read_relayed, RelayError),
]


@pytest.mark.parametrize(("kind", "read", "refusal"), PARSERS, ids=[kind for kind, *_ in PARSERS])
def test_a_parser_refuses_by_its_own_error_and_no_other(
    kind: str, read: Callable[[bytes], object], refusal: type[Exception]
) -> None:
    for seed in seeds(kind):
        read(seed)

    @FUZZ
    @given(changed(kind))
    def try_it(data: bytes) -> None:
        with contextlib.suppress(refusal):
            read(data)

    try_it()


@FUZZ
@given(st.lists(st.binary(max_size=3000), max_size=30))
@example([b"\xff\xff" + bytes(3000)])
def test_frames_of_anything_hold_a_bounded_rest(chunks: list[bytes]) -> None:
    deframer = Deframer()
    for chunk in chunks:
        try:
            frames = deframer.feed(chunk)
        except FramingError:
            break
        assert all(0 < len(frame) <= LARGEST_FRAME for frame in frames)
        assert len(deframer._rest) < 2 + LARGEST_FRAME


@FUZZ
@given(st.lists(st.binary(min_size=1, max_size=LARGEST_FRAME), max_size=60))
def test_a_queue_of_anything_gives_back_what_it_counts(datagrams: list[bytes]) -> None:
    backlog = Backlog()
    dropped = sum(map(backlog.add, datagrams))
    sent = Deframer().feed(b"".join(iter(backlog.take, b"")))
    assert len(sent) == len(datagrams) - dropped and backlog.waiting_bytes == 0


def scrambled(pick: random.Random, kind: str) -> bytes:
    data = bytearray(pick.choice(seeds(kind)))
    for _ in range(pick.randrange(4)):
        data[pick.randrange(len(data))] = pick.randrange(256)
    return bytes(data[: pick.randrange(1, len(data) + 1)] if pick.randrange(4) == 0 else data)


def test_authentic_rubbish_raises_nothing_in_the_loop_and_no_memory_grows() -> None:
    """A page of ours that sends nonsense, under the right keys, by UDP and by TCP."""

    async def test() -> None:
        pick = random.Random(1)
        async with media_here() as media:
            await media.route(floor_video="site:1", floor_audio="site:1")
            page = await publisher(media)
            await viewer(media)
            node, peer = media.node, media.node.peers["p1"]
            connection = await Connection.to(media)
            connection.send(check(f"{peer.ice_ufrag}:x", peer.ice_pwd))
            assert await connection.receive()

            async def rubbish(count: int) -> None:
                for number in range(count):
                    kind = pick.choice(["rtp", "rtcp"])
                    data = bytearray(scrambled(pick, kind).ljust(12, b"\0"))
                    if kind == "rtp":
                        # libsrtp must be able to find the payload: the first byte stays, all else is anybody's.
                        data[0] = 0x80
                        data[8:12] = page.ssrc("video").to_bytes(4, "big")
                        data[2:4] = number.to_bytes(2, "big")
                        if 192 <= data[1] <= 223:
                            data[1] = 96
                    else:
                        data[0], data[1] = 0x80 | data[0] & 0x1F, pick.randrange(192, 224)
                    try:
                        await page.send(bytes(data))
                    except Exception:
                        continue  # refused by the sending library
                    connection.send(scrambled(pick, "stun"), scrambled(pick, "rtp"))
                    if number % 50 == 0:
                        await asyncio.sleep(0)
                before = node.counters.rtcp_in + node.counters.ingress_packets
                await page.send_audio([1])
                await eventually(lambda: node.counters.rtcp_in + node.counters.ingress_packets > before, "all is taken")

            await rubbish(600)
            tracemalloc.start()
            first = tracemalloc.get_traced_memory()[0]
            for _ in range(3):
                await rubbish(600)
            page.rtp.clear()
            page.rtcp.clear()
            grown = tracemalloc.get_traced_memory()[0] - first
            tracemalloc.stop()
            assert node.counters.internal_errors == 0
            assert node.counters.rtcp_in > 500 and node.counters.ingress_packets > 500, "most of it came through"
            assert len(peer._by_ssrc) <= MAX_STREAMS and len(node._by_address) <= 4
            assert set(node.peers) == {"p1", "v1"}
            assert grown < 4_000_000, "histories are full after the first round"
            connection.writer.close()

    run(test())
