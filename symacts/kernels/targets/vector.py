"""From the straight-line source of a loop body to vector code: our own short way through LLVM.

The source is a module of constants, tables and one function `body(x)` of assignments (see `targets.numba`). Every
name becomes one vector value, so nothing depends on a vectorizer's mood; `a*b + c` becomes one fused instruction
where the product has no other use, and nothing else is contracted or reassociated: two machines with these
instructions give the same bits. A table of 8, 16 or 32 entries lives in one or two registers where the machine can
permute them by an index (AVX-512), and is read lane by lane elsewhere.

No part of this needs a compiler on the machine; a kernel compiles in tens of milliseconds.
"""

from __future__ import annotations

import ast
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from symacts.kernels.pieces import COLUMNS, FIXED, HEAD, TAIL

__all__ = ["BUCKETS", "Module", "assemble", "read"]

LIBRARY = ("sin", "cos", "tan", "asin", "acos", "asinh", "acosh", "atanh")
"""Functions of the C library, called lane by lane."""
BUCKETS = 4096
"""Entries of the index into a table's rows: sign, exponent within 2**-64 to 2**64, four bits of the mantissa."""
TOP = 48
"""Bits below the exponent and the four leading bits of the mantissa."""
LOWEST = (1023 - 64) << 4
"""The least of these leading bits that has a bucket of its own."""


@dataclass(frozen=True, slots=True)
class Module:
    """The source, read: constants and tables by name, assignments in order, the names that are returned."""

    dtype: str
    slots: int
    constants: dict[str, float]
    tables: dict[str, tuple[float, ...]]
    steps: list[tuple[str, ast.expr]]
    returned: list[str]


