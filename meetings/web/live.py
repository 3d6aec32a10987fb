"""The live pages. The desk's are for signed-in staff; the others know their token from the fragment alone."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import __version__, accounts, links, store, words
from meetings.config import Settings
from meetings.tables import Role

blueprint = Blueprint("live", __name__)

DESK_ROLES = {"chair": (Role.CHAIR,), "secretary": (Role.SECRETARY, Role.ADMIN)}


@blueprint.get("/c/<public_id>/chair")
def chair(public_id: str) -> ResponseReturnValue:
    return _desk("chair", public_id)


@blueprint.get("/c/<public_id>/secretary")
def secretary(public_id: str) -> ResponseReturnValue:
    return _desk("secretary", public_id)


@blueprint.get("/c/<public_id>/board")
def board(public_id: str) -> ResponseReturnValue:
    """The line-test board: the secretary's, on a screen of its own."""
    return _desk("secretary", public_id, "board")


@blueprint.get("/site")
def site() -> ResponseReturnValue:
    return _page("site")


@blueprint.get("/station")
def station() -> ResponseReturnValue:
    return _page("station")


@blueprint.get("/screen")
def screen() -> ResponseReturnValue:
    return _page("screen")


@blueprint.get("/words")
def messages() -> ResponseReturnValue:
    """The scripts' messages in `?lang=`: the hall screen changes its language without a flicker."""
    return {"lang": words.language(), "messages": words.page_messages(current_app)}


def _desk(role: str, public_id: str, page: str = "") -> ResponseReturnValue:
    account = accounts.signed_in_as(DESK_ROLES[role])
    if account is None:
        if accounts.office_account():
            raise store.Forbidden
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    entry = accounts.session_of(account)
    token = links.desk_token(account, conference, Role(role), entry.public_id if entry else "")
    return _page(page or role, auth={"desk": token}, conference=conference.public_id)


def _page(page: str, **known: Any) -> str:
    settings: Settings = current_app.extensions["settings"]
    boot = {
        "page": page,
        "lang": words.language(),
        "auth": None,
        "conference": None,
        "timezone": settings.timezone,
        "messages": words.page_messages(current_app),
        "version": __version__,
        **known,
    }
    return render_template(f"live/{page}.html", boot=boot)
