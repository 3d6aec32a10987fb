"""A conference as a whole: made, its details, put on the calendar."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, rehearsals, store
from meetings.tables import Conference, StaffAccount, writing

blueprint = Blueprint("conferences", __name__)

FIELDS = {
    "title": lazy_gettext("Tên đầy đủ"),
    "short_title": lazy_gettext("Tên ngắn"),
    "organiser": lazy_gettext("Đơn vị tổ chức"),
    "kind": lazy_gettext("Loại hội nghị"),
    "place": lazy_gettext("Địa điểm chủ trì"),
    "day": lazy_gettext("Ngày"),
    "opens": lazy_gettext("Giờ khai mạc"),
    "ends": lazy_gettext("Giờ kết thúc"),
    "limit_minutes": lazy_gettext("Thời lượng mỗi ý kiến (phút)"),
    "quorum": lazy_gettext("Số đại biểu tối thiểu"),
    "quorum_count": lazy_gettext("Số đại biểu phải có mặt"),
}


@blueprint.route("/conferences/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    account = store.require(accounts.office_account(), store.Right.EDIT)
    if request.method == "POST":
        return _create(account)
    template, earlier = store.template_of(request.args.get("template", "")), _earlier(account, request.args)
    if earlier is None and "template" not in request.args:
        return render_template(
            "office/conference_begin.html", templates=store.templates(), recent=store.recent(8), section="conferences"
        )
    values = _values_like(earlier) if earlier else _values_of_template(template)
    return _new_page(values, {}, template, earlier)


def _create(account: StaffAccount) -> ResponseReturnValue:
    template, earlier = store.template_of(request.form.get("template", "")), _earlier(account, request.form)
    try:
        draft = store.read_new_conference(request.form, _zone())
    except store.HoldsSecrets:
        return render_template("office/conference_secret.html", section="conferences"), 422
    except store.Invalid as error:
        return _new_page(request.form, error.errors, template, earlier), 422
    with writing():
        account = store.require(accounts.office_account(), store.Right.EDIT)
        earlier = _earlier(account, request.form)
        if earlier is not None:
            series_id = earlier.series_id if request.form.get("series") else None
            public_id = store.create_like(draft, earlier, series_id).public_id
        else:
            public_id = store.create_conference(draft, template).public_id
    flash(_("Đã tạo bản nháp. Xem lại chương trình, rồi điểm cầu và đại biểu."))
    return redirect(url_for("agenda.show", public_id=public_id))


def _earlier(account: StaffAccount, given: Any) -> Conference | None:
    public_id = given.get("from", "")
    return store.access_conference(account, public_id) if public_id else None


def _values_of_template(template: store.Template | None) -> dict[str, Any]:
    day = store.work_calendar().on_or_after(datetime.now(_zone()).date() + timedelta(days=7))
    values = {"limit_minutes": 5, "day": f"{day:%d/%m/%Y}", "opens": "08:00"}
    if template is None:
        return values
    ends = datetime(2000, 1, 1, 8) + timedelta(minutes=template.length_minutes)
    return {
        **values,
        "title": template.title,
        "kind": template.kind,
        "ends": f"{ends:%H:%M}",
        "limit_minutes": template.speech_minutes,
    }


def _values_like(earlier: Conference) -> dict[str, Any]:
    """As the earlier one; in its series, on the day that comes next, else without a day."""
    values: dict[str, Any] = {**details_values(earlier, _zone()), "day": ""}
    if request.args.get("series") and (day := store.next_of_series(earlier, _zone(), store.work_calendar())):
        values |= {"day": f"{day:%d/%m/%Y}", "series": "1"}
    return values


def _new_page(values: Any, errors: dict[str, str], template: store.Template | None, earlier: Conference | None) -> str:
    return render_template(
        "office/conference_new.html",
        values=values,
        errors=errors,
        template=template,
        earlier=earlier,
        templates=store.templates(),
        section="conferences",
    )


@blueprint.route("/c/<public_id>", methods=["GET", "POST"])
def show(public_id: str) -> ResponseReturnValue:
    account = accounts.office_account()
    if account is None:
        return redirect(url_for("auth.sign_in", next=request.path))
    conference = store.access_conference(account, public_id)
    if request.method == "GET":
        return _details(conference, details_values(conference, _zone()), {})
    typed = both.typed_values(FIELDS)
    try:
        draft = store.read_conference(typed, _zone())
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            store.change_conference(
                store.access_structure(account, public_id), draft, both.seen_version(), account.display_name
            )
    except store.Invalid as error:
        return _details(conference, typed, error.errors), 422
    except store.Overwritten:
        return _both(store.access_conference(account, public_id))
    flash(_("Đã lưu thông tin."))
    return redirect(url_for("conferences.show", public_id=public_id))


def _both(conference: Conference) -> ResponseReturnValue:
    return both.both_shown(
        conference,
        _("thông tin hội nghị"),
        FIELDS,
        details_values(conference, _zone()),
        url_for("conferences.show", public_id=conference.public_id),
        conference,
        section="conferences",
        tab="details",
    )


def _details(conference: Conference, values: Any, errors: dict[str, str]) -> str:
    today = store.Today(datetime.now(_zone()).date(), _zone(), store.work_calendar())
    return render_template(
        "office/conference.html",
        conference=conference,
        is_frozen=store.is_frozen(conference),
        values=values,
        errors=errors,
        seen=both.seen(conference, details_values(conference, _zone())),
        templates=store.templates(),
        needs=store.needs_of([conference], today).get(conference.id, []),
        of_series=store.series_of(conference),
        next_day=store.next_of_series(conference, today.zone, today.work),
        section="conferences",
        tab="details",
    )


def details_values(conference: Conference, zone: ZoneInfo) -> dict[str, str]:
    opens_at, ends_at = conference.opens_at.astimezone(zone), conference.ends_at.astimezone(zone)
    return {
        **{name: getattr(conference, name) for name in ("title", "short_title", "organiser", "kind", "place")},
        "day": f"{opens_at:%d/%m/%Y}",
        "opens": f"{opens_at:%H:%M}",
        "ends": f"{ends_at:%H:%M}",
        "limit_minutes": str(conference.speech_limit_seconds // 60),
        "quorum": conference.quorum_share.value if conference.quorum_share else "",
        "quorum_count": str(conference.quorum_count or ""),
    }


@blueprint.post("/c/<public_id>/rehearsal")
def rehearse(public_id: str) -> ResponseReturnValue:
    """Tổng duyệt: a private copy to practise in, with simulated points."""
    account = store.require(accounts.office_account(), store.Right.REHEARSE)
    try:
        with writing():
            earlier = store.access_conference(account, public_id, store.Right.REHEARSE)
            made = rehearsals.create(earlier, account).public_id
    except store.Invalid as error:
        flash(error.errors["status"])
        return redirect(url_for("conferences.show", public_id=public_id))
    flash(_("Đã tạo bản tổng duyệt, khai mạc sau 30 phút. Mọi việc ở đây không ảnh hưởng hội nghị chính."))
    return redirect(url_for("conferences.show", public_id=made))


@blueprint.post("/c/<public_id>/rehearsal/points")
def rehearse_with_points(public_id: str) -> ResponseReturnValue:
    """Simulated points come into this copy, or leave it (`away`)."""
    account = store.require(accounts.office_account(), store.Right.REHEARSE)
    try:
        with writing():
            conference = store.access_conference(account, public_id, store.Right.REHEARSE)
            if "away" in request.form:
                rehearsals.send_points_away(conference)
                flash(_("Các điểm giả lập đang rời bản tổng duyệt."))
            else:
                rehearsals.let_points_in(conference, account)
    except store.Invalid as error:
        flash(error.errors["status"])
    return redirect(url_for("conferences.show", public_id=public_id))


@blueprint.post("/c/<public_id>/schedule")
def schedule(public_id: str) -> ResponseReturnValue:
    try:
        with writing():
            store.schedule(store.access_structure(accounts.office_account(), public_id))
        flash(_("Đã lên lịch hội nghị."))
    except store.Invalid as error:
        flash(error.errors["status"])
    return redirect(url_for("conferences.show", public_id=public_id))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)
