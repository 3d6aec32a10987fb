"""One browser page: its transport, what it publishes and what it views.

Theory. A peer is made before anything is known of its address. It becomes *validated* by a signed STUN
check, *finished* by the DTLS handshake and *connected* when, the answer being there too, the fingerprint has
been found right. Only then do media flow, in both directions.

Rules.
- The validated address moves only by a signed check with USE-CANDIDATE (or by any signed one when it was a TCP connection
  that has ended), and never by one whose transaction was seen from elsewhere: a copied check moves nothing.
- Of more than `MAX_ADDRESSES` addresses the one longest without a check is forgotten: a site on a mobile network may have a
  new one every few minutes.
- A peer has at most `MAX_STREAMS` SSRCs; a newer stream of a name replaces the older one. Its streams are named
  "audio", "video" (the full picture) and "low" (the small one of a simulcast).
- A stream of a simulcast begins with a packet that names its layer; until then its SSRC is not remembered.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from .arrivals import Arrivals
from .bandwidth import Bandwidth
from .bus import PAYLOAD_TYPES
from .dtls import DtlsAssociation, Identity
from .ladder import Ladder
from .producer import Producer, SenderClock
from .rtp import RtpPacket, header_extensions, unwrap_rtx
from .sdp import EXTENSION_LAYER, EXTENSION_REPAIRED_LAYER, EXTENSION_TRANSPORT, RIDS, RTX, VP8, Answer
from .sockets import Carrier, Endpoint
from .srtp import SrtpSessions

MAX_STREAMS = 16
MAX_ADDRESSES = 32
TRANSACTIONS_KEPT = 512
KINDS = {payload_type: kind for kind, payload_type in PAYLOAD_TYPES.items()}


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """What the web process asked for. `subscribes` lists (bus, kind)."""

    peer: str
    router: str
    seat: str
    publishes: bool
    subscribes: tuple[tuple[str, str], ...]


class Peer:
    """The state of one peer; times are monotonic seconds."""

    def __init__(self, spec: PeerSpec, identity: Identity, order: int, now: float) -> None:
        self.spec = spec
        self.order = order
        self.is_publishing = spec.publishes
        self.ice_ufrag = secrets.token_hex(4)
        self.ice_pwd = secrets.token_hex(16)
        self.dtls = DtlsAssociation(identity)
        self.answer: Answer | None = None
        self.endpoint: Endpoint | None = None
        self.addresses: OrderedDict[bytes, None] = OrderedDict()
        self.srtp: SrtpSessions | None = None
        self.created_at = now
        self.checked_at = now
        self.heard_at = now
        self.media_at = now
        self.is_silent = False
        self.has_lost_media = False
        self.bit_rate_ceiling = 0
        self.clock = SenderClock()
        self.arrivals = Arrivals()
        self.bandwidth = Bandwidth()
        self.ladder = Ladder()
        self.is_sent_sound_twice = False
        self.sent_bits = 0.0
        """What it is being sent, per second."""
        self.padding_bits = 0.0
        """What is to be sent beyond that to find out what its line takes."""
        self.producers: dict[str, Producer] = {}
        self.bit_rate_limit: int | None = None
        self._by_ssrc: dict[int, Producer | None] = {}
        self._repairs: dict[int, str] = {}
        self._transactions: OrderedDict[bytes, bytes] = OrderedDict()

    @property
    def is_connected(self) -> bool:
        """Media may flow."""
        return self.srtp is not None

    @property
    def path(self) -> str | None:
        """By what it comes: "udp" or "tcp"; None while nothing is known."""
        if self.endpoint is None:
            return None
        return "udp" if self.endpoint.stream is None else "tcp"

    @property
    def expects_media(self) -> bool:
        """The page said in its answer that it will send something."""
        return self.spec.publishes and self.answer is not None and any(s.sends for s in self.answer.sections)

    def is_copied(self, transaction: bytes, address: bytes) -> bool:
        """True if this STUN transaction has been seen from another address: somebody repeats what it overheard."""
        seen_from = self._transactions.setdefault(transaction, address)
        while len(self._transactions) > TRANSACTIONS_KEPT:
            self._transactions.popitem(last=False)
        return seen_from != address

    def note_check(self, address: bytes, stream: Carrier | None, nominates: bool, now: float) -> bytes | None:
        """A signed check came from `address`; the address that is forgotten for it, if any."""
        self.addresses[address] = None
        self.addresses.move_to_end(address)
        self.checked_at = now
        if self.endpoint is None:
            self.endpoint = Endpoint(address, stream)
        elif self.endpoint.address != address and (nominates or self.endpoint.is_gone):
            self.endpoint.move(address, stream)
        if len(self.addresses) <= MAX_ADDRESSES:
            return None
        oldest = next(each for each in self.addresses if each != self.endpoint.address)
        del self.addresses[oldest]
        return oldest

    def knows_stream(self, ssrc: int) -> bool:
        """True if `ssrc` was seen before, or may be a new stream."""
        return ssrc in self._by_ssrc or len(self._by_ssrc) < MAX_STREAMS

    def receive(
        self, packet: RtpPacket, octets: int, now: float, begins: Callable[[Producer], None]
    ) -> tuple[Producer, RtpPacket] | None:
        """The stream `packet` belongs to and what it carries; None for what is not to be forwarded.

        A retransmission comes out as the original packet. `begins` is told first of a new stream, and of one that paused.
        """
        if packet.extension and self.spec.publishes:
            for identity, value in header_extensions(packet.extension):
                if identity == EXTENSION_TRANSPORT and len(value) == 2:
                    self.arrivals.note(value[0] << 8 | value[1], now)
        if packet.payload_type == RTX:
            return self._receive_repair(packet)
        producer = self._by_ssrc.get(packet.ssrc)
        if producer is None:
            producer = self._begin(packet)
            if producer is None:
                return None
            begins(producer)
        if KINDS.get(packet.payload_type) != producer.kind:
            return None
        if producer.is_paused:
            producer.is_paused = False
            begins(producer)
        producer.receive(packet, octets, now)
        return producer, packet

    def stream(self, ssrc: int) -> Producer | None:
        """The stream the peer publishes under `ssrc`."""
        return self._by_ssrc.get(ssrc)

    def _begin(self, packet: RtpPacket) -> Producer | None:
        kind = KINDS.get(packet.payload_type)
        if kind is None or packet.ssrc in self._by_ssrc or not self.spec.publishes:
            return None
        name: str | None = kind
        if kind == "video" and self._has_layers:
            name = RIDS.get(_named_by(packet, EXTENSION_LAYER))
        if name is None:
            return None
        producer = Producer(kind, packet.ssrc, self._level_extension(), name)
        self._by_ssrc[packet.ssrc] = producer
        self.producers[name] = producer
        return producer

    def _receive_repair(self, packet: RtpPacket) -> tuple[Producer, RtpPacket] | None:
        producer = self._repaired(packet)
        if producer is None or producer.kind != "video":
            return None
        original = unwrap_rtx(packet, VP8, producer.ssrc)
        if original is None or not producer.reception.recover(original.sequence):
            return None
        return producer, original

    def _repaired(self, packet: RtpPacket) -> Producer | None:
        """The stream that a retransmission belongs to: by layer (RFC 8852), by the answer, or because there is one only."""
        self._by_ssrc.setdefault(packet.ssrc, None)
        if self._has_layers:
            name = RIDS.get(_named_by(packet, EXTENSION_REPAIRED_LAYER))
            if name is not None:
                self._repairs[packet.ssrc] = name
            name = self._repairs.get(packet.ssrc)
            return None if name is None else self.producers.get(name)
        named = self.answer.repairs.get(packet.ssrc) if self.answer else None
        producer = self._by_ssrc.get(named) if named is not None else None
        return producer or self.producers.get("video")

    @property
    def _has_layers(self) -> bool:
        return self.answer is not None and any(section.has_layers for section in self.answer.sections)

    def _level_extension(self) -> int | None:
        sections = self.answer.sections if self.answer else ()
        return next((s.level_extension for s in sections if s.kind == "audio" and s.sends), None)


def _named_by(packet: RtpPacket, extension: int) -> str:
    for identity, value in header_extensions(packet.extension):
        if identity == extension:
            return value.decode("ascii", "replace")
    return ""
