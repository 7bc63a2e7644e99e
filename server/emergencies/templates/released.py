"""Which templates stand released, for which panels: read from sealed releases, as a kiosk would judge them.

A sealed document never changes, so what was read of it once is kept by its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from playlists.profile import Profile
from playlists.trust.release import Release, speaks_all
from playlists.trust.shape import Reader
from playlists.trust.statements import Withdrawal
from server.db import Session, new_id
from server.emergencies.templates import repository
from server.publishing.service import panel_spec
from server.tables import Panel, Site
from server.trust.kinds import Kind

MOST_KEPT = 20_000


class Standing(NamedTuple):
    """A released template: the digest of its release, and what that says."""

    digest: str
    release: Release

    @property
    def word(self) -> str:
        """By what it is named."""
        return self.release.template or ""

    def reaches(self, panel: Panel, site: Site) -> bool:
        """Tell whether a panel has its pictures in three languages."""
        return self.release.audience.includes(Reader(new_id(), panel.id, site.slug)) and speaks_all(
            one.language for one in self.release.segments if one.profile == str(profile_of(panel))
        )


class _Said(NamedTuple):
    """What a sealed document says about others."""

    release: Release | None = None
    """Of a template."""
    ends: tuple[str, ...] = ()
    """Digests that are shown no more."""


def profile_of(panel: Panel) -> Profile:
    """Return the profile of a panel's segments."""
    return panel_spec(panel).profile


def standing(session: Session, at: datetime) -> list[Standing]:
    """Return the templates that may be shown at a time, the newest releases first."""
    said = {digest: _read(session, kind, digest) for digest, kind in repository.sealed(session)}
    gone = {one for each in said.values() for one in each.ends}
    found = [Standing(digest, each.release) for digest, each in said.items() if each.release is not None]
    return [
        one
        for one in reversed(found)
        if one.digest not in gone
        and one.release.not_before <= at < one.release.show_until
        and not gone & {segment.sha256 for segment in one.release.segments}
    ]


def best(standing_: Iterable[Standing], word: str, places: Sequence[tuple[Panel, Site]]) -> Standing | None:
    """Return the release of a word that reaches the most of some panels; of equals the newest."""
    named = [one for one in standing_ if one.word == word]
    return max(named, key=lambda one: sum(one.reaches(*place) for place in places), default=None)


_kept: dict[str, _Said] = {}


def _read(session: Session, kind: str, digest: str) -> _Said:
    if digest not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[digest] = _parsed(kind, repository.payload(session, digest))
    return _kept[digest]


def _parsed(kind: str, payload: bytes) -> _Said:
    if kind == Kind.WITHDRAWAL:
        return _Said(ends=Withdrawal.read(payload).withdraws)
    release = Release.read(payload)
    return _Said(release if release.template is not None else None, release.retires)
