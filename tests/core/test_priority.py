"""Priority: what is worth a team's time first."""

from feedbackloop.analysis.priority import extra_shortfalls, rank, score_loss
from feedbackloop.records import Finding, Interval


def finding(name: str, items: int, share: float, baseline: float, impact: float | None = None) -> Finding:
    about = {} if impact is None else {"csat": Interval(impact, impact - 0.01, impact + 0.01)}
    return Finding(
        id=name,
        group={},
        week="2026-W47",
        items=items,
        shortfalls=round(items * share),
        share=share,
        share_low=0.0,
        share_high=1.0,
        baseline_share=baseline,
        impact=about,
    )


def order(findings: list[Finding], **how: object) -> list[str]:
    return [f.id for f in rank(findings, **how)]  # type: ignore[arg-type]


def test_without_a_score_the_extra_shortfalls_decide() -> None:
    small, large = finding("small", 10, 0.9, 0.1), finding("large", 100, 0.3, 0.1)  # 8 against 20
    assert round(extra_shortfalls(large)) == 20
    assert order([small, large]) == ["large", "small"]


def test_with_a_score_the_points_it_costs_decide_and_unknown_impact_comes_after() -> None:
    findings = [
        finding("volume", 100, 0.9, 0.1),
        finding("two", 10, 0.3, 0.1, -2.0),
        finding("five", 10, 0.3, 0.1, -5.0),
    ]
    assert order(findings, score="csat") == ["five", "two", "volume"]


def test_an_impact_that_may_be_zero_counts_as_unknown() -> None:
    uncertain = finding("uncertain", 10, 0.3, 0.1)
    uncertain.impact["csat"] = Interval(-5.0, -11.0, 1.0)
    assert score_loss(uncertain, "csat") is None


def test_less_effort_breaks_a_tie_and_the_name_the_last_one() -> None:
    findings = [finding(name, 10, 0.5, 0.1) for name in ("c", "b", "a")]
    assert order(findings, effort={"b": 1.0, "c": 3.0}) == ["b", "c", "a"]
    assert order(findings) == ["a", "b", "c"]
