"""One element from a table of polynomials, as LLVM assembly: what loops call where their programs do not serve."""

from __future__ import annotations

from symacts.kernels.pieces import COLUMNS, FIXED, HEAD, TAIL

__all__ = ["BUCKETS", "LOWEST", "TOP", "repair"]

BUCKETS = 4096
"""Entries of the index into a table's rows: sign, exponent within 2**-64 to 2**64, four bits of the mantissa."""
TOP = 48
"""Bits below the exponent and the four leading bits of the mantissa."""
LOWEST = (1023 - 64) << 4
"""The least of these leading bits that has a bucket of its own."""


def repair(real: str, slots: int) -> list[str]:
    """`repair(i, xs, out, tables, offset, own)`: out[i] from the table unless a stretch holds x[i].

    `tables` points to pointers: the stretches of all outputs, then edges, rows and index of each.

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
        "define private void @repair(i64 %i, ptr %xs, ptr %out, ptr %tables, i64 %offset, i64 %own) #1 {",
        "entry:",
        "  %ends = load ptr, ptr %tables",
        "  %pedges = getelementptr ptr, ptr %tables, i64 %own",
        "  %prows = getelementptr ptr, ptr %pedges, i64 1",
        "  %pindex = getelementptr ptr, ptr %pedges, i64 2",
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
        "  %edges = load ptr, ptr %pedges",
        "  %rows = load ptr, ptr %prows",
        "  %index = load ptr, ptr %pindex",
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
