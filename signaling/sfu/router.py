"""One conference: which seat feeds which bus, and who views it.

Theory. The web process names *seats*; a seat's *feeder* is the newest connected page that publishes from it, and before it goes
what an *encoder* of that seat sends, sound and picture each while it flows.
A route (bus, kind → seat) is remembered even while the seat has no feeder, and takes effect when one
appears. `refresh` brings the buses in line with the routes and can be called at any time: it is idempotent.

Rules.
- A peer views a bus only if its answer accepted that section.
- Whoever sits at the seat that is on the air is excluded from that bus, from the cut itself.
- A packet from before a viewer began is not for it, even if it comes late.
- A bus carries the full picture while it flows, else the small one; a bus of small pictures the other way round. A layer
  that pauses or is beyond repair is left for one that flows, as always at a key frame.
- Small pictures stand in tiles under names: whoever is off such a bus is off at once; nobody feeds it while
  nobody views it.
- A paper picture comes from a page's paper peer alone and goes to paper buses alone, whatever else its seat sends. Whoever
  is off such a bus is off at once: what a seat no longer shows is seen by nobody.
- A viewer whose line does not take the full picture has a bus of its own (see `ladder`), and keeps it.
- Whoever publishes at another process of this machine feeds buses as those here do (see `relay`).
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .bus import Bus, Sent, Source
from .consumer import Consumer
from .ladder import STILL_SECONDS, Picture, Rung
from .pacer import Pacer
from .peer import Peer, PeerSpec
from .producer import ClockPoint, Producer
from .relay_messages import write_packet
from .rtp import HEADER_BYTES, RtpPacket, is_padding
from .sockets import Calls, Fanout

KINDS = ("audio", "video")
SENT_TOGETHER = 8
"""So many packets of a bus at most are given to the kernel at once."""
RESEND_SPAN = 300
MOST_PADDING_DUE = 4
"""Turns."""
FLOOD = 1.5
"""What is sent, against what gets through: the picture shows nothing any more."""
CEILING_ON_STAGE = 2_500_000
CEILING_OFF_STAGE = 250_000
"""Sound and the small picture: with headers and repairs a district that listens stays under 300 kb/s."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What the web process wants: seat by (bus, kind), the seats to keep warm, the buses for which small pictures do, and those
    that carry the paper picture of a seat."""

    seats: Mapping[tuple[str, str], str] = field(default_factory=dict)
    warm: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    paper: frozenset[str] = frozenset()

    def is_on_stage(self, seat: str) -> bool:
        """The seat's full picture is wanted now or next."""
        aside = self.small | self.paper
        return seat in self.warm or any(seat == fed and bus not in aside for (bus, _), fed in self.seats.items())

    def names(self, seat: str) -> bool:
        """The seat is on some bus, or is to be soon."""
        return seat in self.warm or seat in self.seats.values()

    def is_paper_shown(self, seat: str) -> bool:
        """The seat's paper picture is wanted."""
        return any(seat == fed and bus in self.paper for (bus, _), fed in self.seats.items())


@dataclass(slots=True)
class Counters:
    """What the whole process did since its start; the names are those of `GET /stats`."""

    ingress_packets: int = 0
    ingress_bytes: int = 0
    egress_packets: int = 0
    egress_bytes: int = 0
    egress_dropped: int = 0
    rtcp_in: int = 0
    rtcp_out: int = 0
    stun_in: int = 0
    stun_rejected: int = 0
    dtls_in: int = 0
    nacks_in: int = 0
    nacks_out: int = 0
    resent_packets: int = 0
    plis_in: int = 0
    plis_out: int = 0
    rtx_recovered: int = 0
    srtp_errors: int = 0
    rejected_datagrams: int = 0
    internal_errors: int = 0
    relayed_in: int = 0
    relayed_out: int = 0
    relay_dropped: int = 0


