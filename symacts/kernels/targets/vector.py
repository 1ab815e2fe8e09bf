"""From the straight-line source of a loop body to vector code: our own short way through LLVM.

The source is a module of constants, tables and one function `body(x)` of assignments (see `targets.numba`). Every
name becomes one vector value, so nothing depends on a vectorizer's mood; `a*b + c` becomes one fused instruction
where the product has no other use, and nothing else is contracted or reassociated. Quotients and roots start from the
machine's tables where it has some (AVX-512) and end with the remainder put back: less than 0.6 ULP off, so machines may
differ in the last bit, and several times as fast as its own divisions. A table of 8, 16 or 32 entries lives in one or
two registers where the machine can permute them by an index (AVX-512), and is read lane by lane elsewhere.

No part of this needs a compiler on the machine; a kernel compiles in tens of milliseconds.
"""

from __future__ import annotations

import ast
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Body", "Module", "read"]

LIBRARY = ("sin", "cos", "tan", "asin", "acos", "asinh", "acosh", "atanh")
"""Functions of the C library, called lane by lane."""


@dataclass(frozen=True, slots=True)
class Module:
    """The source, read: constants and tables by name, assignments in order, the names that are returned.

    `slots` is the number of stretches of each output; `shared` are those that all outputs have in common. Where there
    is a function `wide(x)` it serves what lies outside `near`.
    """

    dtype: str
    slots: int
    shared: tuple[tuple[float, float], ...]
    constants: dict[str, float]
    tables: dict[str, tuple[float, ...]]
    steps: list[tuple[str, ast.expr]]
    returned: list[str]
    near: tuple[float, float] | None = None
    wide: Module | None = None


def read(source: str) -> Module:
    """Parse the source of a kernel."""
    tree = ast.parse(source)
    constants: dict[str, float] = {}
    tables: dict[str, tuple[float, ...]] = {}
    dtype, slots = "float64", 1
    shared: tuple[tuple[float, float], ...] = ()
    near: tuple[float, float] | None = None
    functions: dict[str, tuple[list[tuple[str, ast.expr]], list[str]]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name == "DTYPE":
                dtype = str(ast.literal_eval(value))
            elif name == "SLOTS":
                slots = int(ast.literal_eval(value))
            elif name == "SHARED" and isinstance(value, ast.Tuple):
                ends = tuple(_number(e) for e in value.elts)
                shared = tuple(zip(ends[::2], ends[1::2], strict=True))
            elif name == "NEAR" and isinstance(value, ast.Tuple):
                near = _number(value.elts[0]), _number(value.elts[1])
            elif isinstance(value, ast.Tuple):
                tables[name] = tuple(_number(e) for e in value.elts)
            else:
                constants[name] = _number(value)
        elif isinstance(node, ast.FunctionDef):
            steps = [
                (line.targets[0].id, line.value)
                for line in node.body
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
            ]
            last = node.body[-1]
            assert isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple)
            functions[node.name] = steps, [e.id for e in last.value.elts if isinstance(e, ast.Name)]
    wide = Module(dtype, slots, shared, constants, tables, *functions["wide"]) if "wide" in functions else None
    return Module(dtype, slots, shared, constants, tables, *functions["body"], near, wide)


def _number(node: ast.expr) -> float:
    if isinstance(node, ast.Call):  # float("inf")
        return float(ast.literal_eval(node.args[0]))
    return float(ast.literal_eval(node))


