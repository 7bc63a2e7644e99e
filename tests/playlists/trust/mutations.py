"""Seeded mutations of valid documents: `python -m tests.playlists.trust.mutations 10000` runs many and tells the sums.

Every mutation has to end in a refusal, or in the very state that the unchanged document leads to.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from playlists.trust.chain import take_root
from playlists.trust.rules import Untrusted
from playlists.trust.strict import from_base64, to_base64
from playlists.trust.take import take_hold, take_manifest, take_release, take_time, take_values, take_withdrawal
from playlists.trust.trusted import Clock, Trusted
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import BLIND, CHI_PASSKEY, CLOCK

Take = Callable[[Trusted, bytes], Any]


class Case(NamedTuple):
    """A valid document, how it is taken, and who signed it."""

    name: str
    content: bytes
    take: Take
    by: tuple[Any, ...]


def _with(take: Callable[[Trusted, bytes, Clock], Any]) -> Take:
    return lambda trusted, content: take(trusted, content, CLOCK)


def cases(stocked: Trusted) -> tuple[Case, ...]:
    """One of each document, and a release with a passkey."""
    released = (m.digest(m.release("hours")),)
    return (
        Case("root", m.root(version=2), _with(take_root), ("root-a", "root-b")),
        Case("release", m.release("new", by=("an", "binh")), _with(take_release), ("an", "binh")),
        Case("passkey release", m.release("newer"), _with(take_release), ("an", CHI_PASSKEY)),
        Case("withdrawal", m.withdrawal(m.sha("x")), _with(take_withdrawal), ("binh",)),
        Case("hold", m.hold(7, m.sha("hours")), _with(take_hold), ("server",)),
        Case("values", m.values(7), _with(take_values), ("giang",)),
        Case("emergency", m.emergency(), _with(take_emergency), ("dung",)),
        Case("free text", m.free_text(), _with(take_emergency), ("dung", "em")),
        Case("time", m.time(), lambda one, content: take_time(one, content, m.NONCE, BLIND), ("server",)),
        Case("manifest", m.manifest("hours", releases=released), _with(take_manifest), ("server",)),
    )


def meaning(taken: Any) -> object:
    """What a state says, without the bytes that it was read from."""
    if isinstance(taken, tuple) and isinstance(taken[0], Trusted):
        return (meaning(taken[0]), *taken[1:])
    assert isinstance(taken, Trusted)
    return replace(
        taken,
        root=replace(taken.root, content=b""),
        releases={name: replace(held, content=b"") for name, held in taken.releases.items()},
        hold=replace(taken.hold, content=b"") if taken.hold is not None else None,
        values={name: replace(held, content=b"") for name, held in taken.values.items()},
        emergencies={name: replace(held, content=b"") for name, held in taken.emergencies.items()},
    )


def flip(rng: random.Random, one: Case, _others: tuple[Case, ...]) -> bytes:
    """Change up to three bytes anywhere."""
    content = bytearray(one.content)
    for _ in range(rng.randint(1, 3)):
        content[rng.randrange(len(content))] ^= rng.randint(1, 255)
    return bytes(content)


def cut(rng: random.Random, one: Case, _others: tuple[Case, ...]) -> bytes:
    """Leave a piece out, or say one twice."""
    start, length = rng.randrange(len(one.content)), rng.randint(1, 200)
    piece = one.content[start : start + length] if rng.random() < 0.5 else b""
    return one.content[:start] + piece * 2 + one.content[start + length :]


def edit_payload(rng: random.Random, one: Case, _others: tuple[Case, ...]) -> bytes:
    """Change the payload's JSON and keep the signatures."""
    written = json.loads(one.content)
    fields = json.loads(from_base64(written["payload"]))
    edit(rng, fields)
    return json.dumps(written | {"payload": to_base64(m.payload(fields))}).encode()


