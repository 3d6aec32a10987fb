"""Why a file may not come in."""

from enum import StrEnum


class Fault(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    OLD_OFFICE = "old_office"
    PROGRAM = "program"
    DAMAGED = "damaged"
    BOMB = "bomb"
    MACROS = "macros"
    ACTIVE = "active"
    LOCKED = "locked"
    PICTURE_TOO_LARGE = "picture_too_large"
    NO_ROOM = "no_room"


class Refused(Exception):
    """The file does not come in. Nothing of it is kept."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
