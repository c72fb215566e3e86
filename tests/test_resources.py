"""The shipped YAML is found by name, and by nothing else."""

from pathlib import Path

import pytest

from fakecompute import resources


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Two scenarios, in a package that lives elsewhere."""
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "resources.py"))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "slow-boot.yaml").write_text("name: Slow boot ×10\n", "utf-8")
    (tmp_path / "scenarios" / "lost-create.yaml").write_text("name: Lost create\n")
    (tmp_path / "secret.yaml").write_text("password: secret\n")
    return tmp_path


def test_names_are_sorted_and_bare(shipped):
    assert resources.names("scenarios") == ["lost-create", "slow-boot"]


def test_a_folder_that_is_not_there_is_empty(shipped):
    assert resources.names("fixtures") == []


def test_read_gives_the_text_and_the_path(shipped):
    text, path = resources.read("scenarios", "slow-boot")
    assert text == "name: Slow boot ×10\n"
    assert Path(path) == (shipped / "scenarios" / "slow-boot.yaml").resolve()


def test_a_wrong_name_is_answered_with_the_right_ones(shipped):
    with pytest.raises(FileNotFoundError, match="no 'lost' among the scenarios: lost-create, slow-boot"):
        resources.read("scenarios", "lost")


def test_no_name_leads_out_of_the_folder(shipped):
    with pytest.raises(FileNotFoundError):
        resources.read("scenarios", "../secret")


def test_in_a_checkout_the_files_are_those_at_the_top():
    assert resources._home("scenarios") == Path(__file__).parents[1] / "scenarios"
