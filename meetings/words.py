"""The two languages. Messages are written in Vietnamese; the English catalogue is read once, as text.

`/?lang=en` switches a browser (it is kept in a cookie), so that pages without a session can be switched too.
"""

import io
from functools import cache
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, after_this_request, has_request_context, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
HALL_SCREEN = "live.screen"
_ENGLISH = Path(__file__).parent / "translations/en/LC_MESSAGES/messages.po"


class _Words(Domain):  # type: ignore[misc]
    """The catalogue held in memory: no compiled file to forget."""

    def __init__(self, english: Translations) -> None:
        super().__init__(domain="messages")
        self._english = english

    def get_translations(self) -> NullTranslations:
        return self._english if language() == "en" else NullTranslations()


def init_app(app: Flask, timezone: str) -> None:
    catalog, english = _read_english()
    babel = Babel()
    babel.__dict__["domain_instance"] = _Words(english)
    babel.init_app(app, default_locale="vi", default_timezone=timezone, locale_selector=_select)
    app.extensions["page_messages"] = {
        str(message.id): str(message.string)
        for message in catalog
        if message.id and message.string and any("static/js/" in place for place, _ in message.locations)
    }
    app.before_request(_keep_choice)
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)


def language() -> str:
    """`vi` or `en`: what this request is answered in; Vietnamese outside a request."""
    locale = get_locale()
    return locale.language if locale else "vi"


def page_messages(app: Flask) -> dict[str, str]:
    """What the scripts of a page need: nothing in Vietnamese, else every message of `static/js`."""
    return cast(dict[str, str], app.extensions["page_messages"]) if language() == "en" else {}


@cache
def _read_english() -> tuple[Catalog, Translations]:
    with _ENGLISH.open("rb") as file:
        catalog = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return catalog, Translations(compiled)


def _select() -> str:
    if not has_request_context():
        return "vi"
    # The hall screen often shares a browser with a desk: neither takes the other's language.
    kept = "vi" if request.endpoint == HALL_SCREEN else request.cookies.get("lang", "vi")
    chosen = request.args.get("lang", kept)
    return chosen if chosen in LANGUAGES else "vi"


def _keep_choice() -> None:
    chosen = request.args.get("lang")
    if chosen not in LANGUAGES or request.endpoint in (HALL_SCREEN, "live.messages"):
        return

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie("lang", chosen, max_age=365 * 86400, httponly=True, samesite="Lax")
        return response
