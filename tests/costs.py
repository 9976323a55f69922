"""What the tests cost: CPU seconds by file, with those of the processes that they start."""

import resource
from collections import Counter
from collections.abc import Generator

import pytest

SHOWN = 10


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Costs:
    """A plugin that measures in the worker that runs a test, and adds up where the reports arrive."""

    def __init__(self) -> None:
        self.until_now = cpu_seconds()
        self.by_file: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give each report of a test the CPU seconds since the one before."""
        report = yield
        before, self.until_now = self.until_now, cpu_seconds()
        report.cpu_seconds = self.until_now - before
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what a report costs."""
        self.by_file[report.nodeid.partition("::")[0]] += getattr(
            report, "cpu_seconds", 0.0
        )  # a worker that died says nothing

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the dearest files."""
        terminalreporter.section(f"CPU seconds: {sum(self.by_file.values()):.0f}, and the {SHOWN} dearest files")
        for file, seconds in self.by_file.most_common(SHOWN):
            terminalreporter.write_line(f"{seconds:7.1f}s {file}")
