"""The words of a report: the title of every fact, and fixed phrases, in English and Korean.

>>> title("dead_region", "en"), title("dead_region", "ko")
('dead region', '죽은 영역')
>>> phrase("soft on both sides", "ko")
'양쪽 완만'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symacts.errors import ParameterError, wording

__all__ = ["LANGUAGES", "RATES", "TITLES", "Title", "check_language", "phrase", "title"]

LANGUAGES = ("en", "ko")


@dataclass(frozen=True, slots=True)
class Title:
    """What a fact or a column is called, and the part of the report it stands in."""

    section: str
    name: str
    en: str
    ko: str


def _rows(section: str, *rows: tuple[str, str, str]) -> tuple[Title, ...]:
    return tuple(Title(section, *row) for row in rows)


TITLES: Mapping[str, Title] = {
    t.name: t
    for t in (
        *_rows(
            "Formula",
            ("activation", "activation", "활성화 함수"),
            ("kind", "kind", "종류"),
            ("formula", "formula", "수식"),
            ("parameters", "parameters", "매개변수"),
            ("definition", "definition", "정의"),
            ("domain", "domain", "정의역"),
            ("derivative", "derivative", "도함수"),
            ("second_derivative", "second derivative", "이계도함수"),
            ("derivative_in_output", "derivative in the output", "출력으로 나타낸 도함수"),
            ("antiderivative", "antiderivative", "부정적분"),
            ("inverse", "inverse", "역함수"),
            ("partial_x", "partial derivative in x", "x에 대한 편도함수"),
            ("partial_g", "partial derivative in g", "g에 대한 편도함수"),
            ("jacobian", "Jacobian", "야코비 행렬"),
        ),
        *_rows(
            "Far out",
            ("limits", "limits", "극한"),
            ("derivative_limits", "limits of the derivative", "도함수의 극한"),
            ("parameter_limits", "limits in parameters", "매개변수의 극한"),
            ("asymptotes", "asymptotes", "점근선"),
            ("saturation", "saturation", "포화"),
            ("saturation_rate", "rate of soft saturation", "완만한 포화의 속도"),
        ),
        *_rows(
            "Values",
            ("range", "range", "치역"),
            ("bounded", "bounded", "유계"),
            ("sign", "sign", "부호"),
            ("zeros", "zeros", "영점"),
            ("fixed_points", "fixed points", "고정점"),
            ("minimum", "minimum", "최솟값"),
            ("maximum", "maximum", "최댓값"),
            ("value_at_zero", "value at zero", "0에서의 값"),
        ),
        *_rows(
            "Shape",
            ("monotonicity", "monotonicity", "단조성"),
            ("increasing_on", "increasing on", "증가 구간"),
            ("decreasing_on", "decreasing on", "감소 구간"),
            ("stationary_points", "stationary points", "임계점"),
            ("convexity", "convexity", "볼록성"),
            ("convex_on", "convex on", "볼록 구간"),
            ("concave_on", "concave on", "오목 구간"),
            ("inflection_points", "inflection points", "변곡점"),
            ("symmetry", "symmetry", "대칭성"),
            ("homogeneous", "positively homogeneous", "양의 동차성"),
            ("dead_region", "dead region", "죽은 영역"),
        ),
        *_rows(
            "Smoothness",
            ("smoothness", "smoothness", "매끄러움"),
            ("kinks", "kinks", "꺾인 점"),
            ("discontinuities", "discontinuities", "불연속점"),
            ("lipschitz", "Lipschitz constant", "립시츠 상수"),
            ("gradient_lipschitz", "Lipschitz constant of the derivative", "도함수의 립시츠 상수"),
        ),
        *_rows(
            "Standard normal input",
            ("zero_centered", "zero-centered", "영 중심"),
            ("gaussian_mean", "mean", "평균"),
            ("gaussian_second_moment", "second moment", "이차 모멘트"),
            ("gaussian_derivative_second_moment", "second moment of the derivative", "도함수의 이차 모멘트"),
            ("gain", "gain", "게인"),
        ),
        *_rows(
            "As a map of vectors",
            ("sums_to_one", "entries sum to one", "성분의 합이 1"),
            ("shift_invariant", "invariant under shifts", "평행이동 불변"),
            ("shift_equivariant", "shifts pass through", "평행이동 등변"),
            ("order_preserving", "order preserving", "순서 보존"),
            ("permutation_equivariant", "permutation equivariant", "순열 동변"),
            ("jacobian_symmetric", "symmetric Jacobian", "대칭 야코비 행렬"),
            ("linear_in_x", "linear in x", "x에 대해 선형"),
            ("linear_in_g", "linear in g", "g에 대해 선형"),
            ("symmetric", "symmetric in its arguments", "인자에 대해 대칭"),
        ),
        *_rows(
            "Verdicts",
            ("advantages", "advantages", "장점"),
            ("drawbacks", "drawbacks", "단점"),
            ("reference", "reference", "참고문헌"),
        ),
    )
}
"""Every title, in the order of a report."""

RATES: Mapping[str, str] = {
    "logarithmic": "로그적",
    "algebraic": "대수적",
    "super-algebraic": "초대수적",
    "exponential": "지수적",
    "gaussian": "가우스적",
    "super-gaussian": "초가우스적",
    "double exponential": "이중 지수적",
}
"""How fast slopes vanish, from slow to fast."""

_KOREAN: Mapping[str, str] = {
    "yes": "예",
    "no": "아니요",
    "none": "없음",
    "unknown": "알 수 없음",
    "everywhere": "모든 곳",
    "hard": "완전",
    "soft": "완만",
    **RATES,
    **{f"{rate} on both sides": f"양쪽 {korean}" for rate, korean in RATES.items()},
    "left": "왼쪽",
    "right": "오른쪽",
    "on both sides": "양쪽",
    "soft on both sides": "양쪽 완만",
    "hard on both sides": "양쪽 완전",
    "none on either side": "양쪽 모두 없음",
    "above and below": "위아래로 유계",
    "below only": "아래로만 유계",
    "above only": "위로만 유계",
    "attained": "도달함",
    "not attained": "도달하지 않음",
    "unbounded": "유계 아님",
    "odd": "홀함수",
    "even": "짝함수",
    "about the point": "점 대칭",
    "about the line": "선 대칭",
    "positive": "양",
    "nonnegative": "음이 아님",
    "negative": "음",
    "nonpositive": "양이 아님",
    "zero": "영",
    "mixed": "양과 음",
    "strictly increasing": "순증가",
    "nondecreasing": "감소하지 않음",
    "strictly decreasing": "순감소",
    "nonincreasing": "증가하지 않음",
    "constant": "상수",
    "convex": "볼록",
    "concave": "오목",
    "affine": "아핀",
    "discontinuous": "불연속",
    "continuous": "연속",
    "as": "",
    "where": "단,",
    "on": "구간",
    "at": "",
    "from": "",
    "to": "→",
    "Facts of": "성질:",
    "Verdicts": "판정",
    "because": "근거",
    "Formula": "수식",
    "Far out": "먼 곳에서",
    "Values": "값",
    "Shape": "모양",
    "Smoothness": "매끄러움",
    "Standard normal input": "표준정규 입력",
    "As a map of vectors": "벡터 함수로서",
    "Other": "기타",
    "symbolic": "(기호)",
    "scalar": "스칼라",
    "gated": "게이트",
    "vector": "벡터",
}


def check_language(language: str) -> str:
    """The language, or a `ParameterError` that lists the ones there are."""
    if language not in LANGUAGES:
        raise ParameterError(wording("language", language, LANGUAGES))
    return language


def title(name: str, language: str = "en") -> str:
    """What the fact or column is called; a name without a title is written with spaces."""
    row = TITLES.get(name)
    if row is None:
        return name.replace("_", " ")
    return row.ko if language == "ko" else row.en


def phrase(text: str, language: str = "en") -> str:
    """A fixed phrase in that language; phrases without a translation stay in English."""
    return _KOREAN.get(text, text) if language == "ko" else text
