"""Answers that are worked out once and kept while what they are derived from stays the same object.

States and setups are never changed, only replaced, so the same object means the same answer. One event asks the same questions
for each of a hundred sites.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Asked = TypeVar("Asked", bound=Callable[..., Any])

KEPT: list[Callable[..., Any]] = []
"""All of them; `__wrapped__` is the question itself."""


def kept_while(*names: str) -> Callable[[Asked], Asked]:
    """For a question on a state (and more) that reads nothing of the state but the attributes `names`; none: all of it.

    The last answer is kept. Whoever asks must not change it.
    """

    def keep(ask: Asked) -> Asked:
        last: tuple[tuple[Any, ...], Any] = ((), None)

        @wraps(ask)
        def answer(state: Any, *more: Any) -> Any:
            nonlocal last
            asked = (*(getattr(state, name) for name in names), *more) if names else (state, *more)
            known, found = last
            if len(known) != len(asked) or any(a is not b for a, b in zip(known, asked, strict=True)):
                found = ask(state, *more)
                last = (asked, found)
            return found

        KEPT.append(answer)
        return answer  # type: ignore[return-value]

    return keep
