"""Decisions become a ranker: what is learned from, what is refused, what ranks afterwards."""

from datetime import date

import pytest

from matchmaker.domain.errors import ModelRefused, NotFound
from matchmaker.domain.records import NeedRecord, OutcomeRecord, SupplierRecord
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.matching import training
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import outcomes
from matchmaker.wiring import Application
from search.ranking import artifact
from search.ranking.features import FEATURES

TODAY = date(2026, 11, 23)


@pytest.fixture
def app(settings):
    opened = Application(settings, clock=lambda: TODAY)
    yield opened
    opened.close()


def shop(key, city):
    data = {
        "id": key,
        "name": {"ru": f"Цех {key}"},
        "city": city,
        "capabilities": [{"process": "токарная обработка"}],
    }
    return SupplierRecord.model_validate(data)


def work(number):
    data = {"id": f"n{number}", "title": "Токарная обработка", "location": [56.84, 60.61]}
    return NeedRecord.model_validate(data)


def fill(app, count):
    """`count` needs of Yekaterinburg; the operator approves the near shop and rejects the far one."""
    told = [
        OutcomeRecord.model_validate({"need": f"n{number}", "supplier": key, "decision": decision})
        for number in range(count)
        for key, decision in (("near", "approved"), ("far", "rejected"))
    ]
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        common = RecordOrigin(centre, "file", "tester")
        shops = (shop("near", "Екатеринбург"), shop("far", "Владивосток"))
        suppliers.save_many(session, shops, app.recogniser, common)
        need_bulk.save_many(session, map(work, range(count)), app.recogniser, common)
        outcomes.save_many(session, told, common)
    app.index.catch_up()


def parts(app):
    return app.matching()


def test_examples_carry_features_and_the_newest_decision(app):
    fill(app, 2)
    with app.sessions() as session:
        found = list(training.examples(session, parts(app)))
    assert sorted(example.decision for example in found) == ["approved", "approved", "rejected", "rejected"]
    nearness = list(FEATURES).index("nearness")
    near = {example.values[nearness] for example in found if example.decision == "approved"}
    far = {example.values[nearness] for example in found if example.decision == "rejected"}
    assert min(near) > max(far)


def test_too_few_decisions_train_nothing(app, tmp_path):
    fill(app, 2)
    with app.sessions() as session, pytest.raises(ModelRefused):
        training.train_ranker(session, parts(app), tmp_path)
    assert training.names(tmp_path) == ()


def test_a_trained_model_is_kept_with_its_examples_and_only_promoted_when_better(app, tmp_path):
    fill(app, 16)
    with app.sessions() as session:
        trained = training.train_ranker(session, parts(app), tmp_path)
        measured = training.evaluate(session, parts(app), tmp_path)
    name = trained.model.name
    assert training.names(tmp_path) == (name,)
    assert len((tmp_path / f"{name}.examples.jsonl").read_text().splitlines()) == 32
    # It learned from every need there is, so nothing is left to measure it on.
    assert (measured.prior.needs, measured.since[name][1].needs) == (16, 0)
    # The prior already puts the near shop first, so there is nothing to be better at.
    with pytest.raises(ModelRefused, match="not surely better"):
        training.promote(tmp_path, name)
    assert training.present(tmp_path).name == "prior"


def test_a_better_model_ranks_after_promotion(app, tmp_path):
    fill(app, 16)
    with app.sessions() as session:
        model = training.train_ranker(session, parts(app), tmp_path).model
    model.metrics.update(unseen_ndcg10=0.9, present_ndcg10=0.8, wins_of_resamples=0.99)
    artifact.save(tmp_path, model)
    training.promote(tmp_path, model.name)
    assert training.present(tmp_path).name == model.name
    with pytest.raises(ModelRefused, match="train again"):
        training.promote(tmp_path, model.name)


def test_a_model_is_measured_on_needs_decided_after_it_and_a_spoilt_one_is_named(app, tmp_path):
    fill(app, 16)
    with app.sessions() as session:
        name = training.train_ranker(session, parts(app), tmp_path).model.name
    (tmp_path / "learned-spoilt.json").write_text('{"format": 1}')
    fill(app, 19)
    with app.sessions() as session:
        measured = training.evaluate(session, parts(app), tmp_path)
    assert (measured.prior.needs, measured.since[name][1].needs) == (19, 3)
    assert list(measured.refused) == ["learned-spoilt"]


def test_an_unknown_model_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        training.model(tmp_path, "learned-x")