class Publisher(Protocol):
    """Who publishes for a seat: a peer of this process, or of another."""

    @property
    def spec(self) -> PeerSpec: ...
    @property
    def order(self) -> int: ...
    @property
    def is_publishing(self) -> bool: ...
    @property
    def is_connected(self) -> bool: ...
    @property
    def producers(self) -> dict[str, Producer]: ...


class Outlet:
    """A bus and its viewers. That of one viewer's own has a pacer."""

    def __init__(self, bus: Bus, calls: Calls, counters: Counters) -> None:
        self.bus = bus
        self.viewers: dict[Peer, Consumer] = {}
        self.pacer: Pacer | None = None
        self._calls = calls
        self._counters = counters
        self._attached: list[Peer] = []
        self._fanout: Fanout | None = None
        """To those who are attached, once there is something for them."""
        self._due: list[bytes] = []
        self._singles: dict[Peer, Fanout] = {}
        self._excluded: list[tuple[Peer, Consumer]] = []
        self._waits_for_wrap = False
        self._newest_first_index = 0
        self._again: Fanout | None = None
        self._before: Sent | None = None

    def fork(self, peer: Peer) -> "Outlet":
        """An outlet of `peer`'s own, which is no viewer of this one any more."""
        fork = Outlet(self.bus.fork(), self._calls, self._counters)
        fork.viewers[peer] = self.viewers.pop(peer)
        fork.pacer = Pacer()
        fork.arrange()
        self.arrange()
        return fork

    def arrange(self, upcoming: Sequence[Sent] = ()) -> None:
        """Sort viewers into those who get `upcoming` and all that follows, and those left off.

        `upcoming` are the newest packets of the bus, not yet delivered.
        """
        self.flush()
        bus = self.bus
        after_index = upcoming[0].index - 1 if upcoming else bus.last_index
        packets = bus.packets - len(upcoming)
        octets = bus.octets - sum(len(sent.packet) - HEADER_BYTES for sent in upcoming)
        seat = bus.current.seat if bus.current else None
        attached: list[Peer] = []
        self._excluded = []
        self._waits_for_wrap = False
        for peer, consumer in self.viewers.items():
            if peer.spec.seat == seat:
                consumer.exclude(after_index, packets, octets)
                self._excluded.append((peer, consumer))
            elif consumer.attach(after_index, packets, octets):
                attached.append(peer)
                self._newest_first_index = max(self._newest_first_index, consumer.first_index)
            else:
                self._waits_for_wrap = True
        self._attached, self._fanout = attached, None
        self._singles.clear()
        lossy = [peer for peer in attached if peer.is_sent_sound_twice] if bus.kind == "audio" else []
        self._again, self._before = self._fanout_to(lossy), None

    def _fanout_to(self, peers: Iterable[Peer], most: int = 1) -> Fanout | None:
        pairs = [(peer.srtp, peer.endpoint) for peer in peers]
        ready = [(srtp, endpoint) for srtp, endpoint in pairs if srtp is not None and endpoint is not None]
        return Fanout(self._calls, ready, most) if ready else None

    def deliver(self, packets: list[Sent]) -> None:
        """Give `packets` to the viewers who may have them, at the next `flush`, and padding to those who need it."""
        for sent in packets:
            if self._waits_for_wrap:
                self.arrange([sent])
            if sent.index < self._newest_first_index:
                self._deliver_late(sent)
                continue
            if self._attached:
                self._due.append(sent.packet)
                if len(self._due) == SENT_TOGETHER:
                    self.flush()
            for peer, consumer in self._excluded:
                if consumer.needs_filler(sent.index):
                    self._send_to(peer, self.bus.padding_for(sent))
            if self._again is not None:
                if self._before is not None:
                    self._counters.resent_packets += self._again.send((self._before.packet,))[0]
                self._before = sent

    def flush(self) -> None:
        """Send what was given to all viewers since the last time."""
        if not self._due:
            return
        packets, self._due = self._due, []
        fanout = self._fanout = self._fanout or self._fanout_to(self._attached, SENT_TOGETHER)
        if fanout is None:
            return
        given, refused = fanout.send(packets)
        wanted, counters = fanout.count * len(packets), self._counters
        counters.egress_packets += given
        counters.egress_bytes += sum(map(len, packets)) * given // len(packets)
        if given != wanted:
            counters.srtp_errors += refused
            counters.egress_dropped += wanted - given - refused

    def resend(self, peer: Peer, sequences: Iterable[int], now: float) -> int:
        """Give `peer` again what it asks for and may have; how much of it was never asked for before.

        Of a picture nothing from before the cut: the key frame that followed makes it useless, and a narrow line is full of it.
        Nothing from `RESEND_SPAN` numbers back: too late, and a browser takes two of them for a stream that began anew. And
        no padding: it has done its work, and no picture waits for it.
        """
        consumer = self.viewers.get(peer)
        if consumer is None:
            return 0
        asked_before = consumer.newly_asked
        is_picture = self.bus.kind == "video"
        if is_picture and self.bus.current is None:
            return 0
        oldest = max(self.bus.cut_index, self.bus.last_index - RESEND_SPAN) if is_picture else 0
        for sequence in sequences:
            index = consumer.may_have(sequence, self.bus.last_index)
            packet = self.bus.history.get(index) if index is not None else None
            if index is None or packet is None:
                continue
            if not self.bus.was_late(index):
                consumer.note_asked(index)
            if index < oldest or (self.pacer is not None and is_padding(packet)):
                continue
            if (not is_picture or peer.may_repeat(len(packet), now)) and consumer.resends.take(now):
                consumer.resent += 1
                self._counters.resent_packets += 1
                self._send_to(peer, packet)
        return consumer.newly_asked - asked_before

    def _deliver_late(self, sent: Sent) -> None:
        for peer, consumer in self.viewers.items():
            if consumer.is_attached and consumer.first_index <= sent.index:
                self._send_to(peer, sent.packet)

    def _send_to(self, peer: Peer, packet: bytes) -> None:
        single = self._singles.get(peer) or self._fanout_to([peer])
        if single is None:
            return
        self._singles[peer] = single
        given, refused = single.send((packet,))
        self._counters.egress_packets += given
        self._counters.egress_bytes += given * len(packet)
        self._counters.srtp_errors += refused


