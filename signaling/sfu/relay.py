"""What the media processes of one machine give each other, so that the viewers of one conference may be spread over them.

Theory. Each pair of processes has one connection; what goes over it is in `relay_messages`. A process *offers* the publishers
it has for the seats that are routed. At the others each is a *remote* publisher, whose streams feed the buses there as those
of peers do: gates, layers, exclusion and numbers are each process's own. What somebody there is to see or hear is *taken*:
only that is sent, once to each process, however many view it there. The routes come to every process from the web process,
and not from here.

Connections and not datagrams: the queue of a Unix datagram socket holds ten of them unless the system is told otherwise, less
than a key frame has; and the end of a connection tells at once that the other process is gone.

Rules.
- A stream belongs to the process that receives it: pauses, repairs and the pace of key frames are decided there, and told.
- What comes from another process is not relayed further.
- Everything is told when it changes and every `TELL_SECONDS`; a process that says nothing for `SILENT_SECONDS` is gone. With
  it go its publishers: the picture stops, whoever is pending stays so.
- Nobody waits for a slow process: its queue is bounded, and pictures that are given up are asked for anew.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .bus import PAYLOAD_TYPES
from .peer import Peer, PeerSpec
from .producer import Producer
from .relay_messages import (
    EXTENSION_LEVEL,
    STREAMS,
    Message,
    Offers,
    Present,
    PublisherTold,
    RelayError,
    StreamTold,
    Takes,
    read,
    write_message,
)
from .router import Counters, Router
from .rtp import RtpPacket
from .streams import KERNEL_BYTES, Stream

log = logging.getLogger(__name__)

TELL_SECONDS = 0.5
SILENT_SECONDS = 3.0
LARGEST_RELAYED = 0xFFFF
NOTHING: frozenset[int] = frozenset()


def relay_path(control_path: str) -> str:
    """Where the process with this control socket listens for the others."""
    return f"{control_path}.relay"


@dataclass(eq=False)
class Remote:
    """A publisher of another process (a `Publisher`)."""

    spec: PeerSpec
    order: int
    is_publishing: bool = True
    is_connected: bool = True
    producers: dict[str, Producer] = field(default_factory=dict)


@dataclass(eq=False)
class Sibling:
    """The connection to another process, what is known of it, and what it was told."""

    relay: "Relay"
    present: frozenset[str] = frozenset()
    told: frozenset[str] | None = None
    owed: set[str] = field(default_factory=set)
    """The conferences that it has only just named."""
    takes: dict[str, frozenset[int]] = field(default_factory=dict)
    remotes: dict[Router, dict[int, Remote]] = field(default_factory=dict)
    streams: dict[int, tuple[Router, Producer]] = field(default_factory=dict)
    """By their numbers there."""
    stream: Stream = field(init=False)

    # What a `Stream` asks of its port

    def clock(self) -> float:
        return self.relay.clock()

    def receive(self, address: bytes, frame: bytes) -> None:
        try:
            self.relay.take(self, frame)
        except RelayError:
            self.relay.counters.rejected_datagrams += 1
        except Exception:
            self.relay.counters.internal_errors += 1
            log.exception("what another process sent was not understood")

    def dropped(self, frames: int) -> None:
        self.relay.counters.relay_dropped += frames
        self.relay.repair(self)

    def forget(self, stream: Stream) -> None:
        self.relay.lose(self)

    def say(self, message: Message) -> None:
        """Tell it `message`."""
        try:
            self.stream.send(write_message(message))
        except RelayError:
            self.relay.counters.internal_errors += 1
            log.error("a message to another process is too long")


class Relay:
    """The connections of this process to its `others`, named by their control sockets, its own being at `path`.

    `changed` is told of a conference in which publishers have come or gone. `tick` is to be called at every tick, `flush` when
    what was done should not wait for it.
    """

    def __init__(
        self,
        path: str,
        others: Sequence[str],
        routers: Mapping[str, Router],
        counters: Counters,
        clock: Callable[[], float],
        changed: Callable[[Router], None],
    ) -> None:
        self.counters, self.clock = counters, clock
        self._path = relay_path(path)
        self._others = len(others)
        # Of two processes one calls the other.
        self._called: dict[str, Sibling | None] = {relay_path(each): None for each in others if each < path}
        self._routers = routers
        self._changed = changed
        self._siblings: list[Sibling] = []
        self._told_at = -TELL_SECONDS
        self._listening = _listen(self._path)
        asyncio.get_running_loop().add_reader(self._listening.fileno(), self._accept)

    def close(self) -> None:
        """End all connections."""
        asyncio.get_running_loop().remove_reader(self._listening.fileno())
        self._listening.close()
        Path(self._path).unlink(missing_ok=True)
        for sibling in list(self._siblings):
            sibling.stream.close()

    # Connections

    def _accept(self) -> None:
        try:
            opened, _ = self._listening.accept()
        except OSError:  # gone again, or no descriptor left
            return
        if len(self._siblings) >= 2 * self._others:
            opened.close()
            return
        self._add(opened)

    def _call(self) -> None:
        for path, sibling in self._called.items():
            if sibling is None:
                opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                opened.setblocking(False)
                try:
                    opened.connect(path)
                except OSError:  # not there yet, or not any more
                    opened.close()
                else:
                    self._called[path] = self._add(opened)

    def _add(self, opened: socket.socket) -> Sibling:
        opened.setblocking(False)
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        sibling = Sibling(self)
        sibling.stream = Stream(sibling, opened, b"", self.clock(), LARGEST_RELAYED)
        sibling.stream.is_validated = True
        self._siblings.append(sibling)
        asyncio.get_running_loop().add_reader(opened.fileno(), sibling.stream.read)
        return sibling

    def lose(self, sibling: Sibling) -> None:
        """Its connection has ended."""
        self._siblings.remove(sibling)
        for path, called in self._called.items():
            if called is sibling:
                self._called[path] = None
        self._be_present(sibling, frozenset())

    # What is told

    def tick(self) -> None:
        """Tell what is due, and look for who is missing."""
        now = self.clock()
        is_time = now - self._told_at >= TELL_SECONDS
        if is_time:
            self._told_at = now
            for sibling in list(self._siblings):
                if now - sibling.stream.heard_at > SILENT_SECONDS:
                    sibling.stream.close()
            self._call()
        self._tell(now, is_time)

    def flush(self) -> None:
        """Tell what has changed."""
        self._tell(self.clock(), False)

    def _tell(self, now: float, is_time: bool) -> None:
        present = frozenset(name for name, router in self._routers.items() if router.peers)
        for sibling in list(self._siblings):
            if is_time or sibling.told != present:
                sibling.told = present
                sibling.say(Present(present))
            needed = self._needed(sibling, now)
            for name in present & sibling.present:
                router, key_frames = self._routers[name], needed.get(name, NOTHING)
                is_due = is_time or router.is_changed or name in sibling.owed
                if is_due:
                    sibling.say(_offers(router, sibling.takes.get(name, NOTHING), now))
                if is_due or key_frames:
                    sibling.say(self._takes(router, sibling, key_frames))
            sibling.owed.clear()
        for router in self._routers.values():
            router.is_changed = False

    def _needed(self, sibling: Sibling, now: float) -> dict[str, frozenset[int]]:
        """The streams of which a key frame is to be asked for now, by conference."""
        found: dict[str, frozenset[int]] = {}
        for key, (router, producer) in sibling.streams.items():
            if producer.wants_key_frame and router.is_viewed(producer) and producer.key_frame_request_due(now):
                found[router.name] = found.get(router.name, NOTHING) | {key}
        return found

    def _takes(self, router: Router, sibling: Sibling, key_frames: frozenset[int]) -> Takes:
        keys = (key for key, (where, each) in sibling.streams.items() if where is router and router.is_viewed(each))
        return Takes(router.name, frozenset(keys), key_frames)

    # What is heard

    def take(self, sibling: Sibling, frame: bytes) -> None:
        """Take one frame that came from `sibling`; raises `RelayError` for what is none."""
        heard = read(frame)
        match heard:
            case RtpPacket():
                self._forward(sibling, heard)
                return
            case Present(routers):
                sibling.owed |= routers - sibling.present
                self._be_present(sibling, routers)
            case Offers(name, publishers):
                router = self._routers.get(name)
                if router is not None and router.peers and name in sibling.present:
                    self._meet(sibling, router, publishers)
            case Takes(name, keys, key_frames):
                router = self._routers.get(name)
                if router is not None and name in sibling.present:
                    sibling.takes[name] = keys
                    self._give(router, key_frames)
        self.flush()

    def _forward(self, sibling: Sibling, packet: RtpPacket) -> None:
        router, producer = sibling.streams.get(packet.ssrc, (None, None))
        if router is None or producer is None or packet.payload_type != PAYLOAD_TYPES[producer.kind]:
            self.counters.rejected_datagrams += 1
            return
        now = self.clock()
        self.counters.relayed_in += 1
        producer.receive_relayed(packet, now)
        router.forward(producer, packet, now)
        router.flush()

    def _be_present(self, sibling: Sibling, routers: frozenset[str]) -> None:
        """It has peers of these conferences, and nothing to do with others any more."""
        sibling.present = routers
        for router in list(sibling.remotes):
            if router.name not in routers or self._routers.get(router.name) is not router:
                for remote in sibling.remotes.pop(router).values():
                    router.lose_remote(remote)
                self._changed(router)
        for name in [name for name in sibling.takes if name not in routers]:
            del sibling.takes[name]
            if name in self._routers:
                self._give(self._routers[name], NOTHING)
        kept = sibling.remotes.keys()
        sibling.streams = {key: each for key, each in sibling.streams.items() if each[0] in kept}

    def _give(self, router: Router, key_frames: frozenset[int]) -> None:
        for peer in router.peers:
            for producer in peer.producers.values():
                producer.takers = tuple(
                    each.stream for each in self._siblings if producer.key in each.takes.get(router.name, NOTHING)
                )
                if producer.key in key_frames:
                    producer.ask_key_frame()

    def repair(self, sibling: Sibling) -> None:
        """Pictures on their way to it were given up."""
        for router in self._routers.values():
            self._give(router, sibling.takes.get(router.name, NOTHING))

    def _meet(self, sibling: Sibling, router: Router, publishers: Sequence[PublisherTold]) -> None:
        """These are all the publishers it has for the routed seats."""
        known = sibling.remotes.setdefault(router, {})
        orders = {each.order for each in publishers}
        is_changed = bool(known.keys() - orders)
        for order in known.keys() - orders:
            gone = known.pop(order)
            sibling.streams = {k: s for k, s in sibling.streams.items() if s[1] not in gone.producers.values()}
            router.lose_remote(gone)
        for told in publishers:
            remote = known.get(told.order)
            if remote is None:
                spec = PeerSpec("", router.name, told.seat, True, (), "", told.is_encoder, told.is_paper)
                remote = known[told.order] = Remote(spec, told.order)
                router.remotes.add(remote)
                is_changed = True
            for stream in told.streams:
                is_changed |= self._follow(sibling, router, remote, stream)
        if is_changed:
            router.refresh()
            self._changed(router)

    def _follow(self, sibling: Sibling, router: Router, remote: Remote, told: StreamTold) -> bool:
        """Bring what is known of a stream up to date; True if that may change what is shown."""
        _, producer = sibling.streams.get(told.key, (None, None))
        is_new = producer is None
        if producer is None:
            level = EXTENSION_LEVEL if told.has_level else None
            producer = Producer(STREAMS[told.name], told.key, level, told.name)
            remote.producers[told.name] = producer
            sibling.streams[told.key] = router, producer
            router.add_stream(remote, producer)
        before = producer.is_paused, producer.is_broken, producer.is_resting
        after = told.is_paused, told.is_broken, told.is_resting
        producer.is_paused, producer.is_broken, producer.is_resting = after
        producer.reception.told_bit_rate, producer.clock_point = told.bit_rate, told.clock
        return is_new or before != after


def _offers(router: Router, taken: frozenset[int], now: float) -> Offers:
    return Offers(router.name, tuple(_publisher(peer, now) for peer in router.offered(taken)))


def _publisher(peer: Peer, now: float) -> PublisherTold:
    streams = tuple(_stream(each, now) for each in peer.producers.values())
    return PublisherTold(peer.order, peer.spec.seat, peer.spec.is_encoder, peer.spec.is_paper, streams)


def _stream(producer: Producer, now: float) -> StreamTold:
    return StreamTold(
        producer.key,
        producer.name,
        producer.level_extension is not None,
        producer.is_paused,
        producer.is_broken,
        producer.is_resting,
        round(producer.reception.bit_rate(now)),
        producer.clock_point,
    )


def _listen(path: str) -> socket.socket:
    """For its owner only; an old socket file is taken away first. Raises `OSError`."""
    Path(path).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.setblocking(False)
    mask = os.umask(0o177)
    try:
        listening.bind(path)
        listening.listen()
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(mask)
    return listening
