"""A process that commands a conference while another does: `python -m tests.signaling.rival CONFERENCE NAME TIMES`.

It prints `ready`, begins at a line on its input, prints what became of every command, waits for another line, reads on to the
end of the journal and prints its state.
"""

from __future__ import annotations

import json
import random
import sys
import threading

from meetings.app import create_app
from meetings.core import commands as c
from meetings.core.codec import to_json
from meetings.core.refusals import Refusal
from meetings.core.state import State
from meetings.core.vocabulary import AccountId, Actor, RequestStatus, Role
from meetings.live import LiveConferences

CHAIR = Actor(Role.CHAIR, account_id=AccountId(1))
SECRETARY = Actor(Role.SECRETARY, account_id=AccountId(2))
THREADS = 2


def next_command(state: State, choice: random.Random) -> tuple[Actor, c.Command]:
    """What somebody might click who sees this state, which may be out of date."""
    waiting = [r.id for r in state.requests.values() if r.status is RequestStatus.WAITING]
    holders = [r.id for r in state.holders()]
    delegate = choice.choice(state.frozen.delegates).id
    item_id = state.current_item_id
    assert item_id is not None
    commands: list[tuple[Actor, c.Command]] = [
        (SECRETARY, c.RequestFloor(delegate)),
        (SECRETARY, c.RequestFloor(delegate)),
        (SECRETARY, c.CloseQueue(item_id)),
        (SECRETARY, c.OpenQueue(item_id)),
        (CHAIR, c.GrantNext()),
    ]
    commands += [(CHAIR, c.GrantFloor(choice.choice(waiting)))] if waiting else []
    commands += [(SECRETARY, c.DeclineRequest(choice.choice(waiting), "hết giờ"))] if waiting else []
    commands += [(CHAIR, c.RevokeFloor(holders[0]))] if holders else []
    return choice.choice(commands)


def main(conference_id: int, name: str, times: int) -> None:
    app = create_app()
    live = LiveConferences(app)
    live.start()
    answers: dict[str, int | str] = {}

    def send(command_id: str, actor: Actor, command: c.Command) -> None:
        try:
            answers[command_id] = live.execute(conference_id, actor, command, command_id).seq
        except Refusal as refusal:
            answers[command_id] = refusal.code

    def click(number: int) -> None:
        choice = random.Random(f"{name}-{number}")
        for i in range(times):
            send(f"{name}-{number}-{i}", *next_command(live.look(conference_id)[0], choice))
            # A page that lost its line sends again, and reaches the other process.
            send(
                f"both-{number}-{i}", SECRETARY, c.RequestFloor(live.look(conference_id)[0].frozen.delegates[i % 4].id)
            )

    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=click, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(answers), flush=True)
    sys.stdin.readline()
    live.execute(conference_id, CHAIR, c.Suspend(), "suspend")
    print(to_json(live.look(conference_id)[0]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
