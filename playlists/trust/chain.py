"""The chain of roots: beginning with the one of the enrolment, following to the next, and asking anew what holds."""

from __future__ import annotations

from dataclasses import replace

from playlists.trust.emergency import Emergency
from playlists.trust.envelope import Envelope, parse_envelope
from playlists.trust.quorum import signers
from playlists.trust.release import Release
from playlists.trust.root import RoleName, Root
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.shape import Reader
from playlists.trust.statements import Values
from playlists.trust.take import open_document, read_release
from playlists.trust.trusted import Clock, Counter, Held, Source, Trusted
from playlists.trust.warn import check_signers


def begin(content: bytes, pinned: str, reader: Reader, *, demo: bool = False) -> Trusted:
    """Return the first state: the root whose payload has the pinned SHA-256 and that its own root keys signed.

    A reader of a real network takes no demo root, and one of a demo no real root.

    Raises:
        Untrusted: V1 to V4, V5 too few root keys, V6, V7 another root than the pinned one, or one of the other kind.
    """
    envelope = parse_envelope(content, Root.payload_type, most_bytes=Root.most_bytes)
    if envelope.digest != pinned:
        raise Untrusted(Rule.V7_ROOT, "not the root that was pinned")
    root = read_root(envelope)
    if root.demo is not demo:
        raise Untrusted(Rule.V7_ROOT, "a demo root" if root.demo else "a real root, and this is a demo")
    return Trusted(reader, Held.of(root, content, envelope), root.issued_at, root.issued_at, root.issued_at)


def read_root(envelope: Envelope) -> Root:
    """Return the root that an envelope holds and that enough holders of its own root keys signed.

    Raises:
        Untrusted: V5, V6, V7.
    """
    root = Root.read(envelope.payload)
    signers(envelope, root).need(RoleName.ROOT)
    return root


def take_root(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Follow to the next root: one version more, signed under the old one and under itself.

    What the old one had let in is asked anew. The one that is followed already changes nothing.

    Raises:
        Untrusted: V1 to V6, V7.
    """
    old = trusted.root.document
    envelope = parse_envelope(content, Root.payload_type, most_bytes=Root.most_bytes)
    if envelope.digest == trusted.root.digest:
        return trusted
    signers(envelope, old).need(RoleName.ROOT)
    root = read_root(envelope)
    if root.version != old.version + 1:
        raise Untrusted(Rule.V7_ROOT, f"root {root.version} does not follow root {old.version}")
    if root.demo is not old.demo:
        raise Untrusted(Rule.V7_ROOT, "a real root and a demo root never follow one another")
    said = min(root.issued_at, clock.now) if clock.source is Source.SYNCHRONISED else root.issued_at
    sure = max(trusted.sure, said)
    followed = replace(trusted, root=Held.of(root, content, envelope), sure=sure, floor=max(trusted.floor, sure))
    return recheck(_recovered(followed, old))


def recheck(trusted: Trusted) -> Trusted:
    """Return the state with only those documents that its root still vouches for (V14).

    What was withdrawn or retired stays so, and a hold stays until the server's next list: dropping these would put
    something on air. The number of values that are dropped is forgotten, so that a stolen key cannot use it up.
    """
    values = {board: held for board, held in trusted.values.items() if why_dropped(trusted, held) is None}
    spoilt = {f"{Counter.VALUES}:{board}" for board in trusted.values.keys() - values.keys()}
    return replace(
        trusted,
        releases={name: held for name, held in trusted.releases.items() if why_dropped(trusted, held) is None},
        values=values,
        emergencies={name: held for name, held in trusted.emergencies.items() if why_dropped(trusted, held) is None},
        seqs={name: number for name, number in trusted.seqs.items() if name not in spoilt},
    )


def why_dropped(trusted: Trusted, held: Held[Release] | Held[Values] | Held[Emergency]) -> Untrusted | None:
    """Return why the root no longer vouches for an accepted document, or None when it does (V14)."""
    opened = open_document(trusted, held.content, type(held.document))
    try:
        match held.document:
            case Release():
                read_release(opened)
            case Values():
                opened.signers.need(RoleName.STATUS)
            case Emergency():
                check_signers(opened.signers, held.document)
    except Untrusted as error:
        return Untrusted(Rule.V14_KEYS_CHANGED, f"no longer vouched for ({error})")
    return None


def _recovered(trusted: Trusted, old: Root) -> Trusted:
    """Return the state without what a key of the server's that is no more could have driven too far."""
    if trusted.root.document.keys_of(RoleName.SERVER) == old.keys_of(RoleName.SERVER):
        return trusted
    seqs = {name: number for name, number in trusted.seqs.items() if name not in (Counter.MANIFEST, Counter.HOLD)}
    return replace(trusted, seqs=seqs, floor=trusted.sure, heard_at=min(trusted.heard_at, trusted.sure))
