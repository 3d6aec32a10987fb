"""The structure of a conference as it is frozen when the doors open: ids and numbers, never names.

Names live in a table of their own, so that personal data can be erased and the record stays whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from .vocabulary import DelegateId, ItemId, SiteId


@dataclass(frozen=True)
class SetupSite:
    id: SiteId
    is_hall: bool = False


@dataclass(frozen=True)
class SetupDelegate:
    id: DelegateId
    site_id: SiteId


@dataclass(frozen=True)
class SetupItem:
    id: ItemId
    speech_limit_seconds: int | None = None


@dataclass(frozen=True)
class Setup:
    """`presiding_site_id` is where the chair sits (rule 34); `speech_limit_seconds` the conference's limit (rule 14)."""

    presiding_site_id: SiteId
    sites: tuple[SetupSite, ...]
    delegates: tuple[SetupDelegate, ...]
    items: tuple[SetupItem, ...]
    speech_limit_seconds: int = 300
    is_present_only: bool = True

    def site_of(self, delegate_id: DelegateId) -> SiteId | None:
        return next((d.site_id for d in self.delegates if d.id == delegate_id), None)

    def item(self, item_id: ItemId) -> SetupItem | None:
        return next((i for i in self.items if i.id == item_id), None)

    def has_site(self, site_id: SiteId) -> bool:
        return any(s.id == site_id for s in self.sites)
