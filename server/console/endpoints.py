"""The console's routes and static files, for the wiring."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from server.console import (
    pages_account,
    pages_agencies,
    pages_alerts,
    pages_audit,
    pages_boards,
    pages_day,
    pages_emergency,
    pages_exchange,
    pages_faults,
    pages_fleet,
    pages_glossary,
    pages_kiosks,
    pages_labels,
    pages_library,
    pages_logs,
    pages_notify,
    pages_orders,
    pages_people,
    pages_planning,
    pages_playlists,
    pages_readings,
    pages_reports,
    pages_roster,
    pages_schedule,
    pages_shift,
    pages_swaps,
    pages_training,
    pages_translations,
    pages_trust,
)
from server.console.approvals import lists as approval_lists
from server.console.approvals import review, submit
from server.console.notices import editor, lists, preview, remarks_page, revisions, subjects
from server.console.page import DIST

ROUTERS = (
    pages_emergency.router,
    pages_alerts.router,
    pages_account.router,
    pages_people.router,
    pages_agencies.router,
    pages_audit.router,
    pages_fleet.router,
    pages_kiosks.router,
    pages_faults.router,
    pages_orders.router,
    pages_labels.router,
    pages_readings.router,
    pages_reports.router,
    pages_swaps.router,
    pages_day.router,
    pages_schedule.router,
    pages_planning.router,
    pages_exchange.router,
    lists.router,
    subjects.router,
    remarks_page.router,
    editor.router,
    revisions.router,
    preview.router,
    pages_library.router,
    pages_logs.router,
    pages_boards.router,
    pages_playlists.router,
    pages_glossary.router,
    pages_translations.router,
    pages_roster.router,
    pages_shift.router,
    pages_notify.router,
    pages_trust.router,
    pages_training.router,
    approval_lists.router,
    submit.router,
    review.router,
)


WORKER = "worker.js"
"""Opens work orders without a link, and nothing else; pages name it without their build."""


class Bundles(StaticFiles):
    """The built scripts, styles and fonts. Pages name them with their build, so browsers may keep them."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return one file, to be kept by the browser."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if Path(full_path).name == WORKER:
            response.headers["Cache-Control"] = "no-cache"
            response.headers["Service-Worker-Allowed"] = "/work-orders"
        else:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def install(app: FastAPI) -> None:
    """Add the console to an application. Pages look for their caller themselves and lead strangers to the login."""
    app.mount("/static", Bundles(directory=DIST, check_dir=False), name="static")
    for router in ROUTERS:
        app.include_router(router)
