"""Every text of the corpus is explained by who spoke and why, and what is in no table is not guessed at."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from explained import answered, found, recipients, refused, sending, told, unknown, variations, words

from provisioner.core.explain.reading import explain

FAMILIES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": rows
    for module in (sending, recipients, words, variations, answered, found, refused, told)
    for name, rows in vars(module).items()
    if isinstance(rows, tuple)
}


def corpus() -> Iterator[Any]:
    for family, rows in FAMILIES.items():
        yield from (pytest.param(*row, id=f"{family}: {row[0]}"[:100]) for row in rows)


@pytest.mark.parametrize(("text", "layers", "cause"), list(corpus()))
def test_a_text_of_the_corpus_is_explained(text: str, layers: str, cause: str) -> None:
    first, *others = layers.split("+")
    answer = explain(text)
    assert answer, "not known"
    assert answer[0].layer == first
    assert set(others) <= {explanation.layer for explanation in answer}
    assert [word for word in cause.split() if not _said(word, answer[0].cause)] == []


def _said(words: str, cause: str) -> bool:
    return any(re.search(re.escape(word), cause, re.IGNORECASE) for word in words.split("|"))


@pytest.mark.parametrize("text", unknown.UNKNOWN)
def test_what_no_table_knows_is_not_guessed_at(text: str) -> None:
    assert explain(text) == ()


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_case_is_of_no_account(case: Any) -> None:
    for family, rows in FAMILIES.items():
        for text, layers, _ in rows:
            if not family.endswith(("EVENTS", "EXACT")):
                answer = explain(case(text))
                assert (text, [str(one.layer) for one in answer[:1]]) == (text, [layers.split("+")[0]])


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(list(corpus())) > 600
