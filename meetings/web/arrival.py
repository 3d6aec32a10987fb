"""Papers of the hour before the opening: a guide for each point, the record of the line test."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from meetings import accounts, arrivals, prints, store

blueprint = Blueprint("arrival", __name__, url_prefix="/c/<public_id>")


@blueprint.get("/guide.pdf")
def guide(public_id: str) -> ResponseReturnValue:
    """One page for each point; `?site=` for one. It holds the point's link: only for those who may give links out."""
    return _printed(public_id, arrivals.GUIDES, request.args.get("site", type=int))


@blueprint.get("/line-test.pdf")
def line_test(public_id: str) -> ResponseReturnValue:
    return _printed(public_id, arrivals.LINE_TEST)


def _printed(public_id: str, paper: str, site_id: int | None = None) -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    conference = store.access_conference(account, public_id, store.Right.EDIT)
    asked = prints.PrintPaper(paper, "pdf", request.host_url.rstrip("/"), site_id, prints.this_address())
    return prints.answer(conference, asked, account, is_shown=True)
