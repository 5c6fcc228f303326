"""A cluster is suggested with its reasons and never chosen; what must not be offered is not there."""

from __future__ import annotations

import itertools

import pytest

from kentongan.engine.crisis import REASONS, SAID, SIGNS, postures, refusals, suggest
from kentongan.engine.statement_records import CLUSTERS, Claim

CHECKED = Claim("Air sumur diracun.", "false", ("lab-12",))


@pytest.mark.parametrize(
    ("signs", "history", "reputation", "cluster", "reasons"),
    [
        ({"natural_hazard"}, False, False, "victim", ("natural_hazard",)),
        ({"natural_hazard"}, True, False, "accidental", ("natural_hazard", "history")),
        ({"natural_hazard", "technical_failure"}, False, False, "accidental", ("technical_failure", "natural_hazard")),
        ({"technical_failure"}, False, True, "preventable", ("technical_failure", "reputation")),
        (
            {"natural_hazard", "neglected_upkeep"},
            True,
            True,
            "preventable",
            ("neglected_upkeep", "natural_hazard", "history", "reputation"),
        ),
        (set(), False, False, "victim", ("none",)),
    ],
)
def test_the_gravest_sign_decides_and_history_raises_by_one(signs, history, reputation, cluster, reasons) -> None:
    found = suggest(frozenset(signs), history=history, poor_reputation=reputation)
    assert (found.cluster, found.reasons) == (cluster, reasons)
    assert found.raised == ((history or reputation) and cluster != suggest(frozenset(signs)).cluster)


def test_a_further_sign_never_makes_a_cluster_milder() -> None:
    for one, other in itertools.permutations(SIGNS, 2):
        assert CLUSTERS.index(suggest(frozenset({one, other})).cluster) >= CLUSTERS.index(suggest(frozenset({one})).cluster)


def test_every_reason_has_its_sentence() -> None:
    assert set(REASONS) == {*SIGNS, "history", "reputation", "none"}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_to_inform_and_to_care_come_first_and_denial_only_with_a_claim_that_was_checked_false(cluster) -> None:
    for claim in (None, Claim("x"), Claim("x", "false"), Claim("x", "true", ("e",)), Claim("x", "unverified", ("e",))):
        offered = postures(cluster, claim)
        assert offered[:2] == ("inform", "care")
        assert "deny" not in offered
    assert "deny" in postures(cluster, CHECKED)
    assert postures(cluster)[-1] == "bolster"
    assert not {"attack", "scapegoat"} & {word for posture in postures(cluster, CHECKED) for word in posture.split("_")}


@pytest.mark.parametrize(
    ("chosen", "claim", "codes"),
    [
        ({"inform", "care"}, None, []),
        ({"inform", "bolster"}, None, []),
        ({"bolster"}, None, ["posture.bolster"]),
        ({"care"}, None, ["posture.inform"]),
        ({"inform", "deny"}, None, ["posture.deny"]),
        ({"inform", "deny"}, CHECKED, []),
        ({"deny", "bolster"}, Claim("x"), ["posture.inform", "posture.deny"]),
    ],
)
def test_what_a_person_chose_is_refused_where_it_must_not_stand(chosen, claim, codes) -> None:
    found = refusals(frozenset(chosen), claim)
    assert [one.code for one in found] == codes
    assert all(one.code in SAID and one.weight == "blocks" for one in found)
