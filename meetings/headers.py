"""What every answer tells the browser to allow: a policy with a nonce per answer and nothing unsafe."""

import re
import secrets

from flask import Flask, Response, g, request

_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+\Z")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_add_headers)


def csp_nonce() -> str:
    """The nonce that the scripts of this answer carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _add_headers(response: Response) -> Response:
    # Safari before 15.4 does not take 'self' for a WebSocket of the same host.
    sockets = f" ws://{request.host} wss://{request.host}" if _HOST.match(request.host) else ""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{csp_nonce()}' 'strict-dynamic'",
            "style-src 'self'",
            f"connect-src 'self'{sockets}",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types diem-cau",
        )
    )
    # A paper that is handed out has a narrower one.
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["Permissions-Policy"] = (
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), screen-wake-lock=(self), "
        "geolocation=(), payment=(), usb=()"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
