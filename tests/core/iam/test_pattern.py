"""IAM's patterns: what a text with `*` and `?` covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.iam.pattern import arn_matches, matches, resource_matches
from provisioner.core.iam.truth import Unknown


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("*", True),
        ("arn:aws:ses:us-east-1:123456789012:identity/example.com", True),
        ("arn:aws:ses:us-east-1:123456789012:identity/*", True),
        ("arn:aws:ses:*:*:identity/example.???", True),
        ("arn:aws:ses:us-*1:123456789012:identity/ex*com", True),
        ("arn:aws:ses:us*-east-1:123456789012:identity/example.com", True),
        ("arn:aws:s*s:us-east-1:123456789012:identity/example.com", True),
        ("arn:a*r:us-east-1:123456789012:identity/example.com", False),
        ("arn:aws:ses:us*012:identity/example.com", False),
        ("arn:aws:ses:us-east-1:123456789012:identity?example.com", True),
        ("arn:aws:ses?us-east-1:123456789012:identity/example.com", False),
        ("arn:aws:ses", True),
        ("arn:aws:sns", False),
        ("arn:aws:ses:us-east-1:123456789012:identity/EXAMPLE.com", False),
        ("arn:aws:ses:us-east-1:123456789012:identity/", False),
        ("", False),
    ],
)
def test_a_star_in_a_resource_reaches_over_a_colon_at_the_end_of_a_part_alone(pattern: str, covered: bool) -> None:
    assert resource_matches(pattern, "arn:aws:ses:us-east-1:123456789012:identity/example.com") is covered


@pytest.mark.parametrize("pattern", ["arn:aws:ses:*:identity/example.com", "arn:aws:ses:us-east*:identity/example.com"])
def test_whether_a_star_stands_for_the_parts_that_are_missing_is_not_known(pattern: str) -> None:
    assert isinstance(resource_matches(pattern, "arn:aws:ses:us-east-1:123456789012:identity/example.com"), Unknown)


def test_a_star_in_an_arn_condition_does_not_reach_over_a_colon() -> None:
    assert arn_matches("arn:aws:ses:*:1:identity/*", "arn:aws:ses:us-east-1:1:identity/a:b")
    assert not arn_matches("arn:aws:*:identity/*", "arn:aws:ses:us-east-1:1:identity/a")


ALPHABET = st.text("ab.*?[\\$\n", max_size=9)


def naive(pattern: str, text: str) -> bool:
    """Match by definition: slow, and plainly right."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@given(ALPHABET, ALPHABET)
def test_a_pattern_matches_what_its_definition_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is naive(pattern, text)


@given(st.text(max_size=20))
def test_every_text_matches_the_star_and_itself_by_question_marks(text: str) -> None:
    assert matches("*", text)
    assert matches("?" * len(text), text)


@given(st.text(st.characters(exclude_characters="*?\ue000\ue001"), max_size=20), st.text(max_size=20))
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, text: str) -> None:
    assert matches(pattern, text) is (pattern == text)


def test_many_stars_do_not_take_for_ever() -> None:
    assert not matches("a*" * 60 + "b", "a" * 5000)
