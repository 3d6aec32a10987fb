"""An offer that the other side makes, and our answer to it: encoders and players know WHIP and WHEP, not our offers. Pure.

Theory. Whoever offers chooses the numbers. So a peer that offered has a translation of its own, from its payload types to
ours on the way in and back on the way out; SSRCs on the way out stay the bus's. Everything else of the offer that we
use are its fingerprint, its DTLS role and the numbers of two header extensions. We are ICE-lite here too.

Rules.
- One transport: a section outside the first BUNDLE group, or without rtcp-mux, is refused, and so is a codec that is not ours.
- A publisher sends one sound and one picture, the first of each; further ones are refused. No layers.
- Sections of a viewer are given out in the order in which it may receive, kind by kind.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .sdp import (
    EXTENSION_LEVEL,
    EXTENSION_TRANSPORT,
    EXTENSION_URIS,
    MAX_ANSWER_CHARACTERS,
    OPUS,
    RTX,
    VP8,
    Answer,
    AnsweredSection,
    OfferedView,
    SdpError,
    Transport,
    candidates,
    read_repairs,
)

LEVEL_URI, TRANSPORT_URI = EXTENSION_URIS[EXTENSION_LEVEL], EXTENSION_URIS[EXTENSION_TRANSPORT]
CODECS = {"opus/48000": OPUS, "vp8/90000": VP8}
"""Of the offered codecs the first of these in each section is taken; the number is ours."""

UPLINK_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc", "goog-remb")
DOWNLINK_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
MAX_SECTIONS = 16
OPPOSITE = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


@dataclass(slots=True)
class OfferedSection:
    """One m-line of the offer. `codecs` and `parameters` are by the client's payload type, `extensions` by URI."""

    kind: str
    protocol: str
    formats: tuple[int, ...]
    mid: str = ""
    direction: str = "sendrecv"
    is_muxed: bool = False
    codecs: dict[int, str] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: set[tuple[str, str]] = field(default_factory=set)
    extensions: dict[str, int] = field(default_factory=dict)

    @property
    def codec(self) -> tuple[int, int] | None:
        """The client's payload type and ours, of the first codec that we know; None without one."""
        for theirs in self.formats:
            ours = CODECS.get(self.codecs.get(theirs, ""))
            if ours is not None and (ours == OPUS) == (self.kind == "audio"):
                return theirs, ours
        return None

    def repair_of(self, payload_type: int) -> int | None:
        """The payload type of retransmissions of `payload_type`."""
        for theirs in self.formats:
            if self.codecs.get(theirs) == "rtx/90000" and f"apt={payload_type}" in self.parameters.get(
                theirs, ""
            ).split(";"):
                return theirs
        return None


