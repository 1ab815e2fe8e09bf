"""The loop around vector code: whole vectors, what is left at the ends, and elements that need another way.

One test for each vector asks whether the program serves all its elements. Where it does not, `mend` takes the registers
with an element outside: it runs a second program, if there is one, and calls `repair` for single elements.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from symacts.kernels.targets.repair import repair
from symacts.kernels.targets.vector import Body, Module

__all__ = ["assemble"]

LINE = 64
"""Bytes of a cache line."""
AHEAD = 1024
"""Bytes by which input is asked for ahead of its use; 512 to 4096 measured alike."""


def assemble(module: Module, registers: int, permutes: bool, streams: bool = False) -> str:
    """LLVM assembly of `loop(n, x, out0, ..., tables)`; x and the outputs are contiguous arrays.

    A vector is so many registers, which the machine computes side by side.

    `tables` is what `repair` takes. Elements up to the first multiple of a cache line in the outputs, and a last
    incomplete vector, go through buffers. One test for each vector asks whether the stretches that all outputs share
    hold all its elements; what needs repair is asked only where they do not. With `streams` results go past the caches:
    the outputs must then lie at the same distance from a cache line.
    """
    size = 8 if module.dtype == "float64" else 4
    width = (64 if permutes else 32) // size
    lanes = registers * width
    body = Body(module, lanes, permutes)
    real, vector = body.real, body.vector
    results = body.run()
    count = len(results)
    outs = [f"ptr noalias %out{k}" for k in range(count)]
    parameters = ", ".join(["i64 %n", "ptr noalias %xs", *outs, "ptr %tables"])
    ends = (module.near,) if module.near is not None else module.shared
    inside = _inside(body, ends, width)
    bits = f"i{lanes}"
    outs_at = [f"  %p{k} = getelementptr {real}, ptr %out{k}, i64 %i" for k in range(count)]
    rest = ", ".join(["ptr %xs", *[f"ptr %out{k}" for k in range(count)], "ptr %tables"])
    held = ", ".join(["ptr %xbuffer", *[f"ptr %buffer{k}" for k in range(count)], "ptr %tables"])
    tests = [
        f"  %whole = icmp eq {bits} {inside}, -1",
        "  br i1 %whole, label %write, label %some, !prof !0",
        "some:",
        f"  store {vector} %x, ptr %xbuffer",
        *[f"  store {vector} {value}, ptr %buffer{k}" for k, value in enumerate(results)],
        "  br label %other0",
    ]
    for k in range(registers):
        following = f"other{k + 1}" if k + 1 < registers else "mended"
        tests += [
            f"other{k}:",
            f"  %down{k} = lshr {bits} {inside}, {k * width}",
            f"  %held{k} = trunc {bits} %down{k} to i{width}",
            f"  %good{k} = icmp eq i{width} %held{k}, -1",
            f"  br i1 %good{k}, label %{following}, label %mend{k}",
            f"mend{k}:",
            f"  call void @mend(i64 {k * width}, {held})",
            f"  br label %{following}",
        ]
    tests += ["mended:", *[f"  %again{k} = load {vector}, ptr %buffer{k}" for k in range(count)], "  br label %write"]
    stores: list[str] = []
    for k, value in enumerate(results):
        kept = f"%kept{k}" if inside else value
        stores.append(f"  store {vector} {kept}, ptr %p{k}, align " + ("64, !nontemporal !1" if streams else f"{size}"))
    chunk = [
        f"define private void @chunk({parameters}) #1 {{",
        "entry:",
        *_buffers(vector, count),
        "  %any = icmp sgt i64 %n, 0",
        "  br i1 %any, label %step, label %done",
        "step:",
        "  %i = phi i64 [0, %entry], [%next, %write]",
        f"  %px = getelementptr {real}, ptr %xs, i64 %i",
        f"  %x = load {vector}, ptr %px, align {size}",
        *(_fetched(lanes * size) if streams else []),
        *body.lines,
        *(tests if inside else ["  br label %write"]),
        "write:",
        *(f"  %kept{k} = phi {vector} [{v}, %step], [%again{k}, %mended]" for k, v in enumerate(results) if inside),
        *outs_at,
        *stores,
        f"  %next = add i64 %i, {lanes}",
        "  %more = icmp slt i64 %next, %n",
        "  br i1 %more, label %step, label %done",
        "done:",
        "  ret void",
        "}",
    ]
    other = Body(module.wide or module, width, permutes)
    mend = _mend(module, other, f"i64 %i, {rest}", count) if inside else []
    return "\n".join(
        [
            *sorted({*body.globals.values(), *other.globals.values()}),
            *sorted(body.declared | other.declared),
            f"declare i{width} @llvm.cttz.i{width}(i{width}, i1)",
            "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)",
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
            "declare i64 @llvm.smin.i64(i64, i64)",
            *repair(real, module.slots),
            *mend,
            *chunk,
            *_part(count, lanes, size, real, parameters),
            *_loop(count, lanes, size, real, parameters, streams),
            "attributes #0 = { nounwind }",
            "attributes #1 = { nounwind noinline }",
            '!0 = !{!"branch_weights", i32 2000, i32 1}',
            "!1 = !{i32 1}",
            "",
        ]
    )


def _fetched(count: int) -> list[str]:
    """Ask for the lines that a vector some steps ahead is read from: what the machine foresees ends with each page."""
    found = []
    for k in range(0, count, LINE):
        found += [
            f"  %ahead{k} = getelementptr i8, ptr %px, i64 {AHEAD + k}",
            f"  call void @llvm.prefetch.p0(ptr %ahead{k}, i32 0, i32 3, i32 1)",
        ]
    return found


def _buffers(vector: str, count: int) -> list[str]:
    """Memory for a vector of the input and of every output."""
    names = ["xbuffer", *[f"buffer{k}" for k in range(count)]]
    return [f"  %{name} = alloca {vector}, align 64" for name in names]


def _mend(module: Module, rest: Body, parameters: str, count: int) -> list[str]:
    """`mend`: a register with an element that the first program does not serve.

    The second one, where there is one, for the elements outside the first one's range; the table for what is left.
    """
    real, vector, lanes = rest.real, rest.vector, rest.lanes
    bits, size = f"i{lanes}", 8 if real == "double" else 4
    blended: list[str] = []
    if module.wide is not None and module.near is not None:
        results = rest.run()
        above = rest.put(f"fcmp oge {vector} %x, {rest.splat(module.near[0])}")
        below = rest.put(f"fcmp ole {vector} %x, {rest.splat(module.near[1])}")
        held = rest.put(f"and {rest.mask} {above}, {below}")
        for k, value in enumerate(results):
            blended += [
                f"  %p{k} = getelementptr {real}, ptr %out{k}, i64 %i",
                f"  %first{k} = load {vector}, ptr %p{k}, align {size}",
                f"  %both{k} = select {rest.mask} {held}, {vector} %first{k}, {vector} {value}",
                f"  store {vector} %both{k}, ptr %p{k}, align {size}",
            ]
    inside = _inside(rest, module.shared, lanes)
    calls = [
        f"  call void @repair(i64 %at, ptr %xs, ptr %out{k}, ptr %tables, i64 {k * module.slots * 2}, i64 {1 + 3 * k})"
        for k in range(count)
    ]
    loop = [
        f"  %open = xor {bits} {inside}, -1",
        f"  %none = icmp eq {bits} %open, 0",
        "  br i1 %none, label %done, label %lane",
        "lane:",
        f"  %left = phi {bits} [%open, %entry], [%rest, %lane]",
        f"  %which = call {bits} @llvm.cttz.{bits}({bits} %left, i1 true)",
        f"  %wide = zext {bits} %which to i64" if lanes < 64 else "  %wide = add i64 %which, 0",
        "  %at = add i64 %i, %wide",
        *calls,
        f"  %less = sub {bits} %left, 1",
        f"  %rest = and {bits} %left, %less",
        f"  %over = icmp eq {bits} %rest, 0",
        "  br i1 %over, label %done, label %lane",
    ]
    return [
        f"define private void @mend({parameters}) #1 {{",
        "entry:",
        f"  %px = getelementptr {real}, ptr %xs, i64 %i",
        f"  %x = load {vector}, ptr %px, align {size}",
        *rest.lines,
        *blended,
        *(loop if inside else ["  br label %done"]),
        "done:",
        "  ret void",
        "}",
    ]


def _inside(body: Body, shared: Sequence[tuple[float, float]], width: int) -> str:
    """A bit for each element: whether a stretch holds it; empty where nothing is to be tested.

    Register by register, so that a machine with mask registers joins comparisons for nothing.
    """
    if not shared:
        return ""
    short, lanes = f"<{width} x {body.real}>", body.lanes
    found = ""
    for start in range(0, lanes, width):
        places = ", ".join(f"i32 {k}" for k in range(start, start + width))
        x = body.put(f"shufflevector {body.vector} %x, {body.vector} poison, <{width} x i32> <{places}>")
        held = ""
        for lo, hi in shared:
            tests = (
                [("ole", hi)] if lo == -math.inf else [("oge", lo)] if hi == math.inf else [("oge", lo), ("ole", hi)]
            )
            both = ""
            for relation, end in tests:
                one = body.put(f"fcmp {relation} {short} {x}, {body.splat(end)}")
                both = body.put(f"and <{width} x i1> {both}, {one}") if both else one
            held = body.put(f"or <{width} x i1> {held}, {both}") if held else both
        bits = body.put(f"bitcast <{width} x i1> {held} to i{width}")
        wide = body.put(f"zext i{width} {bits} to i{lanes}") if width < lanes else bits
        wide = body.put(f"shl i{lanes} {wide}, {start}") if start else wide
        found = body.put(f"or i{lanes} {found}, {wide}") if found else wide
    return found


def _part(count: int, lanes: int, size: int, real: str, parameters: str) -> list[str]:
    """`part`: fewer elements than a vector holds, through buffers."""
    outs = range(count)
    vector = f"<{lanes} x {real}>"
    buffered = [f"i64 {lanes}", "ptr %xbuffer", *[f"ptr %buffer{k}" for k in outs], "ptr %tables"]
    return [
        f"define private void @part({parameters}) #1 {{",
        "entry:",
        *_buffers(vector, count),
        f"  %bytes = mul i64 %n, {size}",
        f"  store {vector} zeroinitializer, ptr %xbuffer",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %xbuffer, ptr %xs, i64 %bytes, i1 false)",
        f"  call void @chunk({', '.join(buffered)})",
        *[f"  call void @llvm.memcpy.p0.p0.i64(ptr %out{k}, ptr %buffer{k}, i64 %bytes, i1 false)" for k in outs],
        "  ret void",
        "}",
    ]


def _loop(count: int, lanes: int, size: int, real: str, parameters: str, streams: bool) -> list[str]:
    """`loop`: the elements before a cache line, whole vectors, the rest."""
    names = ["xs", *[f"out{k}" for k in range(count)]]

    def call(target: str, number: str, suffix: str) -> str:
        return (
            f"  call void @{target}("
            + ", ".join([f"i64 {number}", *[f"ptr %{n}{suffix}" for n in names]])
            + (", ptr %tables)")
        )

    def moved(suffix: str, by: str, start: str = "") -> list[str]:
        return [f"  %{n}{suffix} = getelementptr {real}, ptr %{n}{start}, i64 {by}" for n in names]

    return [
        f"define void @loop({parameters}) #0 {{",
        "entry:",
        "  %place = ptrtoint ptr %out0 to i64",
        "  %down = sub i64 0, %place",
        "  %gap = and i64 %down, 63",
        f"  %near = udiv i64 %gap, {size}",
        f"  %long = icmp sgt i64 %n, {0 if streams else 8 * lanes}",
        "  %some = select i1 %long, i64 %near, i64 0",
        "  %first = call i64 @llvm.smin.i64(i64 %some, i64 %n)",
        "  %odd = icmp ne i64 %first, 0",
        "  br i1 %odd, label %align, label %main",
        "align:",
        call("part", "%first", ""),
        "  br label %main",
        "main:",
        *moved("m", "%first"),
        "  %rest = sub i64 %n, %first",
        f"  %tail = and i64 %rest, {lanes - 1}",
        "  %full = sub i64 %rest, %tail",
        call("chunk", "%full", "m"),
        "  %none = icmp eq i64 %tail, 0",
        "  br i1 %none, label %done, label %end",
        "end:",
        *moved("t", "%full", "m"),
        call("part", "%tail", "t"),
        "  br label %done",
        "done:",
        *(["  fence seq_cst"] if streams else []),
        "  ret void",
        "}",
    ]
