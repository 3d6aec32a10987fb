"""The database: `database` holds the engine's settings and `writing()`, the others the typed tables, by what they tell of."""

from meetings.tables.agenda import AgendaItem, ItemKind, ItemPresenter, PreparedSpeech
from meetings.tables.answers import AnswerState, AnswerTerms, PointAnswer, RegisteredSpeech, Reminder, ReminderState
from meetings.tables.conferences import (
    Conference,
    ConferenceStatus,
    Delegate,
    DelegateRole,
    LinkKind,
    Site,
    SiteKind,
    SiteLink,
)
from meetings.tables.database import WRITE_LOCK, Base, UtcDateTime, db, random_id, searchable, writing
from meetings.tables.entry import EntryRules, LineTest
from meetings.tables.floor import FloorRules
from meetings.tables.invitations import (
    AppointmentState,
    CalendarFeed,
    InvitationText,
    Mail,
    MailKind,
    MailState,
    PointInvitation,
    SitePin,
)
from meetings.tables.jobs import Job, JobState
from meetings.tables.papers import Paper, PaperLook, PaperSite, PaperVersion, Visibility
from meetings.tables.planning import DayOff, Rhythm, Series
from meetings.tables.sitting import (
    Channel,
    JournalEvent,
    LineIncident,
    Message,
    PointCheck,
    QuietCommand,
    RegisterKind,
    RegisterName,
    SpeechNote,
)
from meetings.tables.staff import ApiToken, OneTimeSignIn, Role, StaffAccount, StaffSession
from meetings.tables.units import Person, Unit, UnitSuccession

__all__ = [
    "WRITE_LOCK",
    "AgendaItem",
    "AnswerState",
    "AnswerTerms",
    "ApiToken",
    "AppointmentState",
    "Base",
    "CalendarFeed",
    "Channel",
    "Conference",
    "ConferenceStatus",
    "DayOff",
    "Delegate",
    "DelegateRole",
    "EntryRules",
    "FloorRules",
    "InvitationText",
    "ItemKind",
    "ItemPresenter",
    "Job",
    "JobState",
    "JournalEvent",
    "LineIncident",
    "LineTest",
    "LinkKind",
    "Mail",
    "MailKind",
    "MailState",
    "Message",
    "OneTimeSignIn",
    "Paper",
    "PaperLook",
    "PaperSite",
    "PaperVersion",
    "Person",
    "PointAnswer",
    "PointCheck",
    "PointInvitation",
    "PreparedSpeech",
    "QuietCommand",
    "RegisterKind",
    "RegisterName",
    "RegisteredSpeech",
    "Reminder",
    "ReminderState",
    "Rhythm",
    "Role",
    "Series",
    "Site",
    "SiteKind",
    "SiteLink",
    "SitePin",
    "SpeechNote",
    "StaffAccount",
    "StaffSession",
    "Unit",
    "UnitSuccession",
    "UtcDateTime",
    "Visibility",
    "db",
    "random_id",
    "searchable",
    "writing",
]
