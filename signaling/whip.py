"""Encoders and players without a browser: WHIP (RFC 9725) takes the hall's picture, WHEP gives the programme, both over HTTP.

Theory. Either side posts its offer with a bearer token and gets the answer; the session is then a resource that can be deleted.
The token is a link of the office's like any other, of a kind of its own, and revoked like any other: its sessions then end. The
name of a session's peer holds its link, so that a restarted web process knows whose it is.

Rules.
- What an encoder sends goes before the hall station's camera and microphones, picture and sound each while it flows.
- A newer session of an encoder's link goes before an older one, which stays for the moment in between.
- A player gets one picture and one sound: who speaks, else the hall.
"""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from meetings import links
from meetings.core.vocabulary import ConferenceStatus
from meetings.tables import LinkKind, SiteKind, SiteLink
from signaling.media import MediaUnavailable, seat_of_site
from signaling.peer_names import client_peer_id
from signaling.turn import ice_servers

if TYPE_CHECKING:
    from signaling.handlers import Wire

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
LARGEST_OFFER = 200_000
ENCODERS_KEPT = 2
MAX_PLAYERS = 50
"""Of one link."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "OPTIONS, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Expose-Headers": "Location, ETag, Link",
    "Access-Control-Max-Age": "86400",
}
"""Players in pages of other origins are welcome: the token is all that counts, and no cookie does."""

_IN_FRAGMENT = re.compile(r"a=(ice-lite|group:|mid:|ice-ufrag:|ice-pwd:|candidate:|end-of-candidates)|m=")


@dataclass(frozen=True)
class Way:
    """One direction: whom its links let in, and what its sessions are to the media process."""

    link: LinkKind
    page: str


WAYS = {"whip": Way(LinkKind.HALL_CAMERA, "encoder"), "whep": Way(LinkKind.OVERFLOW, "overflow")}


def register(app: Flask, wire: Wire) -> None:
    blueprint = Blueprint("whip", __name__)
    sessions = Sessions(wire)
    for name, way in WAYS.items():

        def start(way: Way = way) -> ResponseReturnValue:
            return sessions.start(way)

        def go_on(session: str, way: Way = way) -> ResponseReturnValue:
            return sessions.go_on(way, session)

        blueprint.add_url_rule(
            f"/{name}", f"{name}_start", start, methods=["POST", "OPTIONS"], provide_automatic_options=False
        )
        blueprint.add_url_rule(
            f"/{name}/<session>",
            f"{name}_session",
            go_on,
            methods=["PATCH", "DELETE", "OPTIONS"],
            provide_automatic_options=False,
        )
    app.extensions["csrf"].exempt(blueprint)
    blueprint.register_error_handler(HTTPException, _refused)
    blueprint.after_request(_open_to_all)
    app.register_blueprint(blueprint)


class Sessions:
    """The resources. `_tags` are the entity tags of the ICE sessions that this process has made."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._tags: dict[str, str] = {}

    def start(self, way: Way) -> ResponseReturnValue:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Accept-Post": SDP})
        link = _link(way)
        offer = _body(SDP)
        state, _ = self._wire.live.known(link.conference_id)
        if state.status is ConferenceStatus.ADJOURNED:
            abort(409, "the conference is over")
        self._make_room(way, link)
        peer = client_peer_id(link.id, way.page == "encoder")
        try:
            answer = self._wire.media.join_client(link.conference_id, peer, _seat(way, link), way.page, offer)
        except MediaUnavailable as error:
            abort(400 if error.code == "bad_sdp" else 503, error.message)
        self._wire.lines.client_joined(peer)
        self._wire.media.route(link.conference_id, state)
        response = Response(answer, 201, content_type=SDP)
        response.headers["Location"] = url_for(f".{request.path.strip('/')}_session", session=peer)
        return self._tagged(response, peer, answer)

    def _make_room(self, way: Way, link: SiteLink) -> None:
        here = self._wire.lines.clients_of(link.id)
        if way.page != "encoder":
            if len(here) >= MAX_PLAYERS:
                abort(503, "too many players")
            return
        for peer in here[: 1 - ENCODERS_KEPT]:
            self._wire.media.leave(peer)

    def go_on(self, way: Way, session: str) -> ResponseReturnValue:
        if request.method == "OPTIONS":
            return Response(status=204)
        link = _link(way)
        if session not in self._wire.lines.clients_of(link.id):
            abort(404)
        if request.method == "DELETE":
            self._wire.media.leave(session)
            self._tags.pop(session, None)
            return Response(status=200)
        return self._patch(session)

    def _patch(self, session: str) -> ResponseReturnValue:
        """Candidates of an ICE-lite server's client change nothing: its checks tell them. A restart is one (section 4.3.3)."""
        fragment = _body(FRAGMENT)
        wanted = request.headers.get("If-Match")
        if wanted is None:
            abort(428)
        if "a=ice-ufrag:" not in fragment:
            abort(400, "no ICE credentials")
        if wanted != "*":
            return Response(status=204) if wanted == self._tags.get(session) else abort(412)
        try:
            answer = self._wire.media.restart(session)
        except MediaUnavailable as error:
            abort(404 if error.code == "unknown_peer" else 503)
        return self._tagged(Response(_fragment(answer), 200, content_type=FRAGMENT), session, answer)

    def _tagged(self, response: Response, peer: str, answer: str) -> Response:
        fragment = re.search(r"a=ice-ufrag:(\S+)", answer)
        self._tags[peer] = f'"{fragment[1] if fragment else uuid.uuid4().hex}"'
        response.headers["ETag"] = self._tags[peer]
        self._tags = {
            each: tag for each, tag in self._tags.items() if each in self._wire.lines.clients() or each == peer
        }
        settings = self._wire.app.extensions["settings"]
        for server in ice_servers(settings.turn_addresses, settings.turn_secret, peer, time.time()):
            for url in server["urls"]:
                words = f'username="{server["username"]}"; credential="{server["credential"]}"'
                response.headers.add("Link", f'<{url}>; rel="ice-server"; {words}; credential-type="password"')
        return response


def _link(way: Way) -> SiteLink:
    """The link whose token the request carries; ends the request with 401 without a good one (RFC 6750)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        link = links.resolve_client_link(token.strip()) if scheme.lower() == "bearer" else None
    except links.LinkRefused:
        link = None
    if link is None or link.kind is not way.link:
        abort(401)
    return link


def _body(content_type: str) -> str:
    if request.mimetype != content_type:
        abort(415)
    request.max_content_length = LARGEST_OFFER
    return request.get_data(cache=False).decode("utf-8", "replace")


def _seat(way: Way, link: SiteLink) -> str:
    if way.page != "encoder":
        return f"overflow:{link.id}"
    return seat_of_site(next(site.id for site in link.conference.sites if site.kind is SiteKind.HALL))


def _fragment(answer: str) -> str:
    """What of an answer belongs to ICE, of the section that carries the transport (RFC 8840)."""
    session, *sections = re.split(r"(?=^m=)", answer, flags=re.MULTILINE)
    carrying = next(section for section in sections if "a=ice-ufrag:" in section)
    return "".join(line for line in (session + carrying).splitlines(keepends=True) if _IN_FRAGMENT.match(line))


def _refused(error: HTTPException) -> ResponseReturnValue:
    response = Response(f"{error.description}\n", error.code, content_type="text/plain; charset=utf-8")
    if error.code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="whip"'
    if error.code == 503:
        response.headers["Retry-After"] = "5"
    return response


def _open_to_all(response: Response) -> Response:
    response.headers.update(CORS)
    return response
