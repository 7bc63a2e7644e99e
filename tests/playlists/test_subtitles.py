"""Subtitles out of SRT and WebVTT files, sound and hostile ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.artwork import MOST_CUES, Cue
from playlists.language import Language
from playlists.subtitles import MOST_BYTES, SubtitleFault, SubtitleReason, cue_at, read_subtitles

SRT = """1
00:00:01,000 --> 00:00:03,500
Xếp hàng theo làn.

2
00:00:04,000 --> 00:00:06,000
Mở cửa từ 7:00
đến 17:00.
"""
EXPECTED = (
    Cue(start_ms=1000, end_ms=3500, text="Xếp hàng theo làn."),
    Cue(start_ms=4000, end_ms=6000, text="Mở cửa từ 7:00\nđến 17:00."),
)
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE 00:00:00.000 --> 00:00:09.000
this is no cue

REGION
id:one

first
00:01.000 --> 00:03.500 align:start line:0
<v Loan>Xếp <i>hàng</i> theo làn.</v>

00:00:04.000 --> 00:00:06.000
<00:00:04.500>Mở&nbsp;cửa từ 7:00
{\\an8}đến 17:00.
"""


def faults(content: bytes) -> SubtitleFault:
    with pytest.raises(SubtitleFault) as caught:
        read_subtitles(content)
    assert set(caught.value.sentences) == set(Language)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        SRT.encode(),
        b"\xef\xbb\xbf" + SRT.encode(),
        SRT.replace("\n", "\r\n").encode(),
        SRT.replace("\n", "\r").encode(),
        SRT.encode("utf-16"),
        SRT.encode("utf-16-le"),
        SRT.encode("utf-16-be"),
        SRT.replace(",000", ".000").replace(",500", ".5").encode(),
        SRT.replace("\n\n2\n", "\n2\n").encode(),
        VTT.encode(),
    ],
    ids=["plain", "mark", "crlf", "cr", "utf16", "utf16le", "utf16be", "points", "no empty line", "vtt"],
)
def test_the_same_cues_are_read_however_they_are_written(content: bytes) -> None:
    assert read_subtitles(content) == EXPECTED


def test_letters_become_composed() -> None:
    assert read_subtitles("00:01.000 --> 00:02.000\nE\u0302\u0301".encode())[0].text == "Ế"


def test_cues_come_in_order_and_apart() -> None:
    content = b"""3
00:00:05,000 --> 00:00:09,000
third
2
00:00:01,000 --> 00:00:06,000
second
4
00:00:05,000 --> 00:00:07,000
fourth
"""
    assert read_subtitles(content) == (
        Cue(start_ms=1000, end_ms=5000, text="second"),
        Cue(start_ms=5000, end_ms=9000, text="third\nfourth"),
    )


def test_a_cue_is_shown_from_its_start_until_before_its_end() -> None:
    assert [cue_at(EXPECTED, ms) for ms in (999, 1000, 3499, 3500)] == [None, EXPECTED[0], EXPECTED[0], None]


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [
        (b"", SubtitleReason.NO_CUES, "no subtitle"),
        (b"WEBVTT\n\n", SubtitleReason.NO_CUES, "-->"),
        (b"00:01.000 --> 00:02.000\n<b></b>\n", SubtitleReason.NO_CUES, "words"),
        (b"x" * (MOST_BYTES + 1), SubtitleReason.TOO_LARGE, str(MOST_BYTES)),
        (b"\n\n1\n00:00:05,000 --> 00:00:04,000\nback\n", SubtitleReason.TIMES, "Line 4"),
        (b"00:61:05,000 --> 00:62:04,000\nnever\n", SubtitleReason.TIMES, "Line 1"),
        (b"999:00:00,000 --> 999:00:04,000\nnever\n", SubtitleReason.TIMES, "Line 1"),
        (b"00:01.000 --> 00:02.000\n" + b"word " * 80, SubtitleReason.TOO_LONG_TEXT, "399"),
        (b"00:01.000 --> 00:02.000\na\n\n" * (MOST_CUES + 1), SubtitleReason.TOO_MANY, str(MOST_CUES)),
        (b"00:01.000 --> 00:02.000\n\xff\xfa\x80", SubtitleReason.ENCODING, "unknown"),
        (SRT.encode("utf-16")[:-1], SubtitleReason.ENCODING, "utf-16"),
        (b"\x00" + SRT.encode(), SubtitleReason.ENCODING, "binary"),
    ],
)
def test_what_cannot_be_read_is_said_in_three_languages(content: bytes, reason: SubtitleReason, said: str) -> None:
    fault = faults(content)
    assert fault.reason is reason
    assert said in str(fault)


def test_another_encoding_is_named_and_not_guessed() -> None:
    decomposed = "1\n00:00:01,000 --> 00:00:03,000\nCửa khẩu mở cửa từ sáng đến chiều\n"
    for char, parts in {
        "ử": "ư\u0309",
        "ẩ": "â\u0309",
        "ở": "ơ\u0309",
        "ừ": "ư\u0300",
        "ế": "ê\u0301",
        "ề": "ê\u0300",
    }.items():
        decomposed = decomposed.replace(char, parts)
    assert "Windows-1258" in str(faults(decomposed.encode("cp1258")))
    chinese = "1\n00:00:01,000 --> 00:00:03,000\n请按车道排队，口岸开放时间为七点至十七点。\n"
    assert "GB18030" in str(faults(chinese.encode("gb18030")))


@given(st.binary(max_size=400) | st.text(alphabet="0123:,.-> \n\r<>{}&;aệ\ufeff\x00", max_size=400).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        cues = read_subtitles(content)
    except SubtitleFault:
        return
    assert cues
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))


def stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


words = st.text(alphabet="abcđệ中文 !", min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)
times = st.lists(st.integers(0, 7_200_000), min_size=2, max_size=40, unique=True).map(sorted)


@given(times, st.data())
def test_what_is_written_is_read_back(at: list[int], data: st.DataObject) -> None:
    cues = tuple(
        Cue(start_ms=start, end_ms=end, text=data.draw(words))
        for start, end in zip(at[::2], at[1::2], strict=False)
    )  # fmt: skip
    shuffled = data.draw(st.permutations(cues))
    blocks = (f"{stamp(cue.start_ms)} --> {stamp(cue.end_ms)}\n{cue.text}\n" for cue in shuffled)
    assert read_subtitles("\n".join(blocks).encode()) == cues
