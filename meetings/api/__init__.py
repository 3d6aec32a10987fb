"""The office's acts as JSON, for programs that hold a token (`meetings.api_tokens`): `/api/v1`, described by OpenAPI.

A request becomes the same fields that the form of the page sends, and goes through the same `store` functions: what is
refused there is refused here, in the same words. Cookies count for nothing here, so no other site's page can act.
"""

from meetings.api import agenda, conferences, jobs, letters, lists, papers, planning, points, sites, staff, units
from meetings.api.description import SPEC_PATH, description

_PARTS = (conferences, planning, agenda, sites, points, units, lists, papers, letters, jobs, staff)
BLUEPRINTS = tuple(part.blueprint for part in _PARTS)

__all__ = ["BLUEPRINTS", "SPEC_PATH", "description"]
