"""What `make test` starts: two runs, to one of which every test belongs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_of_integration_tests_is_where_make_looks_for_them() -> None:
    (paths,) = re.findall(r"^INTEGRATION := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    searched = {ROOT / path for path in paths.split()}
    files = [file for file in (ROOT / "tests").rglob("*.py") if "pytest.mark.integration" in file.read_text()]
    marking = [file.parent if file.name == "conftest.py" else file for file in files if file != Path(__file__)]
    assert len(marking) >= 4
    assert [file for file in marking if not searched & {file, *file.parents}] == []


def test_every_file_in_the_order_of_the_tests_exists() -> None:
    files = re.findall(r'"(tests/.*\.py)":', (ROOT / "tests/times.json").read_text())
    assert len(files) > 10
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_what_the_unit_tests_leave_aside_is_folders_of_integration_tests_only() -> None:
    ignored = re.findall(r"--ignore (\S+)", (ROOT / "Makefile").read_text())
    assert ignored
    for folder in ignored:
        assert "item.add_marker(pytest.mark.integration)" in (ROOT / folder / "conftest.py").read_text(), folder
