"""How what people type is likened to what is on record: whatever the width, case, kana, hyphens and blanks."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product

LONGEST = 24
"""Letters of a key: what is typed beyond them is compared with the whole name."""

_SMALL = str.maketrans("ぁぃぅぇぉゃゅょゎっゕゖ", "あいうえおやゆよわつかけ")
_VARIANTS = str.maketrans("髙﨑濱濵澤邊邉齋齊斎廣眞國櫻德嶋瀨曾槇渕淵", "高崎浜浜沢辺辺斉斉斉広真国桜徳島瀬曽槙渕渕")
_LONG = "ー"
_SHORT_FORMS = {"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(資)": "合資会社", "(名)": "合名会社"}
_SHORT_FORM = re.compile("|".join(map(re.escape, _SHORT_FORMS)))
_FORM = "(?:" + "|".join(_SHORT_FORMS.values()) + ")"
_FORM_AT_AN_END = re.compile(f"^{_FORM}(?=.)|(?<=.){_FORM}$")


def typed(term: str) -> str:
    """What was typed, widths folded: 「Ｕ０００１」 is U0001."""
    return unicodedata.normalize("NFKC", term).replace("\x00", "").strip()


def fold(name: str) -> str:
    """A name as it is likened: one width, one case, hiragana, no blanks or signs; ㈱ is 株式会社, 髙 is 高, キヤノン is キャノン."""
    spelt = _SHORT_FORM.sub(lambda found: _SHORT_FORMS[found[0]], unicodedata.normalize("NFKC", name)).casefold()
    letters = (_hiragana(letter) for letter in spelt if letter.isalnum() and letter != _LONG)
    return "".join(letters).translate(_SMALL).translate(_VARIANTS)


def wanted(term: str) -> list[str]:
    """What a name has to contain, folded, any of them: the term without a legal form at its ends; of roman letters also as kana."""
    folded = fold(term)
    without = _FORM_AT_AN_END.sub("", folded)
    return [without, *_as_kana(without)] if without else []


def tails(name: str) -> Iterator[str]:
    """The keys of a name: from each of its letters on. What a name contains, one of its keys begins with."""
    folded = fold(name)
    return (folded[at : at + LONGEST] for at in range(len(folded)))


def _hiragana(letter: str) -> str:
    return chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter


_ROWS = {
    **{"": "あいうえお", "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ", "t": "たちつてと"},
    **{
        "d": "だぢづでど",
        "n": "なにぬねの",
        "h": "はひふへほ",
        "b": "ばびぶべぼ",
        "p": "ぱぴぷぺぽ",
        "m": "まみむめも",
    },
    **{"y": "や ゆ よ", "r": "らりるれろ", "w": "わ   を", "j": "じゃ じ じゅ じぇ じょ"},
}
_GLIDES = {
    **{"ky": "き", "gy": "ぎ", "sy": "し", "sh": "し", "zy": "じ", "jy": "じ", "ty": "ち", "ch": "ち", "cy": "ち"},
    **{"ny": "に", "hy": "ひ", "by": "び", "py": "ぴ", "my": "み", "ry": "り"},
}
_SYLLABLES = {
    **{
        first + vowel: kana
        for first, row in _ROWS.items()
        for vowel, kana in zip("aiueo", row.split(" ") if " じ " in row else row, strict=True)
        if kana.strip()
    },
    **{
        first + vowel: kana + small
        for first, kana in _GLIDES.items()
        for vowel, small in zip("auo", "やゆよ", strict=True)
    },
    **{"shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ", "she": "しえ", "che": "ちえ"},
    **{"fa": "ふあ", "fi": "ふい", "fe": "ふえ", "fo": "ふお", "va": "ゔあ", "vi": "ゔい", "vu": "ゔ", "ve": "ゔえ"},
    **{"ti": "てい", "di": "でい"},
}
_MOST_VARIANTS = 8


def _as_kana(roman: str) -> Iterator[str]:
    """Roman letters as hiragana, folded; o and u also as long vowels (tokyo is とうきょう); nothing where they are no syllables."""
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(roman):
        if roman[at : at + 2] in ("nn", "n'") or (roman[at] == "n" and roman[at + 1 : at + 2] not in tuple("aiueoy")):
            parts.append(("ん",))
            at += 2 if roman[at : at + 2] == "nn" and roman[at + 2 : at + 3] not in tuple("aiueoy") else 1
            continue
        if roman[at] == "m" and roman[at + 1 : at + 2] in ("b", "p", "m"):
            parts.append(("ん",))
            at += 1
            continue
        if roman[at : at + 2] == "tc" or (
            len(roman) > at + 1 and roman[at] == roman[at + 1] and roman[at] not in "aiueo"
        ):
            parts.append(("つ",))
            at += 1
            continue
        syllable = next((roman[at : at + size] for size in (3, 2, 1) if roman[at : at + size] in _SYLLABLES), None)
        if syllable is None:
            return
        at += len(syllable)
        kana = _SYLLABLES[syllable].translate(_SMALL)
        follows = roman[at : at + 1]
        is_long = syllable[-1] in "ou" and follows not in tuple("ou")
        parts.append((kana, kana + "う") if is_long else (kana,))
    yield from ("".join(choice) for choice in islice(product(*parts), _MOST_VARIANTS))
