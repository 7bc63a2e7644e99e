"""The root document: whose keys count for what. Every other document is judged by the newest root.

A root follows its predecessor by one version and is signed under both: by as many holders as the old one asks for
and as the new one asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from playlists.ids import Name, Sha256, Slug
from playlists.trust.key import Key, KeyKind
from playlists.trust.passkey import Passkeys
from playlists.trust.rules import Rule, broken
from playlists.trust.shape import Document, Number, Shape

MOST_KEYS = 256
LEAST_SIGNERS = 2
MOST_STEPS = 6
MOST_ADDED = 6


class Concern(StrEnum):
    """What a release touches that may ask for one signer more."""

    SYMBOLS = "symbols"
    """A map, a flag or a border line is to be seen."""
    FACES = "faces"
    """Faces or children are to be seen."""
    PERSONAL = "personal"
    """It tells personal data."""


class RoleName(StrEnum):
    """Roles that the rules themselves speak of. A root may add others for the steps of its routes."""

    ROOT = "root"
    SERVER = "server"
    APPROVER = "approver"
    DUTY = "duty"
    STATUS = "status"
    CAP = "cap"


ONLINE = (RoleName.SERVER, RoleName.CAP)
"""Roles whose keys lie on a server: such a key, and its holder, can have no other role."""


class Role(Shape):
    """Which keys act in a role, how many holders it takes, and how many of these have to use a key in a file."""

    keys: Annotated[tuple[Sha256, ...], Field(max_length=MOST_KEYS)] = ()
    threshold: Annotated[int, Field(ge=1, le=16)] = 1
    file_keys: Annotated[int, Field(ge=0, le=16)] = 0


class AddedStep(Shape):
    """One signer more, of a role, for releases that touch a concern; `basis` is the legal basis of that."""

    concern: Concern
    role: Name
    basis: Annotated[str, Field(max_length=400)] = ""


class Route(Shape):
    """The way of a release: one signer of each role, all of them different people.

    `file_keys` of them sign with a key in a file; `sites` limits where the route leads; `basis` is its legal basis.
    `added` are steps that only releases with such concerns need.
    """

    id: Name
    roles: Annotated[tuple[Name, ...], Field(max_length=MOST_STEPS)]
    file_keys: Annotated[int, Field(ge=0, le=MOST_STEPS)] = 1
    sites: Annotated[tuple[Slug, ...], Field(max_length=256)] = ()
    basis: Annotated[str, Field(max_length=400)] = ""
    added: Annotated[tuple[AddedStep, ...], Field(max_length=MOST_ADDED)] = ()

    def steps(self, concerns: Collection[Concern]) -> tuple[str, ...]:
        """Return the roles that sign a release with some concerns: the route's own, then those that these add."""
        return (*self.roles, *(one.role for one in self.added if one.concern in concerns))


class Root(Document):
    """Keys, roles and routes. A `demo` root has software keys and is refused by every kiosk of a real one."""

    payload_type: ClassVar[str] = "application/vnd.bangtin.root+json;v=1"
    most_bytes: ClassVar[int] = 256 << 10
    rules: ClassVar[Mapping[str, Rule]] = dict.fromkeys(
        ("version", "keys", "roles", "routes", "passkeys", "demo"), Rule.V7_ROOT
    )

    version: Number
    demo: bool = False
    keys: Annotated[tuple[Key, ...], Field(max_length=MOST_KEYS)]
    roles: Annotated[dict[Name, Role], Field(max_length=64)]
    routes: Annotated[tuple[Route, ...], Field(max_length=64)] = ()
    passkeys: Passkeys | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        flaw = next(_flaws(self), None)
        if flaw is not None:
            raise broken(Rule.V7_ROOT, flaw)
        return self

    def role(self, name: str) -> Role:
        """Return a role; one that is not there has no keys."""
        return self.roles.get(name, Role())

    def route(self, route_id: str) -> Route | None:
        """Return a route by its id."""
        return next((one for one in self.routes if one.id == route_id), None)

    def keys_of(self, name: str) -> tuple[Key, ...]:
        """Return the keys of a role."""
        ids = set(self.role(name).keys)
        return tuple(key for key in self.keys if key.id in ids)

    def holders_of(self, name: str) -> frozenset[str]:
        """Return who acts in a role."""
        return frozenset(key.holder for key in self.keys_of(name))


