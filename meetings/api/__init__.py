"""The office's acts as JSON, for programs that hold a token (`meetings.api_tokens`): `/api/v1`, described by OpenAPI.

A request becomes the same fields that the form of the page sends, and goes through the same `store` functions: what is
refused there is refused here, in the same words. Cookies count for nothing here, so no other site's page can act.
"""

from meetings.api import agenda, conferences, preparation, sites
from meetings.api.description import SPEC_PATH, description

BLUEPRINTS = (conferences.blueprint, agenda.blueprint, sites.blueprint, preparation.blueprint)

__all__ = ["BLUEPRINTS", "SPEC_PATH", "description"]
