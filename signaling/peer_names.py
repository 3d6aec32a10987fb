"""What the name of a peer tells: whose it is and what it does, so that a restarted web process knows (pure)."""

from __future__ import annotations

import uuid

from signaling.connections import Connection, Slot


def new_peer_id(connection: Connection, slot: Slot, publishes: bool) -> str:
    """Names the tab and the slot, and whether it publishes."""
    return f"{connection.tab}.{slot.value}.{'p' if publishes else 'w'}.{uuid.uuid4().hex[:8]}"


def tab_of(peer: str) -> str:
    return peer.partition(".")[0]


def slot_of(peer: str) -> Slot:
    return Slot(peer.split(".")[1])


def is_publisher(peer: str) -> bool:
    return ".stage.p." in peer


def client_peer_id(link_id: int, is_encoder: bool) -> str:
    """Names the link. No tab can have such a name."""
    return f"link:{link_id}.{'e' if is_encoder else 'v'}.{uuid.uuid4().hex}"


def is_client(peer: str) -> bool:
    return peer.startswith("link:")


def is_player(peer: str) -> bool:
    return is_client(peer) and ".v." in peer


def link_of(peer: str) -> int:
    return int(tab_of(peer).removeprefix("link:"))


def page_of(peer: str) -> str:
    """What belongs together: the peers of a tab. An encoder and a player have one each."""
    return peer if is_client(peer) else tab_of(peer)
