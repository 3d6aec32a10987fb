"""The least that any forwarder costs: SRTP and sendmmsg alone, in C, with the libsrtp and the keys that ours has.

No parsing, no history, no statistics, nothing received: what a server costs beyond this is its own.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from pylibsrtp import _binding
from pylibsrtp._binding import ffi

from signaling.sfu.mmsg import write_sockaddr
from signaling.sfu.sockets import Endpoint, address_of, open_port
from signaling.sfu.srtp import PROFILES, SrtpSessions
from tests.bench.load import VIDEO_BYTES, VOICE_BYTES, Load, drop_srtp

SOURCE = Path(__file__).with_name("c_floor.c")
SECONDS = 4.0
VIDEO_SSRC, AUDIO_SSRC = 1, 2


def missing() -> str | None:
    return None if shutil.which("cc") else "sudo apt-get install --no-install-recommends gcc libc6-dev"


def us_per_packet(load: Load) -> float:
    """Processor time of this process per datagram that the kernel took, for the packets of `SECONDS` of `load`."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "c_floor.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        forward = ctypes.CDLL(str(library)).c_floor
    forward.restype = ctypes.c_long
    protect = ctypes.cast(ctypes.CDLL(_binding.__file__).srtp_protect, ctypes.c_void_p)
    profile = PROFILES[0]
    viewers = [SrtpSessions(profile, os.urandom(profile.keying_bytes), True) for _ in range(load.viewers)]
    handles = (ctypes.c_void_p * load.viewers)(*(int(ffi.cast("uintptr_t", each.outbound_raw)) for each in viewers))
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in viewers]
    names = b""
    for each in sockets:
        each.bind(("127.0.0.1", 0))
        drop_srtp(each.fileno())
        endpoint = Endpoint(address_of(each.getsockname()))
        write_sockaddr(endpoint.sockaddr, endpoint.address)
        names += endpoint.sockaddr
    sender = open_port("127.0.0.1", 0)
    sender.setblocking(True)
    took, began = 0, time.process_time()
    for ssrc, size, per_second in (
        (VIDEO_SSRC, VIDEO_BYTES, load.video_pps),
        (AUDIO_SSRC, VOICE_BYTES, load.audio_pps),
    ):
        count = round(SECONDS * per_second)
        sent = forward(protect, handles, names, load.viewers, sender.fileno(), ssrc, 1, size, count)
        if sent < 0:
            raise RuntimeError("SRTP refused a packet")
        took += sent
    seconds = time.process_time() - began
    for each in (*sockets, sender):
        each.close()
    return seconds / took * 1e6