def read(source: str) -> Module:
    """Parse the source of a kernel."""
    tree = ast.parse(source)
    constants: dict[str, float] = {}
    tables: dict[str, tuple[float, ...]] = {}
    dtype, slots = "float64", 1
    steps: list[tuple[str, ast.expr]] = []
    returned: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name == "DTYPE":
                dtype = str(ast.literal_eval(value))
            elif name == "SLOTS":
                slots = int(ast.literal_eval(value))
            elif isinstance(value, ast.Tuple):
                tables[name] = tuple(_number(e) for e in value.elts)
            else:
                constants[name] = _number(value)
        elif isinstance(node, ast.FunctionDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    steps.append((line.targets[0].id, line.value))
                elif isinstance(line, ast.Return) and isinstance(line.value, ast.Tuple):
                    returned = [e.id for e in line.value.elts if isinstance(e, ast.Name)]
    return Module(dtype, slots, constants, tables, steps, returned)


def _number(node: ast.expr) -> float:
    if isinstance(node, ast.Call):  # float("inf")
        return float(ast.literal_eval(node.args[0]))
    return float(ast.literal_eval(node))


@dataclass(slots=True)
class _Body:
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
        if isinstance(e, ast.Constant):
            return self.whole_splat(int(e.value))  # type: ignore[arg-type]
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
        name = {ast.Mult: "fmul", ast.Div: "fdiv"}[type(e.op)]
        a, b = self.real_of(e.left), self.real_of(e.right)
        return self.put(f"{name} {self.vector} {a}, {b}")

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
        if name in ("abs", "sqrt", "rint", "floor"):
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
        parts = []
        for start in range(0, self.lanes, width):
            places = ", ".join(f"i32 {k}" for k in range(start, start + width))
            here = self.put(f"shufflevector {self.index} {at}, {self.index} poison, <{width} x i32> <{places}>")
            if len(words) == 1:
                full = f"llvm.x86.avx512.permvar.{kind}f.512"
                self.declared.add(f"declare {short} @{full}({short}, {whole})")
                parts.append(self.put(f"call {short} @{full}({words[0]}, {whole} {here})"))
            else:
                full = f"llvm.x86.avx512.vpermi2var.{bits}.512"
                self.declared.add(f"declare {short} @{full}({short}, {whole}, {short})")
                parts.append(self.put(f"call {short} @{full}({words[0]}, {whole} {here}, {words[1]})"))
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


def assemble(module: Module, lanes: int, permutes: bool) -> str:
    """LLVM assembly of `loop(n, x, out0, ..., ends, edges0, rows0, index0, ...)`, all pointers to contiguous arrays.

    `ends[k, s]` holds the first and the last float of stretch s of output k, `ends[-1]` those of what all outputs
    share: one test per element; which output needs repair is asked only where it fails. A last incomplete vector goes
    through a buffer.
    """
    body = _Body(module, lanes, permutes)
    real, vector, mask = body.real, body.vector, body.mask
    results = body.run()
    count, slots = len(results), module.slots
    size = 8 if real == "double" else 4
    outs = [f"ptr noalias %out{k}" for k in range(count)]
    tables = [f"ptr %edges{k}, ptr %rows{k}, ptr %index{k}" for k in range(count)]
    parameters = ", ".join(["i64 %n", "ptr noalias %xs", *outs, "ptr %ends", *tables])
    shared = [(f"%lo{s}", f"%hi{s}") for s in range(slots)]
    head: list[str] = []
    for s, (lo, hi) in enumerate(shared):
        for name, offset in ((lo, 0), (hi, 1)):
            at = (count * slots + s) * 2 + offset
            head += [
                f"  {name}p = getelementptr {real}, ptr %ends, i64 {at}",
                f"  {name}s = load {real}, ptr {name}p",
                f"  {name}i = insertelement {vector} poison, {real} {name}s, i32 0",
                f"  {name} = shufflevector {vector} {name}i, {vector} poison, <{lanes} x i32> zeroinitializer",
            ]
    inside = ""
    for lo, hi in shared:
        above = body.put(f"fcmp oge {vector} %x, {lo}")
        below = body.put(f"fcmp ole {vector} %x, {hi}")
        both = body.put(f"and {mask} {above}, {below}")
        inside = both if not inside else body.put(f"or {mask} {inside}, {both}")
    bits = f"i{lanes}"
    stores: list[str] = []
    for k, value in enumerate(results):
        stores += [
            f"  %p{k} = getelementptr {real}, ptr %out{k}, i64 %i",
            f"  store {vector} {value}, ptr %p{k}, align {size}",
        ]
    calls = [
        f"  call void @repair(i64 %at, ptr %xs, ptr %out{k}, ptr %ends, i64 {k * slots * 2}, "
        f"ptr %edges{k}, ptr %rows{k}, ptr %index{k})"
        for k in range(count)
    ]
    chunk = [
        f"define private void @chunk({parameters}) #0 {{",
        "entry:",
        *head,
        "  %some = icmp sgt i64 %n, 0",
        "  br i1 %some, label %step, label %done",
        "step:",
        "  %i = phi i64 [0, %entry], [%next, %after]",
        f"  %px = getelementptr {real}, ptr %xs, i64 %i",
        f"  %x = load {vector}, ptr %px, align {size}",
        *body.lines,
        *stores,
        f"  %served = bitcast {mask} {inside} to {bits}",
        f"  %whole = icmp eq {bits} %served, -1",
        "  br i1 %whole, label %after, label %mend, !prof !0",
        "mend:",
        f"  %open = xor {bits} %served, -1",
        "  br label %lane",
        "lane:",
        f"  %left = phi {bits} [%open, %mend], [%rest, %lane]",
        f"  %which = call {bits} @llvm.cttz.{bits}({bits} %left, i1 true)",
        f"  %wide = zext {bits} %which to i64",
        "  %at = add i64 %i, %wide",
        *calls,
        f"  %less = sub {bits} %left, 1",
        f"  %rest = and {bits} %left, %less",
        f"  %over = icmp eq {bits} %rest, 0",
        "  br i1 %over, label %after, label %lane",
        "after:",
        f"  %next = add i64 %i, {lanes}",
        "  %more = icmp slt i64 %next, %n",
        "  br i1 %more, label %step, label %done",
        "done:",
        "  ret void",
        "}",
    ]
    if lanes == 64:
        chunk = [line.replace("zext i64 %which to i64", "add i64 %which, 0") for line in chunk]
    pass_on = [f"ptr %edges{k}, ptr %rows{k}, ptr %index{k}" for k in range(count)]
    buffers = [f"  %buffer{k} = alloca {vector}, align 64" for k in range(count)]
    loop = [
        f"define void @loop({parameters}) #0 {{",
        "entry:",
        f"  %xbuffer = alloca {vector}, align 64",
        *buffers,
        f"  %tail = and i64 %n, {lanes - 1}",
        "  %full = sub i64 %n, %tail",
        "  call void @chunk("
        + ", ".join(["i64 %full", "ptr %xs", *[f"ptr %out{k}" for k in range(count)], "ptr %ends", *pass_on])
        + ")",
        "  %none = icmp eq i64 %tail, 0",
        "  br i1 %none, label %done, label %part",
        "part:",
        f"  %bytes = mul i64 %tail, {size}",
        f"  store {vector} zeroinitializer, ptr %xbuffer",
        f"  %from = getelementptr {real}, ptr %xs, i64 %full",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %xbuffer, ptr %from, i64 %bytes, i1 false)",
        "  call void @chunk("
        + ", ".join([f"i64 {lanes}", "ptr %xbuffer", *[f"ptr %buffer{k}" for k in range(count)], "ptr %ends", *pass_on])
        + ")",
    ]
    for k in range(count):
        loop += [
            f"  %to{k} = getelementptr {real}, ptr %out{k}, i64 %full",
            f"  call void @llvm.memcpy.p0.p0.i64(ptr %to{k}, ptr %buffer{k}, i64 %bytes, i1 false)",
        ]
    loop += ["  br label %done", "done:", "  ret void", "}"]
    return "\n".join(
        [
            *sorted(body.globals.values()),
            *sorted(body.declared),
            f"declare {bits} @llvm.cttz.{bits}({bits}, i1)",
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
            *_repair(real, slots),
            *chunk,
            *loop,
            "attributes #0 = { nounwind }",
            "attributes #1 = { nounwind noinline }",
            '!0 = !{!"branch_weights", i32 2000, i32 1}',
            "",
        ]
    )


