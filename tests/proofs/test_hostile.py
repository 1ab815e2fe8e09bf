"""Data that are no certificates are refused by name, whatever they hold."""

from __future__ import annotations

from typing import Any

import pytest
from forging import ALGEBRA, claim, step, x

from symacts.codec import encode as E
from symacts.proofs.check import FORMAT, CertificateError, check


def deep(levels: int) -> Any:
    data: Any = E(x)
    for _ in range(levels):
        data = {"op": "exp", "args": [data]}
    return data


def hostile() -> dict[str, Any]:
    """Certificates that are no certificates: types confused, cycles, depth, sizes that no machine holds."""
    stated = claim(x, "=", x).to_dict()
    cycle: dict[str, Any] = {"op": "exp"}
    cycle["args"] = [cycle]
    loop: dict[str, Any] = step("cases", on=E(x), parts=["<", ">="])
    loop["steps"] = [loop, loop]

    def about(*sides: Any) -> Any:
        return {**stated, "sides": list(sides)}

    def power(base: Any, exponent: str) -> Any:
        return {"op": "Pow", "args": [base, {"q": exponent}]}

    wide = {"op": "Add", "args": [E(x), {"q": "1"}]}
    proofs = {
        f"node {k}": {"format": FORMAT, "claim": stated, "proof": p}
        for k, p in enumerate(
            (
                *({"rule": []}, {"rule": {}}, {"rule": 5}, {}, None, [], "algebra", loop),
                *(step("cases", on=E(x), parts=["<", ">="]), {**loop, "steps": "ab"}, {**loop, "steps": {0: 1, 1: 2}}),
                *({**loop, "on": deep(3000)}, {**loop, "on": cycle}, {**loop, "parts": None}, {**loop, "on": 5}),
                *(step("eliminate", variable=E(x), index=10**9), step("eliminate", variable=E(x), index="0")),
                step("sign", variable=E(x), cells=[{"kind": []}]),
                step("factor", ALGEBRA, by=power({"q": "2"}, "9" * 12), rest=E(x)),
                step("factor", ALGEBRA, by=power(wide, "9" * 5), rest=E(x)),
                step("factor", ALGEBRA, by={"op": "factorial", "args": [{"q": "9" * 9}]}, rest=E(x)),
            )
        )
    }
    claims = {
        f"claim {k}": {"format": FORMAT, "claim": c, "proof": ALGEBRA}
        for k, c in enumerate(
            (
                *([], None, 5, "x", {"kind": []}, about(deep(3000), deep(3000)), about(cycle, cycle)),
                *(about({"q": "1/0"}, E(x)), about({"q": "9" * 5000}, E(x)), about({"q": 7}, E(x)), about(E(x))),
                *({**stated, "premises": 5}, {**stated, "premises": [[E(x), "~"]]}, {**stated, "relations": "<<"}),
                *({**stated, "defined": [[E(x)]]}, about({"op": "Lt", "args": [E(x), E(x)]}, E(x))),
                *(about(power({"q": "2"}, "9" * 12), E(x)), about(power(wide, "9" * 5), E(x))),
                about({"op": "exp", "args": [power({"q": "10"}, "9" * 9)]}, E(x)),
                about({"op": "Max", "args": [{"op": "ExprCondPair", "args": [E(x), {"atom": "true"}]}, E(x)]}, E(x)),
            )
        )
    }
    matrix = {"kind": "matrix", "lhs": ["sym", "A"], "relation": "=", "rhs": ["sym", "A"], "shapes": [], "text": ""}
    matrix["definitions"] = []
    shapes = {
        f"matrix {k}": {"format": FORMAT, "claim": matrix | more, "proof": {"rule": rule}}
        for k, (rule, more) in enumerate(
            (
                *(("words", {}), ("words", {"lhs": 5}), ("words", {"lhs": []}), ("words", {"shapes": [["A"]]})),
                ("words", {"lhs": ["num", "1e999999999"], "rhs": ["num", "1e999999999"]}),
                ("words", {"lhs": ["num", "1/0"], "rhs": ["num", "1/0"]}),
                ("entries", {"lhs": ["ones", 10**6, 10**6], "rhs": ["ones", 10**6, 10**6]}),
                ("entries", {"lhs": ["I", 10**6], "rhs": ["I", 10**6]}),
                ("entries", {"shapes": [["A", [10**6, 10**6]]]}),
                ("entries", {"shapes": [["A", [0, 0]]]}),
                ([], {"shapes": [["A", ["n", "n"]]]}),
            )
        )
    }
    return {"no dict": [], "nothing": None, "text": "x", **proofs, **claims, **shapes}


@pytest.mark.parametrize("name", hostile())
def test_hostile_data_are_refused_by_name(name: str) -> None:
    with pytest.raises(CertificateError):
        check(hostile()[name])