def surgery(rng: random.Random, one: Case, others: tuple[Case, ...]) -> bytes:
    """Operate on the envelope: signatures, their pieces, the type, foreign parts."""
    written = json.loads(one.content)
    donor = json.loads(rng.choice(others).content)
    signatures = written["signatures"]
    match rng.randrange(9):
        case 0:
            signatures.pop(rng.randrange(len(signatures)))
        case 1:
            signatures.append(rng.choice(donor["signatures"]))
        case 2:
            written["signatures"] = donor["signatures"]
        case 3:
            written["payload"] = donor["payload"]
        case 4:
            written["payloadType"] = donor["payloadType"]
        case 5:
            rng.choice(signatures)["keyid"] = rng.choice(donor["signatures"])["keyid"]
        case 6:
            rng.choice(signatures)["sig"] = rng.choice(donor["signatures"])["sig"]
        case 7:
            rng.choice(signatures)["webauthn"] = rng.choice([None, {}, [], "x", {"authenticatorData": "AAAA"}])
        case _:
            edit(rng, written)
    return json.dumps(written).encode()


def confuse(rng: random.Random, one: Case, _others: tuple[Case, ...]) -> bytes:
    """Put a value of another type into the envelope."""
    written = json.loads(one.content)
    written[rng.choice(["payload", "payloadType", "signatures"])] = rng.choice(ODD)
    return json.dumps(written).encode()


ODD: list[Any] = [None, True, 0, -1, 1 << 70, 1.5, "", "x", "A" * 40, [], {}, [[]], [{}], {"a": 1}, "\u202e", "２"]
WAYS = (flip, cut, edit_payload, surgery, confuse)


def edit(rng: random.Random, value: Any) -> None:
    """Change one place of a JSON value: another type, another number, a field gone, doubled or added."""
    places = [(value, key) for key in (value if isinstance(value, dict) else range(len(value)))]
    container, key = rng.choice(places) if places else (value, None)
    if key is None:
        return
    below = container[key]
    if isinstance(below, dict | list) and below and rng.random() < 0.6:
        edit(rng, below)
    elif rng.random() < 0.25:
        del container[key]
    elif isinstance(container, dict) and rng.random() < 0.2:
        container[rng.choice(["x", "v", "sites", "status"])] = rng.choice(ODD)
    elif isinstance(below, int) and rng.random() < 0.5:
        container[key] = below + rng.choice([-1, 1, 1 << 40])
    elif isinstance(below, str) and below and rng.random() < 0.5:
        container[key] = below[:-1] + rng.choice("0aZ \u0000")
    else:
        container[key] = rng.choice(ODD)


def stocked() -> Trusted:
    """A kiosk with a notice, a board and a template."""
    trusted = m.fresh()
    for content in (m.release("hours"), m.board_release(), m.template_release()):
        trusted = take_release(trusted, content, CLOCK)
    return trusted


def run(count: int, seed: int) -> Counter[str]:
    """Try so many mutations, as many again of signed nonsense, and count what came of them.

    Raises:
        AssertionError: one was accepted with another meaning. Any other exception is a crash.
    """
    rng = random.Random(seed)
    trusted = stocked()
    all_cases = cases(trusted)
    meant = {one.name: meaning(one.take(trusted, one.content)) for one in all_cases}
    came: Counter[str] = Counter()
    for number in range(count):
        one = all_cases[number % len(all_cases)]
        mutated = rng.choice(WAYS)(rng, one, all_cases)
        try:
            taken = one.take(trusted, mutated)
        except Untrusted as error:
            came[error.rule] += 1
        else:
            assert meaning(taken) in (meant[one.name], meaning(trusted)), (one.name, mutated)
            came["same"] += 1
    return came


def run_signed(count: int, seed: int) -> Counter[str]:
    """Try documents whose signers signed nonsense: refused or taken, never a crash."""
    rng = random.Random(seed)
    trusted = stocked()
    all_cases = cases(trusted)
    came: Counter[str] = Counter()
    for number in range(count):
        one = all_cases[number % len(all_cases)]
        written = json.loads(one.content)
        fields = json.loads(from_base64(written["payload"]))
        for _ in range(rng.randint(1, 3)):
            edit(rng, fields)
        try:
            one.take(trusted, m.signed(written["payloadType"], fields, *one.by))
        except Untrusted as error:
            came[error.rule] += 1
        else:
            came["taken"] += 1
    return came


def main() -> None:
    """Run as many as the first argument says and print one JSON line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    began = time.monotonic()
    mutated, nonsense = run(count, 1), run_signed(count, 2)
    took = round(time.monotonic() - began, 1)
    print(json.dumps({"mutations": count, "came": mutated, "signed": count, "signed_came": nonsense, "took_s": took}))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
