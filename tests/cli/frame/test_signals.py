"""Ctrl-C in a batch: three urgencies, and what a kill reaches."""

import os
import signal
import subprocess
import time

from provisioner.cli.frame.signals import Signals, kill_children
from provisioner.usecases.parallel.stopping import Stop, Urgency


def test_three_interrupts_are_three_urgencies_and_each_is_told_once() -> None:
    stop, said = Stop(), list[str]()
    signals = Signals(stop, said.append)
    with signals.take_over():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        assert stop.level is Urgency.NONE  # acted on where it is safe to
        signals.look()
    assert stop.level is Urgency.INTERRUPT
    assert len(said) == 2
    assert "no new domains" in said[0]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_killing_reaches_groups_led_by_our_children_and_nobody_else() -> None:
    leader = subprocess.Popen(["sleep", "60"], start_new_session=True)
    companion = subprocess.Popen(["sleep", "60"])
    try:
        kill_children()
        assert leader.wait(10) == -signal.SIGKILL
        assert companion.poll() is None
    finally:
        companion.kill()
        companion.wait()
