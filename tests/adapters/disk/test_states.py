from pathlib import Path

from provisioner.adapters.disk.states import DirectoryTrials, LocalStates
from provisioner.core.values.domain import DomainName

EXAMPLE = DomainName.parse("example.com")


def test_a_state_is_written_read_and_put_aside(tmp_path: Path) -> None:
    states = LocalStates(tmp_path)
    assert states.read(EXAMPLE) is None
    states.write(EXAMPLE, '{"serial": 3}')
    assert states.read(EXAMPLE) == '{"serial": 3}'
    aside = Path(states.retire(EXAMPLE, 3))
    assert states.read(EXAMPLE) is None
    assert aside.read_text() == '{"serial": 3}'
    assert aside.name.startswith("terraform.tfstate.3.")
    assert aside.stat().st_mode & 0o077 == 0


def test_two_states_of_one_serial_are_both_kept(tmp_path: Path) -> None:
    states = LocalStates(tmp_path)
    for text in ("one", "two"):
        states.write(EXAMPLE, text)
        states.retire(EXAMPLE, 3)
    assert len(list((tmp_path / "domains/example.com").glob("*.backup"))) == 2


def test_the_empty_file_that_terraform_leaves_is_no_state(tmp_path: Path) -> None:
    LocalStates(tmp_path).write(EXAMPLE, "")
    assert LocalStates(tmp_path).read(EXAMPLE) is None


def test_a_trial_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    states = LocalStates(tmp_path)
    states.write(EXAMPLE, "state")
    with DirectoryTrials(tmp_path).open(EXAMPLE, {"main.tf": "text"}) as root:
        states.show_to(root, EXAMPLE)
        assert (root / "main.tf").read_text() == "text"
        assert (root / "terraform.tfstate").read_text() == "state"
        assert root.stat().st_mode & 0o077 == 0
    assert not root.exists()
    assert states.read(EXAMPLE) == "state"


def test_what_a_crash_left_of_a_trial_does_not_disturb_the_next(tmp_path: Path) -> None:
    left = tmp_path / "domains/example.com/trial/.terraform"
    left.mkdir(parents=True)
    with DirectoryTrials(tmp_path).open(EXAMPLE, {"main.tf": "text"}) as root:
        assert [path.name for path in root.iterdir()] == ["main.tf"]
