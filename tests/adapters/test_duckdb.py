"""DuckDB as the engine of questions: which columns are loaded, and that Ctrl-C ends it."""

import os
import signal
import threading

import pytest

from provisioner.adapters.duckdb import COLUMNS, DuckDb, named_in

ALL_BUT_RAW = set(COLUMNS) - {"raw"}


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT count(*) FROM events", {"id", "domain"}),
        ('SELECT Kind, "from" FROM events', {"id", "domain", "kind", "from"}),
        ("SELECT 1 FROM events WHERE complained", {"id", "domain", "complained", "type", "feedback", "kind"}),
        ("SELECT raw->>'$.mail' FROM events", {"id", "domain", "raw"}),
        ("SELECT * FROM events", ALL_BUT_RAW),
        ("SELECT e.* FROM events e", ALL_BUT_RAW),
        ("SELECT *, raw FROM events", set(COLUMNS)),
        ("FROM events", ALL_BUT_RAW),
        ("SUMMARIZE events", ALL_BUT_RAW),
    ],
)
def test_what_is_not_named_is_not_loaded(sql: str, columns: set[str]) -> None:
    assert named_in(sql) == columns


def test_a_question_without_an_end_is_ended_by_an_interrupt() -> None:
    pytest.importorskip("duckdb", reason="the extra `queries`")
    endless = "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"

    def ask() -> None:
        # Whenever it comes, before the question or within it, it ends it.
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        DuckDb().ask([], endless, {}, None)

    with pytest.raises(KeyboardInterrupt):
        ask()
