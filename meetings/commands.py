"""The command line: `python -m meetings COMMAND`."""

import asyncio
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa
from flask import Flask

from meetings import accounts, addresses, backup, demo, job_worker, rehearsals, store, tls
from meetings import serve as server
from meetings.app import alembic, create_app
from meetings.config import ConfigError, Settings, load_settings
from meetings.family import Child, Fork
from meetings.links import setup_link
from meetings.tables import Conference, Role, StaffAccount, db, writing

_START_SECONDS = 60


class _InWords(click.Group):
    """Commands whose faults are told in a sentence, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigError, backup.BackupError, server.PortTaken) as error:
            raise click.ClickException(str(error)) from None
        except demo.NotEmpty:
            raise click.ClickException("there are conferences already; the demo goes into an empty database.") from None
        except store.NotFound:
            raise click.ClickException("there is no conference of that number.") from None
        except sa.exc.OperationalError as error:
            raise click.ClickException(f"the database does not answer: {error.orig}") from None


@click.group(cls=_InWords, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Điểm Cầu: schedule, hold and report hybrid conferences."""


@contextmanager
def _app() -> Iterator[Flask]:
    app = create_app()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.close()
            db.engine.dispose()


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


@cli.command()
def serve() -> None:
    """Serve until ended (Ctrl-C). An installation without any account prints its set-up link."""
    settings = load_settings()
    with backup.sole_use(settings):
        with _app():
            path = setup_link()
        if path:
            click.echo(f"No account yet. Make the first one here, once: {addresses.base_addresses(settings)[0]}{path}")
        server.run(settings)


@cli.command("jobs")
def run_jobs() -> None:
    """Do the slow work (imports, archives, mail) until ended; `serve` starts it by itself."""
    job_worker.work()


@cli.command()
def run() -> None:
    """What `make run` does: an empty data folder gets the demo; the addresses are printed; then serve."""
    settings = load_settings()
    with backup.sole_use(settings):
        with _app() as app:
            loaded = _load_demo_if_empty(settings)
        addresses_told = Fork("diem-cau: addresses", lambda: _announce(app, settings, loaded), {})
        server.run(settings, Child("addresses", addresses_told, is_once=True))


def _load_demo_if_empty(settings: Settings) -> demo.Demo | None:
    is_empty = not any(
        db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Conference, StaffAccount)
    )
    db.session.rollback()
    return demo.load_demo(None, ZoneInfo(settings.timezone), datetime.now(UTC)) if is_empty else None


def _announce(app: Flask, settings: Settings, loaded: demo.Demo | None) -> None:
    """Print the addresses as soon as the server answers."""
    if not _wait_until_healthy(settings):
        click.echo("The server has not answered yet; see the messages above.", err=True)
        return
    bases = addresses.base_addresses(settings)
    with app.app_context():
        newest = db.session.scalar(sa.select(sa.func.max(Conference.id)))
        number = loaded.conference_id if loaded else newest
        given = addresses.addresses_of(number, bases[0]) if number else None
    lines = ["", f"Điểm Cầu: {bases[0]}"]
    if loaded:
        lines += ["", "Passwords of the demo, shown only now:"]
        lines += [f"  {name:<10} {password}" for name, password in loaded.passwords.items()]
    if given:
        lines += ["", f"Conference {given['conference']}: {given['title']}", addresses.as_table(given)]
        lines += ["", f"Again, with new one-time links: python -m meetings links {given['conference']}"]
    lines += _network_advice(settings, bases)
    click.echo("\n".join([*lines, "", "Ctrl-C ends everything."]))


def _network_advice(settings: Settings, bases: list[str]) -> list[str]:
    advice = []
    if len(bases) > 1:
        advice += ["", "Also at: " + "  ".join(bases[1:])]
    if settings.tls == "auto":
        certificate, _key = tls.certificate(settings.data_dir)
        advice += [
            "",
            "The certificate is this machine's own: on each computer open the address once and accept the warning,",
            f"or install {certificate} as a trusted authority. Its SHA-256 fingerprint:",
            f"  {tls.fingerprint(certificate)}",
        ]
    elif len(bases) > 1:
        advice += ["", "Other computers get no camera without https: add TLS=auto."]
    return advice


def _wait_until_healthy(settings: Settings) -> bool:
    trust = None
    if settings.tls == "auto":
        trust = ssl.create_default_context(cafile=tls.certificate(settings.data_dir)[0])
    address = addresses.own_address(settings)
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2, context=trust).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return True
    return False


