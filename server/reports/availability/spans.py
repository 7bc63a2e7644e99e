"""Arithmetic of times on one line: unions, overlaps and differences of spans in Unix microseconds, UTC.

A span is (start, end), the end excluded. A list of spans is sorted and without overlaps when `merged` has made it.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same times as few spans; empty ones go."""
    found: list[Span] = []
    for start, end in sorted(one for one in spans if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def common(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """Return the times that lie in both."""
    one, two = merged(first), merged(second)
    found, i, j = [], 0, 0
    while i < len(one) and j < len(two):
        start, end = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < two[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """Return the times of the first that do not lie in the second."""
    found, holes = [], merged(second)
    for start, end in merged(first):
        at = start
        for hole_start, hole_end in holes:
            if hole_end <= at:
                continue
            if hole_start >= end:
                break
            if hole_start > at:
                found.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            found.append((at, end))
    return found


def total(spans: Iterable[Span]) -> int:
    """Return how long all spans together are."""
    return sum(end - start for start, end in merged(spans))
