"""The databases the tests run on: SQLite, and a PostgreSQL server of our own where its programs are installed.

`new()` gives the value of `DATABASE_URL` for an application on an empty database of its own. For PostgreSQL that is a copy of
one database that the migrations have made, so that a test does not pay for them.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from glob import glob
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from meetings.app import create_app
from meetings.tables import db
from tests.server import wait_for

SQLITE, POSTGRESQL = "sqlite", "postgresql"
OWNER = "postgres"
"""The account that runs the server for root, as whom it refuses to run. Debian's package makes it."""


class Databases(Protocol):
    name: str

    def new(self) -> str: ...

    def lay_into(self, data_dir: Path) -> None: ...

    def drop(self, url: str) -> None: ...


class Sqlite:
    """Every data folder holds its own: the default."""

    name = SQLITE

    def new(self) -> str:
        return ""

    def lay_into(self, data_dir: Path) -> None:
        """An empty database with its tables, copied from one that the migrations have made."""
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(_migrated(), data_dir / "diem-cau.db")

    def drop(self, url: str) -> None:
        """Nothing: it goes with its folder."""


@cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="diem-cau-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = create_app({"DATA_DIR": folder, "DATABASE_URL": "", "TESTING": True})
    with app.app_context():
        db.engine.dispose()
    return folder / "diem-cau.db"


class Postgresql:
    """A server in a folder of its own, on a Unix socket in it. It ends with this process, however that ends."""

    name = POSTGRESQL

    def __init__(self, programs: Path, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._as_owner: list[str] = []
        if os.getuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
            self._as_owner = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"]
        data = folder / "data"
        subprocess.run(
            [
                *self._as_owner,
                programs / "initdb",
                f"--pgdata={data}",
                f"--username={OWNER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 300}
        with (folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig=QUIT",
                    *self._as_owner[1:],
                    programs / "postgres",
                    f"-D{data}",
                    *(f"-c{name}={value}" for name, value in options.items()),
                ],
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, f"PostgreSQL, see {folder}/log")
        self._maintenance = sa.create_engine(self._url(OWNER), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._do("CREATE DATABASE made")
        app = create_app({"DATA_DIR": folder / "made", "DATABASE_URL": self._url("made")})
        with app.app_context():
            db.engine.dispose()

    def lay_into(self, data_dir: Path) -> None:
        """Nothing: `new()` is a copy already."""

    def new(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE made STRATEGY file_copy")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Each is eight megabytes, and there are a thousand tests."""
        self._do(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """At the very end: threads of the applications go on until then, and would complain."""
        logging.disable()
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self._folder}"

    def _do(self, statement: str) -> None:
        with self._maintenance.connect() as connection:
            connection.execute(sa.text(statement))

    def _answers(self) -> bool:
        assert self._server.poll() is None, (self._folder / "log").read_text()
        engine = sa.create_engine(self._url(OWNER), poolclass=NullPool)
        try:
            engine.connect().close()
        except sa.exc.OperationalError:
            return False
        return True


def postgresql_programs() -> Path | None:
    """The folder of `initdb` and `postgres`; Debian keeps it out of the PATH."""
    on_path = shutil.which("initdb")
    folders = [str(Path(on_path).parent)] if on_path else []
    folders += sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda name: int(name.split("/")[4]), reverse=True)
    return next((Path(folder) for folder in folders if Path(folder, "initdb").exists()), None)


@cache
def databases_of(kind: str) -> Databases:
    if kind == SQLITE:
        return Sqlite()
    programs = postgresql_programs()
    assert programs, "PostgreSQL is not installed"
    # Not pytest's folder: that is closed to other accounts, and too long for the name of a socket.
    server = Postgresql(programs, Path(tempfile.mkdtemp(prefix="diem-cau-pg-")))
    atexit.register(server.stop)
    return server
