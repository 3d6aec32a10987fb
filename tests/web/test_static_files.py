"""Scripts and styles are asked for once: their addresses change with their content."""

import re
from pathlib import Path

import pytest
from flask import Flask, url_for

from meetings import static_files


@pytest.fixture
def small(tmp_path: Path) -> Flask:
    folder = tmp_path / "static"
    (folder / "js").mkdir(parents=True)
    (folder / "js/a.js").write_text("1")
    app = Flask(__name__, static_folder=str(folder))
    static_files.init_app(app)
    return app


def address(app: Flask) -> str:
    with app.test_request_context():
        return url_for("static", filename="js/a.js")


def test_an_address_of_the_present_build_is_kept_for_good(small: Flask) -> None:
    answer = small.test_client().get(address(small), buffered=True)
    assert re.fullmatch(r"/static/_[0-9a-f]{12}/js/a\.js", address(small))
    assert (answer.text, answer.headers["Cache-Control"]) == ("1", "public, max-age=31536000, immutable")


def test_a_changed_file_has_another_address_and_the_earlier_one_still_answers(
    small: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "_FRESH_SECONDS", -1.0)
    before = address(small)
    assert small.static_folder
    Path(small.static_folder, "js/a.js").write_text("one more")
    assert address(small) != before
    answer = small.test_client().get(before, buffered=True)
    assert answer.text == "one more" and "immutable" not in answer.headers["Cache-Control"]


def test_a_plain_address_answers_and_is_asked_for_again(small: Flask) -> None:
    answer = small.test_client().get("/static/js/a.js", buffered=True)
    assert answer.text == "1" and answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["_0123456789ab/../../x", "_0123456789ab//etc/passwd", "_0123456789ab/js/none.js"])
def test_nothing_outside_the_folder_is_given(small: Flask, path: str) -> None:
    assert small.test_client().get(f"/static/{path}", buffered=True).status_code == 404


def test_every_file_a_page_names_has_the_build(app: Flask) -> None:
    page = app.test_client().get("/site").text
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert named and all(one.startswith("/static/_") for one in named)
