"""`/healthz`: is the program able to hold a conference right now? Slow work that stands still does not hinder one."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from meetings import __version__, jobs
from meetings.tables import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 when database and media process answer, else 503 and which of them does not."""
    media = current_app.extensions["media_health"]()
    parts = {"database": _database_answers(), "media": media is not None}
    missing = [name for name, answers in parts.items() if not answers]
    answer = {
        "ok": not missing,
        "version": __version__,
        "missing": missing,
        "media": media,
        "jobs": asdict(jobs.health(datetime.now(UTC))) if parts["database"] else None,
    }
    return jsonify(answer), 503 if missing else 200


def _database_answers() -> bool:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        logging.getLogger(__name__).exception("the database does not answer")
        return False
    return True
