import copy
import json
import pickle
from dataclasses import dataclass

import pytest

from provisioner.core.values.secret import Secret

TEXT = "hunter2+/="


def test_a_secret_is_given_back_only_when_asked() -> None:
    assert Secret(TEXT).reveal() == TEXT


def test_a_secret_is_never_shown() -> None:
    secret = Secret(TEXT)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", "%s" % secret, repr([secret])]  # noqa: UP031  # one more way to show it
    assert all(TEXT not in text and "***" in text for text in shown)


def test_a_secret_in_a_value_is_never_shown() -> None:
    @dataclass(frozen=True)
    class Holder:
        password: Secret

    assert repr(Holder(Secret(TEXT))).endswith("Holder(password='***')")


def test_a_secret_has_no_attributes_to_dump() -> None:
    assert not hasattr(Secret(TEXT), "__dict__")


@pytest.mark.parametrize("dump", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_not_serialised_by_accident(dump: object) -> None:
    assert callable(dump)
    with pytest.raises(TypeError) as caught:
        dump(Secret(TEXT))
    assert TEXT not in str(caught.value)


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
    assert Secret("ü\ud800") == Secret("ü\ud800")
    assert len({Secret(TEXT), Secret(TEXT)}) == 1
