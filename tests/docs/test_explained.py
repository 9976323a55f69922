"""Every command that `explain` may name is one that the program understands."""

from collections.abc import Callable

import pytest

from provisioner.core.explain import commands, status_code
from provisioner.core.explain.event_rows import BOUNCES, COMPLAINTS, DELAYS, OTHERS
from provisioner.core.explain.explanation import Row
from provisioner.core.explain.reading import TABLES

SAMPLES = {"DOMAIN": "example.com", "ADDRESS": "bob@example.net", "REGION": "eu-west-1"}


def rows() -> list[Row]:
    events = [*BOUNCES.values(), *COMPLAINTS.values(), *DELAYS.values(), *OTHERS.values()]
    codes = [status_code.Enhanced(5, *code.split(".")).row(None) for code in status_code.REGISTERED]
    replies = [status_code.row_of_reply(code) for code in status_code.KNOWN_REPLIES]
    tables = [*TABLES, *events, *codes, *replies]
    return [*tables, *(more for row in tables for more in row.also)]


NAMED = sorted({line for row in rows() for line in row.commands})


@pytest.mark.parametrize("line", NAMED)
def test_a_command_that_an_explanation_names_exists(line: str, resolve: Callable[..., None]) -> None:
    resolve([SAMPLES.get(word, word) for word in line.split()], complete=True)


def test_every_command_of_the_list_is_named_by_a_row() -> None:
    listed = {value for value in vars(commands).values() if isinstance(value, str) and value.split(" ")[0].islower()}
    assert {line for line in listed if "DOMAIN" in line or "ADDRESS" in line or line.startswith("account")} == set(
        NAMED
    )
