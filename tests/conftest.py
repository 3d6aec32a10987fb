"""What every test may ask for, and on which databases it runs."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from meetings import accounts
from meetings.app import create_app
from meetings.tables import db
from tests.databases import POSTGRESQL, SQLITE, Content, Databases, databases_of, postgresql_programs


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(SQLITE, POSTGRESQL, "both"),
        help="what tests that need a database run on; default: both, where PostgreSQL is installed",
    )
    parser.addoption(
        "--every-state", action="store_true", help="look at the live pages too, in every state of a sitting"
    )


def kinds_of_database(config: pytest.Config) -> list[str]:
    chosen = config.getoption("--database") or ("both" if postgresql_programs() else SQLITE)
    if chosen != SQLITE and not postgresql_programs():
        raise pytest.UsageError("PostgreSQL is not installed: sudo apt-get install --no-install-recommends postgresql")
    return [SQLITE, POSTGRESQL] if chosen == "both" else [str(chosen)]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(kind): one kind of database is enough, or is what the test is about")


def pytest_report_header(config: pytest.Config) -> str:
    return "databases: " + ", ".join(kinds_of_database(config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test was tried again: it passed in the end, so nothing else tells."""
    for report in terminalreporter.stats.get("rerun", []):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message.partition("\n")[0] if crash else ""
        terminalreporter.write_line(f"tried again: {report.nodeid}: {why}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "databases" in metafunc.fixturenames:
        kinds = kinds_of_database(metafunc.config)
        if only_on := metafunc.definition.get_closest_marker("only_on"):
            kinds = [kind for kind in kinds if kind in only_on.args]
        metafunc.parametrize("databases", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases. Whatever asks for it runs once on each kind."""
    return databases_of(request.param)


@pytest.fixture
def is_every_state_asked(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--every-state"))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """The demonstration makes two accounts; what real hashing takes is a third of the time of these tests. The real one."""
    real = accounts._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture(scope="session", autouse=True)
def loaded_for_good() -> None:
    """What the modules hold stays; looking through it for garbage again and again takes longer than many a test."""
    gc.collect()
    gc.freeze()


class _KeptTemplates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Templates and addresses are the same in every application a test makes; compiling them was half of the time."""
    compile_builder, kept = Rule._compile_builder, {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = rule.rule, repr(rule.defaults), append_unknown
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _KeptTemplates()})
        yield


@pytest.fixture
def demonstration() -> None:
    """Asked for: the database of `app` holds the conference of 16 July 2020 from the beginning."""


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> Iterator[Flask]:
    """The whole application on a database of its own: empty, unless a test asks for the `demonstration`."""
    content = Content.DEMONSTRATION if "demonstration" in request.fixturenames else Content.TABLES
    databases.lay_into(tmp_path / "data", content)
    url = databases.new(content)
    app = create_app({"DATA_DIR": tmp_path / "data", "DATABASE_URL": url, "TESTING": True})
    with app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()
    databases.drop(url)
