"""The offer we make and the answer we read (RFC 8866, RFC 8829, RFC 8839, RFC 9143). Pure.

Theory. The server always offers, so it chooses all numbers: payload types, header extensions, SSRCs. One
transport carries everything (BUNDLE); the server is ICE-lite and lists its addresses at once. First what the
peer publishes (audio and video, or a paper picture alone), then one section per bus it views; ``a=msid:<bus> <bus>-<kind>``
gives the page ``streams[0].id == bus``.

Rules.
- Everything a page needs to tell buses apart is signalled by SSRC: packets on the way down carry no MID,
  because all viewers get the same bytes.
- On the way down feedback is by REMB, not transport-wide: numbers are shared among viewers. On the way up it is
  transport-wide: the browser then knows within a second how much it may send.
- The picture is published as simulcast (RFC 8853): two layers told apart by RID, ``l`` and ``h``. An answer
  without it means one stream. A paper picture has no layers: it is sharp or it is nothing.
- An answer may refuse any section (port 0, inactive); the rest works.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPUS, VP8, RTX = 111, 96, 97
EXTENSION_LEVEL, EXTENSION_ABS_SEND_TIME, EXTENSION_MID = 2, 3, 1
EXTENSION_LAYER, EXTENSION_REPAIRED_LAYER, EXTENSION_TRANSPORT = 4, 5, 6
RIDS = {"l": "low", "h": "video"}
"""What a layer is called on the wire, and the name of its stream in `Peer.producers`."""

EXTENSION_URIS = {
    EXTENSION_MID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    EXTENSION_LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    EXTENSION_ABS_SEND_TIME: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    EXTENSION_LAYER: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    EXTENSION_REPAIRED_LAYER: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    EXTENSION_TRANSPORT: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
}
_LEVEL_LINE = re.compile(rf"a=extmap:(\d{{1,2}})(?:/\w+)? {re.escape(EXTENSION_URIS[EXTENSION_LEVEL])}")
_SETUP_ROLES = ("active", "passive", "actpass")
MAX_ANSWER_CHARACTERS = 100_000


class SdpError(ValueError):
    """The text is not an answer to our offer."""


@dataclass(frozen=True, slots=True)
class OfferedView:
    """A bus stream that the peer is offered to view."""

    bus: str
    kind: str
    ssrc: int


@dataclass(frozen=True, slots=True)
class Transport:
    """What the offer says of this process: ICE credentials, fingerprint, and where it listens."""

    ice_ufrag: str
    ice_pwd: str
    fingerprint: str
    hosts: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """One m-line of an answer."""

    kind: str
    direction: str
    is_rejected: bool
    level_extension: int | None
    has_layers: bool = False

    @property
    def sends(self) -> bool:
        """The peer will send here."""
        return not self.is_rejected and self.direction in ("sendonly", "sendrecv")

    @property
    def receives(self) -> bool:
        """The peer wants to be sent to here."""
        return not self.is_rejected and self.direction in ("recvonly", "sendrecv")


@dataclass(frozen=True, slots=True)
class Answer:
    """What matters of an answer. `repairs` maps the SSRC of a retransmission stream to that of its media."""

    fingerprints: tuple[str, ...]
    setup: str
    sections: tuple[AnsweredSection, ...]
    repairs: dict[int, int]


CAMERA, PAPER = ("audio", "video"), ("paper",)
"""What a peer may publish: a site's sound and picture, or one picture of full sharpness."""


def write_offer(
    transport: Transport, publishes: Sequence[str], views: Sequence[OfferedView], session: int, version: int = 1
) -> str:
    """The offer for one peer: what it may publish, then what it views, in order; `version` grows with each restart."""
    sections = [*(_uplink(each) for each in publishes), *(_downlink(view) for view in views)]
    lines = [
        "v=0",
        f"o=- {session} {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(str(mid) for mid in range(len(sections))),
        "a=msid-semantic: WMS *",
    ]
    for mid, section in enumerate(sections):
        lines += _section(transport, mid, section)
    return "\r\n".join(lines) + "\r\n"


def _section(transport: Transport, mid: int, section: list[str]) -> list[str]:
    kind, payload_types, direction, *codec = section
    lines = [
        f"m={kind} {transport.port} UDP/TLS/RTP/SAVPF {payload_types}",
        f"c=IN {'IP6' if ':' in transport.hosts[0] else 'IP4'} {transport.hosts[0]}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=mid:{mid}",
        f"a=ice-ufrag:{transport.ice_ufrag}",
        f"a=ice-pwd:{transport.ice_pwd}",
        f"a=fingerprint:sha-256 {transport.fingerprint}",
        "a=setup:actpass",
    ]
    return [*lines, *candidates(transport), f"a={direction}", *codec]


