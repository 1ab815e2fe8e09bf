"""The command line: a thin shell over the public API.

Exit status: 0 done or proved; 1 refuted, or a check fell short; 2 bad usage or bad input (one line on stderr);
3 unknown or timed out.

>>> main(["list", "--kind", "no-such-kind"])
2
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from symacts.errors import (
    AnalysisTimeout,
    ParameterError,
    ParseError,
    SymactsError,
    UnsupportedExpression,
    shorten,
    wording,
)
from symacts.terminal import Progress, emit, write_file

__all__ = ["DONE", "FAILED", "UNDECIDED", "WRONG_USE", "main"]

DONE, FAILED, WRONG_USE, UNDECIDED = range(4)
"""The exit statuses."""
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


class _Usage(Exception):
    """The command line cannot be read."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # argparse reads only negative numbers as values; here -x**2 and -2,3 are values, too
        self._negative_number_matcher = re.compile(r"-(?![-oh]).")

    def error(self, message: str) -> NoReturn:
        raise _Usage(f"{message} (see {self.prog} --help)")


# -------------------------------------------------------------------------------------------------------- arguments


def _parameters(pairs: Sequence[str] | None) -> dict[str, Any] | None:
    """`["alpha=1/10"]` as `{"alpha": Rational(1, 10)}`."""
    import symacts
    from symacts.spec import exact

    values: dict[str, Any] = {}
    for pair in pairs or ():
        name, equals, text = pair.partition("=")
        name, text = name.strip(), text.strip()
        if not (equals and name and text):
            raise ParameterError(f"--param: got {shorten(pair)}, expected NAME=VALUE such as alpha=1/10")
        if name in values:
            raise ParameterError(f"--param: {name!r} is given twice")
        if text == "symbolic":
            raise ParameterError(f"--param: got {shorten(pair)}, expected a number; --symbolic keeps every parameter")
        try:
            values[name] = exact(text)
        except ParameterError:
            values[name] = symacts.parse(text)
    return values or None


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ParameterError(
            f"--at: got {shorten(text)}, expected numbers with commas between, such as 0,1.5,-inf"
        ) from None


def _orders(text: str) -> int | tuple[int, ...]:
    try:
        orders = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ParameterError(f"--order: got {shorten(text)}, expected 0, 1, 2 or 0,1") from None
    return orders if len(orders) > 1 else orders[0]


def _check_target_options(arguments: argparse.Namespace) -> None:
    for name, allowed in (("dtype", ("float64", "float32")), ("backend", ("auto", "numpy", "numba"))):
        if getattr(arguments, name) not in allowed:
            raise ParameterError(wording(f"--{name}", getattr(arguments, name), allowed))


def _shapes(pairs: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """`["W=m,n", "x=n,1"]` as `{"W": ("m", "n"), "x": ("n", 1)}`."""
    shapes: dict[str, tuple[Any, Any]] = {}
    for pair in pairs:
        name, _, shape = pair.partition("=")
        sides = [int(s) if s.strip().isdigit() else s.strip() for s in shape.split(",")]
        if not name.strip() or len(sides) != 2 or "" in sides:
            raise ParameterError(f"--shape: got {shorten(pair)}, expected NAME=ROWS,COLUMNS such as W=m,n")
        shapes[name.strip()] = (sides[0], sides[1])
    return shapes


def _add_formats(parser: argparse.ArgumentParser, *formats: str) -> None:
    group = parser.add_mutually_exclusive_group()
    for name in formats:
        group.add_argument(f"--{name}", action="store_const", const=name, dest="form", help=f"write {_FORMATS[name]}")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to this file, not to the screen")


_FORMATS = {
    "json": "JSON that reads back exactly",
    "latex": "a LaTeX table",
    "markdown": "Markdown",
    "html": "HTML with MathML",
}


def _deliver(text: str, arguments: argparse.Namespace) -> None:
    if arguments.output:
        write_file(arguments.output, text)
    else:
        emit(text)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


# --------------------------------------------------------------------------------------------------------- commands


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", help="scalar, gated or vector; all of them by default")


def _list(arguments: argparse.Namespace) -> int:
    import symacts
    from symacts.spec import KINDS

    if arguments.kind is not None and arguments.kind not in KINDS:
        raise ParameterError(wording("--kind", arguments.kind, KINDS))
    emit("\n".join(symacts.names(arguments.kind)))
    return DONE


def _analyze_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME-OR-EXPRESSION", help='such as sigmoid or "x*tanh(softplus(x))"')
    parser.add_argument("--param", action="append", metavar="NAME=VALUE", help="fix a parameter; may be repeated")
    parser.add_argument("--symbolic", action="store_true", help="keep the parameters symbolic")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="stop after this time")
    parser.add_argument("--standalone", action="store_true", help="with --latex or --html: a whole document")
    _add_formats(parser, "json", "latex", "markdown", "html")


