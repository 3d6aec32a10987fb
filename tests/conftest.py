"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from meetings.app import create_app
from meetings.tables import db


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The whole application on an empty database of its own."""
    app = create_app({"DATA_DIR": tmp_path / "data", "TESTING": True})
    with app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()
