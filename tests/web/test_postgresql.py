"""The same promises on PostgreSQL. Where its server is not installed there is nothing to test against."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from glob import glob
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from meetings import backup, demo, store
from meetings.app import alembic, create_app
from meetings.tables import Conference, Unit, db, writing

from .conftest import HANOI

MakeApp = Callable[[], Flask]
_FOLDERS = [os.path.dirname(shutil.which("initdb") or ""), *sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)]
_SERVERS = [folder for folder in _FOLDERS if folder and Path(folder, "initdb").exists()][:1]


@pytest.fixture(scope="module", params=_SERVERS, ids=["postgresql"] * len(_SERVERS))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of our own, ended afterwards. It refuses to run as root, so it does not."""
    folder = tmp_path_factory.mktemp("postgresql")
    as_other = []
    if os.getuid() == 0:
        for part in (folder, *folder.parents[:2]):
            part.chmod(0o755)
        shutil.chown(folder, "nobody")
        as_other = ["setpriv", "--reuid=nobody", "--clear-groups"]
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]

    def do(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_other, f"{request.param}/{program}", *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )

    data = f"{folder}/data"
    do("initdb", "-D", data, "-U", "diemcau", "-A", "trust", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    do("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    yield f"postgresql://diemcau@127.0.0.1:{port}"
    do("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture
def make_app(server: str, tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications, each on a new database of the server."""
    engine = sa.create_engine(
        f"{server.replace('postgresql:', 'postgresql+psycopg:')}/postgres", isolation_level="AUTOCOMMIT"
    )
    made: list[Flask] = []

    def make() -> Flask:
        name = f"d{len(made)}_{tmp_path.name[:20]}".lower()
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        url = f"{server}/{name}"
        made.append(create_app({"DATA_DIR": tmp_path / name, "DATABASE_URL": url, "TESTING": True}))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.close()
            db.engine.dispose()
    engine.dispose()


def test_the_migrations_make_the_tables_of_the_code(make_app: MakeApp) -> None:
    with make_app().app_context():
        assert alembic.compare_metadata() == []


def test_an_increment_under_a_lock_is_not_lost(make_app: MakeApp) -> None:
    app = make_app()

    def increment() -> None:
        for _ in range(20):
            with app.app_context(), writing() as session:
                unit = session.get_one(Unit, 1, with_for_update=True)
                assert unit.map_row is not None
                unit.map_row += 1

    with app.app_context():
        with writing() as session:
            session.add(Unit(id=1, name="Đếm", short_name="Đếm", kind="", level="", map_row=0))
        with ThreadPoolExecutor(8) as threads:
            for done in [threads.submit(increment) for _ in range(8)]:
                done.result()
        assert db.session.get_one(Unit, 1).map_row == 160


def test_a_backup_brings_everything_back(make_app: MakeApp, tmp_path: Path) -> None:
    first, second, archive = make_app(), make_app(), tmp_path / "a.tar.gz"
    with first.app_context():
        demo.load_demo(datetime(2020, 7, 16).date(), HANOI, datetime.now(UTC))
        backup.write_backup(first.extensions["settings"], db.engine, archive, is_forced=False)
    with second.app_context():
        known = {script.revision for script in alembic.log()}
        backup.restore_backup(second.extensions["settings"], db.engine, archive, known, is_forced=False)
        conference = db.session.scalars(sa.select(Conference)).one()
        assert conference.opens_at == datetime(2020, 7, 16, 8, 0, tzinfo=HANOI)
        assert conference.presiding_site_id == conference.sites[0].id
        assert len(conference.delegates) == 84
        assert len(store.links_of(conference)) == 17
        with writing():
            store.create_conference(
                store.ConferenceDraft("a", "a", "a", "a", "a", datetime.now(UTC), datetime.now(UTC), 300)
            )
