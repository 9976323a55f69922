"""The page about rotations shows what is held when a step is killed."""

from pathlib import Path

from rotations import SCENARIOS, table, undisturbed

PAGE = (Path(__file__).parents[2] / "docs" / "rotation.md").read_text()


def test_its_table_is_what_is_held_when_each_step_is_killed() -> None:
    assert table() in PAGE


def test_its_number_of_calls_is_that_of_the_steps() -> None:
    calls = sum(len(undisturbed("file", scenario)[1].calls) for scenario in SCENARIOS)
    assert f"each of the {calls} calls" in PAGE


def test_in_every_row_the_credential_in_use_is_of_a_key_that_is_on() -> None:
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table().splitlines()[2:]]
    assert len(rows) > 20
    for _step, _after, current, _pending, _previous, old, new in rows:
        assert {"old": old, "new": new}[current] == "on"
