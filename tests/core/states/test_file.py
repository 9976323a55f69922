import json

import pytest

from provisioner.core.states.file import StateFile
from provisioner.core.states.lock import StateLock
from provisioner.errors import ProvisionerError

STATE = {"version": 4, "serial": 7, "lineage": "abc", "resources": [{"secret": "hunter2"}]}
LOCK = StateLock("id-1", "ada@host1", "new-domain", "process 7", "1.0", "2026-11-22T10:00:00Z", "states/a")


def test_a_state_is_read_as_far_as_it_must_be_known() -> None:
    state = StateFile.parse(json.dumps(STATE), "here")
    assert (state.lineage, state.serial, state.resources) == ("abc", 7, 1)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"serial": "hunter2", "lineage": "a"}', '{"lineage": "hunter2"}'])
def test_a_corrupt_state_is_said_with_its_place_and_without_its_content(text: str) -> None:
    with pytest.raises(ProvisionerError, match=r"example\.com at s3://x") as caught:
        StateFile.parse(text, "example.com at s3://x")
    assert caught.value.code == "corrupt_state"
    assert "hunter2" not in caught.value.message


def test_a_state_counts_what_it_manages_and_not_the_blocks_that_say_so() -> None:
    resources = [
        {"mode": "managed", "instances": [{}, {}, {}]},
        {"mode": "data", "instances": [{}]},
        {"mode": "managed", "instances": []},
        {"mode": "managed", "instances": [{}]},
    ]
    assert StateFile.parse(json.dumps(STATE | {"resources": resources}), "here").resources == 4


def test_the_content_of_a_state_is_not_in_its_repr() -> None:
    assert "hunter2" not in repr(StateFile.parse(json.dumps(STATE), "here"))


def test_a_lock_survives_the_form_that_terraform_reads() -> None:
    assert StateLock.from_json(LOCK.to_json(), "states/a") == LOCK
    assert set(json.loads(LOCK.to_json())) == {"ID", "Operation", "Info", "Who", "Version", "Created", "Path"}


def test_a_lock_says_who_holds_it_and_since_when() -> None:
    assert str(LOCK) == "ada@host1 (new-domain, since 2026-11-22T10:00:00Z)"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the lock is empty"),
        ("\n", "the lock is empty"),
        ("{", "the lock cannot be read"),
        ("[]", "the lock cannot be read"),
        ('{"ID": 7}', "the lock cannot be read"),
    ],
)
def test_a_garbled_lock_is_still_a_lock_of_somebody(text: str, what: str) -> None:
    lock = StateLock.from_json(text, "states/a")
    assert lock.id.startswith("unreadable-")
    assert str(lock) == f"somebody unknown ({what})"


def test_a_lock_without_an_id_can_be_named_and_is_not_taken_for_another() -> None:
    ids = {StateLock.from_json(text, "states/a").id for text in ("", "{", '{"Who": "ada@host1"}', '{"Who": "bob"}')}
    assert len(ids) == 4
    assert all(len(lock_id) > 12 for lock_id in ids)