def _analyze(arguments: argparse.Namespace) -> int:
    import symacts

    fixed = _parameters(arguments.param)
    if arguments.symbolic and fixed:
        raise ParameterError("--symbolic keeps every parameter symbolic; give it or --param, not both")
    if arguments.standalone and arguments.form not in ("latex", "html"):
        raise ParameterError("--standalone needs --latex or --html")
    parameters: Any = "symbolic" if arguments.symbolic else fixed
    with Progress(f"analyzing {shorten(arguments.target, 40)}"):
        report = symacts.analyze(arguments.target, parameters=parameters, timeout=arguments.timeout)
        writers: dict[str | None, Callable[[], str]] = {
            "json": lambda: _json(report.to_dict()),
            "latex": lambda: report.to_latex(standalone=arguments.standalone),
            "markdown": report.to_markdown,
            "html": lambda: report.to_html(standalone=arguments.standalone),
            None: report.to_text,
        }
        text = writers[arguments.form]()
    _deliver(text, arguments)
    return DONE


def _prove_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("statement", metavar="STATEMENT", help='such as "tanh(x) = 2*sigmoid(2*x) - 1"')
    parser.add_argument("--assuming", action="append", metavar="HYPOTHESIS", help='such as "x > 0"; may be repeated')
    parser.add_argument("--shape", action="append", metavar="NAME=ROWS,COLUMNS", help="declare a matrix: W=m,n")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="stop after this time (30)")
    parser.add_argument("--json", metavar="FILE", help="write the proof with its certificate to this file")
    parser.add_argument("--coq", metavar="FILE", help="write a standalone Coq file")
    parser.add_argument("--latex", action="store_true", help="print the steps in LaTeX")


def _prove(arguments: argparse.Namespace) -> int:
    import symacts

    if arguments.shape and arguments.assuming:
        raise ParameterError("--shape declares matrices, --assuming real variables; give one of them")
    assuming: Any = _shapes(arguments.shape) if arguments.shape else ", ".join(arguments.assuming or ()) or None
    with Progress("proving"):
        proof = symacts.prove(arguments.statement, assuming=assuming, timeout=arguments.timeout)
    if arguments.json:
        write_file(arguments.json, _json(proof.to_dict()))
    emit(proof.to_latex() if arguments.latex else str(proof))
    status = {"proved": DONE, "refuted": FAILED}.get(proof.status, UNDECIDED)
    if arguments.coq and status != DONE:
        return _complain(f"{arguments.coq} is not written: the statement is {proof.status}", status)
    if arguments.coq:
        try:
            write_file(arguments.coq, proof.to_coq())
        except UnsupportedExpression as error:
            return _complain(f"{arguments.coq} is not written: {error}", FAILED)
    return status


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a proof that `prove --json` wrote")


def _check(arguments: argparse.Namespace) -> int:
    from symacts.proofs import CertificateError, Proof

    try:
        data = json.loads(Path(arguments.file).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return _complain(f"{arguments.file}: not a JSON file", WRONG_USE)
    if not isinstance(data, dict):
        return _complain(f"{arguments.file}: not a proof", WRONG_USE)
    proof = Proof.from_dict(data)
    try:
        with Progress("checking"):
            checked = proof.check()
    except CertificateError as error:
        emit(f"rejected: {error}")
        return FAILED
    emit(f"holds ({checked.steps} {'step' if checked.steps == 1 else 'steps'}): {_statement(proof.claim)}")
    return DONE


def _statement(claim: Any) -> str:
    """What a certificate was checked against; the text that a file carries beside it proves nothing."""
    from symacts.claims import MatrixClaim
    from symacts.proofs.matrices import spelled

    return spelled(claim) if isinstance(claim, MatrixClaim) else str(replace(claim, text=""))


def _reports(targets: Sequence[str], progress: Progress) -> list[Any]:
    import symacts

    reports = []
    for k, target in enumerate(targets, 1):
        progress.say(f"analyzing {shorten(target, 40)} ({k} of {len(targets)})")
        reports.append(symacts.analyze(target))
    return reports


def _table_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="NAME", nargs="+", help="names or expressions")
    parser.add_argument("--columns", metavar="A,B,...", help="facts after the name; the summary by default")
    parser.add_argument("--language", default="en", help="en or ko")
    _add_formats(parser, "json", "latex", "markdown", "html")


