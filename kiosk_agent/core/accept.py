"""Whether a manifest may be acted on: by the pinned key, or by a root's keys and what people released."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from playlists.ids import sha256_hex
from playlists.manifest import MOST_BYTES, PAYLOAD_TYPE, Manifest
from playlists.trust import Rule, Untrusted, open_envelope, strict_json
from playlists.trust.take import take_manifest
from playlists.trust.trusted import Clock, Trusted


@dataclass(frozen=True, slots=True)
class Held:
    """A manifest whose signature and form were verified, with the bytes that prove it."""

    sha256: str
    envelope: bytes
    manifest: Manifest

    @property
    def sizes(self) -> dict[str, int]:
        """Digest and size of every file that the manifest needs."""
        return self.manifest.files


def accept(envelope: bytes, kiosk_id: UUID, server_key: bytes, installed_seq: int) -> Held:
    """Return the manifest of an envelope that this kiosk may install.

    Raises:
        Untrusted: the pinned key did not sign it (V1 to V6), it is for another kiosk (V8), its number is not above
            the installed one (V9), or it is not a manifest that this program understands (V6).
    """
    held = read(envelope, kiosk_id, server_key)
    if held.manifest.seq <= installed_seq:
        raise Untrusted(Rule.V9_NUMBER, f"manifest {held.manifest.seq} is not newer than the installed {installed_seq}")
    return held


def read(envelope: bytes, kiosk_id: UUID, *server_keys: bytes) -> Held:
    """Return the manifest of an envelope that the pinned key (or one of several) signed for this kiosk.

    Whatever its number.

    Raises:
        Untrusted: as for `accept`, without V9.
    """
    if len(envelope) > MOST_BYTES:
        raise Untrusted(Rule.V1_SIZE, f"a manifest of {len(envelope)} bytes; at most {MOST_BYTES}")
    document = strict_json(_opened(envelope, server_keys))
    try:
        manifest = Manifest.model_validate_json(json.dumps(document))
    except (ValidationError, RecursionError, OverflowError) as error:
        raise Untrusted(Rule.V6_FORM, f"not a manifest this program understands ({_first(error)})") from error
    if manifest.kiosk_id != kiosk_id:
        raise Untrusted(Rule.V8_AUDIENCE, f"the manifest is for kiosk {manifest.kiosk_id}, not for this one")
    _check_segments(manifest)
    return Held(sha256_hex(envelope), envelope, manifest)


def _opened(envelope: bytes, server_keys: tuple[bytes, ...]) -> bytes:
    refused: Untrusted | None = None
    for key in server_keys:
        try:
            return open_envelope(envelope, PAYLOAD_TYPE, key)
        except Untrusted as error:
            refused = error
    raise refused or Untrusted(Rule.V5_SIGNERS, "there is no key to judge by")


def accept_released(trusted: Trusted, envelope: bytes, clock: Clock) -> tuple[Trusted, Held]:
    """Return the manifest of an envelope under a root, and what is trusted once it is installed.

    Raises:
        Untrusted: V1 to V6, V8, V9, V10, V15.
    """
    after, manifest = take_manifest(trusted, envelope, clock)
    _check_segments(manifest)
    return after, Held(sha256_hex(envelope), envelope, manifest)


def _check_segments(manifest: Manifest) -> None:
    sizes: dict[str, int] = {}
    for segment in manifest.segments:
        if sizes.setdefault(segment.sha256, segment.size) != segment.size:
            raise Untrusted(Rule.V6_FORM, f"segment {segment.sha256} has two sizes")


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'document'}: {first['msg']}"
