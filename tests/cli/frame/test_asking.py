"""How users are asked before something is changed."""

import io

import pytest

from provisioner.cli.frame.asking import TerminalConsent, ask
from provisioner.errors import InputError, Interrupted

REFUSAL = InputError("not_confirmed", "nobody can be asked", "give --yes")


class Terminal(io.StringIO):
    """A standard input that is a terminal, at which something is typed."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "given"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_consent_is_given_by_the_answer(monkeypatch: pytest.MonkeyPatch, typed: str, given: bool) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert TerminalConsent(by_option=False, refusal=REFUSAL).given("Really?") is given


def test_consent_by_option_asks_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert TerminalConsent(by_option=True, refusal=REFUSAL).given("Really?")
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(InputError) as caught:
        TerminalConsent(by_option=False, refusal=REFUSAL).given("Really?")
    assert caught.value is REFUSAL
    with pytest.raises(InputError):
        ask("Its name", REFUSAL)


def test_the_end_of_the_input_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(""))
    with pytest.raises(Interrupted, match="at the question"):
        TerminalConsent(by_option=False, refusal=REFUSAL).given("Really?")
    with pytest.raises(Interrupted, match="at the question"):
        ask("Its name", REFUSAL)
