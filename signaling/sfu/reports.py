"""The regular report to one peer: sender reports of what it views, receiver reports of what it publishes.

Theory. Viewers pair a bus's timestamps with a clock by *our* sender reports, made from the current source's
last one and the bus's timestamp offset. A deselected source's clock therefore never reaches anybody. All
sources are translated to this process's clock first, so that sound and picture of different seats stay
comparable (RFC 3550 section 6.4.1).
"""

from .peer import Peer
from .producer import Producer
from .router import Outlet, Router
from .rtcp import (
    OUR_SSRC,
    SenderReport,
    ntp_time,
    write_bit_rate_limit,
    write_names,
    write_receiver_report,
    write_sender_report,
)

SERVER_NAME = "media"


def compose(peer: Peer, router: Router, now: float, wall: float) -> bytes:
    """The compound packet for `peer`, or nothing if there is nothing to say."""
    names: list[tuple[int, str]] = []
    compound = b""
    for outlet, consumer in router.views(peer):
        report = _sender_report(outlet, router, now, wall) if consumer.is_attached else None
        if report is not None:
            compound += write_sender_report(report)
            names.append((outlet.bus.ssrc, outlet.bus.name))
    blocks = [block for each in peer.producers.values() if (block := each.reception.report(each.ssrc, now)) is not None]
    if blocks:
        compound += write_receiver_report(blocks)
        names.append((OUR_SSRC, SERVER_NAME))
    if not compound:
        return b""
    compound += write_names(names)
    return compound + bit_rate_limit(peer) if blocks else compound


def bit_rate_limit(peer: Peer) -> bytes:
    """How much the peer may send, over all it publishes."""
    return write_bit_rate_limit(peer.bit_rate_ceiling, [each.ssrc for each in peer.producers.values()])


def _sender_report(outlet: Outlet, router: Router, now: float, wall: float) -> SenderReport | None:
    bus = outlet.bus
    producer: Producer | None = router.producers.get(bus.current.key) if bus.current else None
    timestamp = bus.sender_clock(producer.clock_point, now) if producer is not None else None
    if timestamp is None:
        return None
    return SenderReport(bus.ssrc, ntp_time(wall), timestamp, bus.packets, bus.octets)
