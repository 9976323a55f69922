"""How a user's own text is put into a message."""

import unicodedata

_LONGEST = 60


def quoted(text: str) -> str:
    """Return the text quoted on one line, control characters escaped, cut when it is long."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "...")


def on_one_line(text: str) -> str:
    """Return the text with what would move a terminal's cursor, or colour its text, written as an escape."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def named(character: str) -> str:
    """Return a character for a message, with its name where its looks may deceive: `'$'`, `U+00A0 NO-BREAK SPACE`."""
    if character.isascii() and character.isprintable() and character != " ":
        return repr(character)
    return f"U+{ord(character):04X} {unicodedata.name(character, 'CONTROL CHARACTER')}"
