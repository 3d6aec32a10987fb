"""The sites of a conference and the links that open their seats."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, invitations, links, store
from meetings.store import answers
from meetings.tables import Conference, DelegateRole, LinkKind, Site, SiteLink, writing

blueprint = Blueprint("sites", __name__)

FIELDS = {
    "name": lazy_gettext("Tên đầy đủ"),
    "short_name": lazy_gettext("Tên ngắn"),
    "label": lazy_gettext("Tên trên màn hình và sơ đồ"),
    "expected_count": lazy_gettext("Sĩ số dự kiến"),
    "seats": lazy_gettext("Số chỗ ngồi của phòng"),
    "contact_name": lazy_gettext("Kỹ thuật trực"),
    "contact_phone": lazy_gettext("Điện thoại"),
    "contact_email": lazy_gettext("Thư điện tử nhận giấy mời"),
    "room": lazy_gettext("Phòng họp"),
    "address": lazy_gettext("Địa chỉ"),
    "map_column": lazy_gettext("Cột trên sơ đồ"),
    "map_row": lazy_gettext("Hàng trên sơ đồ"),
}


@blueprint.get("/c/<public_id>/sites")
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    chosen = request.args.get("site", type=int)
    site = store.access_site(conference, chosen) if chosen else None
    return _page("office/sites.html", conference, site=site or next(iter(conference.sites), None))


@blueprint.route("/c/<public_id>/sites/new", methods=["GET", "POST"])
def create(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _form(conference, None, {}, {})
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            site_id = store.add_site(conference, store.read_site(request.form)).id
    except store.Invalid as error:
        return _form(conference, None, request.form, error.errors), 422
    flash(_("Đã thêm điểm cầu."))
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


@blueprint.post("/c/<public_id>/sites/units")
def add_units(public_id: str) -> ResponseReturnValue:
    with writing():
        conference = store.access_structure(accounts.office_account(), public_id)
        added = store.add_units(conference, request.form.getlist("unit", type=int), _zone())
    flash(_("Đã thêm %(count)d điểm cầu.", count=added))
    return redirect(url_for("sites.show", public_id=public_id))


@blueprint.route("/c/<public_id>/sites/<int:site_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("điểm cầu này"), FIELDS, "sites.show")
def edit(public_id: str, site_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    site = store.access_site(conference, site_id)
    if request.method == "GET":
        return _form(conference, site, store.site_values(site), {})
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            site = store.access_site(store.access_structure(account, public_id), site_id)
            store.change_site(site, store.read_site(typed), both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _form(conference, site, typed, error.errors), 422
    except store.Overwritten:
        return _both(store.access_site(conference, site_id))
    flash(_("Đã lưu điểm cầu."))
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


def _both(site: Site) -> ResponseReturnValue:
    return both.both_shown(
        site,
        _("điểm cầu “%(name)s”", name=site.short_name),
        FIELDS,
        store.site_values(site),
        url_for("sites.show", public_id=site.conference.public_id, site=site.id),
        site.conference,
        section="conferences",
        tab="sites",
    )


@blueprint.post("/c/<public_id>/sites/<int:site_id>/move")
def move(public_id: str, site_id: int) -> ResponseReturnValue:
    places = -1 if request.form.get("direction") == "up" else 1
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            store.move_site(store.access_site(conference, site_id), places)
    except store.Invalid as error:
        flash(error.errors["site"])
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


@blueprint.post("/c/<public_id>/sites/<int:site_id>/remove")
def remove(public_id: str, site_id: int) -> ResponseReturnValue:
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            conference = store.access_structure(account, public_id)
            site = store.access_site(conference, site_id)
            answers.remove_point(site, account.display_name, is_confirmed="confirmed" in request.form)
        flash(_("Đã bỏ điểm cầu."))
    except answers.WouldLose as error:
        return _page("office/site_remove.html", conference, site=site, loss=error.loss)
    except store.Invalid as error:
        flash(error.errors["site"])
    return redirect(url_for("sites.show", public_id=public_id))


@blueprint.get("/c/<public_id>/links")
def board(public_id: str) -> ResponseReturnValue:
    """Every address on one page, to copy and to print. Only for those who may give them out."""
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id, store.Right.EDIT)
    invitations.with_pins(conference)
    return _page(
        "office/links.html",
        conference,
        site=None,
        clients=links.CLIENTS,
        closed=store.closed_links_of(conference),
        pins=invitations.pins_by_link(conference),
        pin_page=request.host_url.rstrip("/") + invitations.PIN_PAGE,
    )


@blueprint.post("/c/<public_id>/links/<int:link_id>/renew")
def renew(public_id: str, link_id: int) -> ResponseReturnValue:
    """The old address stops working, unless it has already; a new one takes its place."""
    now = datetime.now(UTC)
    with writing():
        conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
        link = store.access_link(conference, link_id)
        was_closed = link.revoked_at is not None
        links.renew_link(link, now)
    flash(_("Đã cấp liên kết mới.") if was_closed else _("Đã thu hồi liên kết cũ và cấp liên kết mới."))
    return redirect(url_for("sites.board", public_id=public_id))


@blueprint.post("/c/<public_id>/links/new")
def add_client_link(public_id: str) -> ResponseReturnValue:
    """A token for an encoder in the hall, or for a player in another room."""
    kind = request.form.get("kind", "")
    with writing():
        conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
        if kind not in {each.value for each in links.CLIENTS}:
            abort(422)
        store.add_client_link(conference, LinkKind(kind))
    flash(_("Đã cấp mã."))
    return redirect(url_for("sites.board", public_id=public_id))


@blueprint.post("/c/<public_id>/links/<int:link_id>/revoke")
def revoke(public_id: str, link_id: int) -> ResponseReturnValue:
    """The address stops working and whoever holds it is sent away; a new one is given when it is asked for."""
    now = datetime.now(UTC)
    with writing():
        conference = store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)
        link = store.access_link(conference, link_id)
        links.revoke_link(link, now)
        is_program = link.kind in links.CLIENTS
    flash(
        _("Đã thu hồi mã; chương trình đang dùng mã này bị ngắt.")
        if is_program
        else _("Đã thu hồi liên kết; trang đang mở bằng liên kết này bị đóng.")
    )
    return redirect(url_for("sites.board", public_id=public_id))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


def _form(conference: Conference, site: Site | None, values: Any, errors: dict[str, str]) -> str:
    seen = both.seen(site, store.site_values(site)) if site else None
    return _page("office/site.html", conference, site=site, values=values, errors=errors, seen=seen)


def _address(link: SiteLink) -> str:
    return request.host_url.rstrip("/") + links.link_path(link)


def _page(template: str, conference: Conference, site: Site | None, **given: Any) -> str:
    may_give_out = store.may(accounts.office_account(), store.Right.EDIT)
    return render_template(
        template,
        conference=conference,
        is_frozen=store.is_frozen(conference),
        site=site,
        delegates=store.delegates_of(site) if site else [],
        counts=store.delegate_counts(conference),
        units=store.units_to_add(conference, _zone()),
        links=store.links_of(conference) if may_give_out else [],
        address=_address,
        roles=DelegateRole,
        section="conferences",
        tab="sites",
        **given,
    )
