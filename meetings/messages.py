"""Technical messages: between the desk and one site, to all sites, and privately between chair and secretaries."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from meetings.core.vocabulary import Actor, Role
from meetings.tables import Channel, Message, db, writing

LONGEST = 1000
KEPT = 300


class NotForYou(ValueError):
    """This sender may not write to that channel."""


@dataclass(frozen=True)
class Letter:
    """One message. `sender` is `chair`, `secretary` or `site`."""

    id: int
    channel: Channel
    site_id: int | None
    sender: str
    sender_name: str
    text: str
    sent_at: datetime


def send(
    conference_id: int,
    actor: Actor,
    name: str,
    channel: Channel,
    site_id: int | None,
    text: str,
    command_id: str,
    now: datetime,
) -> Letter:
    """Keeps a message, once for each `command_id` of its actor. A site writes only to the desk, as itself, else `NotForYou`."""
    if actor.role is Role.SITE and (channel is not Channel.SITE or site_id != actor.site_id):
        raise NotForYou
    if (channel is Channel.SITE) != (site_id is not None):
        raise NotForYou
    with writing() as session:
        own = Message.conference_id == conference_id, Message.actor == actor.key, Message.command_id == command_id
        if (kept := session.scalar(sa.select(Message).where(*own))) is not None:
            return _letter(kept)
        row = Message(
            conference_id=conference_id,
            channel=channel,
            site_id=site_id,
            sender=actor.role.value,
            sender_name=name,
            text=text,
            sent_at=now,
            actor=actor.key,
            command_id=command_id,
        )
        session.add(row)
        session.flush()
        return _letter(row)


def readable_by(conference_id: int, actor: Actor) -> list[Letter]:
    """The latest messages that this actor may read, oldest first."""
    wanted = sa.select(Message).where(Message.conference_id == conference_id)
    if actor.role is Role.SITE:
        own = sa.and_(Message.channel == Channel.SITE, Message.site_id == actor.site_id)
        wanted = wanted.where(sa.or_(Message.channel == Channel.ALL, own))
    latest = db.session.scalars(wanted.order_by(Message.id.desc()).limit(KEPT))
    return [_letter(row) for row in reversed(latest.all())]


def _letter(row: Message) -> Letter:
    return Letter(row.id, row.channel, row.site_id, row.sender, row.sender_name, row.text, row.sent_at)
