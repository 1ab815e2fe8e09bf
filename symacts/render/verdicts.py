"""How verdicts are written: the statement in English as derived, or in Korean by rows of pattern and template.

>>> from symacts.facts import Verdict
>>> statement_cell(Verdict("advantage", "infinitely differentiable", ("smoothness",)), "ko")
('무한 번 미분 가능',)
"""

from __future__ import annotations

import re

from symacts.facts import Verdict
from symacts.render.notation import Cell
from symacts.render.words import RATES

__all__ = ["KOREAN", "statement_cell"]

KOREAN: tuple[tuple[str, str], ...] = (
    (
        r"vanishing gradient: f' tends to 0 on (.*) \(soft saturation\)",
        "기울기 소실: {0}에서 f'이 0으로 감 (완만한 포화)",
    ),
    (r"no gradient beyond a point on (.*) \(hard saturation\)", "{0}에서 어느 점 너머로는 기울기가 없음 (완전한 포화)"),
    (r"the gradient vanishes at an? (.*) rate on both sides", "기울기가 양쪽에서 {0}으로 사라짐"),
    (
        r"the gradient vanishes at an? (.*) rate on (.*) and at an? (.*) rate on (.*)",
        "기울기가 {1}에서 {0}으로, {3}에서 {2}으로 사라짐",
    ),
    (r"the gradient vanishes at an? (.*) rate on (.*)", "기울기가 {1}에서 {0}으로 사라짐"),
    (r"saturates on neither side", "양쪽 모두 포화하지 않음"),
    (r"does not saturate on (.*)", "{0}에서 포화하지 않음"),
    (
        r"outputs are (.*): all weight gradients of a unit in the next layer share one sign, .*",
        "출력이 {0}: 다음 층 유닛의 가중치 기울기 부호가 모두 같아 경사 하강이 지그재그로 움직임",
    ),
    (r"not zero-centered: .*", "영 중심이 아님: 표준정규 입력에 대한 출력의 평균이 0이 아님"),
    (r"zero-centered: .*", "영 중심: 표준정규 입력에 대한 출력의 평균이 0"),
    (r"dead units: no gradient passes on (.*)", "죽은 유닛: {0}에서 기울기가 전달되지 않음"),
    (r"no dead region: .*", "죽은 영역 없음: 기울기가 0인 구간이 없음"),
    (r"bounded outputs", "출력이 유계"),
    (r"bounded below: .*", "아래로 유계: 큰 음의 입력이 억제됨"),
    (r"not monotone: .*", "단조가 아님"),
    (r"not monotone", "단조가 아님"),
    (r"not differentiable at (.*)", "{0}에서 미분 불가능"),
    (r"jumps at (.*)", "{0}에서 불연속"),
    (r"infinitely differentiable", "무한 번 미분 가능"),
    (r"exploding gradient: .*", "기울기 폭발: f'이 유계가 아님"),
    (r"every layer shrinks the gradient: (.*)", "층마다 기울기가 줄어듦: {0}"),
    (r"affine: .*", "아핀: 층을 쌓아도 하나의 아핀 층과 같음"),
    (r"costs a transcendental function per unit", "유닛마다 초월함수를 계산해야 함"),
    (r"cheap: .*", "계산이 쌈: 비교와 몇 번의 곱셈"),
)
"""English statements and their Korean; the parts in braces are translated by `_PARTS` or kept."""

_PARTS = {
    **RATES,
    "both sides": "양쪽",
    "the negative side": "음의 쪽",
    "the positive side": "양의 쪽",
    "positive": "양수",
    "negative": "음수",
    "never negative": "음수가 아님",
    "never positive": "양수가 아님",
}


def statement_cell(verdict: Verdict, language: str = "en") -> Cell:
    """The statement in that language; one without a Korean row stays in English."""
    if language == "ko":
        for pattern, template in KOREAN:
            match = re.fullmatch(pattern, verdict.statement)
            if match:
                return (template.format(*map(_korean, match.groups())),)
    return (verdict.statement,)


def _korean(part: str) -> str:
    """Sides, rates, signs, sets and places in Korean; formulas stay."""
    if part in _PARTS:
        return _PARTS[part]
    part = re.sub(r"(.*) for every integer (\w+)", r"모든 정수 \2에 대한 \1", part)
    return re.sub(r"all x with (.*)", r"\1인 모든 x", part).replace(" and ", ", ")
