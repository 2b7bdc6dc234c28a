"""Approving: what the law demands, what follows, and what can never change again (PLA-3, PLA-4, PLA-5, UPP-1)."""

import pytest

from tests import build


def test_the_first_whole_plan_is_approved(cast):
    plan = build.planned(cast)
    assert plan.state == "approved"
    with cast.acting("owner"):
        assert plan.case.state == "planned"
