"""The short page where a point that cannot click its link types its PIN."""

import time
from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from meetings import links, pins

blueprint = Blueprint("pin", __name__)


@blueprint.route("/p", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("office/pin.html", values={}, errors={})
    tries: pins.PinTries = current_app.extensions["pin_tries"]
    typed, address, now = request.form.get("pin", "")[:40], request.remote_addr or "", time.monotonic()
    try:
        pin = pins.read(typed)
        tries.check(address, pin, now)
        link = pins.resolve_pin(pin, datetime.now(UTC))
    except pins.TooManyPins:
        return _again(typed, _("Thử quá nhiều lần. Hãy đợi rồi thử lại, hoặc mở liên kết trong giấy mời."), 429)
    except pins.NotAPin:
        return _again(typed, _("Mã PIN gồm 8 chữ số, in trên giấy mời."), 422)
    except pins.UnknownPin:
        tries.wrong(address, now)
        return _again(
            typed, _("Không có điểm cầu nào đang dùng mã PIN này. Hãy xem lại mã trên giấy mời mới nhất."), 422
        )
    tries.right(pin, now)
    return redirect(links.link_path(link), 303)


def _again(typed: str, words: str, code: int) -> ResponseReturnValue:
    return render_template("office/pin.html", values={"pin": typed}, errors={"pin": words}), code
