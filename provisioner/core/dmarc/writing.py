r"""What editors, web forms and zone files put among the characters of a record: quotes, `\;`, full-width signs."""

import re
import unicodedata

# Escapes of zone files that somebody typed into a value, decimal (RFC 1035) or octal (Route 53).
_ESCAPES = {"059": ";", "073": ";", "032": " ", "040": " ", "034": '"', "042": '"'}
_ESCAPE = re.compile(rf"\\({'|'.join(_ESCAPES)})")
_LOCAL_PART = re.compile(r'"[^"@;,]+"(?=@)')  # a mailbox may be written in quotes, which belong to it
_QUOTES = re.compile('["\u00ab\u00bb\u2018-\u201f\u301d\u301e]')  # straight, angular, typographic, CJK
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def plain(text: str) -> str:
    r"""Return the text without quotes and backslashes, full-width signs as ASCII ones, every blank as a space."""
    unescaped = _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], text).replace("\\", "")
    kept = _without_quotes(_INVISIBLE.sub("", unescaped))
    return "".join(map(_as_ascii, kept)).strip(" '`")


def _without_quotes(text: str) -> str:
    parts, end = [], 0
    for match in _LOCAL_PART.finditer(text):
        parts += [_QUOTES.sub("", text[end : match.start()]), match.group()]
        end = match.end()
    return "".join((*parts, _QUOTES.sub("", text[end:])))


def _as_ascii(character: str) -> str:
    if character.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded in ";:=,@" else character
