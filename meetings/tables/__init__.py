"""The database: `database` holds the engine's settings and `writing()`, the others the typed tables, by what they tell of."""

from meetings.tables.answers import AnswerState, AnswerTerms, PointAnswer, RegisteredSpeech, Reminder, ReminderState
from meetings.tables.conferences import (
    AgendaItem,
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    ItemKind,
    LinkKind,
    Site,
    SiteKind,
    SiteLink,
)
from meetings.tables.database import LOCK_SECONDS, WRITE_LOCK, Base, UtcDateTime, db, random_id, writing
from meetings.tables.floor import FloorRules
from meetings.tables.jobs import Job, JobState
from meetings.tables.papers import Paper, PaperLook, PaperSite, PaperVersion, Visibility
from meetings.tables.sitting import (
    Channel,
    JournalEvent,
    LineIncident,
    Message,
    QuietCommand,
    RegisterKind,
    RegisterName,
    SpeechNote,
)
from meetings.tables.staff import ApiToken, OneTimeSignIn, Role, StaffAccount, StaffSession
from meetings.tables.units import Person, Unit, UnitSuccession

__all__ = [
    "LOCK_SECONDS",
    "WRITE_LOCK",
    "AgendaItem",
    "AnswerState",
    "AnswerTerms",
    "ApiToken",
    "Base",
    "Channel",
    "Conference",
    "ConferenceStatus",
    "Delegate",
    "DelegateRole",
    "FloorRules",
    "ItemKind",
    "Job",
    "JobState",
    "JournalEvent",
    "LineIncident",
    "LinkKind",
    "Message",
    "OneTimeSignIn",
    "Paper",
    "PaperLook",
    "PaperSite",
    "PaperVersion",
    "Person",
    "PointAnswer",
    "QuietCommand",
    "RegisterKind",
    "RegisterName",
    "RegisteredSpeech",
    "Reminder",
    "ReminderState",
    "Role",
    "Site",
    "SiteKind",
    "SiteLink",
    "SpeechNote",
    "StaffAccount",
    "StaffSession",
    "Unit",
    "UnitSuccession",
    "UtcDateTime",
    "Visibility",
    "db",
    "random_id",
    "writing",
]
