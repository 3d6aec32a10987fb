"""CPU per forwarded packet: 50 viewers, about 77,000 packets a second out (1200-byte video and audio).

One publisher sends prepared packets; the viewers are aiortc peers whose sockets get, once connected, a kernel filter that
drops SRTP, so that receiving costs nothing. The cost is utime + stime of the media process over the packets it sent; what
the filters dropped (/proc/net/udp) is what was delivered.
"""

import asyncio
import ctypes
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measurement import Measurement
from tests.sfu.media_process import ROOT, Media, attached_media, open_page, running_media

VIEWERS = 50
VIDEO_PACKETS_PER_SECOND = 1500
AUDIO_PACKETS_PER_SECOND = 50
PACKETS_PER_FRAME = 5
VIDEO_BYTES = 1200
MEASURED_SECONDS = 8.0
BUSES = (("hall", "audio"), ("hall", "video"))

_SO_ATTACH_FILTER = 26


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


# Load the first byte behind the UDP header; drop 128 … 191 (RTP and RTCP), keep the rest (STUN, DTLS).
_DROP_SRTP = (_Instruction * 5)(
    _Instruction(0x30, 0, 0, 8),
    _Instruction(0x35, 0, 2, 128),
    _Instruction(0x35, 1, 0, 192),
    _Instruction(0x06, 0, 0, 0),
    _Instruction(0x06, 0, 0, 0xFFFF),
)


def drop_srtp(descriptor: int) -> None:
    """Let the kernel drop SRTP on this socket, and count it."""
    program = _Program(len(_DROP_SRTP), ctypes.addressof(_DROP_SRTP))
    duplicate = socket.socket(fileno=os.dup(descriptor))
    duplicate.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))
    duplicate.close()


def dropped(ports: set[int]) -> int:
    """How many datagrams the sockets on `ports` have dropped."""
    total = 0
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) in ports:
            total += int(fields[-1])
    return total


def cpu_seconds(pid: int) -> float:
    """utime + stime of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def view(path: str) -> None:
    """Connect all viewers, print their ports, and stay."""
    async with attached_media(path) as media:
        ports: list[int] = []
        for number in range(VIEWERS):
            page = await open_page(media, f"viewer{number}", f"screen:{number}", views=BUSES)
            opened = page.datagrams.get_extra_info("socket")
            drop_srtp(opened.fileno())
            ports.append(opened.getsockname()[1])
        print(json.dumps(ports), flush=True)
        await asyncio.Event().wait()


async def publish(path: str) -> None:
    """Send prepared packets until ended."""
    async with attached_media(path) as media:
        page = await open_page(media, "publisher", "site:1", sends=True)
        print("publishing", flush=True)
        video, audio = page.ssrc("video"), page.ssrc("audio")
        key_frame = bytes([0x10, 0x10]) + os.urandom(VIDEO_BYTES - 14)
        voice = os.urandom(150)
        frames_per_second = VIDEO_PACKETS_PER_SECOND / PACKETS_PER_FRAME
        sent_video = sent_audio = 0
        began = time.monotonic()
        while True:
            elapsed = time.monotonic() - began
            while sent_video < elapsed * VIDEO_PACKETS_PER_SECOND:
                frame, part = divmod(sent_video, PACKETS_PER_FRAME)
                timestamp = int(frame * 90000 / frames_per_second) & 0xFFFFFFFF
                marker = 0x80 if part == PACKETS_PER_FRAME - 1 else 0
                header = struct.pack("!BBHLL", 0x80, 96 | marker, sent_video & 0xFFFF, timestamp, video)
                await page.send(header + key_frame)
                sent_video += 1
            while sent_audio < elapsed * AUDIO_PACKETS_PER_SECOND:
                timestamp = (sent_audio * 960) & 0xFFFFFFFF
                header = struct.pack("!BBHLL", 0x80, 111, sent_audio & 0xFFFF, timestamp, audio)
                await page.send(header + voice)
                sent_audio += 1
            await asyncio.sleep(0.002)


def measure() -> Iterator[Measurement]:
    for portable in (False, True):
        yield asyncio.run(_measure(portable))


async def _measure(portable: bool) -> Measurement:
    """One run of one way of sending."""
    async with running_media(portable) as media:
        await media.route(hall_audio="site:1", hall_video="site:1")
        publisher = await _role("publish", media.path)
        viewers = None
        try:
            assert publisher.stdout is not None
            await publisher.stdout.readline()
            viewers = await _role("view", media.path)
            assert viewers.stdout is not None
            ports = set(json.loads(await viewers.stdout.readline()))
            await asyncio.sleep(1)
            return await _figures(media, ports, "portable" if portable else "sendmmsg")
        finally:
            for process in (publisher, viewers):
                if process is not None:
                    process.kill()
                    await process.wait()


async def _role(role: str, path: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.forward_cost", role, path, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def _figures(media: Media, ports: set[int], metric: str) -> Measurement:
    before, delivered_before = await media.process(), dropped(ports)
    cpu_before, at = cpu_seconds(media.pid), time.monotonic()
    await asyncio.sleep(MEASURED_SECONDS)
    cpu = cpu_seconds(media.pid) - cpu_before
    after, delivered = await media.process(), dropped(ports) - delivered_before
    seconds = time.monotonic() - at
    egress = after["egress_packets"] - before["egress_packets"]
    more = {
        "egress_pps": round(egress / seconds),
        "delivered_pps": round(delivered / seconds),
        "core_percent": round(100 * cpu / seconds, 1),
        "viewers": len(ports),
    }
    return Measurement("forward_cost", metric, cpu / egress * 1e6, "µs", more)


if __name__ == "__main__":
    # The bench starts itself again for the publisher's and the viewers' processes.
    asyncio.run({"view": view, "publish": publish}[sys.argv[1]](sys.argv[2]))
