"""The settings: defaults that work, and a sentence for each that does not."""

import stat
from pathlib import Path

import pytest

from meetings.config import ConfigError, Settings, load_settings


def _load(folder: Path, **given: str) -> Settings:
    return load_settings({"DATA_DIR": str(folder / "data"), **given})


def test_the_defaults_serve_this_machine_only(tmp_path: Path) -> None:
    settings = _load(tmp_path)
    assert (settings.host, settings.port, settings.media_port, settings.tls) == ("127.0.0.1", 8000, 7080, "off")
    assert settings.database_file == tmp_path / "data" / "diem-cau.db"


def test_the_data_folder_and_its_key_are_for_nobody_else(tmp_path: Path) -> None:
    settings = _load(tmp_path)
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data_dir / "secret_key").stat().st_mode) == 0o600


def test_the_secret_key_is_made_once(tmp_path: Path) -> None:
    assert _load(tmp_path).secret_key == _load(tmp_path).secret_key
    assert len(_load(tmp_path).secret_key) >= 32


def test_a_postgresql_address_gets_its_driver(tmp_path: Path) -> None:
    settings = _load(tmp_path, DATABASE_URL="postgresql://an:bi%40mat@db/diemcau")
    assert settings.database_url == "postgresql+psycopg://an:bi%40mat@db/diemcau"
    assert settings.database_file is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("MEDIA_PORT", "-1"),
        ("MEDIA_PORT", "8000"),
        ("TLS", "on"),
        ("TIMEZONE", "Asia/Saigonn"),
        ("TIMEZONE", "../etc/passwd"),
        ("PROXY_COUNT", "x"),
        ("SOCKET_MODE", "asyncio"),
        ("LOG_LEVEL", "loud"),
        ("SECRET_KEY", "short"),
        ("TURN_URLS", "http://turn.example.vn"),
        ("TURN_URLS", "turn:user@turn.example.vn"),
        ("METRICS_TOKEN", "short"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "nonsense"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        _load(tmp_path, **{name: value})


def test_a_damaged_key_file_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret_key").write_text("")
    with pytest.raises(ConfigError, match="secret_key"):
        _load(tmp_path)


def test_a_data_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        _load(tmp_path)


def test_an_empty_setting_means_the_default(tmp_path: Path) -> None:
    assert _load(tmp_path, PORT="", TIMEZONE="").port == 8000


def test_turn_servers_need_their_secret(tmp_path: Path) -> None:
    urls = "turn:turn.example.vn:3478?transport=tcp, turns:turn.example.vn:5349"
    with pytest.raises(ConfigError, match="TURN_SECRET"):
        _load(tmp_path, TURN_URLS=urls)
    settings = _load(tmp_path, TURN_URLS=urls, TURN_SECRET="s")
    assert settings.turn_addresses == ("turn:turn.example.vn:3478?transport=tcp", "turns:turn.example.vn:5349")
