"""A text as it was pasted, made into one line: without the marks that clients, logs and quoting put into it."""

from __future__ import annotations

import html
import re

_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
        "\u2026": "...",
        "\u200b": "",
    }
)
_MOST = 20_000  # characters
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPED_BREAK = re.compile(r"(?:\\r)?\\n")
_QUOTED = re.compile(r"^\s*(?:[>|]\s?)+", re.MULTILINE)
_TUPLE = re.compile(r"\(\s*(\d{3})\s*,\s*[bB]?(['\"])")  # Python's (550, b'5.1.1 ...')
_CONTINUED = re.compile(r"\b([245]\d\d)[- ]([245]\.\d{1,3}\.\d{1,3})\b")
_CONTINUED_BARE = re.compile(r"(?:^|\s)([245]\d\d)-(?=[^\d\s])")
_BLANKS = re.compile(r"\s+")


def one_line(text: str) -> str:
    """Return the text on one line, with plain quotes, and each code of a reply of several lines only once.

    Of a text that is longer than any reply, its beginning and its end.
    """
    text = text if len(text) <= _MOST else f"{text[: _MOST // 2]}\n{text[-_MOST // 2 :]}"
    text = _SOFT_BREAK.sub("", text) if _SOFT_BREAK.search(text) else text
    text = html.unescape(text).translate(_TYPOGRAPHIC).replace('\\"', '"').replace("\\/", "/")
    text = _QUOTED.sub("", _ESCAPED_BREAK.sub("\n", text))
    text = _TUPLE.sub(r"(\1 \2", text)
    text = re.sub(r"(\(\d{3} )['\"]", r"\1", text)
    return _without_repeated_codes(_BLANKS.sub(" ", text).strip())


def _without_repeated_codes(text: str) -> str:
    """Take out `550-5.1.1` and `550-` at the beginning of the second and each further line of a reply."""
    for first in (_CONTINUED.search(text), _CONTINUED_BARE.search(text)):
        if first:
            again = "[- ]+".join(map(re.escape, first.groups())) + (r"\b" if first.lastindex == 2 else "[- ]")  # noqa: PLR2004
            head, rest = text[: first.end()], text[first.end() :]
            text = head + re.sub(rf"(?<=\s){again}\s*", "", rest)
    return text
