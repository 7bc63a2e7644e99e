"""Who signed, and whether these are enough people of the right roles (V5).

Signatures that do not count (an unknown key, a wrong signature, a key for another site) are left out, never an error.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from playlists.trust.envelope import Envelope, Signature
from playlists.trust.key import Key, KeyKind, is_ed25519, is_es256
from playlists.trust.passkey import Passkeys, flaw, signed_by_passkey
from playlists.trust.root import Concern, Root, Route, fits
from playlists.trust.rules import Rule, Untrusted


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys whose signatures of a document hold, and in words why others do not."""

    root: Root
    keys: tuple[Key, ...]
    flaws: tuple[str, ...] = ()

    @property
    def with_file(self) -> frozenset[str]:
        """Who signed with a key in a file."""
        return frozenset(key.holder for key in self.keys if key.kind is KeyKind.FILE)

    def of(self, role: str) -> tuple[str, ...]:
        """Return who signed in a role, each person once."""
        ids = set(self.root.role(role).keys)
        return tuple(dict.fromkeys(key.holder for key in self.keys if key.id in ids))

    def without(self, holder: str) -> Signers:
        """Return the signers but one person: an author approves nothing of their own."""
        return Signers(self.root, tuple(key for key in self.keys if key.holder != holder), self.flaws)

    def need_people(self, number: int) -> None:
        """Hold the signers to a number of people, whatever their roles.

        Raises:
            Untrusted: V5, too few of them signed.
        """
        people = {key.holder for key in self.keys}
        if len(people) < number:
            raise Untrusted(Rule.V5_SIGNERS, f"{len(people)} of {number} people signed{self._why()}")

    def need(self, role: str, people: int | None = None) -> None:
        """Hold the signers to a role's threshold, or to a number of people.

        Raises:
            Untrusted: V5, too few of them signed.
        """
        asked = self.root.role(role)
        wanted = max(people or asked.threshold, 1)
        signed = self.of(role)
        if len(signed) < wanted:
            raise Untrusted(Rule.V5_SIGNERS, f"{len(signed)} of {wanted} people signed as {role}{self._why()}")
        if len(self.with_file.intersection(signed)) < asked.file_keys:
            raise Untrusted(Rule.V5_SIGNERS, f"{asked.file_keys} of those who sign as {role} need a key in a file")

    def need_route(self, route: Route, concerns: Collection[Concern] = ()) -> None:
        """Hold the signers to a route and to the steps that concerns add.

        Another person for each role, enough of them with keys in files.

        Raises:
            Untrusted: V5, a role is missing.
        """
        roles = route.steps(concerns)
        steps = [self.of(role) for role in roles]
        missing = [role for role, signed in zip(roles, steps, strict=True) if not signed]
        if missing:
            raise Untrusted(Rule.V5_SIGNERS, f"nobody signed as {', '.join(missing)}{self._why()}")
        if not fits(steps, (), 0):
            raise Untrusted(Rule.V5_SIGNERS, f"one person cannot stand for two roles of the route {route.id}")
        if not fits(steps, self.with_file, route.file_keys):
            raise Untrusted(Rule.V5_SIGNERS, f"{route.file_keys} of the signers need a key in a file")

    def _why(self) -> str:
        return f" ({'; '.join(self.flaws)})" if self.flaws else ""


def signers(envelope: Envelope, root: Root, site: str | None = None) -> Signers:
    """Return who signed an envelope by the keys of a root; with `site`, only keys that count there."""
    known = {key.id: key for key in root.keys}
    held: list[Key] = []
    flaws: list[str] = []
    for one in envelope.signatures:
        key = known.get(one.key_id)
        if key is None:
            flaws.append("a key that the root does not know")
        elif site is not None and not key.counts_at(site):
            flaws.append(f"a key of {key.holder} that does not count at {site}")
        elif (why := _flaw(key, one, envelope.signed, root.passkeys)) is not None:
            flaws.append(f"the key of {key.holder}: {why}")
        else:
            held.append(key)
    return Signers(root, tuple(held), tuple(flaws))


def _flaw(key: Key, one: Signature, signed: bytes, passkeys: Passkeys | None) -> str | None:
    if key.kind is KeyKind.FILE:
        is_sound = one.assertion is None and is_ed25519(key.raw, one.sig, signed)
        return None if is_sound else "the signature does not fit"
    if one.assertion is None:
        return "a passkey signs with an assertion"
    why = flaw(one.assertion, signed, passkeys)
    if why is None and not is_es256(key.raw, one.sig, signed_by_passkey(one.assertion)):
        return "the signature does not fit"
    return why
