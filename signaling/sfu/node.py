"""The media process itself: one port, all peers, all routers.

Theory. Every datagram, be it framed in a TCP connection (see `streams`), is told apart by its first byte (RFC 7983):
STUN, DTLS, or SRTP and SRTCP. STUN finds its peer by the ICE fragment it names; everything else by the address it
came from, which only a signed STUN check can have made known.

Rules.
- What comes from the network never raises out of here and never makes a peer; it is counted.
- DTLS and media from an address that was not validated are not looked at.
- A peer without a valid check for `consent_seconds` is closed (RFC 7675: the browser's checks are its
  consent).
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from . import reports
from .client_offer import ClientOffer, agree, parse_offer
from .dtls import DtlsState, Identity
from .mmsg import SOCKADDR_BYTES
from .peer import Peer, PeerSpec
from .producer import Producer
from .relay import Relay
from .router import Counters, Router, Routes
from .rtcp import (
    BitRateLimit,
    KeyFrameRequest,
    Nack,
    ReportBlock,
    RtcpError,
    SenderReport,
    middle_bits,
    ntp_time,
    parse_rtcp,
    write_nack,
    write_picture_loss,
)
from .rtp import RtpError, parse_rtp
from .sdp import OfferedView, SdpError, Transport, parse_answer, write_offer
from .sockets import SLOT_BYTES, SLOTS, Calls, Inbox, host_of, pair_of
from .streams import Stream
from .stun import StunError, is_signed_with, parse_binding_request, success_response

log = logging.getLogger(__name__)

MAX_PEERS = 1000
OUTAGE_SECONDS = 3.0
"""Who views a picture reports of it at least once a second."""
FILLS_PER_WAKE = 4
REPORT_SLICES = 40
WATCH_SLICES = 8
ARRIVAL_SLICES = 4
WEIGH_SLICES = 20
"""Of 40 ticks a second: a peer is reported to once a second, its line is weighed twice, it is watched five times, and
told ten times what came of what it sent."""
TICKS_PER_SECOND = 40

Event = dict[str, str]


class UnknownPeer(LookupError):
    """No peer has this id."""


class PeerExists(ValueError):
    """A peer has this id already."""


class TooManyPeers(RuntimeError):
    """The process is full."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the node waits, in seconds."""

    consent: float = 30.0
    silence: float = 7.0  # RFC 7675 section 5.1: checks come at most 6 s apart
    media: float = 5.0
    connecting: float = 30.0


