"""Subtitles out of SRT and WebVTT files: outside bytes in, cues in order and without overlap out.

Reads what both formats share (https://www.w3.org/TR/webvtt1/ and the SRT that players agree on): times and text.
Tags, positions and styles are dropped: where and how large the words stand is decided by the panel. An encoding that
can only be guessed is named and refused, since a wrong guess would put wrong letters on a panel.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from playlists.artwork import MOST_CUES, Cue
from playlists.language import Language

MOST_BYTES = 1 << 20
MOST_TEXT = 300
MOST_MS = 24 * 3600 * 1000

_TIME = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_SKIPPED_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?")
_VIETNAMESE = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")
_MARKS = frozenset("\u0300\u0301\u0303\u0309\u0323")


class SubtitleReason(StrEnum):
    """Why a file of subtitles is not taken."""

    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NO_CUES = "no_cues"
    TIMES = "times"
    TOO_LONG_TEXT = "too_long_text"
    TOO_MANY = "too_many"


_VI, _EN, _ZH = Language.VI, Language.EN, Language.ZH
_SENTENCES = MappingProxyType(
    {
        SubtitleReason.TOO_LARGE: {
            _VI: "Tệp phụ đề lớn hơn {limit} byte. Hãy tải lên tệp SRT hoặc VTT, không phải đoạn phim.",
            _EN: "The subtitles have more than {limit} bytes. Upload the SRT or VTT file, not the clip.",
            _ZH: "字幕文件超过{limit}字节。请上传SRT或VTT文件，而不是视频。",
        },
        SubtitleReason.ENCODING: {
            _VI: "Tệp phụ đề không phải UTF-8; có vẻ là {found}. Hãy lưu tệp với bảng mã UTF-8 rồi tải lên lần nữa.",
            _EN: "The subtitles are not UTF-8; they seem to be {found}. Save the file as UTF-8 and upload it again.",
            _ZH: "字幕文件不是UTF-8编码，可能是{found}。请另存为UTF-8后再次上传。",
        },
        SubtitleReason.NO_CUES: {
            _VI: "Tệp không có phụ đề nào. Cần dòng thời gian như 00:00:01,000 --> 00:00:03,500, tiếp theo là lời.",
            _EN: "The file has no subtitle. It needs lines such as 00:00:01,000 --> 00:00:03,500, followed by words.",
            _ZH: "文件中没有字幕。需要类似 00:00:01,000 --> 00:00:03,500 的时间行，其后是文字。",
        },
        SubtitleReason.TIMES: {
            _VI: "Dòng {line}: phụ đề kết thúc trước khi bắt đầu, hoặc thời gian không đúng. Hãy sửa dòng đó.",
            _EN: "Line {line}: the subtitle ends before it begins, or its time does not exist. Correct that line.",
            _ZH: "第{line}行：字幕的结束时间早于开始时间，或时间无效。请改正该行。",
        },
        SubtitleReason.TOO_LONG_TEXT: {
            _VI: "Dòng {line}: một phụ đề có {count} ký tự; tối đa {limit}. Hãy chia thành nhiều phụ đề.",
            _EN: "Line {line}: one subtitle has {count} characters; at most {limit} are taken. Split it.",
            _ZH: "第{line}行：一条字幕有{count}个字符，最多{limit}个。请拆分。",
        },
        SubtitleReason.TOO_MANY: {
            _VI: "Tệp có hơn {limit} phụ đề. Hãy chia đoạn phim thành nhiều phần.",
            _EN: "The file has more than {limit} subtitles. Split the clip.",
            _ZH: "文件中的字幕超过{limit}条。请拆分视频。",
        },
    }
)


class SubtitleFault(Exception):
    """The subtitles cannot be read: a reason, and a sentence for people in three languages (`str` is English)."""

    def __init__(self, reason: SubtitleReason, **facts: str | int) -> None:
        self.reason = reason
        self.sentences = {language: text.format(**facts) for language, text in _SENTENCES[reason].items()}
        super().__init__(self.sentences[_EN])


class _Spoken(NamedTuple):
    start_ms: int
    end_ms: int
    text: str
    line: int


def read_subtitles(content: bytes) -> tuple[Cue, ...]:
    """Return the cues of an SRT or WebVTT file, ordered by time, none overlapping another.

    A cue that is still there when the next one begins ends then; cues that begin together become one. Cues without
    words are left out.

    Raises:
        SubtitleFault: the file is too large, in another encoding than UTF-8 or UTF-16, or holds no sound cue.
    """
    if len(content) > MOST_BYTES:
        raise SubtitleFault(SubtitleReason.TOO_LARGE, limit=MOST_BYTES)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    spoken = sorted(_spoken(text.split("\n")), key=lambda one: (one.start_ms, one.line))
    if not spoken:
        raise SubtitleFault(SubtitleReason.NO_CUES)
    return tuple(_apart(spoken))


def cue_at(cues: tuple[Cue, ...], ms: int) -> Cue | None:
    """Return the cue that is shown at a time of the clip, in milliseconds."""
    return next((cue for cue in cues if cue.start_ms <= ms < cue.end_ms), None)


def _decoded(content: bytes) -> str:
    wide = _wide(content)
    try:
        text = content.decode(wide or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubtitleFault(SubtitleReason.ENCODING, found=wide or _guessed(content)) from error
    if "\x00" in text:
        raise SubtitleFault(SubtitleReason.ENCODING, found="binary")
    return text.removeprefix("\ufeff")


def _wide(content: bytes) -> str | None:
    """Return which UTF-16 it is: by its mark, or by the zero bytes that the digits of every timing line have."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name in ("utf-16-le", "utf-16-be"):
        at = content.find("-->".encode(name))
        if at >= 0 and at % 2 == 0:
            return name
    return None


