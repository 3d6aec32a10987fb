"""Credentials for a TURN server that ours has no connection with: both know one secret (coturn's REST convention). Pure.

The user name is the time at which it ends and a word for the log; the password is its HMAC. A page gets new ones whenever it
joins, so they need not last longer than a long day's conference.
"""

import base64
import hashlib
import hmac
from typing import Any

LIFETIME_SECONDS = 12 * 3600


def ice_servers(urls: tuple[str, ...], secret: str, name: str, now: float) -> list[dict[str, Any]]:
    """What a page gives its `RTCPeerConnection`; nothing when no server is set. `now` in Unix seconds."""
    if not urls:
        return []
    username = f"{int(now) + LIFETIME_SECONDS}:{name}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": list(urls), "username": username, "credential": base64.b64encode(digest).decode()}]
