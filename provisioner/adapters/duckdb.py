"""DuckDB behind `ports.audit.Engine`: SQL over the files of the archive; the extra `queries` brings it."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from provisioner.core.audit.archive import Damaged, lines_in
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.audit import Answer, UnreadableFile

_TEXT = (
    "id", "type", "domain", "configuration_set", "caller", "source_ip", "message_id", "from", "recipient", "kind",
    "sub_type", "status", "diagnostic", "feedback",
)  # fmt: skip  # a table, not a column
COLUMNS = ("dt", "at", *_TEXT, "complained", "raw")
# Who says that it is no spam does not complain, and who is suppressed got nothing; see core.audit.classify.
_COMPLAINED = "type = 'complaint' AND feedback IS DISTINCT FROM 'not-spam' AND kind IS DISTINCT FROM 'suppressed'"
_OF_COMPLAINED = {"type", "feedback", "kind"}
_TICK = 0.05  # seconds
_MEMORY = "512MB"
_LONGEST_LINE = 4 << 20
_EVERYTHING = re.compile(r"(?<!\()\*|\bcolumns\b|\bsummarize\b|\bdescribe\b", re.IGNORECASE)
_WORDS = re.compile(r'"from"|[a-z_]+')
_ONCE = "DELETE FROM events WHERE rowid NOT IN (SELECT min(rowid) FROM events GROUP BY id)"
# Nothing is downloaded at run time, and SQL of a user reads and writes no other file.
_SETTINGS = ("autoinstall_known_extensions=false", "autoload_known_extensions=false", "preserve_insertion_order=false")
_LOCKS = ("enable_external_access=false", "lock_configuration=true")


class DuckDb:
    """DuckDB in this process; what does not fit into its memory goes to a temporary directory."""

    def ask(self, files: Sequence[str], sql: str, values: Mapping[str, Any], domain: str | None) -> Answer:
        """Load what is asked of, each entry once, and answer."""
        engine = _duckdb()
        with tempfile.TemporaryDirectory(prefix="provisioner-") as room:
            settings = {"memory_limit": _MEMORY, "temp_directory": room}
            with engine.connect(str(Path(room) / "events.duckdb"), config=settings) as connection:

                def work() -> Answer:
                    for setting in _SETTINGS:
                        connection.execute(f"SET {setting}")
                    _load(engine, connection, files, domain, named_in(sql))
                    for setting in _LOCKS:
                        connection.execute(f"SET {setting}")
                    return _answer(engine, connection, sql, values)

                return _interruptible(connection, work)


def _interruptible(connection: Any, work: Callable[[], Answer]) -> Answer:
    """Return what the work returns; DuckDB itself looks at no signal until it is done."""
    with ThreadPoolExecutor(1) as worker:
        asked = worker.submit(work)
        try:
            return asked.result()
        except BaseException:
            while not asked.done():  # what is interrupted between two statements goes on with the next
                connection.interrupt()
                wait([asked], _TICK)
            raise


def named_in(sql: str) -> set[str]:
    """Return the columns that the SQL may want: loading the others takes half of the time; `raw` when it is named."""
    words = set(_WORDS.findall(sql.lower()))
    named = {name for name in COLUMNS if (name if name != "from" else '"from"') in words}
    if "select" in words and not _EVERYTHING.search(sql):
        return {*named, "id", "domain", *(_OF_COMPLAINED if "complained" in named else ())}
    return {*named, *COLUMNS} - ({"raw"} - named)


def _load(engine: Any, connection: Any, files: Sequence[str], domain: str | None, wanted: set[str]) -> None:
    all_types = {"at": "TIMESTAMP", **dict.fromkeys(_TEXT, "VARCHAR"), "raw": "JSON"}
    types = {name: kind for name, kind in all_types.items() if name in wanted}
    declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    derived = f", complained BOOLEAN GENERATED ALWAYS AS ({_COMPLAINED})" if "complained" in wanted else ""
    connection.execute(f"CREATE TABLE events (dt DATE, {declared}{derived})")
    if not files:
        return
    columns = "{" + ", ".join(f"\"{name}\": '{kind}'" for name, kind in types.items()) + "}"
    names = ", ".join(f'"{name}"' for name in types)
    read = (
        f"INSERT INTO events (dt, {names}) SELECT dt, {names} FROM read_json($files, format='newline_delimited', "  # noqa: S608 - our names
        f"hive_partitioning=true, hive_types={{dt: DATE}}, maximum_object_size={_LONGEST_LINE}, columns={columns})"
    )
    given: dict[str, Any] = {"files": list(files)}
    if domain:
        read, given = f"{read} WHERE domain = $domain", {**given, "domain": domain}
    try:
        connection.execute(read, given)
    except engine.InterruptException:
        raise
    except engine.Error as error:
        _blame(files, error)
    all_, different = connection.execute("SELECT count(*), count(DISTINCT id) FROM events").fetchone()
    if all_ > different:
        connection.execute(_ONCE)


def _blame(files: Sequence[str], error: Exception) -> None:
    """Find the file that the engine could not read; raises `UnreadableFile`, or what the engine said."""
    for path in files:
        try:
            data = Path(path).read_bytes()
            for line in lines_in(data):
                _ = line
        except (OSError, Damaged) as damage:
            raise UnreadableFile(path, str(damage)) from error
    text = str(error)
    for path in files:
        if path in text:
            raise UnreadableFile(path, "a line of it is no JSON of the archive") from error
    raise ProvisionerError("query_failed", f"the archive could not be read: {_first_line(text)}", "ask for less of it")


def _answer(engine: Any, connection: Any, sql: str, values: Mapping[str, Any]) -> Answer:
    try:
        found = connection.execute(sql, dict(values) or None)
        columns = [column[0] for column in found.description or ()]
        return Answer(columns, found.fetchall() if columns else [])
    except engine.OutOfMemoryException as error:
        message = f"the answer needs more memory than {_MEMORY}: {_first_line(str(error))}"
        raise ProvisionerError("query_too_large", message, "ask for less, e.g. of a domain or some days") from error
    except engine.Error as error:
        hint = f"the table is events, its columns are {', '.join(COLUMNS)}"
        raise InputError("invalid_sql", _first_line(str(error)), hint) from error


def _first_line(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _duckdb() -> Any:
    try:
        return importlib.import_module("duckdb")  # 60 MB, and only questions need it
    except ImportError as error:
        raise ProvisionerError(
            "no_query_engine",
            "asking the archive needs DuckDB, which is not installed",
            "install it with `pip install 'ses-provisioner[queries]'`",
        ) from error
