"""Addresses as SES keeps them: exactly as they were written; what cannot be one is told all at once."""

from datetime import UTC, datetime

import pytest

from provisioner.core.account.suppression import Line, addresses_of, lines_of, parse_reason, parse_since
from provisioner.errors import InputError


def read(*texts: str, new: bool = True) -> list[str]:
    return addresses_of([Line("argument", text) for text in texts], new=new)


def test_the_case_of_an_address_stays_and_each_is_named_once() -> None:
    assert read("Ada@Example.NET", "ada@example.net", "Ada@Example.NET") == ["Ada@Example.NET", "ada@example.net"]


def test_a_domain_in_unicode_becomes_what_ses_can_have() -> None:
    assert read("ada@münchen.de", "mailto:ada@example.net") == ["ada@xn--mnchen-3ya.de", "ada@example.net"]


def test_what_is_looked_for_may_be_what_nobody_could_add() -> None:
    assert read('"quoted"@example.net', "a..b@example.net", new=False) == ['"quoted"@example.net', "a..b@example.net"]
    with pytest.raises(InputError):
        read("a..b@example.net")
    with pytest.raises(InputError):
        read("no address", new=False)


def test_all_that_cannot_be_addresses_is_told_with_its_line() -> None:
    text = "ada@example.net\n\n# a comment\nnothing\n  bob@example.net  \nat@@example..net\n"
    lines = lines_of(text, "gone.txt")
    assert [line.text for line in lines] == ["ada@example.net", "nothing", "bob@example.net", "at@@example..net"]
    with pytest.raises(InputError) as caught:
        addresses_of(lines, new=True)
    assert "gone.txt, line 4: " in caught.value.message
    assert "gone.txt, line 6: " in caught.value.message
    assert "line 1" not in caught.value.message


def test_of_many_faults_the_first_are_shown_and_the_others_counted() -> None:
    with pytest.raises(InputError, match="and 10 more"):
        read(*[f"nothing{number}" for number in range(60)])


def test_reasons_and_dates() -> None:
    assert parse_reason("bounce") == "BOUNCE"
    assert parse_since("2026-11-01") == datetime(2026, 11, 1, tzinfo=UTC)
    assert parse_since("2026-11-01T12:00:00+01:00").utcoffset() is not None
    for wrong in (lambda: parse_reason("spam"), lambda: parse_since("yesterday")):
        with pytest.raises(InputError):
            wrong()