def _repair(real: str, slots: int) -> list[str]:
    """`repair(i, xs, out, ends, offset, edges, rows, index)`: out[i] from the table unless a stretch holds x[i].

    The row is found through an index on the leading bits of x (see `pieces` for what a row means).
    """
    wide = f"  %v = {'bitcast' if real == 'double' else 'fpext'} {real} %raw to double"
    narrow = f"  %y = {'bitcast' if real == 'double' else 'fptrunc'} double %result to {real}"
    tests: list[str] = []
    for s in range(slots):
        tests += [
            f"  %lp{s} = getelementptr {real}, ptr %mine, i64 {2 * s}",
            f"  %hp{s} = getelementptr {real}, ptr %mine, i64 {2 * s + 1}",
            f"  %l{s} = load {real}, ptr %lp{s}",
            f"  %h{s} = load {real}, ptr %hp{s}",
            f"  %a{s} = fcmp oge {real} %raw, %l{s}",
            f"  %b{s} = fcmp ole {real} %raw, %h{s}",
            f"  %c{s} = and i1 %a{s}, %b{s}",
            f"  %in{s} = or i1 %c{s}, " + (f"%in{s - 1}" if s else "false"),
        ]

    def column(name: str, j: int) -> list[str]:
        return [f"  %{name}p = getelementptr double, ptr %row, i64 {j}", f"  %{name} = load double, ptr %{name}p"]

    horner = column("k", COLUMNS - 1)
    p = "%k"
    for j in range(COLUMNS - 2, HEAD, -1):
        horner += column(f"k{j}", j)
        horner.append(f"  %q{j} = call double @llvm.fma.f64(double {p}, double %t, double %k{j})")
        p = f"%q{j}"
    horner += [*column("lead0", HEAD), f"  %p = fadd double {p}, %lead0"]
    return [
        "declare double @llvm.fma.f64(double, double, double)",
        "define private void @repair(i64 %i, ptr %xs, ptr %out, ptr %ends, i64 %offset, ptr %edges, ptr %rows, "
        "ptr %index) #1 {",
        "entry:",
        f"  %px = getelementptr {real}, ptr %xs, i64 %i",
        f"  %raw = load {real}, ptr %px",
        f"  %mine = getelementptr {real}, ptr %ends, i64 %offset",
        f"  %po = getelementptr {real}, ptr %out, i64 %i",
        *tests,
        f"  br i1 %in{slots - 1}, label %leave, label %ask",
        "ask:",
        f"  %nan = fcmp uno {real} %raw, %raw",
        "  br i1 %nan, label %same, label %find",
        "same:",
        f"  store {real} %raw, ptr %po",
        "  br label %leave",
        "find:",
        wide,
        "  %bits = bitcast double %v to i64",
        "  %sign = lshr i64 %bits, 63",
        "  %size = and i64 %bits, 9223372036854775807",
        f"  %lead = lshr i64 %size, {TOP}",
        f"  %moved = sub i64 %lead, {LOWEST}",
        "  %neg = icmp slt i64 %moved, 0",
        "  %atleast = select i1 %neg, i64 0, i64 %moved",
        f"  %big = icmp sgt i64 %atleast, {BUCKETS // 2 - 1}",
        f"  %bucket = select i1 %big, i64 {BUCKETS // 2 - 1}, i64 %atleast",
        f"  %half = mul i64 %sign, {BUCKETS // 2}",
        "  %place = add i64 %bucket, %half",
        "  %twice = shl i64 %place, 1",
        "  %p0 = getelementptr i32, ptr %index, i64 %twice",
        "  %p1 = getelementptr i32, ptr %p0, i64 1",
        "  %first = load i32, ptr %p0",
        "  %last = load i32, ptr %p1",
        "  br label %search",
        "search:",
        "  %lo = phi i32 [%first, %find], [%lo2, %halve]",
        "  %hi = phi i32 [%last, %find], [%hi2, %halve]",
        "  %gap = sub i32 %hi, %lo",
        "  %wide = icmp sgt i32 %gap, 1",
        "  br i1 %wide, label %halve, label %found",
        "halve:",
        "  %sum = add i32 %lo, %hi",
        "  %middle = lshr i32 %sum, 1",
        "  %m64 = zext i32 %middle to i64",
        "  %pe = getelementptr double, ptr %edges, i64 %m64",
        "  %edge = load double, ptr %pe",
        "  %right = fcmp ole double %edge, %v",
        "  %lo2 = select i1 %right, i32 %middle, i32 %lo",
        "  %hi2 = select i1 %right, i32 %hi, i32 %middle",
        "  br label %search",
        "found:",
        "  %lo64 = zext i32 %lo to i64",
        f"  %start = mul i64 %lo64, {COLUMNS}",
        "  %row = getelementptr double, ptr %rows, i64 %start",
        *column("kind", 0),
        f"  %isfixed = fcmp oeq double %kind, {FIXED}",
        "  br i1 %isfixed, label %constant, label %shape",
        "constant:",
        *column("value", HEAD),
        "  br label %write",
        "shape:",
        f"  %istail = fcmp oeq double %kind, {TAIL}",
        "  br i1 %istail, label %invert, label %evaluate",
        "invert:",
        "  %inverse = fdiv double 1.0, %v",
        "  br label %evaluate",
        "evaluate:",
        "  %u = phi double [%v, %shape], [%inverse, %invert]",
        *column("center", 1),
        *column("width", 2),
        *column("factor", 3),
        *column("anchor", 4),
        *column("low", 5),
        *column("power", 6),
        "  %from = fsub double %u, %center",
        "  %t = fmul double %from, %width",
        *horner,
        "  %scaled = fmul double %p, %factor",
        "  %ispower = fcmp une double %power, 0.0",
        "  br i1 %ispower, label %raise, label %write",
        "raise:",
        "  %y0 = fsub double %v, %anchor",
        "  %y1 = fsub double %y0, %low",
        "  %base = select i1 %istail, double %v, double %y1",
        "  br label %times",
        "times:",
        "  %now = phi double [%scaled, %raise], [%then, %times]",
        "  %still = phi double [%power, %raise], [%fewer, %times]",
        "  %up = fcmp ogt double %still, 0.0",
        "  %product = fmul double %now, %base",
        "  %quotient = fdiv double %now, %base",
        "  %then = select i1 %up, double %product, double %quotient",
        "  %change = select i1 %up, double -1.0, double 1.0",
        "  %fewer = fadd double %still, %change",
        "  %end = fcmp oeq double %fewer, 0.0",
        "  br i1 %end, label %write, label %times",
        "write:",
        "  %result = phi double [%value, %constant], [%scaled, %evaluate], [%then, %times]",
        narrow,
        f"  store {real} %y, ptr %po",
        "  br label %leave",
        "leave:",
        "  ret void",
        "}",
    ]