def candidates(transport: Transport) -> list[str]:
    """Where we listen: every host by UDP, then by TCP."""
    lines: list[str] = []
    for number, host in enumerate(transport.hosts):
        # RFC 8445 section 5.1.2.1: type preference 126 (host), local preference falling with the list, component 1.
        priority = (126 << 24) + ((65535 - number) << 8) + 255
        lines.append(f"a=candidate:{number + 1} 1 udp {priority} {host} {transport.port} typ host")
    for number, host in enumerate(transport.hosts):
        # RFC 6544 section 4.2: TCP below all of UDP by its type preference, direction preference 4 (passive).
        priority = (90 << 24) + (((4 << 13) + 8191 - number) << 8) + 255
        foundation = len(transport.hosts) + number + 1
        lines.append(f"a=candidate:{foundation} 1 tcp {priority} {host} {transport.port} typ host tcptype passive")
    return [*lines, "a=end-of-candidates"]


def _uplink(kind: str) -> list[str]:
    extensions = [EXTENSION_MID, EXTENSION_ABS_SEND_TIME, EXTENSION_TRANSPORT]
    if kind == "audio":
        extensions.append(EXTENSION_LEVEL)
        feedback = [f"a=rtcp-fb:{OPUS} transport-cc"]
        # RFC 7587 section 3.1.3: of silence a page sends a few packets a second and not fifty.
        return [kind, f"{OPUS}", "recvonly", *_extensions(extensions), *_opus(";usedtx=1"), *feedback]
    feedback = [f"a=rtcp-fb:{VP8} transport-cc"]
    repair = [f"a=rtpmap:{RTX} rtx/90000", f"a=fmtp:{RTX} apt={VP8}"]
    if kind == "paper":
        return ["video", f"{VP8} {RTX}", "recvonly", *_extensions(extensions), *_vp8(), *feedback, *repair]
    extensions += [EXTENSION_LAYER, EXTENSION_REPAIRED_LAYER]
    layers = [*(f"a=rid:{rid} recv" for rid in RIDS), "a=simulcast:recv " + ";".join(RIDS)]
    return [kind, f"{VP8} {RTX}", "recvonly", *_extensions(extensions), *_vp8(), *feedback, *repair, *layers]


def _downlink(view: OfferedView) -> list[str]:
    payload_type, codec = (OPUS, _opus()) if view.kind == "audio" else (VP8, _vp8())
    stream = [f"a=msid:{view.bus} {view.bus}-{view.kind}", f"a=ssrc:{view.ssrc} cname:{view.bus}"]
    return [view.kind, f"{payload_type}", "sendonly", *_extensions([EXTENSION_MID]), *codec, *stream]


def _extensions(identities: list[int]) -> list[str]:
    return [f"a=extmap:{identity} {EXTENSION_URIS[identity]}" for identity in sorted(identities)]


def _opus(more: str = "") -> list[str]:
    return [
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1;stereo=0{more}",
        f"a=rtcp-fb:{OPUS} nack",
    ]


def _vp8() -> list[str]:
    feedback = ("nack", "nack pli", "ccm fir", "goog-remb")
    return [f"a=rtpmap:{VP8} VP8/90000", *(f"a=rtcp-fb:{VP8} {each}" for each in feedback)]


def parse_answer(text: str, offered_sections: int) -> Answer:
    """The answer in `text`; raises `SdpError` unless it has a section for each offered one and a fingerprint."""
    if len(text) > MAX_ANSWER_CHARACTERS or not text.startswith("v=0"):
        raise SdpError("not a session description")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) != offered_sections:
        raise SdpError(f"{len(starts)} sections where {offered_sections} were offered")
    fingerprints: list[str] = []
    setup = ""
    for line in lines:
        if match := re.fullmatch(r"a=fingerprint:sha-256 ([0-9A-F:]{95})", line, re.IGNORECASE):
            fingerprints.append(match[1].upper())
        elif match := re.fullmatch(r"a=setup:(\w+)", line):
            setup = setup or match[1]
    if not fingerprints:
        raise SdpError("no sha-256 fingerprint")
    if setup not in _SETUP_ROLES:
        raise SdpError("no setup role")
    bounds = [*starts, len(lines)]
    sections = tuple(_parse_section(lines[start:end]) for start, end in itertools.pairwise(bounds))
    return Answer(tuple(dict.fromkeys(fingerprints)), setup, sections, read_repairs(lines))


def read_repairs(lines: Iterable[str]) -> dict[int, int]:
    """The SSRC of each retransmission stream to that of its media (RFC 5576 section 4.2, RFC 4588 section 8.3)."""
    found = (re.fullmatch(r"a=ssrc-group:FID (\d{1,10}) (\d{1,10})", line) for line in lines)
    return {int(match[2]): int(match[1]) for match in found if match}


def _parse_section(lines: list[str]) -> AnsweredSection:
    match = re.match(r"m=(audio|video) (\d+) ", lines[0])
    if match is None:
        raise SdpError("m-line")
    direction = "sendrecv"
    level: int | None = None
    has_layers = False
    for line in lines:
        if line[2:] in ("sendonly", "recvonly", "sendrecv", "inactive"):
            direction = line[2:]
        elif extension := _LEVEL_LINE.match(line):
            level = int(extension[1])
        elif line.startswith("a=simulcast:"):
            has_layers = True
    return AnsweredSection(match[1], direction, match[2] == "0", level, has_layers)