def _table(arguments: argparse.Namespace) -> int:
    import symacts
    from symacts.render.table import build

    columns = None if arguments.columns is None else [c.strip() for c in arguments.columns.split(",")]
    if columns is not None and not {"activation", "name"} & set(columns):
        columns = ["activation", *columns]  # rows without names cannot be told apart
    build((), columns, arguments.language)  # a wrong column or language is told before the work
    with Progress("analyzing") as progress:
        table = symacts.table(_reports(arguments.targets, progress), columns, language=arguments.language)
        writers: dict[str | None, Callable[[], str]] = {
            "json": lambda: _json(table.to_dict()),
            "latex": table.to_latex,
            "markdown": table.to_markdown,
            "html": table.to_html,
            None: table.to_text,
        }
        text = writers[arguments.form]()
    _deliver(text, arguments)
    return DONE


def _plot_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="NAME", nargs="+", help="names or expressions")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="a .png, .svg or .pdf file")
    parser.add_argument("--interval", metavar="LO,HI", help="the interval of x to draw")
    parser.add_argument("--dpi", type=int, default=150, help="dots per inch of a .png file (150)")


def _plot(arguments: argparse.Namespace) -> int:
    import symacts

    kind = Path(arguments.output).suffix.lstrip(".").lower()
    allowed = ("png", "svg", "pdf")
    if kind not in allowed:
        raise ParameterError(wording("the output's ending", kind, allowed))
    if not 10 <= arguments.dpi <= 1000:
        raise ParameterError(f"--dpi: got {arguments.dpi}, expected 10 to 1000")
    options: dict[str, Any] = {}
    if arguments.interval:
        ends = arguments.interval.split(",")
        if len(ends) != 2:
            raise ParameterError(f"--interval: got {shorten(arguments.interval)}, expected LO,HI such as -5,5")
        options["interval"] = (ends[0].strip(), ends[1].strip())
    with Progress("drawing") as progress:
        reports = _reports(arguments.targets, progress)
        progress.say("drawing")
        figure = symacts.plot(reports, **options)
        write_file(arguments.output, lambda path: figure.savefig(path, format=kind, dpi=arguments.dpi))
    return DONE


def _kernel_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME-OR-EXPRESSION")
    parser.add_argument("--order", default="0", help="0, 1, 2, or 0,1 for value and derivative in one pass")
    parser.add_argument("--dtype", default="float64", help="float64 or float32")
    parser.add_argument("--backend", default="auto", help="numpy, numba or auto")
    parser.add_argument("--param", action="append", metavar="NAME=VALUE", help="fix a parameter; may be repeated")
    parser.add_argument("--at", metavar="VALUES", help="evaluate at these numbers instead of printing the source")


def _kernel(arguments: argparse.Namespace) -> int:
    import numpy as np

    import symacts

    _check_target_options(arguments)
    fixed = _parameters(arguments.param)
    target = symacts.get(arguments.target, **fixed) if fixed else arguments.target
    points = None if arguments.at is None else _numbers(arguments.at)
    with Progress("compiling"):
        kernel = symacts.kernel(target, _orders(arguments.order), dtype=arguments.dtype, backend=arguments.backend)
        if points is None:
            emit(kernel.source)
            return DONE
        given = np.array(points, dtype=arguments.dtype)
        results = kernel(given)
    columns = results if isinstance(results, tuple) else (results,)
    rows = ("  ".join(str(v) for v in row) for row in zip(given, *columns, strict=True))
    emit("\n".join(rows))
    return DONE


def _certify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="NAME", nargs="*", help="names or expressions; the catalog's scalar ones")
    parser.add_argument("--order", default="0,1", help="0, 1, 2, or several with commas between (0,1)")
    parser.add_argument("--dtype", default="float64", help="float64 or float32")
    parser.add_argument("--accuracy", default="fast", help="fast or tight")
    parser.add_argument("--backend", default="auto", help="numpy, numba or auto")
    parser.add_argument("--points", type=int, default=2000, help="random inputs besides the systematic ones (2000)")
    parser.add_argument("--seed", type=int, default=20261122, help="of the random inputs")
    parser.add_argument("--all", action="store_true", help="float32: every one of the 2**32 inputs, minutes for each")


