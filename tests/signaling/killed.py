"""A process that dies between the commit of a command and its answer: `python -m tests.signaling.killed CONFERENCE ID`.

The command asks for the floor for the first delegate. Listeners are told after the events are on disk and before whoever
commanded has an answer: that is where it is killed.
"""

from __future__ import annotations

import os
import signal
import sys

from meetings.app import create_app
from meetings.core import commands as c
from meetings.core.vocabulary import AccountId, Actor, Role
from meetings.live import LiveConferences

SECRETARY = Actor(Role.SECRETARY, account_id=AccountId(2))


def main(conference_id: int, command_id: str) -> None:
    live = LiveConferences(create_app())
    live.subscribe(lambda change: os.kill(os.getpid(), signal.SIGKILL))
    delegate_id = live.look(conference_id)[0].frozen.delegates[0].id
    live.execute(conference_id, SECRETARY, c.RequestFloor(delegate_id), command_id)
    print("answered", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
