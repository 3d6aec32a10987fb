"""The letters of invitation of a conference: what they say, to whom they go, what became of them."""

import io
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, appointments, both, invitations, mail, mailing, prints, store
from meetings.config import Settings
from meetings.store import invitations as texts
from meetings.tables import Conference, InvitationText, MailState, Site, StaffAccount, writing

blueprint = Blueprint("invitations", __name__, url_prefix="/c/<public_id>/invitations")

POINT_FIELDS = {
    "addition": lazy_gettext("Lời riêng cho điểm này"),
    "emails": lazy_gettext("Gửi thư đến"),
}


@blueprint.get("")
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = _access(public_id)
    state = appointments.current(conference, _now())
    extras = texts.point_invitations(conference)
    return _page(
        "office/invitations.html",
        conference,
        draft=texts.invitation_draft(conference),
        saved=texts.saved_text(conference),
        counts=store.delegate_counts(conference),
        addresses={site.id: texts.addresses_of_site(site, extras.get(site.id)) for site in conference.sites},
        additions={site_id for site_id, extra in extras.items() if extra.addition},
        mails=texts.mails_of(conference),
        told=texts.sent_sequences(conference),
        sequence=state.sequence,
        may_send=_may_send(conference),
        job=_job(),
    )


def _job() -> Any:
    try:
        return store.access_job({one.id for one in accounts.signed_in_accounts()}, request.args.get("job", ""))
    except store.NotFound:
        return None


@blueprint.route("/text", methods=["GET", "POST"])
def text(public_id: str) -> ResponseReturnValue:
    conference = _access(public_id)
    if request.method == "GET":
        return _text_form(conference, _shown(texts.invitation_draft(conference)), {})
    account = _account()
    try:
        draft = texts.read_invitation(request.form)
        with writing():
            texts.save_invitation(_access(public_id), draft, request.form.get("version", 0, type=int), account)
    except store.Invalid as error:
        return _text_form(conference, request.form, error.errors), 422
    except texts.Overtaken as error:
        return _text_form(conference, request.form, {}, error.saved), 409
    flash(_("Đã lưu nội dung giấy mời."))
    return redirect(url_for("invitations.show", public_id=public_id))


def _shown(source: Any) -> dict[str, Any]:
    """A draft or a saved text as the form's fields hold it."""
    values = {name: getattr(source, name) for name in texts.FIELDS}
    day: date | None = values["day"]
    return {**values, "day": f"{day:%d/%m/%Y}" if day else "", "recipients": "\n".join(values["recipients"])}


def _text_form(conference: Conference, values: Any, errors: dict[str, str], other: InvitationText | None = None) -> str:
    saved = texts.saved_text(conference)
    theirs = _shown(other) if other else {}
    return _page(
        "office/invitation_text.html",
        conference,
        values=values,
        errors=errors,
        version=other.version if other else values.get("version", saved.version if saved else 0),
        other=other,
        differing={n: theirs[n] for n in theirs if str(theirs[n] or "").split() != str(values.get(n) or "").split()},
    )


@blueprint.route("/<int:site_id>", methods=["GET", "POST"])
@both.keeps_typed(lazy_gettext("điểm cầu này"), POINT_FIELDS, "invitations.show")
def point(public_id: str, site_id: int) -> ResponseReturnValue:
    conference = _access(public_id)
    site = store.access_site(conference, site_id)
    if request.method == "GET":
        return _point_form(conference, site, texts.point_values(texts.point_invitation_of(site)), {})
    typed = both.typed_values(POINT_FIELDS)
    try:
        draft = texts.read_point_invitation(typed)
        with writing():
            site = store.access_site(_access(public_id), site_id)
            texts.change_point_invitation(site, draft, both.seen_version(), _account().display_name)
    except store.Invalid as error:
        return _point_form(conference, site, typed, error.errors), 422
    except store.Overwritten:
        return _both(site)
    flash(_("Đã lưu giấy mời của điểm này."))
    return redirect(url_for("invitations.point", public_id=public_id, site_id=site_id))


