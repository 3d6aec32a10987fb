"""Settings from the environment."""

from pathlib import Path

import pytest

from meetings.config import load_settings
from meetings.serve import media_children
from signaling.sfu.settings import SettingsError, interface_addresses, read_settings

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
