"""A kiosk that holds a root, with an outside world that answers at once; told step by step."""

from __future__ import annotations

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.events import Cause, Event
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.trust import Kind
from playlists.timeline import at
from playlists.trust.trusted import Trusted
from playlists.wire.messages import State, TrustState
from playlists.wire.topics import Up
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.making import CLOCK_OK, moment
from tests.kiosk_agent.playbook import CommandT, Playbook
from tests.playlists.trust import making as m

ONE, TWO, TEMPLATE = t.release(1), t.release(2), t.template()
FIRST = t.manifest(1, 1, 2, releases=(ONE, TWO, TEMPLATE))


class Kiosk(Playbook):
    """A kiosk that holds a root; its disk, its server and its downloads answer at once unless told otherwise."""

    def __init__(self, trusted: Trusted | None = None, *, keeps: bool = True) -> None:
        super().__init__(t.rooted())
        self.pinned = trusted or t.pinned()
        self.keeps = keeps
        self.serves = True
        self.documents = {m.digest(one): one for one in (ONE, TWO, TEMPLATE)}
        self.roots: dict[int, bytes] = {}

    def begin(self, *, findings: tuple[Finding, ...] = (CLOCK_OK,)) -> Kiosk:
        self.hear(events.Started(findings=findings, trusted=self.pinned))
        self.link_up()
        return self

    def hear(self, event: Event, after_s: float = 0.0) -> list[do.Command]:
        """Tell an event and let the outside world answer what follows; return all commands."""
        begun = len(self.log)
        waiting = [event]
        self.seconds += after_s
        while waiting:
            for command in self.tell(waiting.pop(0)):
                waiting += self.answer(command)
        return self.log[begun:]

    def answer(self, command: do.Command) -> list[Event]:
        match command:
            case do.KeepTrust():
                return [events.TrustKept()] if self.keeps else [events.TrustNotKept("full", Cause.STORAGE_FULL)]
            case do.FetchRelease(sha256):
                return [events.ReleaseFetched(sha256, self.documents.get(sha256))]
            case do.FetchRoot(version):
                return [events.RootFetched(self.roots.get(version))]
            case do.DownloadSegment(sha256):
                return [events.SegmentStored(sha256)]
            case do.Install(one):
                return [events.Installed(one.sha256)]
            case do.AskSigned():
                return [events.SignedRead(None)] if self.serves else [events.SignedFailed("no answer")]
            case do.DrawWarning(picture):
                return [events.WarningDrawn(picture)]
        return []

    def give(self, kind: Kind, *envelopes: bytes, after_s: float = 0.0) -> list[do.Command]:
        return self.hear(events.DocumentsReceived(kind, envelopes), after_s)

    def playing(self) -> Kiosk:
        self.begin()
        self.hear(events.ManifestFetched(FIRST))
        self.shown()
        return self

    @property
    def trust(self) -> TrustState:
        told = [one.message for one in self.log if isinstance(one, do.Publish) and one.leaf is Up.STATE]
        last = told[-1]
        assert isinstance(last, State)
        assert last.trust is not None
        return last.trust

    @property
    def rules(self) -> list[str]:
        return [one.rule.value for one in self.state.trust.refusals]

    def due(self) -> str | None:
        assert self.state.installed is not None
        return at(self.state.installed.manifest, self.state.facts, moment(self.seconds).wall).sha256

    def of(self, kind: type[CommandT]) -> list[CommandT]:
        return [one for one in self.log if isinstance(one, kind)]