def _both(site: Site) -> ResponseReturnValue:
    row = texts.point_invitation_of(site)
    return both.both_shown(
        row,
        _("giấy mời của “%(name)s”", name=site.short_name),
        POINT_FIELDS,
        texts.point_values(row),
        url_for("invitations.point", public_id=site.conference.public_id, site_id=site.id),
        site.conference,
        section="conferences",
        tab="invitations",
    )


def _point_form(conference: Conference, site: Site, values: dict[str, str], errors: dict[str, str]) -> str:
    row = texts.point_invitation_of(site)
    mails = texts.mails_of(conference).get(site.id, {})
    shown_at = url_for("invitations.point", public_id=conference.public_id, site_id=site.id)
    picture = prints.PrintPaper("letter", "png", _base(), site.id, shown_at)
    return _page(
        "office/invitation_point.html",
        conference,
        site=site,
        values=values,
        errors=errors,
        fields=POINT_FIELDS,
        seen=both.seen(row, texts.point_values(row)),
        mails=mails,
        may_send=_may_send(conference),
        addresses=texts.addresses_of_site(site, row),
        picture_job=prints.waiting_for(conference, picture, _account()),
    )


@blueprint.get("/<int:site_id>/<any(pdf, docx, ics, png):form>")
def document(public_id: str, site_id: int, form: str) -> ResponseReturnValue:
    """One letter as a file, or as a picture to look at."""
    conference = _access(public_id)
    site = store.access_site(conference, site_id)
    if form == "ics":
        return _ics(conference, site)
    asked = prints.PrintPaper("letter", form, _base(), site_id, prints.this_address())
    is_shown = form == "png" or (form == "pdf" and "look" in request.args)
    return prints.answer(conference, asked, _account(), is_shown=is_shown)


def _ics(conference: Conference, site: Site) -> ResponseReturnValue:
    content, name = invitations.appointment_file(conference, site, _base())
    return send_file(io.BytesIO(content), mimetype="text/calendar", as_attachment=True, download_name=name)


@blueprint.post("/print")
def print_all(public_id: str) -> ResponseReturnValue:
    """Every letter: one PDF to print, or a ZIP. Made by the jobs process."""
    form = "zip" if request.form.get("form") == "zip" else "pdf"
    account = _account()
    with writing():
        job_id = invitations.ask_for_all(_access(public_id), form, _base(), account).public_id
    return redirect(url_for("invitations.show", public_id=public_id, job=job_id))


@blueprint.post("/send")
def send(public_id: str) -> ResponseReturnValue:
    """To every address that does not know the latest; to one site anew when it is named."""
    account = _account()
    chosen = request.form.get("site", type=int)
    with writing():
        conference = _access(public_id)
        if why := mailing.why_not_sent(conference):
            flash(why)
            return redirect(url_for("invitations.show", public_id=public_id))
        sites = [store.access_site(conference, chosen)] if chosen else conference.sites
        count = mailing.queue_letters(conference, sites, _base(), account, _now(), anew=chosen is not None)
    flash(
        _("Đã xếp %(count)d thư vào hàng gửi.", count=count)
        if count
        else _("Không có thư nào cần gửi: điểm chưa có địa chỉ thư, hoặc thư đang chờ gửi.")
    )
    return redirect(url_for("invitations.show", public_id=public_id))


def _may_send(conference: Conference) -> bool:
    return not mailing.why_not_sent(conference)


def _access(public_id: str) -> Conference:
    """Letters hold links and PINs: they are for those who may give them out."""
    return store.access_conference(accounts.office_account(), public_id, store.Right.EDIT)


def _account() -> StaffAccount:
    return store.require(accounts.office_account(), store.Right.EDIT)


def _base() -> str:
    return request.host_url.rstrip("/")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _now() -> datetime:
    return datetime.now(UTC)


def _page(template: str, conference: Conference, **given: Any) -> str:
    return render_template(
        template,
        conference=conference,
        is_frozen=store.is_frozen(conference),
        has_mail=bool(_settings().smtp_host),
        why_not_sent=mailing.why_not_sent(conference),
        mail_states=MailState,
        is_address=mail.is_address,
        section="conferences",
        tab="invitations",
        **given,
    )