@dataclass(slots=True)
class Body:
    """The instructions of the body for vectors of `lanes` elements."""

    module: Module
    lanes: int
    permutes: bool
    lines: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    masks: set[str] = field(default_factory=set)
    integers: set[str] = field(default_factory=set)
    products: dict[str, tuple[str, str]] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    globals: dict[str, str] = field(default_factory=dict)
    count: int = 0

    @property
    def real(self) -> str:
        return "double" if self.module.dtype == "float64" else "float"

    @property
    def whole(self) -> str:
        return "i64" if self.module.dtype == "float64" else "i32"

    @property
    def vector(self) -> str:
        return f"<{self.lanes} x {self.real}>"

    @property
    def index(self) -> str:
        return f"<{self.lanes} x {self.whole}>"

    @property
    def mask(self) -> str:
        return f"<{self.lanes} x i1>"

    def put(self, text: str) -> str:
        name = f"%t{self.count}"
        self.count += 1
        self.lines.append(f"  {name} = {text}")
        return name

    def literal(self, value: float) -> str:
        if self.module.dtype == "float32":
            value = struct.unpack("f", struct.pack("f", value))[0] if abs(value) <= 3.4028235677973366e38 else value
        return f"0x{struct.unpack('Q', struct.pack('d', value))[0]:016X}"

    def splat(self, value: float) -> str:
        return f"splat ({self.real} {self.literal(value)})"

    def whole_splat(self, value: int) -> str:
        return f"splat ({self.whole} {value})"

    def call(self, name: str, *args: str) -> str:
        short = f"v{self.lanes}f{64 if self.real == 'double' else 32}"
        full = f"llvm.{name}.{short}"
        types = ", ".join([self.vector] * len(args))
        self.declared.add(f"declare {self.vector} @{full}({types})")
        return self.put(f"call {self.vector} @{full}({', '.join(f'{self.vector} {a}' for a in args)})")

    def fma(self, a: str, b: str, c: str) -> str:
        return self.call("fma", a, b, c)

    def negative(self, a: str) -> str:
        return self.put(f"fneg {self.vector} {a}")

    def run(self) -> list[str]:
        """All assignments; the names of the results."""
        uses = Counter(n.id for _, e in self.module.steps for n in ast.walk(e) if isinstance(n, ast.Name))
        uses.update(self.module.returned)
        for name, expression in self.module.steps:
            if (
                isinstance(expression, ast.BinOp)
                and isinstance(expression.op, ast.Mult)
                and uses[name] == 1
                and not self.is_integer(expression)
            ):
                self.products[name] = self.real_of(expression.left), self.real_of(expression.right)
                continue
            self.values[name] = self.any_of(expression, name)
        return [self.named(n) for n in self.module.returned]

    def named(self, name: str) -> str:
        """The vector of a name; a product that was held back for a fused instruction is made now."""
        if name == "x":
            return "%x"
        if name in self.module.constants:
            return self.splat(self.module.constants[name])
        if name in self.products:
            a, b = self.products.pop(name)
            self.values[name] = self.put(f"fmul {self.vector} {a}, {b}")
        return self.values[name]

    def any_of(self, e: ast.expr, name: str) -> str:
        if isinstance(e, ast.Compare):
            self.masks.add(name)
            return self.condition(e)
        if self.is_integer(e):
            self.integers.add(name)
            return self.whole_of(e)
        return self.real_of(e)

    def is_integer(self, e: ast.expr) -> bool:
        if isinstance(e, ast.Name):
            return e.id in self.integers
        if isinstance(e, ast.Call):
            return isinstance(e.func, ast.Name) and e.func.id.startswith("bits")
        return isinstance(e, ast.BinOp) and (
            isinstance(e.op, (ast.LShift, ast.RShift, ast.BitAnd)) or self.is_integer(e.left)
        )

    def condition(self, e: ast.expr) -> str:
        if isinstance(e, ast.Name):
            return self.values[e.id]
        assert isinstance(e, ast.Compare)
        relation = {ast.Lt: "olt", ast.Gt: "ogt", ast.LtE: "ole", ast.GtE: "oge"}[type(e.ops[0])]
        a, b = self.real_of(e.left), self.real_of(e.comparators[0])
        return self.put(f"fcmp {relation} {self.vector} {a}, {b}")

    def whole_of(self, e: ast.expr) -> str:
        if isinstance(e, ast.Name):
            return self.whole_splat(23 if self.real == "float" else 52) if e.id == "SHIFT" else self.values[e.id]
        if isinstance(e, (ast.Constant, ast.UnaryOp)):
            return self.whole_splat(int(ast.literal_eval(e)))
        if isinstance(e, ast.Call):
            return self.put(f"bitcast {self.vector} {self.real_of(e.args[0])} to {self.index}")
        assert isinstance(e, ast.BinOp)
        name = {ast.Add: "add", ast.Sub: "sub", ast.LShift: "shl", ast.RShift: "ashr", ast.BitAnd: "and"}[type(e.op)]
        a, b = self.whole_of(e.left), self.whole_of(e.right)
        return self.put(f"{name} {self.index} {a}, {b}")

    def real_of(self, e: ast.expr) -> str:
        if isinstance(e, ast.Name):
            return self.named(e.id)
        if isinstance(e, ast.Constant):
            return self.splat(float(e.value))  # type: ignore[arg-type]
        if isinstance(e, ast.UnaryOp):
            return self.negative(self.real_of(e.operand))
        if isinstance(e, ast.IfExp):
            mask, a, b = self.condition(e.test), self.real_of(e.body), self.real_of(e.orelse)
            return self.put(f"select {self.mask} {mask}, {self.vector} {a}, {self.vector} {b}")
        if isinstance(e, ast.Subscript):
            return self.lookup(e)
        if isinstance(e, ast.Call):
            return self.function(e)
        assert isinstance(e, ast.BinOp), ast.dump(e)
        if isinstance(e.op, (ast.Add, ast.Sub)):
            return self.sum_of(e)
        a, b = self.real_of(e.left), self.real_of(e.right)
        if isinstance(e.op, ast.Div):
            return self.quotient(a, b)
        return self.put(f"fmul {self.vector} {a}, {b}")

    def quotient(self, a: str, b: str) -> str:
        """a/b; where the machine looks up reciprocals, by Newton's rule and the remainder put back."""
        if not self.permutes:
            return self.put(f"fdiv {self.vector} {a}, {b}")
        minus, one, r = self.negative(b), self.splat(1.0), self.near(b)
        if a == one:
            return self.fma(r, self.fma(minus, r, one), r)
        q = self.put(f"fmul {self.vector} {a}, {r}")
        return self.fma(self.fma(minus, q, a), r, q)

    def near(self, a: str) -> str:
        """1/a to half of the format's digits, or better."""
        if not self.permutes:
            return self.put(f"fdiv {self.vector} {self.splat(1.0)}, {a}")
        r = self.looked_up("rcp14", a)
        if self.real == "double":
            r = self.fma(r, self.fma(self.negative(a), r, self.splat(1.0)), r)
        return r

    def root(self, a: str) -> str:
        """The square root; in the same way, g towards it and h towards half its reciprocal."""
        if not self.permutes:
            return self.call("sqrt", a)
        y, half = self.looked_up("rsqrt14", a), self.splat(0.5)
        g = self.put(f"fmul {self.vector} {a}, {y}")
        h = self.put(f"fmul {self.vector} {half}, {y}")
        for _ in range(2 if self.real == "double" else 1):
            r = self.fma(self.negative(g), h, half)
            g, h = self.fma(g, r, g), self.fma(h, r, h)
        return self.fma(self.fma(self.negative(g), g, a), h, g)

    def near_root(self, a: str) -> str:
        """1/sqrt(a) to half of the format's digits, or better."""
        if not self.permutes:
            return self.near(self.root(a))
        y, half, one = self.looked_up("rsqrt14", a), self.splat(0.5), self.splat(1.0)
        if self.real == "double":
            rest = self.fma(self.negative(self.put(f"fmul {self.vector} {a}, {y}")), y, one)
            y = self.fma(self.put(f"fmul {self.vector} {half}, {y}"), rest, y)
        return y

    def factors(self, e: ast.expr) -> tuple[str, str] | None:
        """The factors of a product that nothing else uses."""
        if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Mult):
            return self.real_of(e.left), self.real_of(e.right)
        return self.products.pop(e.id, None) if isinstance(e, ast.Name) else None

    def sum_of(self, e: ast.BinOp) -> str:
        minus = isinstance(e.op, ast.Sub)
        left = self.factors(e.left)
        if left is not None:
            other = self.real_of(e.right)
            return self.fma(*left, self.negative(other) if minus else other)
        right = self.factors(e.right)
        if right is not None:
            a, b = right
            return self.fma(self.negative(a) if minus else a, b, self.real_of(e.left))
        a, b = self.real_of(e.left), self.real_of(e.right)
        return self.put(f"{'fsub' if minus else 'fadd'} {self.vector} {a}, {b}")

    def function(self, e: ast.Call) -> str:
        name = e.func.attr if isinstance(e.func, ast.Attribute) else e.func.id  # type: ignore[attr-defined]
        if name in ("float64", "float32"):
            return self.put(f"bitcast {self.index} {self.whole_of(e.args[0])} to {self.vector}")
        if name == "float32_of":
            return self.put(f"sitofp {self.index} {self.whole_of(e.args[0])} to {self.vector}")
        if name == "float64_of":  # small integers, by the bits of a large float: no instruction before AVX-512
            magic = 1.5 * 2.0**52
            moved = self.put(
                f"add {self.index} {self.whole_of(e.args[0])}, "
                f"{self.whole_splat(struct.unpack('q', struct.pack('d', magic))[0])}"
            )
            near = self.put(f"bitcast {self.index} {moved} to {self.vector}")
            return self.put(f"fsub {self.vector} {near}, {self.splat(magic)}")
        args = [self.real_of(a) for a in e.args]
        if name in ("fma64", "fma32"):
            return self.fma(*args)
        if name in ("sqrt", "near", "nearroot"):
            return {"sqrt": self.root, "near": self.near, "nearroot": self.near_root}[name](args[0])
        if name in ("abs", "rint", "floor"):
            return self.call({"abs": "fabs"}.get(name, name), args[0])
        if name == "min":
            less = self.put(f"fcmp olt {self.vector} {args[0]}, {args[1]}")
            return self.put(f"select {self.mask} {less}, {self.vector} {args[0]}, {self.vector} {args[1]}")
        assert name in LIBRARY, name
        full = name if self.real == "double" else f"{name}f"
        self.declared.add(f"declare {self.real} @{full}({self.real})")
        found = "poison"
        for k in range(self.lanes):
            one = self.put(f"extractelement {self.vector} {args[0]}, i32 {k}")
            done = self.put(f"call {self.real} @{full}({self.real} {one})")
            found = self.put(f"insertelement {self.vector} {found}, {self.real} {done}, i32 {k}")
        return found

    def lookup(self, e: ast.Subscript) -> str:
        """The entries of a table, by index modulo the table's length."""
        assert isinstance(e.value, ast.Name)
        name, values = e.value.id, self.module.tables[e.value.id]
        size, at = len(values), self.whole_of(e.slice)
        width = 8 if self.real == "double" else 16
        if self.permutes and size in (width, 2 * width) and self.lanes % width == 0:
            return self.permuted(values, at, width)
        text = ", ".join(f"{self.real} {self.literal(v)}" for v in values)
        self.globals[name] = f"@{name} = private constant [{size} x {self.real}] [{text}]"
        inside = self.put(f"and {self.index} {at}, {self.whole_splat(size - 1)}")
        found = "poison"
        for k in range(self.lanes):
            one = self.put(f"extractelement {self.index} {inside}, i32 {k}")
            place = self.put(f"getelementptr {self.real}, ptr @{name}, {self.whole} {one}")
            entry = self.put(f"load {self.real}, ptr {place}")
            found = self.put(f"insertelement {self.vector} {found}, {self.real} {entry}, i32 {k}")
        return found

    def permuted(self, values: Sequence[float], at: str, width: int) -> str:
        short, whole = f"<{width} x {self.real}>", f"<{width} x {self.whole}>"
        kind, bits = ("d", "pd") if self.real == "double" else ("s", "ps")
        words = [
            f"{short} <{', '.join(f'{self.real} {self.literal(v)}' for v in values[k : k + width])}>"
            for k in range(0, len(values), width)
        ]
        if len(words) == 1:
            full = f"llvm.x86.avx512.permvar.{kind}f.512"
            self.declared.add(f"declare {short} @{full}({short}, {whole})")
            return self.by_register(f"call {short} @{full}({words[0]}, {whole} {{}})", self.index, at, width)
        full = f"llvm.x86.avx512.vpermi2var.{bits}.512"
        self.declared.add(f"declare {short} @{full}({short}, {whole}, {short})")
        return self.by_register(f"call {short} @{full}({words[0]}, {whole} {{}}, {words[1]})", self.index, at, width)

    def looked_up(self, name: str, a: str) -> str:
        """What the machine's tables give for a reciprocal (of a root): 14 bits."""
        width, bits = (8, "pd") if self.real == "double" else (16, "ps")
        short, full = f"<{width} x {self.real}>", f"llvm.x86.avx512.{name}.{bits}.512"
        self.declared.add(f"declare {short} @{full}({short}, {short}, i{width})")
        text = f"call {short} @{full}({short} {{}}, {short} zeroinitializer, i{width} -1)"
        return self.by_register(text, self.vector, a, width)

    def by_register(self, text: str, kind: str, value: str, width: int) -> str:
        """An instruction on one 512-bit register for each part of a value, the results side by side."""
        parts = []
        for start in range(0, self.lanes, width):
            places = ", ".join(f"i32 {k}" for k in range(start, start + width))
            here = self.put(f"shufflevector {kind} {value}, {kind} poison, <{width} x i32> <{places}>")
            parts.append(self.put(text.format(here)))
        size = width
        while len(parts) > 1:
            order = ", ".join(f"i32 {k}" for k in range(2 * size))
            kind = f"<{size} x {self.real}>"
            parts = [
                self.put(f"shufflevector {kind} {a}, {kind} {b}, <{2 * size} x i32> <{order}>")
                for a, b in zip(parts[::2], parts[1::2], strict=True)
            ]
            size *= 2
        return parts[0]