@dataclass(slots=True)
class MediaNode:
    """All peers and routers behind one port.

    `receive` is to be called when the socket is readable, `receive_framed` for what a TCP connection brings, and `tick` every
    `TICK_SECONDS`; `send` puts one datagram on the wire, `streams` are the connections; `emit` is told of events.
    """

    calls: Calls
    send: Callable[[bytes, tuple[str, int]], None]
    hosts: tuple[str, ...]
    port: int
    emit: Callable[[Event], None]
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    counters: Counters = field(default_factory=Counters)
    streams: dict[bytes, Stream] = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)
    routers: dict[str, Router] = field(default_factory=dict)
    relay: Relay | None = None
    """To the other media processes of this machine, if there are any."""
    _identity: Identity = field(default_factory=Identity)
    _by_fragment: dict[str, Peer] = field(default_factory=dict)
    _by_address: dict[bytes, Peer] = field(default_factory=dict)
    _inbox: Inbox = field(default_factory=Inbox)
    _newest: int = 0
    _slice: int = 0

    # What the web process asks for

    def add_peer(self, spec: PeerSpec) -> str:
        """Make a peer; the offer for it, or the answer to its own. Raises `PeerExists`, `TooManyPeers`, `SdpError`."""
        if spec.peer in self.peers:
            raise PeerExists(spec.peer)
        if len(self.peers) >= MAX_PEERS:
            raise TooManyPeers
        offer = parse_offer(spec.offer) if spec.offer else None
        peer = Peer(spec, self._identity, self._next_order(), self.clock())
        try:
            text = self._offer(peer) if offer is None else self._agree(peer, offer)
        except SdpError:
            self._drop_if_idle(self._router(spec.router))
            raise
        self.peers[spec.peer] = peer
        self._by_fragment[peer.ice_ufrag] = peer
        self._router(spec.router).peers.add(peer)
        return text

    def _next_order(self) -> int:
        """Higher than all before it, at every process of this machine: they have one monotonic clock."""
        self._newest = max(self._newest + 1, int(self.clock() * 1_000_000))
        return self._newest

    def restart(self, peer_id: str) -> str:
        """The offer (or answer) with new ICE credentials, for a page that looks for a new path; raises `UnknownPeer`."""
        peer = self._peer(peer_id)
        for fragment in peer.renew_credentials():
            self._by_fragment.pop(fragment, None)
        self._by_fragment[peer.ice_ufrag] = peer
        return self._offer(peer) if not peer.spec.offer else self._agree(peer, parse_offer(peer.spec.offer))

    def _offer(self, peer: Peer) -> str:
        return write_offer(self._transport(peer), peer.spec.published, self._views(peer), peer.session, peer.versions)

    def _agree(self, peer: Peer, offer: ClientOffer) -> str:
        agreed = agree(
            offer, self._transport(peer), peer.spec.publishes, self._views(peer), peer.session, peer.versions
        )
        peer.agreement, peer.answer = agreed, agreed.answer
        return agreed.text

    def _transport(self, peer: Peer) -> Transport:
        return Transport(peer.ice_ufrag, peer.ice_pwd, self._identity.fingerprint, self.hosts, self.port)

    def _views(self, peer: Peer) -> list[OfferedView]:
        router = self._router(peer.spec.router)
        return [OfferedView(bus, kind, router.outlet(bus, kind).bus.ssrc) for bus, kind in peer.spec.subscribes]

    def answer(self, peer_id: str, text: str) -> None:
        """Take the page's answer; raises `UnknownPeer`, `SdpError`."""
        peer = self._peer(peer_id)
        if peer.answer is not None:
            return
        sections = len(peer.spec.subscribes) + len(peer.spec.published)
        peer.answer = parse_answer(text, sections)
        if peer.answer.setup == "passive" and peer.dtls.state is DtlsState.NEW and peer.endpoint:
            peer.dtls.connect()
        self._advance_dtls(peer)

    def remove_peer(self, peer_id: str) -> None:
        """Close a peer if it is there."""
        if peer_id in self.peers:
            self._close(self.peers[peer_id], "deleted")

    def set_publishing(self, peer_id: str, publishing: bool) -> None:
        """Let a peer speak for its seat, before all others there, or no longer; raises `UnknownPeer`."""
        peer = self._peer(peer_id)
        peer.is_publishing = publishing and peer.spec.publishes
        if peer.is_publishing:
            peer.order = self._next_order()
        router = self._router(peer.spec.router)
        router.refresh()
        self.limit_bit_rates(router)

    def set_routes(self, router_id: str, routes: Routes) -> None:
        """Put `routes` in force."""
        router = self._router(router_id)
        router.apply(routes)
        self.limit_bit_rates(router)
        self._drop_if_idle(router)
        if self.relay is not None:
            self.relay.flush()

    def close(self) -> None:
        """Say goodbye to everybody."""
        for peer in list(self.peers.values()):
            self._close(peer, "shutdown")

    # What comes from the network

    def receive(self) -> tuple[int, int]:
        """Take what has arrived; how many datagrams that were, and how many of media went for them."""
        now = self.clock()
        came, sent_before = 0, self.counters.egress_packets
        for _ in range(FILLS_PER_WAKE):
            count = self.calls.fill(self._inbox)
            came += count
            for slot in range(count):
                try:
                    self._take(slot, now)
                except Exception:
                    self.counters.internal_errors += 1
                    log.exception("a datagram was not understood")
            if count < SLOTS:
                break
        self._flush()
        return came, self.counters.egress_packets - sent_before

    def receive_framed(self, address: bytes, datagram: bytes) -> None:
        """Take one datagram of at most `LARGEST_FRAME` bytes that the connection `address` brought."""
        inbox = self._inbox
        inbox.views[0][: len(datagram)] = datagram
        inbox.lengths[0], inbox.addresses[0] = len(datagram), address
        try:
            self._take(0, self.clock())
        except Exception:
            self.counters.internal_errors += 1
            log.exception("a datagram over TCP was not understood")
        self._flush()

    def _flush(self) -> None:
        for router in self.routers.values():
            router.flush()

    def lose_stream(self, address: bytes) -> None:
        """The connection `address` has ended; its peer stays and may come back by another one."""
        peer = self._by_address.pop(address, None)
        if peer is not None:
            peer.addresses.pop(address, None)

    def _take(self, slot: int, now: float) -> None:
        size, address, view = self._inbox.lengths[slot], self._inbox.addresses[slot], self._inbox.views[slot]
        if not 0 < size < SLOT_BYTES:
            self.counters.rejected_datagrams += 1
            return
        first = view[0]
        if 128 <= first < 192:
            peer = self._by_address.get(address)
            if peer is None or peer.srtp is None or size < 8:
                self.counters.rejected_datagrams += 1
            elif 192 <= view[1] <= 223:  # RFC 5761 section 4
                self._take_rtcp(peer, slot, size, now)
            else:
                self._take_rtp(peer, slot, size, now)
        elif first < 4:
            self._take_stun(bytes(view[:size]), address, now)
        elif 20 <= first < 64 and (peer := self._by_address.get(address)) is not None:
            self.counters.dtls_in += 1
            peer.dtls.receive(bytes(view[:size]))
            self._advance_dtls(peer)
        else:
            self.counters.rejected_datagrams += 1

    def _take_stun(self, data: bytes, address: bytes, now: float) -> None:
        self.counters.stun_in += 1
        try:
            request = parse_binding_request(data)
        except StunError:
            self.counters.stun_rejected += 1
            return
        peer = self._by_fragment.get(request.local_fragment)
        password = peer.credentials[request.local_fragment].encode() if peer is not None else b""
        if peer is None or not is_signed_with(request, password) or peer.is_copied(request.transaction, address):
            self.counters.stun_rejected += 1
            return
        self._note_check(peer, address, request.has_use_candidate, now)
        self._hear(peer, now)
        port = pair_of(address)[1]
        self._send(success_response(request.transaction, host_of(address), port, password), address)
        answer = peer.answer
        if answer is not None and answer.setup == "passive" and peer.dtls.state is DtlsState.NEW:
            peer.dtls.connect()
            self._advance_dtls(peer)

    def _note_check(self, peer: Peer, address: bytes, nominates: bool, now: float) -> None:
        self._flush()  # what came before goes by the path of before
        stream = self.streams.get(address)
        if stream is not None:
            stream.is_validated = True
        home = peer.endpoint.address if peer.endpoint else None
        forgotten = peer.note_check(address, stream, nominates, now)
        self._by_address[address] = peer
        if forgotten is not None:
            self._forget_address(forgotten)
        if peer.is_connected and peer.endpoint is not None and peer.endpoint.address != home:
            router = self.routers[peer.spec.router]
            router.arrange(peer)
            router.welcome_back(peer, now)

    def _forget_address(self, address: bytes) -> None:
        self._by_address.pop(address, None)
        stream = self.streams.get(address)
        if stream is not None:
            stream.close()

    def _advance_dtls(self, peer: Peer) -> None:
        self._flush_dtls(peer)
        state = peer.dtls.state
        if state is DtlsState.FAILED:
            self._close(peer, "dtls")
        elif state is DtlsState.CLOSED:
            self._close(peer, "left")
        elif state is DtlsState.FINISHED and peer.answer is not None and not peer.is_connected:
            if not peer.dtls.verify(peer.answer.fingerprints):
                self._close(peer, "fingerprint")
                return
            peer.srtp = peer.dtls.sessions()
            if peer.srtp is None:
                self._close(peer, "dtls")
                return
            peer.srtp.payload_types = peer.agreement.outwards if peer.agreement else {}
            peer.media_at = peer.heard_at = self.clock()
            router = self._router(peer.spec.router)
            router.connect(peer)
            self.limit_bit_rates(router)
            self._announce("peer_connected", peer)

    def _flush_dtls(self, peer: Peer) -> None:
        if peer.endpoint is not None:
            for datagram in peer.dtls.outgoing():
                self._send(datagram, peer.endpoint.address)

    def _take_rtp(self, peer: Peer, slot: int, size: int, now: float) -> None:
        counters = self.counters
        assert peer.srtp is not None
        view = self._inbox.views[slot]
        if size < 12 or not peer.knows_stream(int.from_bytes(view[8:12], "big")):
            counters.rejected_datagrams += 1
            return
        length = peer.srtp.unprotect(self._inbox.pointers[slot], size)
        if length < 0:
            counters.srtp_errors += 1
            return
        try:
            packet = parse_rtp(view[:length])
        except RtpError:
            counters.rejected_datagrams += 1
            return
        counters.ingress_packets += 1
        counters.ingress_bytes += length
        self._hear(peer, now)
        peer.media_at = now
        if peer.has_lost_media:
            peer.has_lost_media = False
            self._announce("media_back", peer)
        taken = peer.receive(packet, length, now, self._begin_stream)
        if taken is not None:
            producer, media = taken
            counters.rtx_recovered += packet.payload_type != media.payload_type
            self.routers[peer.spec.router].forward(producer, media, now)

    def _begin_stream(self, peer: Peer, producer: Producer) -> None:
        router = self.routers[peer.spec.router]
        router.add_stream(peer, producer)
        self._limit_bit_rate(router, peer, anew=True)

    def _take_rtcp(self, peer: Peer, slot: int, size: int, now: float) -> None:
        assert peer.srtp is not None
        length = peer.srtp.unprotect_rtcp(self._inbox.pointers[slot], size)
        if length < 0:
            self.counters.srtp_errors += 1
            return
        self.counters.rtcp_in += 1
        self._hear(peer, now)
        try:
            packets = parse_rtcp(bytes(self._inbox.views[slot][:length]))
        except RtcpError:
            self.counters.rejected_datagrams += 1
            return
        router = self.routers[peer.spec.router]
        for packet in packets:
            match packet:
                case Nack(ssrc, sequences):
                    self.counters.nacks_in += len(sequences)
                    outlet = router.outlet_of(peer, ssrc)
                    if outlet is not None:
                        asked = outlet.resend(peer, sequences, now)
                        if outlet.bus.kind == "video" and not peer.is_line_uneven:
                            peer.bandwidth.note_asked(asked, now)
                case KeyFrameRequest(ssrc):
                    self.counters.plis_in += 1
                    router.ask_key_frame(peer, ssrc, now)
                case ReportBlock(ssrc):
                    outlet = router.outlet_of(peer, ssrc)
                    if outlet is not None:
                        consumer = outlet.viewers[peer]
                        now_bits = middle_bits(ntp_time(self.wall_clock()))
                        holes = outlet.bus.holes_until(packet.highest_sequence)
                        expected, lost = consumer.note_report(packet, now_bits, peer.is_line_uneven, holes)
                        if consumer.kind == "audio":
                            peer.is_line_uneven = consumer.is_uneven
                        peer.bandwidth.note_report(expected, lost, peer.trip_down_ms(consumer.rtt_ms), now)
                        if packet.last_sender_report and consumer.rtt_ms is not None:
                            peer.trip.note(consumer.rtt_ms / 1000)
                case SenderReport(ssrc):
                    producer = peer.stream(ssrc)
                    if producer is not None:
                        producer.receive_report(packet, peer.clock, now)
                case BitRateLimit(bits):
                    peer.bit_rate_limit = bits
                    peer.bandwidth.note_limit(bits, peer.sent_bits, now)
        if peer.bandwidth.is_pressing(now):
            router.weigh(peer, now)

    def _hear(self, peer: Peer, now: float) -> None:
        if now - peer.heard_at > OUTAGE_SECONDS and peer.is_connected:
            self.routers[peer.spec.router].welcome_back(peer, now)
        peer.heard_at = now
        if peer.is_silent:
            peer.is_silent = False
            self._announce("peer_heard", peer)

    # What time brings

    def tick(self) -> None:
        """Ask again, report, and give up on who is gone."""
        now = self.clock()
        for router in list(self.routers.values()):
            router.ask_stills(now)
            router.release(now)
            for peer in list(router.peers):
                if peer.producers and peer.is_connected:
                    if peer.note_turns(now):
                        router.refresh()
                    if peer.brake_until > now - 1:
                        self._limit_bit_rate(router, peer)
                    self._ask(peer, now)
        self._slice = (self._slice + 1) % REPORT_SLICES
        for peer in list(self.peers.values()):
            if peer.padding_bits and peer.is_connected and not peer.bandwidth.is_doubtful(now):
                self.routers[peer.spec.router].pad(peer, 1 / TICKS_PER_SECOND, now)
            turn = self._slice - peer.order
            if turn % ARRIVAL_SLICES:  # the other ones are multiples
                continue
            if turn % REPORT_SLICES == 0:
                self._report(peer, now)
            if peer.producers:
                arrivals = peer.arrivals.report(next(iter(peer.producers.values())).ssrc)
                if arrivals:
                    self._send_rtcp(peer, arrivals)
            if turn % WEIGH_SLICES == 0 and peer.is_connected:
                self.routers[peer.spec.router].weigh(peer, now)
            if turn % WATCH_SLICES == 0:
                self._watch(peer, now)
        self._flush()
        if self.relay is not None:
            self.relay.tick()

    def _ask(self, peer: Peer, now: float) -> None:
        for producer in peer.producers.values():
            missing = producer.reception.missing
            if len(missing) and (due := producer.reception.ask(now)):
                self.counters.nacks_out += len(due)
                self._send_rtcp(peer, write_nack(producer.ssrc, due))
            if missing.take_given_up() and self.routers[peer.spec.router].shows(producer):
                producer.ask_key_frame()
            if producer.wants_key_frame and producer.key_frame_request_due(now):
                self.counters.plis_out += 1
                self._send_rtcp(peer, write_picture_loss(producer.ssrc))

    def _repeat_handshake(self, peer: Peer) -> None:
        left = peer.dtls.seconds_to_timeout()
        if left is not None and left <= 0:
            peer.dtls.handle_timeout()
            self._advance_dtls(peer)

    def _watch(self, peer: Peer, now: float) -> None:
        if not peer.is_connected:
            if now - peer.created_at > self.patience.connecting:
                self._close(peer, "never_connected")
            elif peer.dtls.state is DtlsState.HANDSHAKING:
                self._repeat_handshake(peer)
            return
        if not peer.is_silent and now - peer.heard_at > self.patience.silence:
            peer.is_silent = True
            self._announce("peer_silent", peer)
        if not peer.has_lost_media and peer.expects_media and now - peer.media_at > self.patience.media:
            peer.has_lost_media = True
            self._announce("media_lost", peer)
        if now - peer.checked_at > self.patience.consent:
            self._close(peer, "consent")

    def _report(self, peer: Peer, now: float) -> None:
        if peer.is_connected:
            report = reports.compose(peer, self.routers[peer.spec.router], now, self.wall_clock())
            if report:
                self._send_rtcp(peer, report)

    # Shared steps

    def _send(self, datagram: bytes, address: bytes) -> None:
        if len(address) in SOCKADDR_BYTES:
            self.send(datagram, pair_of(address))
        elif (stream := self.streams.get(address)) is not None:
            stream.send(datagram)

    def _send_rtcp(self, peer: Peer, packet: bytes) -> None:
        if peer.srtp is None or peer.endpoint is None:
            return
        protected = peer.srtp.protect_rtcp(packet)
        if protected is None:
            self.counters.srtp_errors += 1
            return
        self.counters.rtcp_out += 1
        self._send(protected, peer.endpoint.address)

    def limit_bit_rates(self, router: Router) -> None:
        """Tell everybody who may send more or less than before."""
        for peer in router.peers:
            self._limit_bit_rate(router, peer)

    def _limit_bit_rate(self, router: Router, peer: Peer, anew: bool = False) -> None:
        ceiling = router.ceiling(peer, self.clock())
        if peer.producers and (anew or ceiling != peer.bit_rate_ceiling):
            peer.bit_rate_ceiling = ceiling
            self._send_rtcp(peer, reports.bit_rate_limit(peer))

    def _close(self, peer: Peer, reason: str) -> None:
        peer.dtls.close()
        self._flush_dtls(peer)
        del self.peers[peer.spec.peer]
        for fragment in peer.credentials:
            del self._by_fragment[fragment]
        for address in list(peer.addresses):
            if self._by_address.get(address) is peer:
                self._forget_address(address)
        router = self.routers[peer.spec.router]
        router.disconnect(peer)
        self.limit_bit_rates(router)
        self._drop_if_idle(router)
        self.emit({**self._event("peer_closed", peer), "reason": reason})

    def _announce(self, kind: str, peer: Peer) -> None:
        self.emit(self._event(kind, peer))

    def _event(self, kind: str, peer: Peer) -> Event:
        return {"type": kind, "peer": peer.spec.peer, "router": peer.spec.router, "seat": peer.spec.seat}

    def _peer(self, peer_id: str) -> Peer:
        try:
            return self.peers[peer_id]
        except KeyError:
            raise UnknownPeer(peer_id) from None

    def _router(self, name: str) -> Router:
        router = self.routers.get(name)
        if router is None:

            def announce(bus: str, kind: str, seat: str) -> None:
                self.emit({"type": "source_live", "router": name, "bus": bus, "kind": kind, "seat": seat})

            router = self.routers[name] = Router(name, self.calls, self.counters, announce)
        return router

    def _drop_if_idle(self, router: Router) -> None:
        if router.is_idle:
            self.routers.pop(router.name, None)
