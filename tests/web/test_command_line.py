"""The command line, as whoever installs the program uses it."""

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from meetings import backup
from meetings.commands import cli
from meetings.config import load_settings
from tests.databases import SQLITE, Databases

PASSWORD = "mot mat khau dai"


class Shell:
    """One installation."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        self.folder = folder
        self.is_sqlite = databases.name == SQLITE
        self.environment = {"DATA_DIR": str(folder), "DATABASE_URL": databases.new()}

    def run(self, *arguments: object, **given: str) -> Result:
        environment = {**self.environment, **{key: value for key, value in given.items() if key.isupper()}}
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(cli, words, env=environment, input=given.get("answer"))

    def must(self, *arguments: object, **given: str) -> str:
        result = self.run(*arguments, **given)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *arguments: object, **given: str) -> str:
        """The sentence of a refusal: an error, no traceback."""
        result = self.run(*arguments, **given)
        assert result.exit_code != 0
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.output


@pytest.fixture
def shell(tmp_path: Path, databases: Databases) -> Shell:
    return Shell(tmp_path / "data", databases)


@pytest.fixture
def other(tmp_path: Path, databases: Databases) -> Shell:
    """Another installation."""
    return Shell(tmp_path / "other", databases)


def test_the_demo_is_loaded_once_and_its_passwords_printed(shell: Shell) -> None:
    output = shell.must("demo", "--date", "2020-07-16")
    assert "chu-tri" in output
    assert "thu-ky" in output
    assert "empty database" in shell.refused("demo")


def test_the_addresses_come_as_json(shell: Shell) -> None:
    shell.must("demo")
    given = json.loads(shell.must("links", 1, "--json"))
    assert given["conference"] == 1
    assert given["chair"].startswith("http://127.0.0.1:8000/once#")
    assert given["secretary"].startswith("http://127.0.0.1:8000/once#")
    assert given["station"].startswith("http://127.0.0.1:8000/station#")
    assert given["screen"].startswith("http://127.0.0.1:8000/screen#")
    assert len(given["sites"]) == 15
    assert set(given["sites"][0]) == {"site_id", "name", "url"}


def test_site_addresses_stay_and_one_time_ones_do_not(shell: Shell) -> None:
    shell.must("demo")
    first, second = (json.loads(shell.must("links", 1, "--json")) for _ in range(2))
    assert first["sites"] == second["sites"]
    assert first["chair"] != second["chair"]


def test_addresses_follow_the_settings(shell: Shell) -> None:
    shell.must("demo")
    assert "https://localhost:8443/site#" in shell.must("links", 1, HOST="localhost", PORT="8443", TLS="auto")
    assert "https://hop.example/site#" in shell.must("links", 1, "--base", "https://hop.example/")


def test_an_unknown_conference_is_refused_in_words(shell: Shell) -> None:
    assert "no conference of that number" in shell.refused("links", 7)


def test_a_wrong_setting_is_refused_in_words(shell: Shell) -> None:
    assert "PORT=abc" in shell.refused("links", 1, PORT="abc")


def test_an_account_is_added_with_its_password_asked_twice(shell: Shell) -> None:
    shell.must("user", "add", "an", "--role", "admin", answer=f"{PASSWORD}\n{PASSWORD}\n")
    assert "already" in shell.refused("user", "add", "an", "--role", "viewer", answer=f"{PASSWORD}\n{PASSWORD}\n")


def test_a_short_password_or_an_unknown_role_adds_nothing(shell: Shell) -> None:
    assert "at least 10" in shell.refused("user", "add", "an", "--role", "admin", answer="ngan\nngan\n")
    assert "king" in shell.refused("user", "add", "an", "--role", "king")
    shell.must("user", "add", "an", "--role", "admin", answer=f"{PASSWORD}\n{PASSWORD}\n")


def test_a_backup_brings_everything_back(shell: Shell, other: Shell, tmp_path: Path) -> None:
    shell.must("demo")
    (shell.folder / "papers").mkdir()
    (shell.folder / "papers" / "1.pdf").write_bytes(b"giay")
    before = json.loads(shell.must("links", 1, "--json"))
    shell.must("backup", tmp_path / "a.tar.gz")

    assert "1 conference" in other.must("restore", tmp_path / "a.tar.gz")
    after = json.loads(other.must("links", 1, "--json"))
    assert after["sites"] == before["sites"]
    assert after["public_id"] == before["public_id"]
    assert (other.folder / "papers" / "1.pdf").read_bytes() == b"giay"


def test_nothing_is_overwritten_without_force(shell: Shell, tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    shell.must("demo")
    shell.must("backup", archive)
    assert "--force" in shell.refused("backup", archive)
    assert "--force" in shell.refused("restore", archive)
    shell.must("backup", archive, "--force")
    shell.must("restore", archive, "--force")


def test_a_running_server_is_not_restored_into(shell: Shell, tmp_path: Path) -> None:
    shell.must("demo")
    shell.must("backup", tmp_path / "a.tar.gz")
    with backup.sole_use(load_settings(shell.environment)):
        assert "is running" in shell.refused("restore", tmp_path / "a.tar.gz", "--force")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b broken"])
def test_rubbish_is_not_restored(shell: Shell, tmp_path: Path, content: bytes) -> None:
    shell.must("demo")
    (tmp_path / "a.tar.gz").write_bytes(content)
    assert "not a backup" in shell.refused("restore", tmp_path / "a.tar.gz", "--force")
    shell.must("links", 1)


def test_an_archive_that_reaches_outside_is_not_restored(shell: Shell, tmp_path: Path) -> None:
    archive, outside = tmp_path / "a.tar.gz", tmp_path / "outside"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("papers/../../outside"))
    shell.refused("restore", archive, "--force")
    assert not outside.exists()


def test_a_backup_of_a_newer_version_is_refused(shell: Shell, other: Shell, tmp_path: Path) -> None:
    newer, archive = "of the future", tmp_path / "a.tar.gz"
    shell.must("demo")
    if shell.is_sqlite:
        name = "database.db"
        with closing(sqlite3.connect(shell.folder / "diem-cau.db")) as database:
            database.execute("UPDATE alembic_version SET version_num = ?", (newer,))
            database.commit()
        (shell.folder / "diem-cau.db").rename(shell.folder / name)
    else:
        name = "tables.jsonl"
        (shell.folder / name).write_text(json.dumps({"revision": newer}) + "\n")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(shell.folder / name, name)
        tar.add(shell.folder / "secret_key", "secret_key")
    assert "newer version" in other.refused("restore", archive)


def test_a_backup_of_the_other_kind_of_database_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell.must("demo")
    name, kind = ("tables.jsonl", "PostgreSQL") if shell.is_sqlite else ("database.db", "SQLite")
    (shell.folder / name).touch()
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(shell.folder / name, name)
        tar.add(shell.folder / "secret_key", "secret_key")
    assert f"backup is of {kind}" in shell.refused("restore", tmp_path / "a.tar.gz", "--force")
    shell.must("links", 1)
