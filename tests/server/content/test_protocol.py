from __future__ import annotations

import base64
import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.content.resumable import protocol
from server.errors import Problem

KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


@given(st.dictionaries(KEYS, st.text(max_size=40), max_size=6))
def test_metadata_comes_back_as_it_was_written(pairs: dict[str, str]) -> None:
    assert protocol.read_metadata(protocol.write_metadata(pairs)) == pairs


def test_a_key_may_stand_alone() -> None:
    assert protocol.read_metadata("is_secret, filename dGjDoWM=") == {"is_secret": "", "filename": "thác"}


@pytest.mark.parametrize(
    "said",
    [
        "filename !!!",
        "file name dGVzdA==",
        "filename dGVzdA==,filename dGVzdA==",
        "filename //8=",
        ",",
        "x" * 5000,
        "ключ dGVzdA==",
    ],
)
def test_metadata_of_another_form_is_refused(said: str) -> None:
    with pytest.raises(Problem) as refused:
        protocol.read_metadata(said)
    assert refused.value.status == 422


@given(st.text(max_size=300))
def test_any_metadata_is_read_or_refused(said: str) -> None:
    with contextlib.suppress(Problem):
        assert all(isinstance(value, str) for value in protocol.read_metadata(said).values())


@pytest.mark.parametrize("said", [None, "", "-1", "1.5", "12a", "１２", "9" * 16, "1 2"])
def test_a_count_of_bytes_is_a_whole_number(said: str | None) -> None:
    with pytest.raises(Problem, match="whole number"):
        protocol.read_number("Upload-Length", said)


def test_a_checksum_is_one_of_the_named_algorithms() -> None:
    digest = hashlib.sha256(b"x").digest()
    found = protocol.read_checksum(f"sha256 {base64.b64encode(digest).decode()}")
    assert found == protocol.Checksum("sha256", digest)
    assert found.new().digest_size == 32
    assert protocol.read_checksum(None) is None
    for said in ("crc32 AAAA", "sha256", "sha256 ???", ""):
        with pytest.raises(Problem) as refused:
            protocol.read_checksum(said)
        assert refused.value.status == 400


def test_only_our_version_is_spoken() -> None:
    protocol.check_version("1.0.0")
    for said in (None, "0.2.2", "1.0"):
        with pytest.raises(Problem) as refused:
            protocol.check_version(said)
        assert (refused.value.status, refused.value.headers) == (412, {"Tus-Version": "1.0.0"})
