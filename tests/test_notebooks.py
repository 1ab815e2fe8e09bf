"""Every notebook runs from top to bottom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def run(notebook: object) -> None:
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()


@pytest.mark.filterwarnings("default")  # the notebook server's own warnings are not ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path: Path) -> None:
    import nbformat

    run(nbformat.read(path, as_version=4))


@pytest.mark.filterwarnings("default")
def test_a_failing_notebook_is_noticed() -> None:
    import nbformat
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import symacts\nsymacts.get('sigmoyd')")])
    with pytest.raises(CellExecutionError, match="sigmoyd"):
        run(notebook)


def test_there_is_a_tour() -> None:
    assert [p.name for p in NOTEBOOKS][:1] == ["01_tour.ipynb"]
    assert len(json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))["cells"]) > 20
