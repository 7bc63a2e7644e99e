"""Vietnamese syllables: whether a word can be one, and a form in which two ways of placing its tone mark are equal.

Written after the usual description of the orthography: an initial, a rhyme and one of six tones, where rhymes that end
in a stop take only the sharp and the heavy tone. It tells what can be Vietnamese, not what means something.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
"""The five tone marks and the letters that Telex types them with."""
INITIALS = (
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
_WRITTEN_RHYMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung up ut uơ uôc uôi uôm uôn uông uôt
    uy uya uych uyên uyêt uynh uyp uyt uyu
    ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
"""
RHYMES = frozenset(_WRITTEN_RHYMES.split())
_STOPS = ("c", "ch", "p", "t")
_SHARP_OR_HEAVY = ("s", "j")


@lru_cache(maxsize=8192)
def apart(word: str) -> tuple[str, str]:
    """Return a word in lower case without its tone, and the tone's Telex letter (none: ''); `hoà` and `hòa` are equal.

    >>> apart("Hoà") == apart("hòa") == ("hoa", "f")
    True
    """
    tone, kept = "", []
    for char in unicodedata.normalize("NFD", word.casefold()):
        if char in _TONES:
            tone += _TONES[char]
        else:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)), tone


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Tell whether a word can be a Vietnamese syllable.

    >>> [is_syllable(word) for word in ("khẩu", "Trà", "giếng", "quý", "tôt", "notice", "bébé")]
    [True, True, True, True, False, False, False]
    """
    bare, tone = apart(word)
    if len(tone) > 1 or not bare:
        return False
    return any(_fits(bare[len(initial) :], initial, tone) for initial in INITIALS if bare.startswith(initial))


def _fits(rhyme: str, initial: str, tone: str) -> bool:
    if initial == "qu" and f"u{rhyme}" in RHYMES:
        return _sounds(rhyme, tone)
    if initial == "gi" and not rhyme:
        return True
    return rhyme in RHYMES and _sounds(rhyme, tone)


def _sounds(rhyme: str, tone: str) -> bool:
    return not rhyme.endswith(_STOPS) or tone in _SHARP_OR_HEAVY
