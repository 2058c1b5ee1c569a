"""Learning from decisions: what it learns, what it refuses, what it keeps on disk."""

import hashlib
import json
import os
from datetime import date
from functools import cache

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from matchmaker.domain.errors import ModelRefused
from search.ranking import artifact, dataset, features, load_ranker, train
from search.ranking.dataset import Example
from search.ranking.features import FEATURES
from search.ranking.held_ranker import HeldRanker
from search.ranking.linear import LinearRanker
from search.ranking.pairwise import NonNegativeLogistic
from search.ranking.prior import prior

TODAY = date(2026, 11, 23)
NAMES = list(FEATURES)


def decisions(wanted: str, needs: int = 40, seed: int = 1):
    """Decisions of an operator who only looks at one feature."""
    random = np.random.default_rng(seed)
    for need in range(needs):
        rows = random.random((8, len(NAMES)))
        liked = np.argsort(-rows[:, NAMES.index(wanted)])
        for place, row in enumerate(liked):
            decision = (
                "contracted" if place == 0 else "approved" if place < 3 else "rejected" if place > 5 else None
            )
            yield Example(f"n{need}", f"s{row}", tuple(map(float, rows[row])), decision, int(row) + 1)


@cache
def learned():
    return train.train(dataset.build(decisions("nearness")), prior(), prior(), TODAY)


def test_the_estimator_keeps_the_library_s_contract():
    check_estimator(NonNegativeLogistic(), on_skip=None)


def test_no_coefficient_falls_below_zero():
    rows = np.array([[1.0, -1.0], [-1.0, 1.0]] * 10)
    fitted = NonNegativeLogistic(0.01).fit(rows, np.array([1, 0] * 10))
    assert fitted.coef_[0] > 0
    assert fitted.coef_[1] == 0


def test_coefficients_stay_within_the_multiples_of_their_centre():
    rows = np.array([[1.0, -1.0], [-1.0, 1.0]] * 10)
    fitted = NonNegativeLogistic(0.01, centre=[1.0, 1.0], within=(0.5, 2.0)).fit(rows, np.array([1, 0] * 10))
    assert fitted.coef_.tolist() == [2.0, 0.5]


def test_a_ranker_worse_than_the_prior_is_not_better_because_the_present_one_is_worse_still():
    data = dataset.build(decisions("nearness"))
    good = LinearRanker("good", {"nearness": 1.0}, 0.0)
    beaten = train.train(data, LinearRanker("bad", {"freshness": 1.0}, 0.0), good, TODAY).comparison
    assert beaten.present == pytest.approx(1.0)
    assert not beaten.better


def test_what_decides_is_learned_and_shown_better_on_unseen_needs():
    result = learned()
    weights = result.model.coefficients
    assert weights["nearness"] / sum(weights.values()) > 2 * prior().coefficients["nearness"] / sum(
        prior().coefficients.values()
    )
    assert result.comparison.better
    assert result.comparison.candidate > result.comparison.present


def test_a_ranker_no_better_than_the_present_one_is_not_better():
    present = LinearRanker("ideal", {"nearness": 10.0}, 0.0)
    result = train.train(dataset.build(decisions("nearness")), present, prior(), TODAY)
    assert not result.comparison.better


def test_training_again_gives_the_same_model():
    assert learned.__wrapped__().model == learned().model


def test_too_few_needs_are_refused():
    with pytest.raises(ModelRefused, match="15 are needed"):
        train.train(dataset.build(decisions("lot", needs=5)), prior(), prior(), TODAY)


def test_dropped_examples_are_counted_by_reason():
    row = (0.5,) * len(NAMES)
    data = dataset.build(
        [
            Example("a", "1", row, "approved"),
            Example("a", "1", row, "rejected"),
            Example("a", "2", row, "rejected"),
            Example("b", "1", row, "approved"),
            Example("c", "1", (0.5,), "approved"),
            Example("d", "1", row, "maybe"),
        ]
    )
    assert len(data) == 2
    assert data.dropped == {
        "said twice": 1,
        "nothing to compare within the need": 1,
        "other features": 1,
        "unknown decision": 1,
    }


def test_being_passed_over_far_down_says_less_than_near_the_top():
    row, other = (0.5,) * len(NAMES), (0.4,) * len(NAMES)
    examples = [
        Example("a", "1", row, "approved", 1),
        Example("a", "2", other, None, 2),
        Example("a", "3", other, None, 40),
    ]
    weights = dataset.pairs(dataset.build(examples)).weights
    assert weights[0] > weights[1]
    assert weights.sum() == pytest.approx(1.0)


