"""The check-in desk: its page, and what the page asks. The link's token is in a header, never in a cookie."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import __version__, accounts, check_in, links, prints, refusal_words, store, words
from meetings.core import commands as c
from meetings.core.parts import instant
from meetings.core.refusals import Refusal
from meetings.core.vocabulary import Actor, DelegateId, Role, RollStatus, SiteId
from meetings.live import LiveConferences
from meetings.store.forms import form_of_json
from meetings.tables import Delegate, Site, db, writing

blueprint = Blueprint("check_in", __name__)

HEADER = "X-Site-Link"


@blueprint.get("/check-in")
def page() -> ResponseReturnValue:
    boot = {
        "page": "check-in",
        "lang": words.language(),
        "auth": None,
        "conference": None,
        "timezone": current_app.extensions["settings"].timezone,
        "messages": words.page_messages(current_app),
        "version": __version__,
    }
    return render_template("live/check_in.html", boot=boot)


@blueprint.get("/check-in/list")
def listed() -> ResponseReturnValue:
    return jsonify(_told(_site()))


@blueprint.post("/check-in/mark")
def mark() -> ResponseReturnValue:
    """`code`, as read, or `delegate_id`, as chosen from the list: present from now on."""
    site, form = _site(), form_of_json(request.get_json(silent=True))
    delegate = check_in.delegate_of(form["code"], site) if "code" in form else _delegate(site, form)
    state, _directory = _live().known(site.conference_id)
    check_in.require_not_in(state, delegate)
    _execute(site, c.MarkRoll(DelegateId(delegate.id), RollStatus.PRESENT))
    return jsonify(who=check_in.who(delegate), title=delegate.title, **_told(site))


@blueprint.post("/check-in/undo")
def undo() -> ResponseReturnValue:
    """The wrong one was marked."""
    site = _site()
    delegate = _delegate(site, form_of_json(request.get_json(silent=True)))
    _execute(site, c.MarkRoll(DelegateId(delegate.id), RollStatus.UNMARKED))
    return jsonify(who=check_in.who(delegate), title=delegate.title, **_told(site))


@blueprint.post("/c/<public_id>/links/check-in")
def open_desk(public_id: str) -> ResponseReturnValue:
    """A link for the check-in desk of a point, else of the hall, to be renewed and revoked like the others."""
    chosen = request.form.get("site", type=int)
    with writing():
        conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
        store.open_check_in(conference, store.access_site(conference, chosen) if chosen else None)
    flash(_("Đã cấp liên kết cho bàn đón tiếp."))
    return redirect(url_for("sites.board", public_id=public_id))


@blueprint.get("/c/<public_id>/delegate-cards.pdf")
def delegate_cards(public_id: str) -> ResponseReturnValue:
    """A card with a QR code for every delegate of the hall, to go with the invitations."""
    account = store.require(accounts.office_account(), store.Right.EDIT)
    conference = store.access_conference(account, public_id, store.Right.EDIT)
    asked = prints.PrintPaper("cards", "pdf", shown_at=prints.this_address())
    return prints.answer(conference, asked, account, is_shown=True)


def _told(site: Site) -> dict[str, Any]:
    state, _directory = _live().known(site.conference_id)
    rows = []
    for delegate in store.delegates_of(site):
        entry = state.roll_entry(DelegateId(delegate.id))
        status = entry.status.value
        marked_at = instant(entry.marked_at)
        rows.append({"id": delegate.id, "who": check_in.who(delegate), "title": delegate.title, "body": delegate.body})
        rows[-1] |= {"status": status, "marked_at": marked_at, "is_here": entry.is_here}
    conference = site.conference
    return {
        "conference": conference.short_title,
        "place": site.name,
        "is_open": state.setup is not None,
        "delegates": rows,
    }


def _execute(site: Site, command: c.MarkRoll) -> None:
    """As the point itself: its roll is its own (rule 36)."""
    actor = Actor(Role.SITE, site_id=SiteId(site.id))
    conference_id = site.conference_id
    db.session.rollback()
    _live().execute(conference_id, actor, command, f"check-in-{secrets.token_hex(8)}")


def _live() -> LiveConferences:
    live: LiveConferences = current_app.extensions["live"]
    return live


def _site() -> Site:
    return links.resolve_check_in(request.headers.get(HEADER, ""))


def _delegate(site: Site, form: dict[str, str]) -> Delegate:
    number = form.get("delegate_id", "")
    delegate = db.session.get(Delegate, int(number)) if number.isdecimal() and len(number) < 10 else None
    if delegate is None or delegate.site_id != site.id:
        raise check_in.UnknownCode
    return delegate


@blueprint.errorhandler(check_in.UnknownCode)
def _unknown(_error: check_in.UnknownCode) -> ResponseReturnValue:
    said = _("Mã này không phải của đại biểu nào. Hãy quét lại, hoặc tìm theo tên.")
    return jsonify(error="unknown_code", message=said), 404


@blueprint.errorhandler(check_in.OtherConference)
def _other_conference(error: check_in.OtherConference) -> ResponseReturnValue:
    said = _("Mã này của hội nghị khác: %(title)s.", title=error.title)
    return jsonify(error="other_conference", message=said), 409


@blueprint.errorhandler(check_in.OtherSite)
def _other_site(error: check_in.OtherSite) -> ResponseReturnValue:
    said = _("Đại biểu này thuộc %(site)s, không dự tại hội trường.", site=error.site_name)
    return jsonify(error="other_site", message=said), 409


@blueprint.errorhandler(check_in.AlreadyIn)
def _already(error: check_in.AlreadyIn) -> ResponseReturnValue:
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    time = f"{error.at.astimezone(zone):%H:%M}" if error.at else "–"
    return jsonify(error="already_in", message=_("Đã điểm danh lúc %(time)s. Mã này đã dùng.", time=time)), 409


@blueprint.errorhandler(Refusal)
def _refused(error: Refusal) -> ResponseReturnValue:
    return jsonify(error=error.code, message=refusal_words.in_words(error)), refusal_words.status_of(error)