def _guessed(content: bytes) -> str:
    """Name the encoding for the sentence; never used to read."""
    if _reads_as_chinese(content):
        return "GB18030"
    read = content.decode("cp1258", "replace")
    foreign = [char for char in read if ord(char) > 127]
    known = sum(char in _VIETNAMESE or char in _MARKS for char in foreign)
    return "Windows-1258" if known * 3 >= len(foreign) else "unknown"


def _reads_as_chinese(content: bytes) -> bool:
    try:
        read = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = [char for char in read if ord(char) > 127]
    common = sum(
        "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" for char in foreign
    )
    # A text of single-byte letters reads as rare characters; a Chinese one is made of those of GB2312.
    return common * 10 >= len(foreign) * 9 and _is_gb2312("".join(foreign))


def _is_gb2312(text: str) -> bool:
    held = sum(1 for char in text if char.encode("gb2312", "ignore"))
    return held * 10 >= len(text) * 9


def _spoken(lines: list[str]) -> Iterator[_Spoken]:
    count = at = 0
    while at < len(lines):
        if _is_skipped(lines, at):
            at = _end_of_block(lines, at)
            continue
        match = _TIMING.fullmatch(lines[at])
        at += 1
        if match is None:
            continue
        line, words = at, []
        while at < len(lines) and lines[at].strip() and not _begins_cue(lines, at):
            words.append(lines[at])
            at += 1
        text = _plain(words)
        if text:
            count += 1
            yield _checked(match, text, line, count)


def _is_skipped(lines: list[str], at: int) -> bool:
    return _SKIPPED_BLOCK.fullmatch(lines[at]) is not None and (at == 0 or not lines[at - 1].strip())


def _end_of_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at + 1


def _begins_cue(lines: list[str], at: int) -> bool:
    """Tell whether the next cue begins here although the empty line before it is missing."""
    if _TIMING.fullmatch(lines[at]):
        return True
    return lines[at].strip().isdecimal() and at + 1 < len(lines) and _TIMING.fullmatch(lines[at + 1]) is not None


def _plain(words: list[str]) -> str:
    lines = []
    for raw in words:
        bare = unicodedata.normalize("NFC", html.unescape(_TAG.sub("", raw)))
        kept = (" " if char.isspace() else char for char in bare if char.isspace() or _is_shown(char))
        if line := " ".join("".join(kept).split()):
            lines.append(line)
    return "\n".join(lines)


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _checked(match: re.Match[str], text: str, line: int, count: int) -> _Spoken:
    if count > MOST_CUES:
        raise SubtitleFault(SubtitleReason.TOO_MANY, limit=MOST_CUES)
    if len(text) > MOST_TEXT:
        raise SubtitleFault(SubtitleReason.TOO_LONG_TEXT, line=line, count=len(text), limit=MOST_TEXT)
    start, end = _ms(match.groups()[:4]), _ms(match.groups()[4:])
    if start is None or end is None or end <= start:
        raise SubtitleFault(SubtitleReason.TIMES, line=line)
    return _Spoken(start, end, text, line)


def _ms(groups: tuple[str | None, ...]) -> int | None:
    hours, minutes, seconds = (int(group or 0) for group in groups[:3])
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((groups[3] or "0").ljust(3, "0"))
    return ms if minutes < 60 and seconds < 60 and ms <= MOST_MS else None


def _apart(spoken: list[_Spoken]) -> Iterator[Cue]:
    together: list[_Spoken] = []
    for one in spoken:
        if together and together[-1].start_ms == one.start_ms:
            joined = f"{together[-1].text}\n{one.text}"
            if len(joined) > MOST_TEXT:
                raise SubtitleFault(SubtitleReason.TOO_LONG_TEXT, line=one.line, count=len(joined), limit=MOST_TEXT)
            together[-1] = one._replace(text=joined, end_ms=max(one.end_ms, together[-1].end_ms))
        else:
            together.append(one)
    starts = [one.start_ms for one in together[1:]] + [MOST_MS + 1]
    for one, following in zip(together, starts, strict=True):
        yield Cue(start_ms=one.start_ms, end_ms=min(one.end_ms, following), text=one.text)