class Router:
    """One conference. `announce` is told (bus, kind, seat) at each cut."""

    def __init__(self, name: str, calls: Calls, counters: Counters, announce: Callable[[str, str, str], None]) -> None:
        self.name = name
        self.routes = Routes()
        self.peers: set[Peer] = set()
        self.remotes: set[Publisher] = set()
        """Those of other processes."""
        self.is_changed = True
        """What others are to be told of this conference may have changed; whoever tells them takes it back."""
        self.outlets: dict[tuple[str, str], Outlet] = {}
        self.own: dict[Peer, dict[str, Outlet]] = {}
        """The pictures that are not sent to a viewer as to the others, by bus."""
        self.producers: dict[int, Producer] = {}
        self._owners: dict[int, Publisher] = {}
        self._calls = calls
        self._counters = counters
        self._announce = announce
        self._feeds: dict[int, tuple[Outlet, ...]] = {}
        self._stills_asked = 0
        self._unflushed: set[Outlet] = set()

    @property
    def is_idle(self) -> bool:
        """Nothing here is worth remembering."""
        return not self.peers and not self.routes.seats and not self.routes.warm

    def outlet(self, bus: str, kind: str) -> Outlet:
        """The bus of that name and kind, made at its first mention."""
        found = self.outlets.get((bus, kind))
        if found is None:
            found = Outlet(Bus(bus, kind), self._calls, self._counters)
            self.outlets[bus, kind] = found
        return found

    def apply(self, routes: Routes) -> None:
        """Make `routes` the ones in force."""
        self.routes = routes
        self.refresh()

    def connect(self, peer: Peer) -> None:
        """`peer` is connected: let it feed and view."""
        answer = peer.answer
        assert answer is not None
        views = answer.sections[len(peer.spec.published) :]
        for (bus, kind), section in zip(peer.spec.subscribes, views, strict=True):
            if not section.receives:
                continue
            outlet = self.outlet(bus, kind)
            outlet.viewers[peer] = Consumer(kind)
            outlet.arrange()
            current = outlet.bus.current
            if current is not None and current.seat != peer.spec.seat:
                self.producers[current.key].ask_key_frame()
        self.refresh()

    def arrange(self, peer: Peer) -> None:
        """`peer` is sent to by other means than before."""
        for outlet in self._all():
            if peer in outlet.viewers:
                outlet.arrange()

    def disconnect(self, peer: Peer) -> None:
        """`peer` is gone."""
        self.peers.discard(peer)
        self.own.pop(peer, None)
        for outlet in self.outlets.values():
            if outlet.viewers.pop(peer, None) is not None:
                outlet.arrange()
        self._retire(peer)

    def lose_remote(self, publisher: Publisher) -> None:
        """`publisher`, of another process, publishes no more, or is out of reach."""
        self.remotes.discard(publisher)
        self._retire(publisher)

    def _retire(self, publisher: Publisher) -> None:
        for key in [key for key, owner in self._owners.items() if owner is publisher]:
            self._forget(key)
        self.refresh()

    def _forget(self, key: int) -> None:
        del self.producers[key], self._owners[key]
        for outlet in self._all():
            if outlet.bus.current is not None and outlet.bus.current.key == key:
                outlet.bus.lose_current()

    def add_stream(self, publisher: Publisher, producer: Producer) -> None:
        """The connected `publisher` has begun to send `producer`, or sends it again."""
        self.producers[producer.key] = producer
        self._owners[producer.key] = publisher
        self.refresh()
        if self.shows(producer):
            producer.ask_key_frame()  # what went before it was lost with it

    def shows(self, producer: Producer) -> bool:
        """It is on some bus now, here or elsewhere."""
        return bool(producer.takers) or any(
            bus.current is not None and bus.current.key == producer.key for bus in self._fed_by(producer)
        )

    def _fed_by(self, producer: Producer) -> Iterable[Bus]:
        return (outlet.bus for outlet in self._feeds.get(producer.key, ()))

    def welcome_back(self, peer: Peer, now: float) -> None:
        """A viewer is heard of after an outage, or by another path: its pictures need key frames, and waiting until it asks
        would take longer."""
        for outlet, consumer in self.views(peer):
            consumer.note_outage()
            if outlet.bus.kind == "video":
                self.ask_key_frame(peer, outlet.bus.ssrc, now)

    def is_viewed(self, producer: Producer) -> bool:
        """Somebody here is to see or hear it, now or next."""
        return any(outlet.viewers for outlet in self._feeds.get(producer.key, ()))

    def offered(self, taken: frozenset[int]) -> list[Peer]:
        """The peers that others are to know of: those that may feed a bus, and those of the streams that are `taken`."""
        return [
            peer
            for peer in self.peers
            if peer.is_publishing
            and peer.is_connected
            and (self.routes.names(peer.spec.seat) or any(each.key in taken for each in peer.producers.values()))
        ]

    def feeder(self, seat: str) -> Publisher | None:
        """The page that speaks for `seat`: the newest."""
        pages = (peer for peer in self._publishers(seat, False) if not peer.spec.is_paper)
        return max(pages, key=lambda peer: peer.order, default=None)

    def _feeder_of(self, bus: Bus, seat: str) -> Publisher | None:
        """Whose streams go on the bus now."""
        if bus.name in self.routes.paper:
            papers = (peer for peer in self._publishers(seat, False) if peer.spec.is_paper)
            return max(papers, key=lambda peer: peer.order, default=None)
        return self.encoder(seat, bus.kind) or self.feeder(seat)

    def encoder(self, seat: str, kind: str) -> Publisher | None:
        """The newest encoder of `seat` whose sound or picture flows."""

        def flows(peer: Publisher) -> bool:
            return any(each.kind == kind and not each.is_paused for each in peer.producers.values())

        return max(filter(flows, self._publishers(seat, True)), key=lambda peer: peer.order, default=None)

    def _publishers(self, seat: str, is_encoder: bool) -> list[Publisher]:
        everybody: Iterable[Publisher] = itertools.chain(self.peers, self.remotes)
        return [
            peer
            for peer in everybody
            if peer.spec.seat == seat
            and peer.spec.is_encoder is is_encoder
            and peer.is_publishing
            and peer.is_connected
        ]

    def refresh(self) -> None:
        """Bring every bus in line with the routes."""
        self.is_changed = True
        for (bus, kind), seat in self.routes.seats.items():
            outlet = self.outlet(bus, kind)
            if bus in self.routes.small and not outlet.viewers:
                outlet.bus.select(None)
            else:
                self._point(outlet, seat)
        for name, outlet in self.outlets.items():
            if name not in self.routes.seats:
                outlet.bus.select(None)
        for peer, own in self.own.items():
            for bus, outlet in own.items():
                self._point_own(outlet, self.routes.seats.get((bus, "video")), peer.ladder.rung(bus))
        feeds: dict[int, tuple[Outlet, ...]] = {}
        for outlet in self._all():
            for source in (outlet.bus.current, outlet.bus.pending):
                if source is not None:
                    feeds[source.key] = (*feeds.get(source.key, ()), outlet)
        self._feeds = feeds
        for key, producer in self.producers.items():
            if key not in feeds and not producer.takers:
                producer.wants_key_frame = False

    def _all(self) -> list[Outlet]:
        return [*self.outlets.values(), *(outlet for own in self.own.values() for outlet in own.values())]

    def _point_own(self, outlet: Outlet, seat: str | None, rung: Rung) -> None:
        bus = outlet.bus
        if seat is None or rung is Rung.NONE:
            bus.select(None)
            return
        if bus.is_of_stills and rung is not Rung.STILL and bus.current is not None:
            self.producers[bus.current.key].ask_key_frame()
        bus.is_of_stills = rung is Rung.STILL
        self._point(outlet, seat, rung)

    def _point(self, outlet: Outlet, seat: str, rung: Rung = Rung.FULL) -> None:
        bus = outlet.bus
        if bus.current is not None and self._is_off_at_once(bus, bus.current, seat):
            bus.lose_current()
        feeder = self._feeder_of(bus, seat)
        producer = self._stream_for(bus, feeder, rung) if feeder is not None else None
        if producer is not None:
            bus.select(Source(producer.key, seat))
            if bus.pending is not None:
                producer.ask_key_frame()
            return
        bus.cancel_pending()
        if bus.current is not None:
            is_deselected = bus.kind == "audio" and bus.current.seat != seat
            is_demoted = not self._owners[bus.current.key].is_publishing
            if is_deselected or is_demoted:
                bus.lose_current()

    def _is_off_at_once(self, bus: Bus, current: Source, seat: str) -> bool:
        is_paper = bus.name in self.routes.paper
        is_other_kind = self._owners[current.key].spec.is_paper is not is_paper
        return is_other_kind or (current.seat != seat and (is_paper or bus.name in self.routes.small))

    def _stream_for(self, bus: Bus, feeder: Publisher, rung: Rung) -> Producer | None:
        if bus.kind == "audio":
            return feeder.producers.get("audio")
        is_small = rung is not Rung.FULL or bus.name in self.routes.small
        names = ("low", "video") if is_small else ("video", "low")
        streams = [feeder.producers[name] for name in names if name in feeder.producers]
        flowing = [stream for stream in streams if not (stream.is_paused or stream.is_broken or stream.is_resting)]
        if flowing:
            return flowing[0]
        shown = [stream for stream in streams if bus.current is not None and stream.key == bus.current.key]
        return next(iter(shown or streams), None)

    def ceiling(self, peer: Peer, now: float) -> int:
        """How many bits per second `peer` may publish."""
        ceiling = self._ceiling_of_stage(peer)
        return ceiling if now >= peer.brake_until else min(ceiling, int(peer.brake_bits))

    def _ceiling_of_stage(self, peer: Peer) -> int:
        if peer.spec.is_paper:
            return CEILING_ON_STAGE if self.routes.is_paper_shown(peer.spec.seat) else CEILING_OFF_STAGE
        is_heard = peer.spec.is_encoder or self.feeder(peer.spec.seat) is peer
        on_stage = self.routes.is_on_stage(peer.spec.seat) and is_heard
        return CEILING_ON_STAGE if on_stage else CEILING_OFF_STAGE

    def forward(self, producer: Producer, packet: RtpPacket, now: float) -> None:
        """Send `packet` of `producer` to the viewers of the buses it feeds, and to the processes that take it."""
        if producer.takers:
            self._relay(producer, packet)
        for outlet in self._feeds.get(producer.key, ()):
            bus = outlet.bus
            cuts, seat = bus.cuts, bus.current.seat if bus.current else None
            packets = bus.push(producer.key, packet, now, self._clock_of)
            if bus.cuts != cuts:
                outlet.arrange(packets)
                self.refresh()
                is_shared = self.outlets.get((bus.name, bus.kind)) is outlet
                if is_shared and bus.current is not None and bus.current.seat != seat:
                    self._announce(bus.name, bus.kind, bus.current.seat)
            if outlet.pacer is not None:
                self._pace(outlet, packets, now)
            elif packets:
                outlet.deliver(packets)
                self._unflushed.add(outlet)

    def flush(self) -> None:
        """Send what was forwarded since the last time; what came together so goes out together."""
        for outlet in self._unflushed:
            outlet.flush()
        self._unflushed.clear()

    def _relay(self, producer: Producer, packet: RtpPacket) -> None:
        level = producer.level if producer.kind == "audio" and producer.level_extension is not None else None
        frame = write_packet(producer.key, producer.kind, packet, level)
        for taker in producer.takers:
            taker.send(frame)
        self._counters.relayed_out += len(producer.takers)

    def _clock_of(self, key: int) -> ClockPoint | None:
        producer = self.producers.get(key)
        return producer.clock_point if producer is not None else None

    def _pace(self, outlet: Outlet, packets: Sequence[Sent], now: float) -> None:
        assert outlet.pacer is not None
        room = max(peer.ladder.budget for peer in outlet.viewers)
        outlet.deliver(outlet.pacer.pass_on(packets, room, now))
        self._unflushed.add(outlet)

    def release(self, now: float) -> None:
        """Send what has waited long enough; to be called at every tick."""
        for own in self.own.values():
            for outlet in own.values():
                if outlet.pacer:
                    self._pace(outlet, (), now)

    def outlet_of(self, peer: Peer, ssrc: int) -> Outlet | None:
        """The bus that `peer` views under `ssrc`."""
        return next((outlet for outlet, _ in self.views(peer) if outlet.bus.ssrc == ssrc), None)

    def views(self, peer: Peer) -> list[tuple[Outlet, Consumer]]:
        """What `peer` views."""
        outlets = [*self.outlets.values(), *self.own.get(peer, {}).values()]
        return [(outlet, outlet.viewers[peer]) for outlet in outlets if peer in outlet.viewers]

    # What the line of a viewer takes

    def weigh(self, peer: Peer, now: float) -> None:
        """Give `peer` as much picture as its line takes; to be called twice a second."""
        views = [(outlet.bus, outlet.bus.meter.bit_rate(now)) for outlet, each in self.views(peer) if each.is_attached]
        peer.sent_bits = sum(rate for _, rate in views)
        full, ladder = peer.bandwidth.take(peer.sent_bits, now), peer.ladder
        if peer.is_sent_sound_twice is not peer.bandwidth.is_lossy:
            peer.is_sent_sound_twice = peer.bandwidth.is_lossy
            self._arrange_sound(peer)
        if full is None and not ladder.is_limited:
            return
        pictures = self._pictures(peer, now)
        sound = sum(rate for bus, rate in views if bus.kind == "audio")
        quiet, estimate = peer.bandwidth.is_quiet(now), peer.bit_rate_limit or 0
        if ladder.step(pictures, sound, peer.sent_bits, full, now, quiet, estimate):
            peer.bandwidth.settle(now)
            self._move(peer)
            if full is not None and peer.sent_bits > FLOOD * full.room:
                self._stem(peer)
        peer.padding_bits = ladder.padding(pictures, sound)

    def pad(self, peer: Peer, seconds: float, now: float) -> None:
        """Send the padding of `seconds` and what could not be sent before, between two frames of some picture."""
        octets = peer.padding_bits * seconds / 8
        peer.padding_due = min(peer.padding_due, MOST_PADDING_DUE * octets) + octets
        for outlet in self.own.get(peer, {}).values():
            packets = outlet.bus.pad(peer.padding_due, now)
            if packets:
                peer.padding_due = 0.0
                self._pace(outlet, packets, now)
                return

    def ask_stills(self, now: float) -> None:
        """Let whoever gets stills only have a new one when it is time; all of them at once."""
        turn = int(now / STILL_SECONDS)
        if turn == self._stills_asked:
            return
        self._stills_asked = turn
        for own in self.own.values():
            for outlet in own.values():
                if outlet.bus.is_of_stills and outlet.bus.current is not None:
                    self.producers[outlet.bus.current.key].ask_key_frame()

    def _pictures(self, peer: Peer, now: float) -> list[Picture]:
        found = []
        for name, kind in peer.spec.subscribes:
            seat = self.routes.seats.get((name, kind))
            outlet = self.own.get(peer, {}).get(name) or self.outlets.get((name, kind))
            if kind != "video" or seat in (None, peer.spec.seat) or outlet is None or peer not in outlet.viewers:
                continue
            feeder = self._feeder_of(outlet.bus, seat)
            if feeder is not None:
                streams = [self._stream_for(outlet.bus, feeder, rung) for rung in (Rung.FULL, Rung.SMALL)]
                full, small = (stream.reception.bit_rate(now) if stream else 0.0 for stream in streams)
                found.append(Picture(name, max(full, small), small))
        return found

    def _move(self, peer: Peer) -> None:
        for name, kind in peer.spec.subscribes:
            shared = self.outlets.get((name, kind))
            is_there = kind == "video" and shared is not None and peer in shared.viewers
            if shared is not None and is_there and peer.ladder.rung(name) is not Rung.FULL:
                self.own.setdefault(peer, {})[name] = shared.fork(peer)
        self.refresh()

    def _stem(self, peer: Peer) -> None:
        """Send nothing more of what floods the line, so that it is empty when the key frame of the small picture comes."""
        for bus, outlet in self.own.get(peer, {}).items():
            if peer.ladder.rung(bus) is not Rung.FULL and outlet.bus.pending is not None:
                outlet.bus.lose_current()

    def _arrange_sound(self, peer: Peer) -> None:
        for outlet in self.outlets.values():
            if outlet.bus.kind == "audio" and peer in outlet.viewers:
                outlet.arrange()

    def ask_key_frame(self, peer: Peer, ssrc: int, now: float) -> None:
        """A viewer needs a key frame on the bus it knows as `ssrc`."""
        outlet = self.outlet_of(peer, ssrc)
        if outlet is None or outlet.bus.current is None:
            return
        current, pending = outlet.bus.current, outlet.bus.pending
        is_layer_coming = pending is not None and pending.seat == current.seat
        producer = self.producers.get(pending.key if pending is not None and is_layer_coming else current.key)
        consumer = outlet.viewers[peer]
        if producer is None or not consumer.is_attached or producer.wants_key_frame:
            return  # who asks for what is under way costs nobody anything
        if consumer.key_frames.take(now):
            producer.ask_key_frame()
