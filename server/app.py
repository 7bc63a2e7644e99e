"""The wiring: settings in, an application out. Parts are made here once and nowhere else."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from playlists.daypart import use_pinned_zones
from playlists.wire.topics import Up
from server import VERSION, errors, keys
from server.accounts import endpoints as accounts_endpoints
from server.accounts.auditing import endpoints as auditing_endpoints
from server.accounts.endpoints import LOGGED_IN
from server.accounts.factors import endpoints as factor_endpoints
from server.accounts.grants import endpoints as grant_endpoints
from server.accounts.invitations import endpoints as invitation_endpoints
from server.accounts.oidc import endpoints as oidc_endpoints
from server.accounts.resets import endpoints as reset_endpoints
from server.accounts.sessions import endpoints as session_endpoints
from server.accounts.succession import endpoints as succession_endpoints
from server.accounts.succession.service import perform_due
from server.accounts.tokens import endpoints as token_endpoints
from server.alerts import endpoints as alert_endpoints
from server.alerts.feeds import endpoints as alert_feed_endpoints
from server.alerts.fetching import Web
from server.alerts.jobs import LOOK_S as FEEDS_S
from server.alerts.jobs import TIDY_S as ALERTS_S
from server.alerts.jobs import Poller
from server.alerts.jobs import tidy as tidy_alerts
from server.authority import store
from server.changes import forget_changes
from server.channels.configured import channels
from server.channels.port import Takes
from server.console import endpoints as console_endpoints
from server.content import endpoints as content_endpoints
from server.content.boards import endpoints as board_endpoints
from server.content.boards import inbox as boards_inbox
from server.content.comments import endpoints as comment_endpoints
from server.content.drafts import endpoints as draft_endpoints
from server.content.glossary import endpoints as glossary_endpoints
from server.content.jobs import rendering
from server.content.library import endpoints as library_endpoints
from server.content.library.purge import purge
from server.content.looks import endpoints as look_endpoints
from server.content.notices import endpoints as notice_endpoints
from server.content.phrases import endpoints as phrase_endpoints
from server.content.resumable import endpoints as upload_endpoints
from server.content.resumable.jobs import checking
from server.content.resumable.service import CHECK_UPLOAD
from server.content.resumable.service import tidy as tidy_uploads
from server.content.reviewers import endpoints as reviewer_endpoints
from server.content.revisions import endpoints as revision_endpoints
from server.content.service import RENDER_SEGMENT
from server.content.sheets import endpoints as sheet_endpoints
from server.content.subjects import endpoints as subject_endpoints
from server.content.translations import endpoints as translation_endpoints
from server.db import Database, Wake, now, upgrade
from server.emergencies import endpoints as emergency_endpoints
from server.emergencies import inbox as emergency_inbox
from server.emergencies.jobs import LOOK_S as EMERGENCIES_S
from server.emergencies.jobs import look as look_at_emergencies
from server.emergencies.templates import endpoints as template_endpoints
from server.faults import endpoints as faults_endpoints
from server.faults import inbox as faults_inbox
from server.faults.alarms import endpoints as alarms_endpoints
from server.faults.checklists import endpoints as checklists_endpoints
from server.faults.commands import endpoints as commands_endpoints
from server.faults.defects import endpoints as defects_endpoints
from server.faults.identities import EVERY_S as IDENTITIES_S
from server.faults.identities import Identities
from server.faults.logs import endpoints as logs_endpoints
from server.faults.logs.service import forget as forget_logs
from server.faults.orders import endpoints as orders_endpoints
from server.faults.photos import endpoints as photos_endpoints
from server.faults.readings import endpoints as readings_endpoints
from server.faults.readings.service import forget as forget_readings
from server.faults.spares import endpoints as spares_endpoints
from server.faults.swaps import endpoints as swaps_endpoints
from server.faults.sweeper import EVERY_S as ALARMS_S
from server.faults.sweeper import Sweeper
from server.faults.windows import endpoints as windows_endpoints
from server.fleet import endpoints as fleet_endpoints
from server.fleet.admission import endpoints as admission_endpoints
from server.fleet.kiosk import endpoints as kiosk_endpoints
from server.fleet.kiosk.endpoints import KIOSK_ONLY
from server.jobs.periodic import Periodic
from server.jobs.port import Kind
from server.jobs.worker import Worker
from server.live import endpoints as live_endpoints
from server.media.blobs import BlobStore
from server.media.cards import require_raqm
from server.media.incoming import IncomingFiles
from server.media.measuring import Measurements
from server.media.nursery import Nursery
from server.mqtt.choose import make_broker
from server.mqtt.desired import Desired
from server.mqtt.exchange import Exchange
from server.mqtt.inbox import Takers
from server.notify import endpoints as notify_endpoints
from server.notify.jobs import EVERY_S as NOTIFY_S
from server.notify.jobs import Planner
from server.notify.outbox import LOOK_S as OUTBOX_S
from server.notify.outbox import Outbox
from server.notify.repository import forget as forget_messages
from server.parts import Check, Parts
from server.publishing import endpoints as publishing_endpoints
from server.publishing import inbox as publishing_inbox
from server.publishing.confirmations import endpoints as confirmation_endpoints
from server.publishing.documents import endpoints as signed_endpoints
from server.publishing.holdings import Holdings
from server.publishing.holds import endpoints as hold_endpoints
from server.publishing.jobs import at_once_kind, publish_kind
from server.publishing.kiosk import endpoints as download_endpoints
from server.publishing.known import KnownManifests
from server.publishing.newcomers import LOOK_S as NEWCOMERS_S
from server.publishing.newcomers import Newcomers
from server.publishing.pointers import Pointers
from server.publishing.previews import endpoints as preview_endpoints
from server.publishing.releases import endpoints as release_endpoints
from server.publishing.releases.jobs import LOOK_S as WINDOWS_S
from server.publishing.releases.jobs import Windows, prepare_kind
from server.publishing.releases.service import JOB_KIND as PREPARE_RELEASE
from server.publishing.renderings import endpoints as rendering_endpoints
from server.publishing.reviews import endpoints as review_endpoints
from server.publishing.routes import endpoints as route_endpoints
from server.publishing.service import JOB_KIND as PUBLISH
from server.publishing.showing import Pictures
from server.publishing.withdrawals import endpoints as withdrawal_endpoints
from server.reports import endpoints as reports_endpoints
from server.reports.availability import endpoints as availability_endpoints
from server.roster import endpoints as roster_endpoints
from server.scheduling import endpoints as scheduling_endpoints
from server.scheduling.copying import endpoints as copy_endpoints
from server.scheduling.dayparts import endpoints as daypart_endpoints
from server.scheduling.entries import endpoints as entry_endpoints
from server.scheduling.entries.service import forget_deleted
from server.scheduling.essential_only import endpoints as essential_only_endpoints
from server.scheduling.feeds import endpoints as feed_endpoints
from server.scheduling.imports import endpoints as import_endpoints
from server.scheduling.overrides import endpoints as override_endpoints
from server.scheduling.overrides.service import AT_ONCE
from server.scheduling.plans import endpoints as plan_endpoints
from server.scheduling.quotas import endpoints as quota_endpoints
from server.scheduling.special_days import endpoints as special_day_endpoints
from server.scheduling.week import endpoints as week_endpoints
from server.settings import Settings, TextLayout
from server.shield import ProxyWord, SameOrigin, SecurityHeaders
from server.shiftbook import endpoints as shiftbook_endpoints
from server.throttle import Throttle
from server.training import endpoints as training_endpoints
from server.trust import endpoints as trust_endpoints
from server.trust.signing_keys import endpoints as signing_key_endpoints

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 1 << 20
"""For every request whose route does not say otherwise."""
API_PAGES = "/docs"
UPKEEP_S = 3600.0
AGENCIES_S = 60.0
OUTBOXES = 3
CHANGES_KEPT = timedelta(days=1)
"""A live page that was away for longer loads anew."""
MESSAGES_KEPT = timedelta(days=400)
"""A year of the outbox, to look up who was told when."""


def create_parts(settings: Settings, clock: Callable[[], datetime] = now) -> Parts:
    """Make the parts of a server from its settings; nothing is started yet.

    Raises:
        server.keys.NoKey: `bangtin init` has not been run.
        server.authority.store.NoAuthority: the certificate authority is damaged.
        server.media.cards.NoRaqm: text cannot be laid out as the settings ask.
        server.mqtt.broker.BrokerFailed: a file that the broker's settings name cannot be read.
        server.channels.configured.BadChannels: the file of channels cannot be used.
    """
    use_pinned_zones()
    if settings.text_layout is TextLayout.RAQM:
        require_raqm()
    server_key = keys.load_server_key(settings.keys_dir)
    db = Database(settings.sqlalchemy_url)
    authority = store.load(settings.keys_dir)
    broker = make_broker(settings, authority)
    client_id = f"{settings.mqtt_username}-{uuid4().hex[:12]}"
    exchange = Exchange(broker, db, takers(), client_id=client_id, take_statement=boards_inbox.take_statement)
    blobs = BlobStore(settings.data_dir / "blobs")
    parts = Parts(
        settings=settings,
        db=db,
        blobs=blobs,
        measurements=Measurements(blobs),
        incoming=IncomingFiles(settings.data_dir / "incoming"),
        clock=clock,
        throttle=Throttle(clock),
        server_key=server_key,
        authority=authority,
        broker_address=broker.for_kiosks,
        exchange=exchange,
        channels=channels(settings.notify_file),
    )
    parts.checks["database"] = _database_check(db)
    parts.checks["blobs"] = _folder_check(settings.data_dir / "blobs")
    return parts


PUBLIC = (
    accounts_endpoints.public,
    invitation_endpoints.public,
    oidc_endpoints.public,
    kiosk_endpoints.public,
    download_endpoints.router,
    feed_endpoints.public,
    roster_endpoints.public,
    alert_endpoints.public,
)
"""Login, enrolment, calendar feeds, alerts with their feed's token: all that strangers may call, besides health.