def fits(steps: Sequence[Collection[str]], with_file: Collection[str], file_keys: int) -> bool:
    """Tell whether each step can have a person of its own, so that at least so many of them use keys in files.

    A step is who may stand for it. Whoever can be matched to some step can be so in a full matching as well (they are
    the bases of a transversal matroid), therefore it is enough to count two matchings.
    """
    of_files = [[holder for holder in step if holder in with_file] for step in steps]
    return _matched(steps) == len(steps) and _matched(of_files) >= file_keys


def _matched(steps: Sequence[Collection[str]]) -> int:
    """Return how many steps can have a person of their own at once (Kuhn's augmenting paths)."""
    taken: dict[str, int] = {}

    def place(step: int, tried: set[str]) -> bool:
        for holder in steps[step]:
            if holder not in tried:
                tried.add(holder)
                if holder not in taken or place(taken[holder], tried):
                    taken[holder] = step
                    return True
        return False

    return sum(place(step, set()) for step in range(len(steps)))


def _flaws(root: Root) -> Iterator[str]:
    ids = [key.id for key in root.keys]
    if len(set(ids)) != len(ids):
        yield "a key stands twice"
    if unknown := {one for role in root.roles.values() for one in role.keys} - set(ids):
        yield f"roles name {len(unknown)} keys that are not there"
    yield from _flaws_of_roles(root)
    yield from _flaws_of_online_keys(root)
    for route in root.routes:
        yield from _flaws_of_route(root, route)
    if len({route.id for route in root.routes}) != len(root.routes):
        yield "a route stands twice"


def _flaws_of_roles(root: Root) -> Iterator[str]:
    if root.role(RoleName.ROOT).threshold < LEAST_SIGNERS:
        yield f"a root needs at least {LEAST_SIGNERS} signers"
    if not root.role(RoleName.SERVER).keys:
        yield "the server has no key"
    if not root.demo and any(key.kind is not KeyKind.FILE for key in root.keys_of(RoleName.ROOT)):
        yield "root keys are keys in files"
    if any(key.sites for key in root.keys_of(RoleName.ROOT)):
        yield "root keys count everywhere, not at some sites"
    for name, role in root.roles.items():
        keys = root.keys_of(name)
        if role.keys and len(root.holders_of(name)) < role.threshold:
            yield f"the role {name} asks for {role.threshold} people and has {len(root.holders_of(name))}"
        if role.keys and len({key.holder for key in keys if key.kind is KeyKind.FILE}) < role.file_keys:
            yield f"the role {name} asks for more keys in files than it has"


def _flaws_of_online_keys(root: Root) -> Iterator[str]:
    for online in ONLINE:
        held = root.holders_of(online)
        for name in root.roles:
            if name != online and held & root.holders_of(name):
                yield f"whoever holds a key of the role {online} can have no other role, such as {name}"


def _flaws_of_route(root: Root, route: Route) -> Iterator[str]:
    if len(route.roles) < LEAST_SIGNERS:
        yield f"the route {route.id} needs at least {LEAST_SIGNERS} signers"
    if not root.demo and route.file_keys < 1:
        yield f"the route {route.id} needs a key in a file"
    steps = route.steps(tuple(Concern))
    if online := set(steps) & set(ONLINE):
        yield f"the route {route.id} leads over an online key ({', '.join(sorted(online))})"
    with_file = {key.holder for key in root.keys if key.kind is KeyKind.FILE}
    for asked in (route.roles, steps):
        if not fits([sorted(root.holders_of(role)) for role in asked], with_file, route.file_keys):
            yield f"the route {route.id} cannot be gone by people who are all different"
