"""What loads a forwarding server and measures it: a publisher of prepared packets, viewers that cost nothing, CPU and delivery.

The sockets of the viewers get, once connected, a kernel filter that drops SRTP: receiving costs nothing, and what the filters
dropped (/proc/net/udp) is what was delivered. The cost of a packet is utime + stime of the server over what was delivered.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VIDEO_BYTES = 1200
VOICE_BYTES = 150
PACKETS_PER_FRAME = 5
VIDEO_TYPE, AUDIO_TYPE = 96, 111
"""Payload types of the prepared packets, unless the server wants others."""

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


@dataclass(frozen=True)
class Load:
    """One publisher, so many viewers, so many packets a second of picture and of sound."""

    viewers: int
    video_pps: int
    audio_pps: int

    @property
    def egress_pps(self) -> int:
        return self.viewers * (self.video_pps + self.audio_pps)

    @property
    def name(self) -> str:
        return f"{self.viewers}x{self.video_pps + self.audio_pps}"


def drop_srtp(descriptor: int) -> None:
    """Let the kernel drop SRTP on this socket, and count it."""
    program = _Program(len(_DROP_SRTP), ctypes.addressof(_DROP_SRTP))
    duplicate = socket.socket(fileno=os.dup(descriptor))
    duplicate.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))
    duplicate.close()


def dropped(ports: set[int], pid: int) -> int:
    """How many datagrams the sockets on `ports` of the network of process `pid` have dropped."""
    total = 0
    for line in Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) in ports:
            total += int(fields[-1])
    return total


def cpu_seconds(pid: int) -> float:
    """utime + stime of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Of some seconds of forwarding: the server's processor per delivered packet, what was delivered, % of a core."""

    us_per_packet: float
    delivered_pps: float
    core_percent: float


async def cost_of(pid: int, ports: set[int], seconds: float) -> Cost:
    delivered, cpu, at = dropped(ports, pid), cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    cpu, delivered, passed = cpu_seconds(pid) - cpu, dropped(ports, pid) - delivered, time.monotonic() - at
    return Cost(cpu / max(1, delivered) * 1e6, delivered / passed, 100 * cpu / passed)


async def send_prepared(
    send: Callable[[bytes], Awaitable[Any]],
    load: Load,
    video_ssrc: int,
    audio_ssrc: int,
    video_type: int = VIDEO_TYPE,
    audio_type: int = AUDIO_TYPE,
) -> None:
    """Send packets at the rate of `load` until cancelled. The last 8 bytes of a picture packet are CLOCK_MONOTONIC in ns.

    The packets of a frame go together, as a browser sends them: Chromium 156 took 0.3 ms for the seven of one, p50.
    """
    key_frame = bytes([0x10, 0x10]) + os.urandom(VIDEO_BYTES - 12 - 2 - 8)
    voice = os.urandom(VOICE_BYTES)
    frames_per_second = load.video_pps / PACKETS_PER_FRAME
    sent_video = sent_audio = 0
    began = time.monotonic()
    while True:
        elapsed = time.monotonic() - began
        while sent_video < elapsed * frames_per_second // 1 * PACKETS_PER_FRAME:
            frame, part = divmod(sent_video, PACKETS_PER_FRAME)
            timestamp = int(frame * 90000 / frames_per_second) & 0xFFFFFFFF
            marker = 0x80 if part == PACKETS_PER_FRAME - 1 else 0
            header = struct.pack("!BBHLL", 0x80, video_type | marker, sent_video & 0xFFFF, timestamp, video_ssrc)
            await send(header + key_frame + struct.pack("!Q", time.monotonic_ns()))
            sent_video += 1
        while sent_audio < elapsed * load.audio_pps:
            timestamp = (sent_audio * 960) & 0xFFFFFFFF
            header = struct.pack("!BBHLL", 0x80, audio_type, sent_audio & 0xFFFF, timestamp, audio_ssrc)
            await send(header + voice)
            sent_audio += 1
        await asyncio.sleep(0.002)
