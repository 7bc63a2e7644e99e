"""Fingerprints in words: what two people read to each other over the telephone."""

from __future__ import annotations

from functools import lru_cache

from mnemonic import Mnemonic

WORDS = 6
_BITS_OF_WORD = 11


def in_words(sha256: str) -> str:
    """Return the first 66 bits of a SHA-256 (hexadecimal) as six words of BIP-39's English list.

    >>> in_words("00" * 32)
    'abandon abandon abandon abandon abandon abandon'
    """
    number = int(sha256, 16) >> (len(sha256) * 4 - WORDS * _BITS_OF_WORD)
    places = [number >> _BITS_OF_WORD * place & (1 << _BITS_OF_WORD) - 1 for place in reversed(range(WORDS))]
    return " ".join(_list()[place] for place in places)


@lru_cache(maxsize=1)
def _list() -> tuple[str, ...]:
    return tuple(Mnemonic("english").wordlist)
