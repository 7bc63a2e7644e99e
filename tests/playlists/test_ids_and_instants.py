from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import ids
from playlists.instant import format_instant, from_micros, parse_instant, to_micros, to_utc
from playlists.language import clean_name, fold
from playlists.profile import Profile


@given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=10))
def test_uuid7_carries_its_time_version_and_variant(unix_ms: int, entropy: bytes) -> None:
    made = ids.uuid7(unix_ms, entropy)
    assert made.int >> 80 == unix_ms
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_uuid7_sorts_by_time() -> None:
    assert ids.uuid7(1, b"\xff" * 10) < ids.uuid7(2, b"\x00" * 10)


@pytest.mark.parametrize(("unix_ms", "entropy"), [(-1, bytes(10)), (1 << 48, bytes(10)), (0, bytes(9))])
def test_uuid7_refuses_what_does_not_fit(unix_ms: int, entropy: bytes) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        ids.uuid7(unix_ms, entropy)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_utc(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001 - a naive time is the point


def test_instants_are_written_with_milliseconds_and_z() -> None:
    hanoi = datetime(2026, 11, 23, 8, 0, 0, 4999, tzinfo=timezone(timedelta(hours=7)))
    assert format_instant(hanoi) == "2026-11-23T01:00:00.004Z"
    assert parse_instant("2026-11-23T08:00:00+07:00") == datetime(2026, 11, 23, 1, tzinfo=UTC)


@given(st.integers(-(10**15), 4 * 10**15))
def test_microseconds_round_trip(micros: int) -> None:
    assert to_micros(from_micros(micros)) == micros


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Thác BẢN Giốc", "thac ban gioc"),
        ("  Đường  về   Cao Bằng ", "duong ve cao bang"),
        ("茶岭口岸", "茶岭口岸"),
        ("Ưu tiên ĐỖ XE", "uu tien do xe"),
    ],
)
def test_search_ignores_case_and_vietnamese_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_display_name_is_clean_and_never_too_long() -> None:
    assert clean_name("a\u202eb\x00c\n d") == "abc d"
    assert clean_name("Thông báo 茶岭 " * 40) == clean_name("Thông báo 茶岭 " * 40)[:120]
    assert len(clean_name("ế" * 500)) == 120
    assert clean_name("../../etc/passwd") == "../../etc/passwd"


@pytest.mark.parametrize("text", ["768x384p25-nf1", "512x768p30-nf1", "128x64p25-nf1", "1920x1080p25-nf1"])
def test_profiles_round_trip(text: str) -> None:
    assert str(Profile.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "768x384", "767x384p25-nf1", "8x8p25-nf1", "768x384p24-nf1", "9999x100p25-nf1", "a\n"]
)
def test_profiles_refuse_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"profile|side"):
        Profile.parse(text)
