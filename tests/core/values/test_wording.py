import pytest

from provisioner.core.values.wording import named, quoted


def test_a_text_is_shown_on_one_line_and_cut_when_long() -> None:
    assert quoted("a\nb\x1b[31m") == "'a\\nb\\x1b[31m'"
    assert quoted("x" * 100) == f"'{'x' * 57}...'"


@pytest.mark.parametrize(
    ("character", "name"),
    [("$", "'$'"), (" ", "U+0020 SPACE"), ("\n", "U+000A CONTROL CHARACTER"), ("\u200b", "U+200B ZERO WIDTH SPACE")],
)
def test_a_character_is_named_where_its_looks_may_deceive(character: str, name: str) -> None:
    assert named(character) == name
