"""Papers of the hour before the opening: a guide for each point, the record of the line test."""

import io
from datetime import UTC, datetime

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from meetings import accounts, arrivals, invitations, store

blueprint = Blueprint("arrival", __name__, url_prefix="/c/<public_id>")


@blueprint.get("/guide.pdf")
def guide(public_id: str) -> ResponseReturnValue:
    """One page for each point; `?site=` for one. It holds the point's link: only for those who may give links out."""
    conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
    chosen = request.args.get("site", type=int)
    site = store.access_site(conference, chosen) if chosen else None
    invitations.with_pins(conference)
    if not any(one.kind == "site" for one in conference.sites):
        raise store.NotFound
    content = arrivals.guides_pdf(conference, request.host_url.rstrip("/"), site)
    return _pdf(content, "huong-dan-vao-hoi-nghi.pdf")


@blueprint.get("/line-test.pdf")
def line_test(public_id: str) -> ResponseReturnValue:
    conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
    return _pdf(arrivals.line_test_pdf(conference, datetime.now(UTC)), "bien-ban-kiem-tra-duong-truyen.pdf")


def _pdf(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=name)
