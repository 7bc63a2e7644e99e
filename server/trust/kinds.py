"""The kinds of documents, and what each needs to be whole: judged by playlists.trust as a kiosk judges it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from playlists.trust.emergency import Emergency
from playlists.trust.envelope import Envelope, Signature
from playlists.trust.key import Key
from playlists.trust.quorum import Signers, signers
from playlists.trust.release import Release, ReleasedFile
from playlists.trust.root import RoleName, Root, fits
from playlists.trust.rules import Untrusted
from playlists.trust.shape import Audience, Document, Reader
from playlists.trust.statements import Hold, Time, Values, Withdrawal
from playlists.trust.take import Opened, read_release
from playlists.trust.warn import check_signers


class Kind(StrEnum):
    """What a signed document is."""

    RELEASE = "release"
    WITHDRAWAL = "withdrawal"
    HOLD = "hold"
    VALUES = "values"
    EMERGENCY = "emergency"
    TIME = "time"


SHAPES: dict[Kind, type[Document]] = {
    Kind.RELEASE: Release,
    Kind.WITHDRAWAL: Withdrawal,
    Kind.HOLD: Hold,
    Kind.VALUES: Values,
    Kind.EMERGENCY: Emergency,
    Kind.TIME: Time,
}


class Asked(NamedTuple):
    """Whose signatures a document needs: one of another person for each role, some with keys in files."""

    roles: tuple[str, ...]
    file_keys: int = 0
    author: str | None = None
    """Who may not sign."""


class Lacking(NamedTuple):
    """What is missing before a document is whole: roles in which nobody signed yet, and how many keys in files."""

    roles: tuple[str, ...]
    file_keys: int


def kind_of(document: Document) -> Kind:
    """Return the kind of a document."""
    return next(kind for kind, shape in SHAPES.items() if type(document) is shape)


def read(kind: Kind, payload: bytes) -> Document:
    """Return the document that a stored payload holds.

    Raises:
        Untrusted: the payload is not sound.
    """
    return SHAPES[kind].read(payload)


def sites_of(document: Document) -> tuple[str, ...]:
    """Return the sites that a document is for, each once, by name; a document of the whole network has none."""
    match document:
        case Release(audience=audience) | Withdrawal(audience=audience) | Emergency(audience=audience):
            return _sites(audience)
        case Hold(site=site) | Values(site=site):
            return (site,)
        case _:
            return ()


def is_for(document: Document, reader: Reader) -> bool:
    """Tell whether a document is for a kiosk."""
    match document:
        case Release(audience=audience) | Withdrawal(audience=audience) | Emergency(audience=audience):
            return audience.includes(reader)
        case Hold(site=site) | Values(site=site):
            return site == reader.site
        case _:
            return False


def files_of(document: Document) -> tuple[ReleasedFile, ...]:
    """Return the files whose digests a document names to be shown, each once."""
    match document:
        case Release():
            found: Iterable[ReleasedFile] = document.files
        case Emergency():
            found = document.pictures
        case _:
            found = ()
    return tuple({one.sha256: one for one in found}.values())


def asked_of(document: Document, root: Root) -> Asked:
    """Return whose signatures a document needs under a root; nobody's when the root does not know its route."""
    match document:
        case Release():
            route = root.route(document.route)
            return (
                Asked(route.steps(document.concerns), route.file_keys, document.author)
                if route is not None
                else Asked(())
            )
        case Withdrawal():
            return _role(root, RoleName.APPROVER, 1)
        case Values():
            return _role(root, RoleName.STATUS, root.role(RoleName.STATUS).threshold)
        case Emergency(by=by, signers=people):
            return _role(root, by, max(people, root.role(by).threshold) if people > 1 else root.role(by).threshold)
        case _:
            return Asked((RoleName.SERVER,))


def check_whole(document: Document, envelope: Envelope, root: Root) -> None:
    """Hold a document to its signers at each of its sites, as the kiosks there will.

    Raises:
        Untrusted: V5 signatures are missing; V8 the route does not lead there.
    """
    for site in sites_of(document) or (None,):
        signed = signers(envelope, root, site)
        match document:
            case Release():
                read_release(Opened(envelope, signed))
            case Withdrawal():
                signed.need(RoleName.APPROVER, 1)
            case Values():
                signed.need(RoleName.STATUS)
            case Emergency():
                check_signers(signed, document)
            case _:
                signed.need(RoleName.SERVER)


def is_whole(document: Document, envelope: Envelope, root: Root) -> bool:
    """Tell whether enough people signed."""
    try:
        check_whole(document, envelope, root)
    except Untrusted:
        return False
    return True


def envelope_of(document: Document, payload: bytes, signatures: Sequence[Signature]) -> Envelope:
    """Return a stored payload with the signatures that were collected."""
    return Envelope(type(document).payload_type, payload, tuple(signatures))


def keys_that_count(document: Document, root: Root, holder: str) -> tuple[Key, ...]:
    """Return the keys with which a person may sign: in a role that is asked for, and counting at all sites."""
    asked = asked_of(document, root)
    if holder == asked.author:
        return ()
    named = {key_id for role in asked.roles for key_id in root.role(role).keys}
    sites = sites_of(document)
    return tuple(
        key
        for key in root.keys
        if key.holder == holder and key.id in named and all(key.counts_at(site) for site in sites)
    )


def lacking(document: Document, envelope: Envelope, root: Root) -> Lacking:
    """Return what is missing. A role is filled by a person of its own; who fits several roles fills one.

    Roles are taken in the order of the route; what can be filled together is a matroid, so this leaves the fewest.
    """
    asked, signed = asked_of(document, root), _counting(document, envelope, root)
    steps = [signed.of(role) for role in asked.roles]
    of_files = [[one for one in step if one in signed.with_file] for step in steps]
    filled = _filled(steps)
    missing = tuple(role for number, role in enumerate(asked.roles) if number not in filled)
    return Lacking(missing, max(0, asked.file_keys - len(_filled(of_files))))


def helps(document: Document, before: Envelope, after: Envelope, root: Root) -> bool:
    """Tell whether a signature more brings a document nearer to being whole."""
    was, now = lacking(document, before, root), lacking(document, after, root)
    return len(now.roles) < len(was.roles) or now.file_keys < was.file_keys


def _counting(document: Document, envelope: Envelope, root: Root) -> Signers:
    """Return the signers whose keys count at every site of a document, without its author."""
    asked, sites = asked_of(document, root), sites_of(document)
    signed = signers(envelope, root)
    kept = tuple(key for key in signed.keys if all(key.counts_at(site) for site in sites))
    found = Signers(root, kept, signed.flaws)
    return found.without(asked.author) if asked.author is not None else found


def _role(root: Root, role: RoleName, people: int) -> Asked:
    file_keys = root.role(role).file_keys
    return Asked((role,) * max(people, file_keys), file_keys)


def _filled(steps: Sequence[Sequence[str]]) -> list[int]:
    """Return the numbers of the steps that can have a person of their own at once, the first ones first."""
    found: list[int] = []
    for number in range(len(steps)):
        if fits([steps[one] for one in (*found, number)], (), 0):
            found.append(number)
    return found


def _sites(audience: Audience) -> tuple[str, ...]:
    return tuple(sorted({*audience.sites, *(one.site for one in audience.panels)}))
