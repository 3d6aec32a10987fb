"""What can be set, typed or sent is in the documents, and what is in the documents exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from meetings.commands import cli
from meetings.config import Settings, load_settings
from tests.server import ROOT

README = (ROOT / "README.md").read_text()
PROTOCOL = (ROOT / "signaling" / "PROTOCOL.md").read_text()
PAGE_WIRE, MEDIA_WIRE = PROTOCOL.split("\n# Part 2")

HANDSHAKE = {"connect", "disconnect", "*"}


def section(text: str, heading: str) -> str:
    return text.split(f"\n{heading}\n")[1].split("\n## ")[0]


def first_column(text: str) -> set[str]:
    """The words in code type in the first column of the tables of `text`."""
    cells = re.findall(r"^\| *(`[^|]*?) *\|", text, re.M)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def calls(folder: str) -> Iterator[tuple[str, list[ast.expr]]]:
    """The last word of what is called, and its arguments, of every call in the code."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, node.args


def texts(arguments: list[ast.expr]) -> list[str]:
    return [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]


# --- the README ---


def test_every_setting_is_documented_with_its_default_and_every_documented_one_exists(tmp_path: Path) -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", section(README, "## Settings"), re.M))
    assert set(rows) == {name.upper() for name in Settings.__dataclass_fields__}
    settings = load_settings({"DATA_DIR": str(tmp_path)})
    del rows["DATA_DIR"]
    for name, default in rows.items():
        if stated := re.fullmatch(r"`([^`/]+(?:/\w+)?)`", default):
            assert str(getattr(settings, name.lower())) == stated[1], name


def test_the_pictures_of_the_readme_are_there() -> None:
    pictures = re.findall(r"static/shots/([\w.-]+)", README)
    kept = {path.name for path in (ROOT / "static" / "shots").glob("*.webp")}
    assert len(pictures) > 5 and set(pictures) <= kept, "make shots; git add -f those"


def test_every_command_of_the_command_line_is_documented() -> None:
    def commands(group: click.Group, above: str = "") -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from commands(command, f"{above}{name} ")
            else:
                yield above + name

    section_of_work = section(README, "## Work with it")
    for name in commands(cli):
        assert f"`{name}`" in section_of_work, f"python -m meetings {name}"


def test_every_target_of_make_is_documented() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    documented = {name.partition(" ")[2] for name in first_column(section(README, "## Work with it"))} - {""}
    assert documented == targets


def test_every_library_has_its_line_of_reason() -> None:
    reasons = section(README, "## Why each library").lower()
    for name in re.findall(r"^([\w-]+)", (ROOT / "requirements.txt").read_text(), re.M):
        assert re.search(rf"\b{re.escape(name.lower())}\b", reasons), name


# --- the socket ---


def test_every_message_of_a_page_is_documented_and_every_documented_one_is_answered(app: Flask) -> None:
    handled = set(app.extensions["wire"].socketio.server.handlers["/"]) - HANDSHAKE
    asked = section(PAGE_WIRE, "## Other messages of a page").split("\nServer to page")[0]
    assert first_column(asked) | {"command"} == handled
    assert "\n`command` with an acknowledgement" in PAGE_WIRE


def test_every_message_to_a_page_is_documented_and_every_documented_one_is_sent() -> None:
    emitted = {words[0] for name, arguments in calls("signaling") if name == "emit" and (words := texts(arguments))}
    told = section(PAGE_WIRE, "## Other messages of a page").split("\nServer to page besides ")[1]
    elsewhere, table = told.split(":\n", 1)
    assert first_column(table) | set(re.findall(r"`(\w+)`", elsewhere)) == emitted
    for name in re.findall(r"`(\w+)`", elsewhere):
        assert PAGE_WIRE.count(f"`{name}`") > 1, f"{name} has no words of its own"


# --- the media channel ---


def test_every_route_of_the_media_process_is_documented_and_every_documented_one_exists() -> None:
    routes = {
        f"{name.upper()} {words[0]}"
        for name, arguments in calls("signaling/sfu")
        if name in ("get", "put", "post", "patch", "delete")
        and (words := texts(arguments))
        and words[0].startswith("/")
    }
    assert set(re.findall(r"^##.*?`((?:GET|PUT|POST|PATCH|DELETE) [^`]+)`", MEDIA_WIRE, re.M)) == routes


def test_every_event_of_the_media_process_is_documented_and_every_documented_one_is_sent() -> None:
    code = "".join(path.read_text() for path in sorted((ROOT / "signaling" / "sfu").rglob("*.py")))
    sent = set(re.findall(r'"type": "(\w+)"', code))
    for name, arguments in calls("signaling/sfu"):
        if name in ("_announce", "_event"):
            sent |= {
                constant.value for a in arguments for constant in ast.walk(a) if isinstance(constant, ast.Constant)
            }
    assert set(re.findall(r'^\{"type": "(\w+)"', MEDIA_WIRE, re.M)) == sent


def test_every_variable_that_the_processes_read_is_documented() -> None:
    read = set()
    for folder in ("meetings", "signaling"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            read |= set(re.findall(r'environ(?:ment)?(?:\.get\(|\[)"([A-Z_]+)"', path.read_text()))
    documented = first_column(section(README, "## Settings")) | first_column(section(MEDIA_WIRE, "## Environment"))
    assert read <= documented
