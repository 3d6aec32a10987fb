"""Settings from the environment."""

import asyncio
import platform
from pathlib import Path

import pytest

from meetings.config import load_settings
from meetings.serve import media_children
from signaling.sfu.settings import SettingsError, interface_addresses, read_settings
from tests.sfu.media_process import running_media

SOCKET = {"MEDIA_SOCKET": "/tmp/x"}


def test_without_anything_else_it_is_a_trial_on_this_machine() -> None:
    settings = read_settings(SOCKET)
    assert (settings.port, settings.hosts, settings.bind) == (7080, ("127.0.0.1",), "127.0.0.1")


def test_an_open_host_announces_every_interface() -> None:
    settings = read_settings({**SOCKET, "HOST": "0.0.0.0"})
    assert settings.hosts == (interface_addresses() or ("127.0.0.1",))


def test_named_hosts_are_announced_and_everything_is_listened_on() -> None:
    settings = read_settings({**SOCKET, "MEDIA_HOST": "10.1.2.3, 127.0.0.1"})
    assert settings.hosts == ("10.1.2.3", "127.0.0.1")
    assert settings.bind == "0.0.0.0"


@pytest.mark.parametrize(
    ("given", "hosts", "bind"),
    [
        ({"MEDIA_HOST": "::1"}, ("::1",), "::1"),
        ({"HOST": "::1"}, ("::1",), "::1"),
        ({"MEDIA_HOST": "127.0.0.1, ::1"}, ("127.0.0.1", "::1"), "::"),
        ({"MEDIA_HOST": "10.1.2.3, 2001:db8::1"}, ("10.1.2.3", "2001:db8::1"), "::"),
    ],
)
def test_ipv6_is_listened_on_where_it_is_announced(given: dict[str, str], hosts: tuple[str, ...], bind: str) -> None:
    settings = read_settings({**SOCKET, **given})
    assert (settings.hosts, settings.bind) == (hosts, bind)


def test_an_open_ipv6_host_announces_both_families() -> None:
    settings = read_settings({**SOCKET, "HOST": "::"})
    assert settings.hosts == (interface_addresses(with_version_6=True) or ("127.0.0.1",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"MEDIA_SOCKET": ""},
        {"MEDIA_PORT": "many"},
        {"MEDIA_PORT": "70000"},
        {"MEDIA_PORT": "-1"},
        {"MEDIA_HOST": "example.org"},
        {"MEDIA_HOST": "10.1.2.3, ::1::"},
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        read_settings({**SOCKET, **wrong})


def test_each_of_several_processes_knows_the_others_and_a_single_one_nobody(tmp_path: Path) -> None:
    def siblings(count: int) -> list[tuple[str, tuple[str, ...]]]:
        settings = load_settings({"DATA_DIR": str(tmp_path), "MEDIA_PROCESSES": str(count)})
        children = [
            read_settings(child.kind.environment) for child in media_children(settings, {"MEDIA_SOCKET": "/run/m.sock"})
        ]
        return [(child.control_path, child.siblings) for child in children]

    first, second, third = "/run/m.sock", "/run/m-1.sock", "/run/m-2.sock"
    assert siblings(1) == [(first, ())]
    assert siblings(3) == [(first, (second, third)), (second, (first, third)), (third, (first, second))]


THP = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def test_the_memory_of_the_process_lies_in_large_pages() -> None:
    library, version = platform.libc_ver()
    if library != "glibc" or [int(part) for part in version.split(".")] < [2, 35]:
        pytest.skip("this C library does not ask for them")
    if not THP.exists() or "[madvise]" not in THP.read_text():
        pytest.skip("this kernel has none, or only such")

    async def test() -> None:
        async with running_media() as media:
            heap = Path(f"/proc/{media.pid}/smaps").read_text().split("[heap]")[-1]
            flags = heap.split("VmFlags:")[1].splitlines()[0].split()
            assert "hg" in flags, "huge page advise flag (proc(5))"

    asyncio.run(test())
