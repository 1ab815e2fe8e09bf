"""The command line: what it prints, where it writes, and its exit status; every error is one line without traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sympy as sp

import symacts
from symacts.claims import MatrixClaim
from symacts.cli import COMMANDS, main
from symacts.proofs.check import FORMAT
from symacts.report import Report
from symacts.terminal import emit, write_file


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symacts", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):
    """The exit status, stdout and stderr of a command."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


def is_one_line(err: str) -> bool:
    return err.startswith("symacts: ") and err.count("\n") == 1 and "Traceback" not in err


# -- exit statuses of the process ------------------------------------------------------------------------------------


def test_the_process_reports_its_statuses() -> None:
    done = run("list", "--kind", "vector")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == list(symacts.names("vector"))
    refuted = run("prove", "tanh(x) = 2*sigmoid(x) - 1")
    assert refuted.returncode == 1 and refuted.stdout.startswith("refuted")
    wrong = run("analyze", "sigmoidd")
    assert wrong.returncode == 2 and is_one_line(wrong.stderr) and "sigmoid" in wrong.stderr and wrong.stdout == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m symacts list | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == ""


def test_a_poor_encoding_is_no_error() -> None:
    done = run("analyze", "x", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0 and "\\u211d" in done.stdout


def test_help_is_fast_and_lists_every_command() -> None:
    code = (
        "import sys; from symacts.cli import main; main(['--help'])\n"
        "assert not {'sympy', 'numpy', 'matplotlib', 'flint', 'rich'} & set(sys.modules), 'loads something heavy'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"\n    {command.name} " in done.stdout for command in COMMANDS)


# -- what commands print ---------------------------------------------------------------------------------------------


def test_analyze_writes_every_format(say, tmp_path: Path) -> None:
    status, text, err = say("analyze", "max(x, 0)")
    assert (status, err) == (0, "") and "[0, ∞)" in text
    status, data, _ = say("analyze", "max(x, 0)", "--json")
    assert status == 0 and Report.from_dict(json.loads(data)).range.value == symacts.analyze("max(x, 0)").range.value
    assert say("analyze", "max(x, 0)", "--latex")[1].startswith(r"\begin{tabular}")
    assert say("analyze", "max(x, 0)", "--latex", "--standalone")[1].startswith(r"\documentclass")
    assert "| range | $[0, \\infty)$ |" in say("analyze", "max(x, 0)", "--markdown")[1]
    assert "<math>" in say("analyze", "max(x, 0)", "--html")[1]
    target = tmp_path / "report.json"
    status, out, _ = say("analyze", "max(x, 0)", "--json", "-o", str(target))
    assert (status, out) == (0, "") and json.loads(target.read_text(encoding="utf-8")) == json.loads(data)


def test_parameters(say) -> None:
    assert "(-5/2, ∞)" in say("analyze", "elu", "--param", "alpha=5/2")[1]
    assert "(-√2, ∞)" in say("analyze", "elu", "--param", "alpha=sqrt(2)")[1]
    assert "(-α, ∞)" in say("analyze", "elu", "--symbolic")[1]


def test_prove_and_check(say, tmp_path: Path) -> None:
    target = tmp_path / "proof.json"
    status, out, _ = say("prove", "relu(x) - relu(-x) = x", "--json", str(target))
    assert status == 0 and out.startswith("proved")
    status, out, _ = say("check", str(target))
    assert status == 0 and out.startswith("holds")
    # what the file says about itself is not what was checked
    data = json.loads(target.read_text(encoding="utf-8"))
    data["claim"]["text"] = "0 = 1"
    target.write_text(json.dumps(data), encoding="utf-8")
    assert "0 = 1" not in say("check", str(target))[1]
    # negative control: the certificate of another statement
    data["claim"]["sides"][1] = {"q": "0"}
    target.write_text(json.dumps(data), encoding="utf-8")
    status, out, _ = say("check", str(target))
    assert status == 1 and out.startswith("rejected")


def test_check_says_what_the_names_stand_for(say, tmp_path: Path) -> None:
    """A proof of relu(x) = x where relu is defined as x."""
    target = tmp_path / "proof.json"
    x = ("sym", "x")
    claim = MatrixClaim(("map", "relu", x), "=", x, (("x", ("n", 1)),), (("relu", sp.Symbol("x", real=True)),))
    proof = {"rule": "elementwise", "steps": [{"rule": "algebra"}]}
    certificate = {"format": FORMAT, "claim": claim.to_dict(), "proof": proof}
    data = {"status": "proved", "claim": claim.to_dict(), "certificate": certificate}
    target.write_text(json.dumps(data), encoding="utf-8")
    status, out, _ = say("check", str(target))
    assert status == 0 and out.rstrip().endswith("relu(x) = x  (x: n x 1, relu is x)")


def test_assumptions_and_shapes(say) -> None:
    assert say("prove", "abs(x) = x")[0] == 1
    assert say("prove", "abs(x) = x", "--assuming", "x > 0")[0] == 0
    shapes = ("--shape", "A=m,n", "--shape", "B=n,m")
    assert say("prove", "T(A*B) = T(B)*T(A)", *shapes)[0] == 0
    assert say("prove", "T(A*B) = T(A)*T(B)", *shapes)[0] != 0


def test_a_leading_minus_is_a_value(say) -> None:
    assert "(-∞, 0]" in say("analyze", "-x**2")[1]
    assert say("analyze", "-3")[0] == 0


def test_table(say, tmp_path: Path) -> None:
    columns = ("--columns", "activation,range,dead_region")
    status, out, _ = say("table", "relu", "identity", *columns, "--markdown")
    assert status == 0 and out.splitlines()[2] == r"| relu | $[0, \infty)$ | $(-\infty, 0)$ |"
    assert say("table", "relu", *columns, "--latex")[1].startswith(r"\begin{tabular}")
    assert "치역" in say("table", "relu", *columns, "--language", "ko")[1]
    assert json.loads(say("table", "relu", *columns, "--json")[1])["rows"][0]["range"] == "[0, ∞)"
    named = say("table", "relu", "identity", "--columns", "range", "--json")[1]
    assert [row["activation"] for row in json.loads(named)["rows"]] == ["relu", "identity"], "every row has its name"


def test_plot_writes_whole_files_only(say, tmp_path: Path) -> None:
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        target = tmp_path / f"picture.{kind}"
        assert say("plot", "relu", "-o", str(target), "--interval", "-2,3")[0] == 0
        assert target.read_bytes().startswith(start)
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".pdf", ".png", ".svg"]


def test_kernel_prints_source_or_values(say) -> None:
    status, out, _ = say("kernel", "relu", "--backend", "numpy")
    assert status == 0
    compile(out, "kernel", "exec")
    status, out, _ = say("kernel", "relu", "--order", "0,1", "--at", "-2,3,nan,inf", "--backend", "numpy")
    rows = [[float(v) for v in line.split()] for line in out.splitlines()]
    assert status == 0 and rows[:2] == [[-2, 0, 0], [3, 3, 1]] and rows[3] == [float("inf"), float("inf"), 1]
    assert all(v != v for v in rows[2])


# -- wrong use ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["nothing"], "invalid choice"),
        (["analyze"], "required"),
        (["analyze", "sigmoid", "--jsn"], "unrecognized"),
        (["analyze", "sigmoid", "--json", "--latex"], "not allowed with"),
        (["analyze", "reluu"], "did you mean"),
        (["analyze", "sin(x"], "position"),
        (["analyze", "__import__('os').system('true')"], ""),
        (["analyze", "elu", "--param", "alpha"], "NAME=VALUE"),
        (["analyze", "elu", "--param", "beta=1"], "beta"),
        (["analyze", "elu", "--param", "alpha=-1"], "alpha"),
        (["analyze", "elu", "--param", "alpha=1", "--param", "alpha=2"], "twice"),
        (["analyze", "elu", "--param", "alpha=1", "--symbolic"], "not both"),
        (["analyze", "elu", "--param", "alpha=symbolic"], "--symbolic"),
        (["analyze", "x", "--standalone"], "--standalone"),
        (["analyze", "x", "--timeout", "-1"], "positive"),
        (["analyze", "x", "--json", "-o", "/no/such/folder/file"], "no such folder"),
        (["list", "--kind", "scalr"], "did you mean 'scalar'"),
        (["prove", "tanh(x ="], "position"),
        (["prove", "x = x", "--shape", "A=2"], "ROWS,COLUMNS"),
        (["check", "/no/such/file"], "No such file"),
        (["table", "relu", "--columns", "rnage"], "did you mean 'range'"),
        (["table", "relu", "--language", "fr"], "'ko'"),
        (["plot", "relu", "-o", "picture.bmp"], "'png', 'svg', 'pdf'"),
        (["plot", "relu", "-o", "picture.png", "--interval", "3,1"], "lo < hi"),
        (["kernel", "relu", "--at", "1,b"], "--at"),
        (["kernel", "relu", "--order", "1.5"], "--order"),
        (["kernel", "relu", "--dtype", "float16"], "did you mean 'float64'"),
        (["kernel", "relu", "--backend", "numb"], "did you mean 'numba'"),
        (["kernel", "relu", "-q"], "unrecognized"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(say, arguments: list[str], words: str) -> None:
    status, out, err = say(*arguments)
    assert status == 2 and out == "" and is_one_line(err), err
    assert words in err


def test_files_that_are_no_proofs(say, tmp_path: Path) -> None:
    for k, text in enumerate(("", "[]", "{}", '{"status": "proved", "claim": 3}', "[" * 5000)):
        target = tmp_path / f"{k}.json"
        target.write_text(text, encoding="utf-8")
        status, _, err = say("check", str(target))
        assert status == 2 and is_one_line(err), (text[:20], err)


def test_a_time_limit_is_status_3(say) -> None:
    status, _, err = say("analyze", "x*tanh(softplus(3*x/7))", "--timeout", "0.001")
    assert status == 3 and is_one_line(err) and "facts" in err


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "kept.txt"
    target.write_text("old")

    def fail(name: str) -> None:
        Path(name).write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_file(str(target), fail)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]
    write_file(str(target), "new")
    assert target.read_text() == "new\n"


def test_emit_ends_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    emit("a")
    emit("b\n")
    assert capsys.readouterr().out == "a\nb\n"


def test_certify_measures_kernels(say) -> None:
    status, out, _ = say("certify", "hard_swish", "x/(1 + Abs(x))", "--points", "40", "--backend", "numpy")
    assert status == 0
    assert out.count("bound 4.0 holds") == 2


def test_certify_tells_what_falls_short(say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symacts.kernels.certify.FAST", 0.001)
    status, out, _ = say("certify", "softsign", "--points", "40", "--order", "0", "--backend", "numpy")
    assert status == 1
    assert "EXCEEDED" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--all",),
        ("--accuracy", "loose"),
        ("--dtype", "float16"),
        ("--points", "0"),
        ("--order", "x"),
        ("no_such_name",),
    ],
)
def test_certify_refuses(say, words: tuple[str, ...]) -> None:
    status, out, err = say("certify", "relu", *words)
    assert (status, out if words != ("no_such_name",) else "") == (2, "")
    assert err.count("\n") == 1
