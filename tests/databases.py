"""The databases the tests run on: SQLite, and a PostgreSQL server of our own where its programs are installed.

`new()` gives the value of `DATABASE_URL` for an application on a database of its own. It is a copy of one that has been made
before, empty or with the demonstration in it, so that a test does not pay for the migrations and the loading.
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
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from glob import glob
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from meetings import demo
from meetings.app import create_app
from meetings.tables import db
from tests.server import wait_for

SQLITE, POSTGRESQL = "sqlite", "postgresql"
OWNER = "postgres"
"""The account that runs the server for root, as whom it refuses to run. Debian's package makes it."""


class Content(StrEnum):
    """What a new database holds."""

    TABLES = "tables"
    DEMONSTRATION = "demonstration"
    """The conference of 16 July 2020, to be held on that day."""


class Databases(Protocol):
    name: str

    def new(self, content: Content = Content.TABLES) -> str: ...

    def lay_into(self, data_dir: Path, content: Content) -> None: ...

    def drop(self, url: str) -> None: ...


class Sqlite:
    """Every data folder holds its own: the default."""

    name = SQLITE

    def new(self, content: Content = Content.TABLES) -> str:
        return ""

    def lay_into(self, data_dir: Path, content: Content) -> None:
        """The database, and the key that its links and PINs are made with."""
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("diem-cau.db", "secret_key"):
            shutil.copyfile(_made_sqlite(content) / name, data_dir / name)

    def drop(self, url: str) -> None:
        """Nothing: it goes with its folder."""


@cache
def _made_sqlite(content: Content) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="diem-cau-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _make(folder, "", content)
    return folder


def _make(data_dir: Path, url: str, content: Content) -> None:
    app = create_app({"DATA_DIR": data_dir, "DATABASE_URL": url, "TESTING": True})
    with app.app_context():
        if content is Content.DEMONSTRATION:
            demo.load_demo(date(2020, 7, 16), ZoneInfo("Asia/Ho_Chi_Minh"), datetime.now(UTC))
        db.session.close()
        db.engine.dispose()


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
        self._made: set[Content] = set()

    def _make(self, content: Content) -> str:
        """The name of the database to copy; its data folder has that name too."""
        if content not in self._made:
            self._do(f"CREATE DATABASE {content}")
            _make(self._folder / content, self._url(content), content)
            self._made.add(content)
        return content

    def lay_into(self, data_dir: Path, content: Content) -> None:
        """The key that the links and PINs of what `new()` copies are made with."""
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(self._folder / self._make(content) / "secret_key", data_dir / "secret_key")

    def new(self, content: Content = Content.TABLES) -> str:
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {self._make(content)} STRATEGY file_copy")
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