@cli.command("demo")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="Day of the demo; opens at 08:00.")
def load_demo(day: datetime | None) -> None:
    """Load the conference of 16 July 2020 into an empty database (default: opens in 30 minutes)."""
    chosen: date | None = day.date() if day else None
    with _app() as app:
        loaded = demo.load_demo(chosen, ZoneInfo(_settings(app).timezone), datetime.now(UTC))
    for name, password in loaded.passwords.items():
        click.echo(f"{name:<10} {password}")
    click.echo(f"Loaded as conference {loaded.conference_id}. The passwords above are shown only now.")


@cli.command()
@click.argument("conference", type=int)
@click.option("--points", type=click.IntRange(1, 200), default=16, show_default=True, help="How many points enter.")
@click.option("--minutes", type=click.FloatRange(0.1, 240), default=5.0, show_default=True, help="For how long.")
def rehearse(conference: int, points: int, minutes: float) -> None:
    """Let simulated points take part in CONFERENCE: they enter, ask for the floor, are lost and come back.

    On the server's machine, while it serves; best in a copy made for the rehearsal. Prints what the points saw.
    """
    with _app() as app:
        found = db.session.get(Conference, conference)
        if found is None:
            raise store.NotFound
        tokens = rehearsals.tokens_of(found)[:points]
        simulate = app.extensions["simulate"]
        address = addresses.own_address(_settings(app))
    if len(tokens) < points:
        click.echo(f"The conference has only {len(tokens)} points.", err=True)
    seen = asyncio.run(simulate(address, tokens, minutes * 60))
    facts = seen.as_facts()
    if facts["joined"]:
        joins = f"p50 {facts['join_p50']:.2f} s, p95 {facts['join_p95']:.2f} s"
        click.echo(f"{len(tokens)} points joined {facts['joined']} times: {joins}")
    click.echo(f"lost and come back {seen.drops}, requests {seen.requests}, switches of the floor {seen.switches}")
    share = 100 * seen.lost / seen.packets if seen.packets else 0.0
    click.echo(f"received {seen.packets} packets, lost {seen.lost} ({share:.2f} %)")
    for fault in seen.failed:
        click.echo(f"could not join: {fault}", err=True)
    if seen.failed:
        raise SystemExit(1)


@cli.command()
@click.argument("conference", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--base", metavar="URL", help="What the addresses begin with; default: from HOST, PORT and TLS.")
def links(conference: int, as_json: bool, base: str | None) -> None:
    """Print every address of CONFERENCE (its number; the demo is 1)."""
    with _app() as app:
        start = base.rstrip("/") if base else addresses.base_addresses(_settings(app))[0]
        given = addresses.addresses_of(conference, start)
    if as_json:
        click.echo(json.dumps(given, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{given['title']}\n{addresses.as_table(given)}")


@cli.group()
def user() -> None:
    """Accounts of the staff."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--display-name", help="How the account is shown; default: NAME.")
def add_user(name: str, role: str, display_name: str | None) -> None:
    """Add an account; asks for its password."""
    if not name or len(name) > 60 or name != name.strip() or not name.isprintable():
        raise click.ClickException("a name has 1 to 60 visible characters.")
    with _app():
        if accounts.find_account(name):
            raise click.ClickException(f"there is an account {name} already.")
        password = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        if accounts.password_fault(name, password):
            shortest = accounts.MIN_PASSWORD_LENGTH
            raise click.ClickException(f"a password has at least {shortest} characters and cannot be guessed.")
        with writing() as session:
            account = StaffAccount(name=name, display_name=display_name or name, role=Role(role))
            accounts.set_password(account, password)
            session.add(account)
    click.echo(f"Added {name} ({role}).")


@cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE.")
def write_backup(file: Path, force: bool) -> None:
    """Write everything into FILE (.tar.gz); the server may run."""
    with _app() as app:
        backup.write_backup(_settings(app), db.engine, file, is_forced=force)
    click.echo(f"Written to {file}. It holds the secret key: keep it where nobody else reads.")


@cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there.")
def restore_backup(file: Path, force: bool) -> None:
    """Put back everything from FILE; the server must not run."""
    with backup.sole_use(load_settings()):
        with _app() as app:
            known = {script.revision for script in alembic.log()}
            db.session.close()
            backup.restore_backup(_settings(app), db.engine, file, known, is_forced=force)
        with _app():
            count = db.session.scalar(sa.select(sa.func.count()).select_from(Conference))
    click.echo(f"Restored: {count} conference(s).")
