"""Settings of the media process, from the environment."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

import ifaddr

DEFAULT_PORT = 7080
LOOPBACK = "127.0.0.1"


class SettingsError(ValueError):
    """A setting is missing or makes no sense; the text is for the person who set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`hosts` are announced to browsers; `bind` is where the socket listens; `control_path` is the Unix socket."""

    port: int
    hosts: tuple[str, ...]
    bind: str
    control_path: str
    siblings: tuple[str, ...] = ()
    """The control sockets of the other media processes of this machine."""
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
    served_at = environment.get("HOST") or LOOPBACK
    if announced:
        hosts = tuple(host.strip() for host in announced.split(",") if host.strip())
    elif served_at == "localhost" or _is_loopback(served_at):
        hosts = ("::1" if served_at == "::1" else LOOPBACK,)
    else:
        hosts = interface_addresses(with_version_6=":" in served_at) or (LOOPBACK,)
    for host in hosts:
        try:
            ipaddress.ip_address(host)
        except ValueError as error:
            raise SettingsError(f"MEDIA_HOST must list IP addresses, not {host!r}") from error
    return Settings(
        port=int(text),
        hosts=hosts,
        bind=_listening_place(hosts),
        control_path=control_path,
        siblings=tuple(path for path in environment.get("MEDIA_SIBLINGS", "").split(os.pathsep) if path),
        is_portable=environment.get("SFU_PORTABLE") == "1",
        dies_with_parent=environment.get("PARENT_DIES") == "1",
    )


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


def _listening_place(hosts: tuple[str, ...]) -> str:
    """`::` takes IPv4 too; a machine that announces none of IPv6 may have none."""
    if all(map(_is_loopback, hosts)) and len(set(hosts)) == 1:
        return hosts[0]
    return "::" if any(":" in host for host in hosts) else "0.0.0.0"


def interface_addresses(with_version_6: bool = False) -> tuple[str, ...]:
    """The addresses of this machine's interfaces, IPv4 first, without loopback and link-local ones."""
    found = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for each in ifaddr.get_adapters() for ip in each.ips]
    addresses = {ipaddress.ip_address(host) for host in found}
    kept = [each for each in addresses if not each.is_loopback and not each.is_link_local]
    kept = [each for each in kept if each.version == 4 or with_version_6]
    return tuple(str(each) for each in sorted(kept, key=lambda each: (each.version, int(each))))
