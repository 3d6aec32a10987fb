"""The delegates of a site: who is called, under which title, in which order."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import accounts, store
from meetings.lists.delegates import Twin, add_or_merge
from meetings.tables import Delegate, DelegateRole, Site, writing

blueprint = Blueprint("delegates", __name__)


@blueprint.route("/c/<public_id>/sites/<int:site_id>/delegates/new", methods=["GET", "POST"])
def create(public_id: str, site_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    site = store.access_site(conference, site_id)
    if request.method == "GET":
        values = {"role": DelegateRole.DELEGATE, "precedence": len(store.delegates_of(site)) + 1}
        return _form(site, None, values, {})
    try:
        with writing():
            site = store.access_site(store.access_structure(accounts.office_account(), public_id), site_id)
            known = {one.id for one in store.delegates_of(site)}
            draft = store.read_delegate(request.form, site)
            is_merged = add_or_merge(site, draft, request.form.get("twin", "")).id in known
    except store.Invalid as error:
        return _form(site, None, request.form, error.errors), 422
    except Twin as found:
        return _form(site, None, request.form, {}, found.delegate), 409
    flash(_("Đã gộp vào đại biểu có sẵn.") if is_merged else _("Đã thêm đại biểu."))
    return redirect(url_for("sites.show", public_id=public_id, site=site_id))


@blueprint.route("/c/<public_id>/delegates/<int:delegate_id>", methods=["GET", "POST"])
def edit(public_id: str, delegate_id: int) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    delegate = store.access_delegate(conference, delegate_id)
    if request.method == "GET":
        names = ("title", "body", "role", "precedence", "substitute_for_id")
        values = {"full_name": delegate.person.full_name, **{name: getattr(delegate, name) for name in names}}
        return _form(delegate.site, delegate, values, {})
    try:
        with writing():
            conference = store.access_structure(accounts.office_account(), public_id)
            delegate = store.access_delegate(conference, delegate_id)
            store.change_delegate(delegate, store.read_delegate(request.form, delegate.site, delegate.id))
    except store.Invalid as error:
        return _form(delegate.site, delegate, request.form, error.errors), 422
    flash(_("Đã lưu đại biểu."))
    return redirect(url_for("sites.show", public_id=public_id, site=delegate.site_id))


@blueprint.post("/c/<public_id>/delegates/<int:delegate_id>/remove")
def remove(public_id: str, delegate_id: int) -> ResponseReturnValue:
    with writing():
        conference = store.access_structure(accounts.office_account(), public_id)
        delegate = store.access_delegate(conference, delegate_id)
        site_id = delegate.site_id
        store.remove_delegate(delegate)
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
        others=[one for one in store.delegates_of(site) if delegate is None or one.id != delegate.id],
        roles=DelegateRole,
        section="conferences",
        tab="sites",
    )