def test_a_model_comes_back_as_it_was_saved(tmp_path):
    model = learned().model
    assert artifact.load(artifact.save(tmp_path, model)) == model
    assert model.name in train.card(model)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"intercept": 3.0}, "changed after"),
        ({"format": 99}, "format"),
        ({"features": ["a"]}, "changed after"),
    ],
)
def test_a_changed_model_is_refused(tmp_path, change, reason):
    path = artifact.save(tmp_path, learned().model)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelRefused, match=reason):
        artifact.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"coefficients": None},
        {"coefficients": [1.0]},
        {"coefficients": dict.fromkeys(FEATURES, "1")},
        {"coefficients": dict.fromkeys(FEATURES, -1.0)},
        {"intercept": 10**400},
        {"intercept": float("nan")},
        {"metrics": None},
        {"name": "../../other"},
        {"features": None},
    ],
)
def test_a_foreign_model_is_refused_and_the_prior_ranks_even_where_its_digest_is_right(tmp_path, change):
    path = artifact.save(tmp_path, learned().model)
    artifact.promote(tmp_path, path.stem)
    content = {key: value for key, value in json.loads(path.read_text()).items() if key != "digest"} | change
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(plain.encode()).hexdigest()
    path.write_text(json.dumps(content | {"digest": digest}))
    with pytest.raises(ModelRefused):
        artifact.load(path)
    assert load_ranker(tmp_path) == prior()


@pytest.mark.parametrize(
    "text", ["{", "[]", "[" * 100_000, '{"promoted": 5}', '{"promoted": [5]}', '{"promoted": ["x"]}']
)
def test_the_prior_ranks_where_nobody_can_tell_what_was_promoted(tmp_path, text, caplog):
    (tmp_path / "current.json").write_text(text)
    assert load_ranker(tmp_path) == prior()
    assert "refused" in caplog.text
    assert artifact.roll_back(tmp_path) is None
    assert artifact.promoted(tmp_path) == ()


def test_a_model_of_other_features_is_refused(tmp_path, monkeypatch):
    path = artifact.save(tmp_path, learned().model)
    fewer = {name: item for name, item in FEATURES.items() if name != "lot"}
    monkeypatch.setattr(features, "FEATURES", fewer)
    with pytest.raises(ModelRefused, match="other features"):
        artifact.load(path)


def test_promotion_and_the_way_back(tmp_path):
    model = learned().model
    assert load_ranker(tmp_path) == prior()
    artifact.save(tmp_path, model)
    artifact.promote(tmp_path, model.name)
    assert load_ranker(tmp_path).name == model.name
    assert artifact.roll_back(tmp_path) is None
    assert load_ranker(tmp_path) == prior()


def test_the_prior_ranks_where_the_promoted_model_is_damaged(tmp_path, caplog):
    path = artifact.save(tmp_path, learned().model)
    artifact.promote(tmp_path, path.stem)
    path.write_text("{")
    assert load_ranker(tmp_path) == prior()
    assert "refused" in caplog.text


def test_a_held_ranker_reads_its_files_when_they_change_and_at_no_other_time(tmp_path, monkeypatch):
    model = learned().model
    path, held = artifact.save(tmp_path, model), HeldRanker(tmp_path)
    reads = []
    read = artifact._read
    monkeypatch.setattr(artifact, "_read", lambda one: reads.append(one.name) or read(one))

    def asked():
        for one in tmp_path.glob("*.json"):
            os.utime(one, ns=(0, one.stat().st_mtime_ns - 2_000_000_000))  # as if written two seconds ago
        reads.clear()
        return {held.present().name for _ in range(3)}, len(reads)

    assert asked() == ({"prior"}, 0)
    artifact.promote(tmp_path, model.name)
    assert asked() == ({model.name}, 2)
    assert held.present() is held.present()
    whole = path.read_text()
    path.write_text(whole.replace("0", "1", 1))
    assert asked()[0] == {"prior"}  # damaged: told at once
    path.write_text(whole)
    assert asked()[0] == {model.name}
    artifact.roll_back(tmp_path)
    assert asked()[0] == {"prior"}


def test_a_ranker_whose_files_were_just_written_is_not_held_yet(tmp_path):
    model, held = learned().model, HeldRanker(tmp_path)
    artifact.save(tmp_path, model)
    artifact.promote(tmp_path, model.name)
    assert held.present().name == model.name
    path = tmp_path / "current.json"
    kept = path.stat()
    path.write_text(path.read_text().replace(model.name, "x" * len(model.name)))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))  # the same place, size and time
    assert held.present() == prior()
