import pytest

from provisioner.core.values.spreadsheet import as_csv, safe_cell
from provisioner.core.values.wording import on_one_line


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 1", "'+49 1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("-2+3", "'-2+3"),
        ("-2.5", "-2.5"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


def test_a_table_has_a_header_and_quotes_what_needs_it() -> None:
    assert as_csv(["a", "b"], [["x,y", 'say "no"']]) == 'a,b\r\n"x,y","say ""no"""\r\n'


@pytest.mark.parametrize(
    ("text", "shown"), [("plain é", "plain é"), ("a\x1b[31m\nb", "a\\x1b[31m\\nb"), ("\u2028\u202e", "\\u2028\\u202e")]
)
def test_nothing_moves_the_cursor(text: str, shown: str) -> None:
    assert on_one_line(text) == shown
