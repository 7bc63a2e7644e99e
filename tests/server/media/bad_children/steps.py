"""A media child that does as it is told."""

from __future__ import annotations

from server.media.child import Request
from server.media.sandbox import Progress, confine, heard, say

request = Request.model_validate_json(heard())
confine(request.confinement, request.parent)
progress = Progress()
for permille in (0, 500, 400, 2000):
    progress(permille)
say(done=True)
