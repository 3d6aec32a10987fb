"""One archive that holds everything: the database as it was at one moment, the papers, the secret key.

SQLite is copied by its own backup, which is consistent while others write. PostgreSQL is read table by table
inside one transaction, as JSON lines; such an archive goes back into PostgreSQL only.
"""

import fcntl
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from meetings.config import Settings
from meetings.tables import Base, UtcDateTime

_DATABASE, _TABLES, _KEY, _PAPERS = "database.db", "tables.jsonl", "secret_key", "papers"


class BackupError(Exception):
    """Why it was not done, in the words of whoever asked for it."""


@contextmanager
def sole_use(settings: Settings) -> Iterator[None]:
    """Hold the data folder: one server, or one restore, at a time. Raises `BackupError` while another does."""
    with open(settings.data_dir / "in-use.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                f"Điểm Cầu is running on {settings.data_dir}: end it first (Ctrl-C or stop the service)."
            ) from None
        yield


def write_backup(settings: Settings, engine: sa.Engine, archive: Path, *, is_forced: bool) -> None:
    """Write the archive, whole or not at all. The server may run meanwhile."""
    if archive.exists() and not is_forced:
        raise BackupError(f"{archive} exists already; --force replaces it.")
    partial = archive.with_name(f".{archive.name}.part")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
            if settings.database_file:
                _add_sqlite(tar, settings.database_file)
            else:
                _add_rows(tar, engine)
            _add_bytes(tar, _KEY, settings.secret_key.encode())
            papers = settings.data_dir / _PAPERS
            if papers.is_dir():
                tar.add(papers, _PAPERS)
        partial.replace(archive)
    except OSError as error:
        raise BackupError(f"{archive}: cannot be written ({error.strerror}).") from None
    finally:
        partial.unlink(missing_ok=True)


def _add_sqlite(tar: tarfile.TarFile, database: Path) -> None:
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        copy = Path(folder) / _DATABASE
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        tar.add(copy, _DATABASE)


def _add_rows(tar: tarfile.TarFile, engine: sa.Engine) -> None:
    lines = []
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        lines.append({"revision": revision})
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                lines.append({"table": table.name, "row": dict(row)})
    text = "".join(json.dumps(line, default=_plain, ensure_ascii=False) + "\n" for line in lines)
    _add_bytes(tar, _TABLES, text.encode())


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value))


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def restore_backup(
    settings: Settings, engine: sa.Engine, archive: Path, revisions: set[str], *, is_forced: bool
) -> None:
    """Put back what the archive holds, in place of what is there. `revisions` are those this program knows."""
    if _has_content(engine) and not is_forced:
        raise BackupError(f"{settings.data_dir} holds conferences already; --force replaces them.")
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as name:
        folder = Path(name)
        _unpack(archive, folder)
        rows = _read_rows(folder / _TABLES) if (folder / _TABLES).exists() else None
        if (rows is None) != bool(settings.database_file):
            kind = "SQLite" if rows is None else "PostgreSQL"
            raise BackupError(f"This backup is of {kind}; set DATABASE_URL accordingly.")
        revision = rows[0]["revision"] if rows else _revision_of(folder / _DATABASE)
        if revision not in revisions:
            raise BackupError("This backup is of a newer version of Điểm Cầu, or it is damaged.")
        if settings.database_file:
            engine.dispose()
            for suffix in ("-wal", "-shm"):
                settings.database_file.with_name(settings.database_file.name + suffix).unlink(missing_ok=True)
            (folder / _DATABASE).replace(settings.database_file)
            settings.database_file.chmod(0o600)
        else:
            assert rows
            _write_rows(engine, rows[1:])
        _put_back(folder, settings.data_dir)


def _has_content(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return any(
            connection.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[name]))
            for name in ("conference", "staff_account")
        )


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                is_known = member.name in (_DATABASE, _TABLES, _KEY) or Path(member.name).parts[:1] == (_PAPERS,)
                if not is_known:
                    raise BackupError(f"{archive}: not a backup of Điểm Cầu.")
                tar.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{archive}: not a backup of Điểm Cầu, or damaged ({error}).") from None
    except OSError as error:
        raise BackupError(f"{archive}: cannot be read ({error.strerror or error}).") from None
    if not (folder / _KEY).exists() or not ((folder / _DATABASE).exists() or (folder / _TABLES).exists()):
        raise BackupError(f"{archive}: not a backup of Điểm Cầu.")


def _revision_of(database: Path) -> str | None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
    except sqlite3.DatabaseError:
        return None


def _read_rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


# What points at a row that comes later is set when all rows are there.
_SET_LAST = {"conference": "presiding_site_id", "unit": "parent_id"}


def _write_rows(engine: sa.Engine, rows: list[dict[str, Any]]) -> None:
    """All rows in one transaction, in the order of the tables."""
    tables = Base.metadata.tables
    later = []
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for entry in rows:
            table, row = tables[entry["table"]], entry["row"]
            if table.name in _SET_LAST:
                name = _SET_LAST[table.name]
                later.append(table.update().where(table.c.id == row["id"]).values({name: row.pop(name)}))
            connection.execute(table.insert().values({name: _typed(table.c[name], row[name]) for name in row}))
        for statement in later:
            connection.execute(statement)
        for table in tables.values():
            if "id" in table.c:
                connection.execute(
                    sa.text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                        f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
                    )
                )


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, str) and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    return value


def _put_back(folder: Path, data_dir: Path) -> None:
    (folder / _KEY).chmod(0o600)
    (folder / _KEY).replace(data_dir / _KEY)
    if (folder / _PAPERS).is_dir():
        shutil.rmtree(data_dir / _PAPERS, ignore_errors=True)
        (folder / _PAPERS).replace(data_dir / _PAPERS)
