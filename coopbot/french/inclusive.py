"""Inclusive writing to plain forms: "salarié·e·s" to "salariés" and "salariées".

This milieu writes it everywhere and in every way: middle dots of all kinds, dots, hyphens, slashes,
underscores, parentheses, an inner capital. `inclusive.txt` says which endings there are.
"""

from __future__ import annotations

import re
from functools import cache

from coopbot.french.folding import fold, without_accents
from coopbot.french.wordlists import lines

MIDDLE_DOTS = "·\u0387•‧∙⋅・"
SEPARATORS = f"{MIDDLE_DOTS}./_()-"

_SEPARATOR = f"[{re.escape(SEPARATORS)}]"
_LETTERS = re.compile(r"[^\W_]+")
_INNER_CAPITAL = re.compile(r"(?<=[a-z]{2})E(?=s?$|[^\w]s\)?$)")  # salariéE, salariéEs, salariéE·s
_OPTIONAL_PLURAL = re.compile(r"(.*\w)\(([sxSX])\)")
# "français·es": the s belongs to the singular; in "salariés·es" it is the plural's
_SINGULAR_S = re.compile(r"(ai|oi|mi|qui|pri|gri|clu|fu)s$")
_PLURAL_MARKS = ("s", "x")
# plurals of -al in -aux have these exceptions among words that are written inclusively
_PLURAL_ALS = frozenset({"banal", "bancal", "fatal", "final", "natal", "naval"})


def expand(word: str) -> tuple[str, ...]:
    """Return the plain forms of *word*, folded, masculine first; () when it is not inclusive.

    "coopérateur·rices" gives ("cooperateurs", "cooperatrices"); "associé(s)" gives ("associe",
    "associes").
    """
    if word.isalpha() and (word[1:].islower() or (word.isascii() and "E" not in word)):
        return ()  # most words: nothing in them separates
    optional = _OPTIONAL_PLURAL.fullmatch(word)
    if optional:
        base, mark = fold(optional[1]), fold(optional[2])
        forms = expand(optional[1]) or (base,)
        return tuple(dict.fromkeys([*forms, *(form + mark for form in forms)]))
    plain = _LETTERS.sub(lambda letters: without_accents(letters[0]), word)
    written = _INNER_CAPITAL.sub("·e", plain)
    match = _pattern().fullmatch(written.lower())
    if match is None or not _same_case(written[: match.end(1)], written[match.end(1) :]):
        return ()
    return _forms(match[1], re.findall("[a-z]+", match[2]), match[2])


def _same_case(base: str, tail: str) -> bool:
    """Tell apart "salarié.e" and two sentences run together, "un associé.Elle vote"."""
    return "." not in tail or tail.islower() or (tail.isupper() and base.isupper())


def _forms(base: str, parts: list[str], tail: str) -> tuple[str, ...]:
    plural = parts[-1] in _PLURAL_MARKS or (len(parts[-1]) > 1 and parts[-1].endswith("s"))
    endings = [p for p in parts if p not in _PLURAL_MARKS]
    if not endings:  # "salarié·s" is a plural; "est-s", "page.s" are nothing known
        return (_plural(base),) if plural and tail[0] in MIDDLE_DOTS else ()
    ending = endings[0].removesuffix("s") if plural and len(endings[0]) > 1 else endings[0]
    feminine = _feminine(base, ending)
    if feminine is None and plural and base.endswith(("s", "x")):  # "salariés·es", "nouveaux·elles"
        feminine = _feminine(base[:-1], ending)
        if feminine is not None and base.endswith("s"):
            base = base[:-1]
    elif plural and ending == "e" and base.endswith("s") and not _SINGULAR_S.search(base):
        base, feminine = base[:-1], base[:-1] + "e"
    if feminine is None or any(p != endings[0] for p in endings[1:]):
        return ()
    return (_plural(base), f"{feminine}s") if plural else (base, feminine)


@cache
def _pattern() -> re.Pattern[str]:
    """A base, then one or two known endings and perhaps a plural mark: "co-gerant·e·s"."""
    endings = "|".join(sorted(_rules(), key=len, reverse=True))
    part = rf"{_SEPARATOR}+(?:(?:{endings})s?|s|x)\)?"
    return re.compile(rf"([a-z0-9][a-z0-9-]*?[a-z])((?:{part}){{1,3}})")


def _feminine(base: str, ending: str) -> str | None:
    for masculine, feminine in _rules().get(ending, ()):
        if base.endswith(masculine) and len(base) > len(masculine):
            return base[: len(base) - len(masculine)] + feminine
    return None


@cache
def _rules() -> dict[str, list[tuple[str, str]]]:
    """Ending to (end of the masculine, end of the feminine), longest masculine end first."""
    rules: dict[str, list[tuple[str, str]]] = {}
    for line in lines("inclusive.txt"):
        ending, masculine, feminine = line.split()
        rules.setdefault(ending, []).append(("" if masculine == "-" else masculine, feminine))
    for pairs in rules.values():
        pairs.sort(key=lambda pair: -len(pair[0]))
    return rules


def _plural(base: str) -> str:
    if base.endswith(("s", "x", "z")):
        return base
    if base.endswith("eau"):
        return f"{base}x"
    if base.endswith("al") and base not in _PLURAL_ALS:
        return f"{base[:-1]}ux"
    return f"{base}s"
