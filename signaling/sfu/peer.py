"""One browser page: its transport, what it publishes and what it views.

Theory. A peer is made before anything is known of its address. It becomes *validated* by a signed STUN
check, *finished* by the DTLS handshake and *connected* when, the answer being there too, the fingerprint has
been found right. Only then do media flow, in both directions.

Rules.
- The validated address moves only by a signed check with USE-CANDIDATE, or by any signed one when it was a TCP connection
  that has ended or has had no check for `STALE_SECONDS` (a NAT has given another port: RFC 7675 asks no nomination). Never by
  one whose transaction was seen from elsewhere: a copied check moves nothing.
- Another address is another path: of what the last one lost, and how long it took, nothing is concluded for this one.
- A restart gives new credentials (RFC 8445 section 9); those before stay good, so that media go on while new paths are tried.
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
from .client_offer import Agreement
from .dtls import DtlsAssociation, Identity
from .ladder import Ladder
from .missing import RoundTrip
from .pacer import Repeats
from .producer import PAUSE_SECONDS, Producer, SenderClock
from .rtp import RtpPacket, header_extensions, unwrap_rtx
from .sdp import (
    CAMERA,
    EXTENSION_LAYER,
    EXTENSION_REPAIRED_LAYER,
    EXTENSION_TRANSPORT,
    PAPER,
    RIDS,
    RTX,
    VP8,
    Answer,
)
from .sockets import Carrier, Endpoint
from .srtp import SrtpSessions

MAX_STREAMS = 16
MAX_ADDRESSES = 32
CREDENTIALS_KEPT = 2
STALE_SECONDS = 3.0
BRAKE_SECONDS, LEAST_BRAKE = 2.0, 100_000
LEAST_ROOM = 400_000
"""Of a line that has not been found full."""
LAYER_PAUSE_SECONDS, LOW_TURNS = 0.25, 3
"""A full picture has stopped sooner when the small one comes meanwhile, in so many ticks."""
UNKNOWN_PAYLOAD_TYPE = -1
TRANSACTIONS_KEPT = 512
KINDS = {payload_type: kind for kind, payload_type in PAYLOAD_TYPES.items()}


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """What the web process asked for. `subscribes` lists (bus, kind). `offer` is that of a client which makes its own;
    the streams of an *encoder* go before those of the pages of its seat; a *paper*
    peer publishes one picture without layers."""

    peer: str
    router: str
    seat: str
    publishes: bool
    subscribes: tuple[tuple[str, str], ...]
    offer: str = ""
    is_encoder: bool = False
    is_paper: bool = False

    @property
    def published(self) -> tuple[str, ...]:
        """The sections it publishes on, when the offer is ours."""
        if not self.publishes:
            return ()
        return PAPER if self.is_paper else CAMERA


class Peer:
    """The state of one peer; times are monotonic seconds."""

    def __init__(self, spec: PeerSpec, identity: Identity, order: int, now: float) -> None:
        self.spec = spec
        self.order = self.session = order
        self.is_publishing = spec.publishes
        self.versions = 0
        self.credentials: dict[str, str] = {}
        self.renew_credentials()
        self.dtls = DtlsAssociation(identity)
        self.answer: Answer | None = None
        self.agreement: Agreement | None = None
        self.endpoint: Endpoint | None = None
        self.addresses: OrderedDict[bytes, float] = OrderedDict()
        self.srtp: SrtpSessions | None = None
        self.created_at = now
        self.checked_at = now
        self.heard_at = now
        self.media_at = now
        self.is_silent = False
        self.has_lost_media = False
        self.bit_rate_ceiling = 0
        self.brake_bits, self.brake_until = 0.0, -1e9
        """How much it may send until then, because its line up is flooded."""
        self.clock = SenderClock()
        self.trip = RoundTrip()
        self.arrivals = Arrivals()
        self.bandwidth = Bandwidth()
        self.ladder = Ladder()
        self.repeats = Repeats()
        self.is_sent_sound_twice = False
        self.is_line_uneven = False
        """As its sound shows: a picture comes in bursts, and that is jitter too."""
        self.sent_bits = 0.0
        """What it is being sent, per second."""
        self.padding_bits = self.padding_due = 0.0
        """What is to be sent beyond that to find out what its line takes."""
        self.producers: dict[str, Producer] = {}
        self.bit_rate_limit: int | None = None
        self._full_at = self._low_at = 0.0
        self._low_turns = 0
        self._by_ssrc: dict[int, Producer | None] = {}
        self._repairs: dict[int, str] = {}
        self._transactions: OrderedDict[bytes, bytes] = OrderedDict()

    def renew_credentials(self) -> list[str]:
        """Make a new ICE fragment and password and keep the last ones; the fragments that are good no longer."""
        self.versions += 1
        self.ice_ufrag, self.ice_pwd = secrets.token_hex(4), secrets.token_hex(16)
        self.credentials[self.ice_ufrag] = self.ice_pwd
        gone = list(self.credentials)[:-CREDENTIALS_KEPT]
        for fragment in gone:
            del self.credentials[fragment]
        return gone

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
        self.addresses[address] = self.checked_at = now
        self.addresses.move_to_end(address)
        if self.endpoint is None:
            self.endpoint = Endpoint(address, stream)
        elif self.endpoint.address != address:
            is_stale = now - self.addresses.get(self.endpoint.address, 0.0) > STALE_SECONDS
            if nominates or is_stale or self.endpoint.is_gone:
                self.endpoint.move(address, stream)
                self._begin_path(now)
        if len(self.addresses) <= MAX_ADDRESSES:
            return None
        oldest = next(each for each in self.addresses if each != self.endpoint.address)
        del self.addresses[oldest]
        return oldest

    def _begin_path(self, now: float) -> None:
        self.bandwidth.begin_path(now)
        for producer in self.producers.values():
            producer.forget_requests()

    def trip_down_ms(self, trip_ms: float | None) -> float | None:
        """A round trip without what its way back waited in a queue of the peer's own line up, as its sound shows it."""
        sound = self.producers.get("audio")
        if trip_ms is None or sound is None:
            return trip_ms
        return max(0.0, trip_ms - max(0.0, sound.reception.queue_ms))

    def may_repeat(self, octets: int, now: float) -> bool:
        """True if so much of a picture may be sent to it again; the caller then sends it."""
        room = self.ladder.budget
        if not self.ladder.is_limited:
            limit = self.bit_rate_limit if self.bandwidth.is_falling(now) else None
            room = max(LEAST_ROOM, min(self.sent_bits, self.sent_bits if limit is None else limit))
        return self.repeats.take(octets, room, now)

    def note_turns(self, now: float) -> bool:
        """True if a picture was found to have stopped, broken, or recovered; to be called at every tick."""
        full, low = self.producers.get("video"), self.producers.get("low")
        patience = PAUSE_SECONDS
        if full is not None and low is not None:
            if full.received_at != self._full_at:
                self._full_at, self._low_turns = full.received_at, 0
            self._low_turns += low.received_at > self._low_at
            self._low_at = low.received_at
            if self._low_turns >= LOW_TURNS:
                patience = LAYER_PAUSE_SECONDS
        turns = [
            each.note_pause(now, patience if each is full else PAUSE_SECONDS)
            or each.note_break(now)
            or each.note_rest(now)
            for each in self.producers.values()
        ]
        if any(turns):
            self._brake(now)
        return any(turns)

    def _brake(self, now: float) -> None:
        """A picture of its is beyond repair: let it send what its line takes, until its browser has found that out."""
        broken = [each.reception.swamped_rate for each in self.producers.values() if each.is_broken]
        if broken:
            self.brake_bits, self.brake_until = max(LEAST_BRAKE, *broken), now + BRAKE_SECONDS

    def knows_stream(self, ssrc: int) -> bool:
        """True if `ssrc` was seen before, or may be a new stream."""
        return ssrc in self._by_ssrc or len(self._by_ssrc) < MAX_STREAMS

    def receive(
        self, packet: RtpPacket, octets: int, now: float, begins: Callable[["Peer", Producer], None]
    ) -> tuple[Producer, RtpPacket] | None:
        """The stream `packet` belongs to and what it carries; None for what is not to be forwarded.

        A retransmission comes out as the original packet. `begins` is told first of a new stream, and of one that paused.
        """
        agreed = self.agreement
        if agreed is not None:
            packet.payload_type = agreed.inwards.get(packet.payload_type, UNKNOWN_PAYLOAD_TYPE)
        if packet.extension and self.spec.publishes:
            wanted = EXTENSION_TRANSPORT if agreed is None else agreed.transport_extension
            for identity, value in header_extensions(packet.extension):
                if identity == wanted and len(value) == 2:
                    self.arrivals.note(value[0] << 8 | value[1], now)
        if packet.payload_type == RTX:
            return self._receive_repair(packet, now)
        producer = self._by_ssrc.get(packet.ssrc)
        if producer is None:
            producer = self._begin(packet)
            if producer is None:
                return None
            begins(self, producer)
        if KINDS.get(packet.payload_type) != producer.kind:
            return None
        if producer.is_paused:
            producer.resume(now)
            begins(self, producer)
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
        producer = Producer(kind, packet.ssrc, self._level_extension(), name, self.trip)
        self._by_ssrc[packet.ssrc] = producer
        self.producers[name] = producer
        return producer

    def _receive_repair(self, packet: RtpPacket, now: float) -> tuple[Producer, RtpPacket] | None:
        producer = self._repaired(packet)
        if producer is None or producer.kind != "video":
            return None
        original = unwrap_rtx(packet, VP8, producer.ssrc)
        if original is None or not producer.recover(original, now):
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
