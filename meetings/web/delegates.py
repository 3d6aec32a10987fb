"""The delegates of a site: who is called, under which title, in which order."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, store
from meetings.lists.delegates import Twin, add_or_merge
from meetings.tables import Delegate, DelegateRole, Site, writing

blueprint = Blueprint("delegates", __name__)

FIELDS = {
    "title": lazy_gettext("Chức danh"),
    "full_name": lazy_gettext("Họ và tên"),
    "body": lazy_gettext("Cơ quan"),
    "role": lazy_gettext("Tư cách"),
    "precedence": lazy_gettext("Thứ tự"),
    "substitute_for_id": lazy_gettext("Dự thay cho"),
}


@blueprint.route("/c/<public_id>/sites/<int:site_id>/delegates/new", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("điểm cầu này"), FIELDS, "sites.show", choices=("role", "substitute_for_id"))
def create(public_id: str, site_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    site = store.access_site(conference, site_id)
    if request.method == "GET":
        values = {"role": DelegateRole.DELEGATE, "precedence": len(store.delegates_of(site)) + 1}
        return _form(site, None, values, {})
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            site = store.access_site(store.access_structure(account, public_id), site_id)
            known = {one.id for one in store.delegates_of(site)}
            draft = store.read_delegate(request.form, site)
            is_merged = add_or_merge(site, draft, request.form.get("twin", ""), account.display_name).id in known
    except store.Invalid as error:
        return _form(site, None, request.form, error.errors), 422
    except Twin as found:
        return _form(site, None, request.form, {}, found.delegate), 409
    flash(_("Đã gộp vào đại biểu có sẵn.") if is_merged else _("Đã thêm đại biểu."))
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


@blueprint.route("/c/<public_id>/delegates/<int:delegate_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("đại biểu này"), FIELDS, "sites.show", choices=("role", "substitute_for_id"))
def edit(public_id: str, delegate_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    delegate = store.access_delegate(conference, delegate_id)
    if request.method == "GET":
        return _form(delegate.site, delegate, store.delegate_values(delegate), {})
    typed = both.typed_values(FIELDS)
    try:
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            delegate = store.access_delegate(store.access_structure(account, public_id), delegate_id)
            draft = store.read_delegate(typed, delegate.site, delegate.id)
            store.change_delegate(delegate, draft, both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _form(delegate.site, delegate, typed, error.errors), 422
    except store.Overwritten:
        return _both(store.access_delegate(conference, delegate_id))
    flash(_("Đã lưu đại biểu."))
    return redirect(url_for("sites.show", public_id=public_id, site=delegate.site_id))


def _both(delegate: Delegate) -> ResponseReturnValue:
    others = {str(other.id): other for other in store.delegates_of(delegate.site)}
    return both.both_shown(
        delegate,
        _("đại biểu “%(who)s”", who=_name(delegate)),
        FIELDS,
        store.delegate_values(delegate),
        url_for("sites.show", public_id=delegate.conference.public_id, site=delegate.site_id),
        delegate.conference,
        {"substitute_for_id": lambda id: _name(others[id])},
        section="conferences",
        tab="sites",
    )


def _name(delegate: Delegate) -> str:
    return delegate.person.full_name or delegate.title


@blueprint.post("/c/<public_id>/delegates/<int:delegate_id>/remove")
def remove(public_id: str, delegate_id: int) -> ResponseReturnValue:
    with writing():
        account = store.require(accounts.office_account(), store.Right.EDIT)
        delegate = store.access_delegate(store.access_structure(account, public_id), delegate_id)
        site_id = delegate.site_id
        store.remove_delegate(delegate, account.display_name)
    flash(_("Đã bỏ đại biểu."))
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


def _form(
    site: Site, delegate: Delegate | None, values: Any, errors: dict[str, str], twin: Delegate | None = None
) -> str:
    return render_template(
        "office/delegate.html",
        conference=site.conference,
        is_frozen=False,
        site=site,
        delegate=delegate,
        twin=twin,
        values=values,
        errors=errors,
        seen=both.seen(delegate, store.delegate_values(delegate)) if delegate else None,
        others=[one for one in store.delegates_of(site) if delegate is None or one.id != delegate.id],
        roles=DelegateRole,
        section="conferences",
        tab="sites",
    )