@dataclass(frozen=True, slots=True)
class ClientOffer:
    """What matters of an offer; the sections are all of its m-lines in order."""

    fingerprints: tuple[str, ...]
    setup: str
    sections: tuple[OfferedSection, ...]
    bundled: frozenset[str]
    repairs: dict[int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an offer and its answer come to. `inwards` are payload types of the client to ours, `outwards` ours to its."""

    text: str
    answer: Answer
    inwards: dict[int, int]
    outwards: dict[int, int]
    transport_extension: int | None


def parse_offer(text: str) -> ClientOffer:
    """The offer in `text`; raises `SdpError` for what no answer can be given to."""
    if len(text) > MAX_ANSWER_CHARACTERS or not text.startswith("v=0"):
        raise SdpError("not a session description")
    sections: list[OfferedSection] = []
    fingerprints: list[str] = []
    setup, bundled = "", frozenset[str]()
    lines = [line.strip() for line in text.splitlines()]
    for line in lines:
        if line.startswith("m="):
            sections.append(_section(line))
        elif match := re.fullmatch(r"a=fingerprint:sha-256 ([0-9A-F:]{95})", line, re.IGNORECASE):
            fingerprints.append(match[1].upper())
        elif match := re.fullmatch(r"a=setup:(active|passive|actpass)", line):
            setup = setup or match[1]
        elif line.startswith("a=group:BUNDLE ") and not bundled:
            bundled = frozenset(line.split()[1:])
        elif sections:
            _read_attribute(sections[-1], line)
    if not sections or len(sections) > MAX_SECTIONS:
        raise SdpError(f"{len(sections)} sections")
    if not fingerprints:
        raise SdpError("no sha-256 fingerprint")
    if not setup:
        raise SdpError("no setup role")
    return ClientOffer(tuple(dict.fromkeys(fingerprints)), setup, tuple(sections), bundled, read_repairs(lines))


def _section(line: str) -> OfferedSection:
    match = re.fullmatch(r"m=(\w+) \d{1,5} (\S+) ([\w ./-]+)", line)
    if match is None:
        raise SdpError("m-line")
    formats = tuple(int(each) for each in match[3].split() if each.isdecimal() and int(each) < 128)
    return OfferedSection(match[1], match[2], formats)


def _read_attribute(section: OfferedSection, line: str) -> None:
    if line[2:] in OPPOSITE:
        section.direction = line[2:]
    elif line == "a=rtcp-mux":
        section.is_muxed = True
    elif match := re.fullmatch(r"a=mid:([\w-]{1,32})", line):
        section.mid = match[1]
    elif match := re.fullmatch(r"a=rtpmap:(\d{1,3}) ([\w-]+/\d{1,6})(?:/\d)?", line):
        section.codecs[int(match[1])] = match[2].lower()
    elif match := re.fullmatch(r"a=fmtp:(\d{1,3}) ([\w=;/., -]{1,400})", line):
        section.parameters[int(match[1])] = match[2].replace(" ", "")
    elif match := re.fullmatch(r"a=rtcp-fb:(\d{1,3}|\*) ([\w -]{1,40})", line):
        section.feedback.add((match[1], match[2]))
    elif match := re.fullmatch(r"a=extmap:(\d{1,2})(?:/\w+)? (\S{1,200})(?: .*)?", line):
        section.extensions[match[2]] = int(match[1])


def agree(
    offer: ClientOffer,
    transport: Transport,
    publishes: bool,
    views: Sequence[OfferedView],
    session: int,
    version: int = 1,
) -> Agreement:
    """Our answer to a client that may publish and may view `views`; raises `SdpError` when it takes nothing of that."""
    uplinks = {
        kind: index for kind in ("video", "audio") if publishes and (index := _first(offer, kind, "send")) is not None
    }
    for section in offer.sections if publishes else ():
        if section.kind in uplinks.keys() ^ {"audio", "video"} and section.direction.startswith("send"):
            raise SdpError(f"no {section.kind} that we take: VP8 and Opus, on one transport")
    downlinks: dict[int, OfferedView] = {}
    for view in views:
        index = _first(offer, view.kind, "recv", {*uplinks.values(), *downlinks})
        if index is not None:
            downlinks[index] = view
    taken = sorted({*uplinks.values(), *downlinks})
    if not taken:
        raise SdpError("nothing in it that we send or take")
    inwards, outwards = _translations(offer, uplinks, downlinks)
    answered = [_as_answered(offer, uplinks.get(kind), kind, "sendonly") for kind in ("audio", "video") if publishes]
    by_view = {(view.bus, view.kind): index for index, view in downlinks.items()}
    answered += [_as_answered(offer, by_view.get((view.bus, view.kind)), view.kind, "recvonly") for view in views]
    # An answer says who begins the handshake: of `actpass` we leave it to the client.
    setup = "passive" if offer.setup == "passive" else "active"
    return Agreement(
        _write(offer, transport, taken, downlinks, f"{session} {version}"),
        Answer(offer.fingerprints, setup, tuple(answered), offer.repairs),
        inwards,
        outwards,
        offer.sections[uplinks.get("video", taken[0])].extensions.get(TRANSPORT_URI),
    )


def _first(offer: ClientOffer, kind: str, way: str, without: set[int] | None = None) -> int | None:
    for index, section in enumerate(offer.sections):
        if index in (without or ()) or section.kind != kind or section.codec is None:
            continue
        is_one_transport = section.is_muxed and (section.mid in offer.bundled or len(offer.sections) == 1)
        if is_one_transport and section.direction.startswith(("sendrecv", way)):
            return index
    return None


def _translations(
    offer: ClientOffer, uplinks: Mapping[str, int], downlinks: Mapping[int, OfferedView]
) -> tuple[dict[int, int], dict[int, int]]:
    inwards: dict[int, int] = {}
    outwards: dict[int, int] = {}
    for index in uplinks.values():
        section = offer.sections[index]
        assert section.codec is not None
        theirs, ours = section.codec
        inwards[theirs] = ours
        repair = section.repair_of(theirs)
        if repair is not None:
            inwards[repair] = RTX
    for index in downlinks:
        codec = offer.sections[index].codec
        assert codec is not None
        outwards[codec[1]] = codec[0]
    return inwards, outwards


def _as_answered(offer: ClientOffer, index: int | None, kind: str, direction: str) -> AnsweredSection:
    if index is None:
        return AnsweredSection(kind, "inactive", True, None)
    return AnsweredSection(kind, direction, False, offer.sections[index].extensions.get(LEVEL_URI))


def _write(
    offer: ClientOffer, transport: Transport, taken: Sequence[int], downlinks: Mapping[int, OfferedView], session: str
) -> str:
    group = [offer.sections[index].mid for index in taken if offer.sections[index].mid]
    lines = ["v=0", f"o=- {session} IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
    lines += [f"a=group:BUNDLE {' '.join(group)}"] if group else []
    for index, section in enumerate(offer.sections):
        lines += _answer_section(offer, section, transport, index in taken, downlinks.get(index))
    return "\r\n".join(lines) + "\r\n"


def _answer_section(
    offer: ClientOffer, section: OfferedSection, transport: Transport, is_taken: bool, view: OfferedView | None
) -> list[str]:
    mid = [f"a=mid:{section.mid}"] if section.mid else []
    if not is_taken:
        # RFC 3264 section 6: refused, with any format of the offer.
        formats = " ".join(map(str, section.formats)) or "0"
        return [f"m={section.kind} 0 {section.protocol} {formats}", "c=IN IP4 0.0.0.0", *mid, "a=inactive"]
    assert section.codec is not None
    theirs, ours = section.codec
    repair = section.repair_of(theirs) if view is None else None
    formats = f"{theirs}" if repair is None else f"{theirs} {repair}"
    host = transport.hosts[0]
    lines = [
        f"m={section.kind} {transport.port} {section.protocol} {formats}",
        f"c=IN {'IP6' if ':' in host else 'IP4'} {host}",
        "a=rtcp-mux",
        *mid,
        f"a=ice-ufrag:{transport.ice_ufrag}",
        f"a=ice-pwd:{transport.ice_pwd}",
        f"a=fingerprint:sha-256 {transport.fingerprint}",
        f"a=setup:{'active' if offer.setup == 'passive' else 'passive'}",
        *candidates(transport),
        f"a={'sendonly' if view is not None else 'recvonly'}",
        f"a=rtpmap:{theirs} {'opus/48000/2' if ours == OPUS else 'VP8/90000'}",
    ]
    if theirs in section.parameters:
        lines.append(f"a=fmtp:{theirs} {section.parameters[theirs]}")
    elif ours == OPUS:
        lines.append(f"a=fmtp:{theirs} useinbandfec=1;stereo=0")
    if repair is not None:
        lines += [f"a=rtpmap:{repair} rtx/90000", f"a=fmtp:{repair} apt={theirs}"]
    offered = {value for place, value in section.feedback if place in ("*", str(theirs))}
    for value in UPLINK_FEEDBACK if view is None else DOWNLINK_FEEDBACK:
        if value in offered:
            lines.append(f"a=rtcp-fb:{theirs} {value}")
    if view is not None:
        return [*lines, f"a=msid:{view.bus} {view.bus}-{view.kind}", f"a=ssrc:{view.ssrc} cname:{view.bus}"]
    return lines + [
        f"a=extmap:{number} {uri}" for uri, number in section.extensions.items() if uri in (LEVEL_URI, TRANSPORT_URI)
    ]
