"""CPU per forwarded packet beside Janus and Pion, under the same loads, in one run; `ratio` is ours over the peer's.

`features` says what ours does meanwhile. *plain*: the process as it is (history, statistics, reports), viewers that ask
nothing. *reports*: every viewer also reports receptions and its bandwidth each second. *repairs*: it asks for one packet in a
hundred again. *all*: both.
The peers do what they do by themselves: NACK buffers and reports. `floor` is SRTP and sendmmsg alone, in C (see `c_floor`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from types import ModuleType

from aiortc import RTCPeerConnection

from signaling.sfu.rtcp import ReportBlock, write_bit_rate_limit, write_nack, write_receiver_report
from tests.bench import c_floor
from tests.bench.load import Cost, Load, cost_of, drop_srtp, send_prepared
from tests.bench.measurement import Measurement
from tests.bench.peers import janus, offer_only, ours, pion, sockets_of, transport_of
from tests.browser.namespace import Namespace, make_namespace
from tests.sfu.media_process import ROOT

LIGHT = Load(15, 320, 100)
LOADS = (Load(50, 480, 50), Load(50, 1500, 50), Load(50, 3000, 50), LIGHT)
LIGHT_ROUNDS = 3
"""Where a server does little, what else the machine does tells more: all take turns so often, and the medians count."""
MEASURED_SECONDS = 8.0
SETTLE_SECONDS = 2.0
SERVERS = {server.name: server for server in (ours, janus, pion)}
PLAIN, REPORTS, REPAIRS, ALL = "plain", "reports", "repairs", "all"
TOLD_APART = LOADS[1]
"""With this load also what each feature costs by itself."""
PLENTY = 100_000_000
MISSED_ONE_IN = 100
AT_ONCE = 5
"""So many viewers connect together."""


def measure() -> Iterator[Measurement]:
    for peer in (janus, pion, c_floor):
        if line := peer.missing():
            print(f"forward_vs_peers: {peer.__name__.rpartition('.')[2]} is left out. For it:  {line}", file=sys.stderr)
    peers = [peer for peer in (janus, pion) if peer.missing() is None]
    for load in LOADS:
        wanted = (PLAIN, REPORTS, REPAIRS, ALL) if load is TOLD_APART else (PLAIN, ALL)
        runs = [(ours, features) for features in wanted] + [(peer, PLAIN) for peer in peers]
        rounds = [
            {(server.name, features): asyncio.run(_run(server, load, features)) for server, features in runs}
            for _ in range(LIGHT_ROUNDS if load is LIGHT else 1)
        ]
        middle = {run: sorted((each[run] for each in rounds), key=_us)[len(rounds) // 2] for run in rounds[0]}
        for (name, features), cost in middle.items():
            yield _measurement("us_per_packet", _us(cost), "µs", load, cost, peer=name, features=features)
        costs = {features: middle[ours.name, features] for features in wanted}
        if c_floor.missing() is None:
            least = c_floor.us_per_packet(load)
            yield Measurement("forward_vs_peers", "us_per_packet", least, "µs", {"peer": "floor", "load": load.name})
            for features, cost in costs.items():
                yield _measurement("ratio", _us(cost) / least, "", load, cost, peer="floor", features=features)
        for peer in peers:
            for features, cost in costs.items():
                ratio = median(_us(each[ours.name, features]) / _us(each[peer.name, PLAIN]) for each in rounds)
                yield _measurement("ratio", ratio, "", load, cost, peer=peer.name, features=features)


def _us(cost: Cost) -> float:
    return cost.us_per_packet


def _measurement(metric: str, value: float, unit: str, load: Load, cost: Cost, **more: str) -> Measurement:
    delivered = {
        "delivered_share": round(cost.delivered_pps / load.egress_pps, 3),
        "core_percent": round(cost.core_percent),
    }
    return Measurement("forward_vs_peers", metric, value, unit, {**more, "load": load.name, **delivered})


async def _run(server: ModuleType, load: Load, features: str) -> Cost:
    with (
        tempfile.TemporaryDirectory() as folder,
        make_namespace(f"bench{os.getpid()}", Path(folder), "10.79.0.1/24") as place,
    ):
        async with server.running(place) as running, contextlib.AsyncExitStack() as children:
            told = (place.address, server.name, running.address, str(LOADS.index(load)), features)
            await _child(children, place, "publish", *told)
            ports = set(await _child(children, place, "view", *told))
            await asyncio.sleep(SETTLE_SECONDS)
            return await cost_of(running.pid, ports, MEASURED_SECONDS)


async def _child(children: contextlib.AsyncExitStack, place: Namespace, *told: str) -> list[int]:
    """Starts a process of this module in there; what it prints once it is connected."""
    process = await asyncio.create_subprocess_exec(
        *place.inside,
        sys.executable,
        "-m",
        "tests.bench.forward_vs_peers",
        *told,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )

    async def end() -> None:
        process.kill()
        await process.wait()

    children.push_async_callback(end)
    assert process.stdout is not None
    return list(json.loads(await process.stdout.readline()))


# --- the children ---


async def publish(server: ModuleType, address: str, load: Load, features: str) -> None:
    async with server.attached(address) as entry:
        publisher = await server.publisher(entry)
        print("[]", flush=True)
        streams = (publisher.video_ssrc, publisher.audio_ssrc, publisher.video_type, publisher.audio_type)
        await send_prepared(publisher.send, load, *streams)


async def view(server: ModuleType, address: str, load: Load, features: str) -> None:
    async with server.attached(address) as entry:
        viewers: list[RTCPeerConnection] = []
        for first in range(0, load.viewers, AT_ONCE):
            numbers = range(first, min(load.viewers, first + AT_ONCE))
            viewers += await asyncio.gather(*(server.viewer(entry, number) for number in numbers))
            # At once, or the packets of the first ones keep this process from connecting the last.
            for one in viewers[first:]:
                for socket in sockets_of(one):
                    drop_srtp(socket.fileno())
        print(json.dumps([socket.getsockname()[1] for one in viewers for socket in sockets_of(one)]), flush=True)
        if features != PLAIN:
            await Feedback(await server.viewer(entry, load.viewers), viewers).give(features)
        await asyncio.Event().wait()


class Feedback:
    """What browsers would tell of packets that the filters drop: one more viewer listens to where the numbers are."""

    def __init__(self, ear: RTCPeerConnection, viewers: list[RTCPeerConnection]) -> None:
        self._senders = [transport_of(viewer)._send_rtp for viewer in viewers]
        self._newest: dict[int, int] = {}
        transport_of(ear)._handle_rtp_data = self._note

    async def _note(self, packet: bytes, arrival_time_ms: int) -> None:
        sequence, _, ssrc = struct.unpack_from("!HLL", packet, 2)
        self._newest[ssrc] = sequence

    async def give(self, features: str) -> None:
        """Each viewer in its turn, once a second: what it received and what its line bears, what it misses."""
        asked: dict[int, int] = {}
        while True:
            for send in self._senders:
                missed = {ssrc: _sample(asked.get(ssrc, newest), newest) for ssrc, newest in self._newest.items()}
                blocks = [ReportBlock(ssrc, 3, 100, newest, 90, 0, 0) for ssrc, newest in self._newest.items()]
                limit = write_bit_rate_limit(PLENTY, list(self._newest))
                if features != REPAIRS:
                    await send(write_receiver_report(blocks) + limit)
                for ssrc, sequences in missed.items():
                    if sequences and features != REPORTS:
                        await send(write_nack(ssrc, sequences))
                await asyncio.sleep(1 / len(self._senders))
            asked = dict(self._newest)


def _sample(since: int, newest: int) -> list[int]:
    """One number in a hundred of those since the last time, but the very newest."""
    count = ((newest - since) & 0xFFFF) // MISSED_ONE_IN
    return [(newest - 50 - MISSED_ONE_IN * back) & 0xFFFF for back in range(count)][::-1]


if __name__ == "__main__":
    role, host, server, address, load, features = sys.argv[1:]
    offer_only(host)
    asyncio.run({"publish": publish, "view": view}[role](SERVERS[server], address, LOADS[int(load)], features))