Downloads check their kiosk.
"""
FOR_PEOPLE = (
    accounts_endpoints.router,
    factor_endpoints.router,
    session_endpoints.router,
    invitation_endpoints.router,
    reset_endpoints.router,
    token_endpoints.router,
    grant_endpoints.router,
    auditing_endpoints.router,
    succession_endpoints.router,
    trust_endpoints.router,
    training_endpoints.router,
    signing_key_endpoints.router,
    fleet_endpoints.router,
    admission_endpoints.router,
    upload_endpoints.router,
    library_endpoints.router,
    content_endpoints.router,
    sheet_endpoints.router,
    draft_endpoints.router,
    glossary_endpoints.router,
    translation_endpoints.router,
    notice_endpoints.router,
    revision_endpoints.router,
    comment_endpoints.router,
    subject_endpoints.router,
    reviewer_endpoints.router,
    phrase_endpoints.router,
    board_endpoints.router,
    look_endpoints.router,
    roster_endpoints.router,
    scheduling_endpoints.router,
    daypart_endpoints.router,
    entry_endpoints.router,
    override_endpoints.router,
    essential_only_endpoints.router,
    special_day_endpoints.router,
    plan_endpoints.router,
    copy_endpoints.router,
    feed_endpoints.router,
    import_endpoints.router,
    quota_endpoints.router,
    week_endpoints.router,
    publishing_endpoints.router,
    release_endpoints.router,
    route_endpoints.router,
    preview_endpoints.router,
    rendering_endpoints.router,
    hold_endpoints.router,
    withdrawal_endpoints.router,
    review_endpoints.router,
    confirmation_endpoints.router,
    faults_endpoints.router,
    alarms_endpoints.router,
    windows_endpoints.router,
    commands_endpoints.router,
    orders_endpoints.router,
    checklists_endpoints.router,
    photos_endpoints.router,
    swaps_endpoints.router,
    spares_endpoints.router,
    reports_endpoints.router,
    availability_endpoints.router,
    readings_endpoints.router,
    logs_endpoints.router,
    defects_endpoints.router,
    template_endpoints.router,
    emergency_endpoints.router,
    alert_endpoints.router,
    alert_feed_endpoints.router,
    notify_endpoints.router,
    shiftbook_endpoints.router,
    live_endpoints.router,
)
FOR_KIOSKS = (kiosk_endpoints.router, signed_endpoints.router)


def job_kinds(parts: Parts, nursery: Nursery | None = None) -> dict[str, Kind]:
    """Return every kind of job that a worker of this program can run."""
    return {
        RENDER_SEGMENT: rendering(parts.blobs, parts.settings.render_nice, nursery),
        PUBLISH: publish_kind(parts.server_key, parts.measurements, parts.settings.approval),
        PREPARE_RELEASE: prepare_kind(parts.measurements),
        CHECK_UPLOAD: checking(parts),
        AT_ONCE: at_once_kind(parts.server_key, parts.settings.approval),
    }


def takers() -> Takers:
    """Return who takes what kiosks say; publishing writes the status that faults read."""
    features = (publishing_inbox.TAKERS, faults_inbox.TAKERS, boards_inbox.TAKERS, emergency_inbox.TAKERS)
    return {leaf: [taker for feature in features for taker in feature.get(leaf, ())] for leaf in Up}


def create_app(settings: Settings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Return the application; its lifespan brings the database up to date and starts what runs beside requests.

    Raises:
        server.keys.NoKey: `bangtin init` has not been run.
    """
    parts = create_parts(settings, clock)
    app = FastAPI(
        title="Bảng Tin",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=API_PAGES if settings.openapi_pages else None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.parts = parts
    app.state.holdings = Holdings(parts.db, parts.server_public_key)
    app.state.pictures = Pictures(parts.blobs)
    app.state.known_manifests = KnownManifests(parts.db)
    errors.install(app)
    _answer_database_errors(app)
    for router in PUBLIC:
        app.include_router(router)
    for router in FOR_PEOPLE:
        app.include_router(router, dependencies=[LOGGED_IN])
    for router in FOR_KIOSKS:
        app.include_router(router, dependencies=[KIOSK_ONLY])
    console_endpoints.install(app)
    _add_health(app, parts)
    https = (settings.base_url or "").startswith("https://")
    app.add_middleware(SameOrigin, base_url=settings.base_url)
    app.add_middleware(ProxyWord)
    app.add_middleware(SecurityHeaders, https=https, open_paths=(API_PAGES,) if settings.openapi_pages else ())
    return app


@contextmanager
def running(parts: Parts, known: KnownManifests) -> Iterator[None]:
    """Start what runs beside requests, and stop it in the opposite order.

    Raises:
        server.mqtt.broker.BrokerFailed: the broker does not come up.
    """
    upgrade(parts.settings.sqlalchemy_url)
    with ExitStack() as stack:
        stack.callback(parts.db.close)
        stack.enter_context(telling(parts))
        known.start()
        stack.callback(known.stop)
        if parts.settings.worker:
            stack.enter_context(working(parts))
        yield


@contextmanager
def telling(parts: Parts) -> Iterator[None]:
    """Run the broker, the link to it, and what speaks with kiosks."""
    db, exchange = parts.db, parts.exchange
    identities = Identities(db, parts.clock)
    pointers, newcomers = Pointers(db, exchange), Newcomers(db)
    desired = Desired(db, exchange)
    sweeper = Sweeper(db, parts.settings.silence_s, lambda: exchange.link.connected, parts.clock)
    with ExitStack() as stack:
        stack.callback(exchange.stop)
        exchange.start(pointers.found_marks)
        parts.checks["broker"] = exchange.trouble
        stack.callback(parts.checks.pop, "broker", None)
        looks = (
            Periodic("emergencies", EMERGENCIES_S, lambda: look_at_emergencies(parts)),
            Periodic("alerts", ALERTS_S, lambda: tidy_alerts(parts)),
            Periodic("identities", IDENTITIES_S, identities.look, db.bells[Wake.KIOSKS]),
            Periodic("newcomers", NEWCOMERS_S, newcomers.look, db.bells[Wake.KIOSKS]),
            Periodic("agencies", AGENCIES_S, lambda: perform_due(db, parts.clock())),
            Periodic("windows", WINDOWS_S, Windows(db).look),
            Periodic("alarms", ALARMS_S, sweeper.look),
            Periodic("notifications", NOTIFY_S, planner(parts).look),
            Periodic("upkeep", UPKEEP_S, lambda: _tidy(parts)),
        )
        for part in (desired, pointers, *looks):
            part.start()
            stack.callback(part.stop)
        yield


def _tidy(parts: Parts) -> None:
    with parts.db.write() as session:
        forget_changes(session, parts.clock() - CHANGES_KEPT)
        forget_deleted(session, parts.clock())
        forget_messages(session, parts.clock() - MESSAGES_KEPT)
        forget_readings(session, parts.clock())
        forget_logs(session, parts.clock())
    tidy_uploads(parts)
    purge(parts)


@contextmanager
def working(parts: Parts) -> Iterator[list[Worker]]:
    """Run jobs in threads of this process; those that render do nothing else, so that nothing waits behind them.

    Feeds of alerts are asked here too: it is work that needs the network outside.
    """
    nursery = Nursery()
    kinds, settings = job_kinds(parts, nursery), parts.settings
    rendering = {RENDER_SEGMENT: kinds.pop(RENDER_SEGMENT)}
    renderers = settings.render_workers or len(os.sched_getaffinity(0))
    workers = [Worker(parts.db, kinds, parts.clock) for _ in range(settings.worker_threads)]
    workers += [Worker(parts.db, rendering, parts.clock) for _ in range(renderers)]
    feeds = Periodic("alert-feeds", FEEDS_S, Poller(parts.db, Web(), parts.clock, parts.settings.keys_dir).look)
    for worker in workers:
        worker.start()
    feeds.start()
    outboxes = outboxes_of(parts)
    for outbox in outboxes:
        outbox.start()
    parts.checks["worker"] = lambda: next((trouble for worker in workers if (trouble := worker.trouble())), None)
    try:
        yield workers
    finally:
        parts.checks.pop("worker", None)
        feeds.stop()
        for outbox in outboxes:
            outbox.stop()
        for worker in workers:
            worker.stop()
        nursery.close()


def planner(parts: Parts) -> Planner:
    """Return what decides who is told what."""
    hooks = {name for name, one in parts.channels.items() if one.takes is Takes.NOBODY}
    return Planner(parts.db, parts.channels.keys() - hooks, hooks, parts.clock)


def outboxes_of(parts: Parts) -> list[Periodic]:
    """Return what sends: a slow channel holds up one of them only. None where no channel is configured."""
    outbox = Outbox(parts.db, parts.channels, parts.clock, parts.settings.base_url)
    bell = parts.db.bells[Wake.OUTBOX]
    return [Periodic(f"outbox-{n}", OUTBOX_S, outbox.look, bell) for n in range(OUTBOXES if parts.channels else 0)]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    beside = running(app.state.parts, app.state.known_manifests)
    await run_in_threadpool(beside.__enter__)
    try:
        yield
    finally:
        await run_in_threadpool(beside.__exit__, None, None, None)


def _answer_database_errors(app: FastAPI) -> None:
    @app.exception_handler(IntegrityError)
    def collided(request: Request, _error: IntegrityError) -> JSONResponse:
        detail = "Somebody else did the same at the same moment. Load it anew and look whether it is done."
        return errors.answer(errors.conflict("collision", detail), request)

    @app.exception_handler(OperationalError)
    def unreachable(request: Request, error: OperationalError) -> JSONResponse:
        log.error("the database failed at %s %s", request.method, request.url.path, exc_info=error)
        detail = "The database does not answer at the moment. Nothing was changed; try again in some seconds."
        headers = {"Retry-After": "5"}
        problem = errors.Problem(HTTPStatus.SERVICE_UNAVAILABLE, "database-unreachable", detail, headers=headers)
        return errors.answer(problem, request)


def _add_health(app: FastAPI, parts: Parts) -> None:
    @app.get("/healthz", tags=["health"])
    def healthz() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "alive"}

    @app.get(
        "/readyz", tags=["health"], responses={503: {"description": "Something does not work; `parts` says what."}}
    )
    def readyz() -> JSONResponse:
        """Say whether every part works, and in a sentence what does not."""
        said = {name: check() for name, check in dict(parts.checks).items()}
        ready = all(sentence is None for sentence in said.values())
        body: dict[str, Any] = {
            "status": "ready" if ready else "not ready",
            "parts": {name: sentence or "ok" for name, sentence in sorted(said.items())},
        }
        return JSONResponse(body, status_code=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _database_check(db: Database) -> Check:
    def check() -> str | None:
        try:
            db.ping()
        except SQLAlchemyError:
            return "The database does not answer."
        return None

    return check


def _folder_check(folder: Path) -> Check:
    def check() -> str | None:
        return None if os.access(folder, os.W_OK | os.X_OK) else "The folder of media cannot be written."

    return check
