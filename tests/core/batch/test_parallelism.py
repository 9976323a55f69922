from provisioner.core.account.rates import DOCUMENTED
from provisioner.core.batch.parallelism import Machine, bounded_parallelism, servable, usual_parallelism


def test_no_more_domains_at_once_than_the_rates_serve_before_their_time_is_up() -> None:
    shard = {name: rate.share(10) for name, rate in DOCUMENTED.items()}
    assert servable(DOCUMENTED, 1800) >= 64
    assert 1 < servable(shard, 1800) < 10
    assert servable(shard, 60) == 1


def test_parallelism_is_bound_by_memory_cores_domains_and_a_ceiling() -> None:
    gib = 1 << 30
    assert bounded_parallelism(100, Machine(8 * gib, 16), run_bytes=gib, per_core=4) == 4
    assert bounded_parallelism(100, Machine(80 * gib, 2), run_bytes=gib, per_core=4) == 8
    assert bounded_parallelism(3, Machine(80 * gib, 16), run_bytes=gib, per_core=4) == 3
    assert bounded_parallelism(1000, Machine(None, 64), run_bytes=gib, per_core=4) == 64
    assert bounded_parallelism(0, Machine(0, 1), run_bytes=gib, per_core=4) == 1


def test_fewer_are_worked_on_at_once_when_none_of_them_waits_for_a_change() -> None:
    machine = Machine(memory=64 << 30, cores=2)
    assert usual_parallelism(500, machine, cold=False) == 64
    assert usual_parallelism(500, machine, cold=False, reads=True) == 8
    assert usual_parallelism(500, machine, cold=True, reads=True) == 8
    assert usual_parallelism(3, machine, cold=False, reads=True) == 3
