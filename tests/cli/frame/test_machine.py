"""What the machine has left."""

from pathlib import Path

from provisioner.cli.frame.machine import cores, free_memory


def test_memory_is_the_least_that_machine_and_container_say(tmp_path: Path) -> None:
    meminfo, cgroup = tmp_path / "meminfo", tmp_path / "cgroup"
    cgroup.mkdir()
    assert free_memory(cgroup, meminfo) is None
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable:    4000 kB\n")
    assert free_memory(cgroup, meminfo) == 4000 * 1024
    (cgroup / "memory.max").write_text("max\n")
    (cgroup / "memory.current").write_text("1000\n")
    assert free_memory(cgroup, meminfo) == 4000 * 1024
    (cgroup / "memory.max").write_text("1048576\n")
    assert free_memory(cgroup, meminfo) == 1048576 - 1000
    assert cores() >= 1
