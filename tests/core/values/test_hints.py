"""Hints say where the options belong that they name."""

import pytest

from provisioner.core.values.hints import in_manifest, with_place


def test_a_hint_whose_options_are_known_here_stays_as_it_is() -> None:
    assert with_place("give --zone external", ("--zone",)) == "give --zone external"
    assert with_place("repeat with --json", ()) == "repeat with --json"


def test_a_hint_names_the_command_that_has_its_options() -> None:
    hint = "delete it, or give --take-over"
    assert with_place(hint, ("--yes",)) == f"{hint} (--take-over: of `provisioner new-domain`)"


def test_an_option_within_a_command_line_is_in_its_place_already() -> None:
    hint = "run `provisioner new-domain a.com --take-over`"
    assert with_place(hint, ()) == in_manifest(hint, "a.com", ()) == hint


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("use --zone adopt", "use --zone adopt (in a manifest: `zone`)"),
        ("give --zone or --mail-from x", "give --zone or --mail-from x (in a manifest: `zone`, `mail_from`)"),
        ("with --allow-delete A", "with --allow-delete A (--allow-delete: of `provisioner new-domain a.com`)"),
        ("give --take-over", "give --take-over"),
        ("--timeout gives more time", "--timeout gives more time"),
    ],
)
def test_in_a_batch_a_hint_names_the_field_of_the_manifest(hint: str, told: str) -> None:
    assert in_manifest(hint, "a.com", ("--take-over",)) == told
