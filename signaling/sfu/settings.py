"""Settings of the media process, from the environment."""

import array
import fcntl
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_PORT = 7080
LOOPBACK = "127.0.0.1"
_SIOCGIFCONF = 0x8912


class SettingsError(ValueError):
    """A setting is missing or makes no sense; the text is for the person who set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`hosts` are announced to browsers; `bind` is where the socket listens; `control_path` is the Unix socket."""

    port: int
    hosts: tuple[str, ...]
    bind: str
    control_path: str
    is_portable: bool = False
    dies_with_parent: bool = False


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; raises `SettingsError`."""
    control_path = environment.get("MEDIA_SOCKET", "")
    if not control_path:
        raise SettingsError("MEDIA_SOCKET must name the control socket")
    text = environment.get("MEDIA_PORT", str(DEFAULT_PORT))
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"MEDIA_PORT must be a port number, not {text!r}")
    announced = environment.get("MEDIA_HOST", "")
    if announced:
        hosts = tuple(host.strip() for host in announced.split(",") if host.strip())
    elif environment.get("HOST", LOOPBACK) in ("", "localhost") or _is_loopback(environment.get("HOST", LOOPBACK)):
        hosts = (LOOPBACK,)
    else:
        hosts = interface_addresses() or (LOOPBACK,)
    for host in hosts:
        try:
            socket.inet_pton(socket.AF_INET, host)
        except OSError as error:
            raise SettingsError(f"MEDIA_HOST must list IPv4 addresses, not {host!r}") from error
    return Settings(
        port=int(text),
        hosts=hosts,
        bind=LOOPBACK if all(map(_is_loopback, hosts)) else "0.0.0.0",
        control_path=control_path,
        is_portable=environment.get("SFU_PORTABLE") == "1",
        dies_with_parent=environment.get("PARENT_DIES") == "1",
    )


def _is_loopback(host: str) -> bool:
    return host.startswith("127.")


def interface_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine's interfaces, without loopback (netdevice(7))."""
    entry = 40 if struct.calcsize("P") == 8 else 32
    room = array.array("B", bytes(entry * 128))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("iP", len(room), room.buffer_info()[0])
        try:
            used = struct.unpack("iP", fcntl.ioctl(probe.fileno(), _SIOCGIFCONF, request))[0]
        except OSError:
            return ()
    table = room.tobytes()[:used]
    found = (socket.inet_ntoa(table[at + 20 : at + 24]) for at in range(0, used, entry))
    return tuple(dict.fromkeys(host for host in found if not _is_loopback(host)))