def _certify(arguments: argparse.Namespace) -> int:
    import symacts
    from symacts.kernels.certify import bound_of, certify, exhaustive
    from symacts.terminal import bar

    _check_target_options(arguments)
    if arguments.accuracy not in ("fast", "tight"):
        raise ParameterError(wording("--accuracy", arguments.accuracy, ("fast", "tight")))
    if arguments.all and arguments.dtype != "float32":
        raise ParameterError("--all needs --dtype float32: float64 has too many inputs to try each")
    if arguments.points < 4:
        raise ParameterError(f"--points: got {arguments.points}, expected 4 or more")
    options = {"dtype": arguments.dtype, "backend": arguments.backend, "accuracy": arguments.accuracy}
    orders = _orders(arguments.order)
    targets = arguments.targets or symacts.names("scalar")
    if not arguments.targets:
        print(f"symacts: {len(targets)} activations, some 5 seconds for each", file=sys.stderr)
    status = DONE
    with bar(len(targets)) as advance:
        for target in targets:
            advance(target, 0.0)
            try:
                kernel = symacts.kernel(target, orders, **options)
                if arguments.all:

                    def progress(done: int, total: int, target: str = target) -> None:
                        advance(target, done / total)

                    found = exhaustive(kernel, progress)
                else:
                    found = certify(kernel, points=arguments.points, seed=arguments.seed)
            except UnsupportedExpression as error:
                if arguments.targets:
                    raise
                emit(f"{target}: not certified: {' '.join(str(error).split())}")
                status = FAILED
                continue
            bound = bound_of(kernel)
            verdict = "holds" if found.worst <= bound else "EXCEEDED"
            where = ", ".join(f"{e:.4g} at {at!r}" for e, at in zip(found.errors, found.inputs, strict=True))
            emit(f"{target}: {where}; bound {bound} {verdict} ({found.points} points, {found.rule})")
            status = status if found.worst <= bound else FAILED
            advance(target, 1.0)
    return status


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its name, a line of help, its arguments, and what it does (returning the exit status)."""

    name: str
    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: tuple[Command, ...] = (
    Command("list", "the names of the catalog", _list_arguments, _list),
    Command("analyze", "every property of an activation", _analyze_arguments, _analyze),
    Command("prove", "prove or refute a statement", _prove_arguments, _prove),
    Command("check", "check a proof again", _check_arguments, _check),
    Command("table", "a summary table of several activations", _table_arguments, _table),
    Command("plot", "draw functions and derivatives", _plot_arguments, _plot),
    Command("kernel", "the compiled function: its source, or values", _kernel_arguments, _kernel),
    Command("certify", "measure kernels against ball arithmetic", _certify_arguments, _certify),
)


# ------------------------------------------------------------------------------------------------------------- main


def _parser() -> argparse.ArgumentParser:
    from symacts import __version__

    parser = _Parser(
        prog="symacts",
        description="Activation functions: declared once, then derived, proved and compiled.",
        epilog="Exit status: 0 done or proved, 1 refuted or a check fell short, 2 bad usage, 3 unknown or timed out.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"symacts {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.summary, description=command.summary, allow_abbrev=False)
        command.arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def _complain(message: str, status: int) -> int:
    """One line on stderr."""
    line = " ".join(message.split())
    with contextlib.suppress(OSError):
        print(f"symacts: {line}", file=sys.stderr)
    return status


def _one_line(error: SymactsError) -> str:
    if isinstance(error, ParseError) and error.text:
        return f"{error.reason} (at position {error.position} of {shorten(error.text)})"
    return str(error)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; by default those of the process.

    Returns
    -------
    int
        The exit status.
    """
    try:
        arguments = _parser().parse_args(argv)
        return int(arguments.run(arguments))
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except _Usage as error:
        return _complain(str(error), WRONG_USE)
    except AnalysisTimeout as late:
        return _complain(f"{late}: {', '.join(late.facts)}" if late.facts else str(late), UNDECIDED)
    except SymactsError as error:
        return _complain(_one_line(error), WRONG_USE)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}", WRONG_USE)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
