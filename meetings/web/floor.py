"""How the floor is to be run, as it is prepared: what the chair may still change during the sitting."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings import accounts, both, store
from meetings.tables import Conference, writing

blueprint = Blueprint("floor", __name__)

FIELDS = {
    "mode": lazy_gettext("Chế độ"),
    "open_microphones": lazy_gettext("Số micro mở cùng lúc"),
    "on_exceed": lazy_gettext("Khi hết giờ"),
    "cut_grace_seconds": lazy_gettext("Ngắt sau (giây)"),
    "order_minutes": lazy_gettext("Ý kiến về thủ tục (phút)"),
    "site_quota_minutes": lazy_gettext("Tổng thời gian mỗi điểm cầu (phút)"),
    "order_categories": lazy_gettext("Các loại ý kiến về thủ tục"),
    "is_clock_stopped_by_order": lazy_gettext("Dừng đồng hồ của lượt đang nói khi nghe ý kiến về thủ tục"),
    "takes_orders_when_closed": lazy_gettext("Nhận ý kiến về thủ tục cả khi đã đóng đăng ký"),
    "is_present_only": lazy_gettext("Chỉ nhận đại biểu có mặt theo điểm danh"),
}
SWITCHES = ("is_clock_stopped_by_order", "takes_orders_when_closed", "is_present_only")


@blueprint.route("/c/<public_id>/floor", methods=["GET", "POST"])
def edit(public_id: str) -> ResponseReturnValue:
    conference = store.access_structure(accounts.office_account(), public_id)
    if request.method == "GET":
        return _form(conference, _values(conference), {})
    typed = both.typed_values(FIELDS)
    try:
        floor = store.read_floor(typed)
        with writing():
            account = store.require(accounts.office_account(), store.Right.EDIT)
            conference = store.access_structure(account, public_id)
            store.save_floor(conference.id, floor, both.seen_version(), account.display_name)
    except store.Invalid as error:
        return _form(conference, typed, error.errors), 422
    except store.Overwritten:
        return _both(conference)
    flash(_("Đã lưu quy tắc điều hành."))
    return redirect(url_for("conferences.show", public_id=public_id))


def _values(conference: Conference) -> dict[str, str]:
    return store.floor_values(store.floor_of(conference.id))


def _both(conference: Conference) -> ResponseReturnValue:
    return both.both_shown(
        store.rules_of(conference.id),
        _("quy tắc điều hành"),
        FIELDS,
        _values(conference),
        url_for("conferences.show", public_id=conference.public_id),
        conference,
        {name: lambda _on: _("Có") for name in SWITCHES},
        section="conferences",
        tab="details",
    )


def _form(conference: Conference, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "office/floor.html",
        conference=conference,
        is_frozen=False,
        values=values,
        errors=errors,
        fields=FIELDS,
        switches=SWITCHES,
        seen=both.seen(store.rules_of(conference.id), _values(conference)),
        section="conferences",
        tab="details",
    )
