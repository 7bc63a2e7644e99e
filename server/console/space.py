"""How much of its room for files an agency uses."""

from __future__ import annotations

from server.console.page import Page
from server.content.library import quotas, repository
from server.db import Session
from server.tables import Agency

GIB = 1 << 30


def space_of(page: Page, session: Session, agency: Agency) -> dict[str, object]:
    """Return an agency's used and allowed bytes in words, its part in thousandths, and its own quota in GiB."""
    limit = quotas.limit_of(agency, page.parts.settings.media_quota_bytes)
    used = repository.used_bytes(session, agency.id)
    words = page.texts.say("%(used)s of %(limit)s used", used=page.texts.size(used), limit=page.texts.size(limit))
    own = agency.media_quota_bytes
    return {
        "id": agency.id,
        "name": agency.name,
        "slug": agency.slug,
        "words": words,
        "permille": min(1000, 1000 * used // max(1, limit)),
        "own_gib": f"{own / GIB:g}" if own is not None else "",
    }
