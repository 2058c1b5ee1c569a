"""Open data through its pages: locked, published by the operator, read by anybody without names, withdrawn again."""

import json

from flask import Flask

from tests.support.browser import Browser, text


def test_a_locked_period_is_published_read_by_strangers_and_withdrawn(
    centre: Browser, plant: Browser, own_site: Flask
) -> None:
    visitor = Browser(own_site.test_client())
    page = "/work/figures/?period=2025"
    file = "/open-data/centre/2025.json"
    assert "No centre has published" in text(visitor.get("/open-data/"))
    assert (
        centre.post("/work/figures/publish?period=2025", {"published": "yes"}, page=page).status_code == 404
    )
    centre.post("/work/figures/lock?period=2025", page=page)
    assert visitor.get(file).status_code == 404
    assert plant.post("/work/figures/publish?period=2025", {"published": "yes"}, page="/").status_code == 403
    for _ in range(2):
        done = centre.post("/work/figures/publish?period=2025", {"published": "yes"}, page=page)
        assert done.status_code == 302
    assert file in text(visitor.get("/open-data/"))
    read = json.loads(visitor.get(file).get_data(as_text=True))
    assert read["period"] == "2025"
    assert {"low", "high", "left_out", "formula"} <= set(read["figures"][0])
    assert not {"rows", "plan", "firm"} & set(read["figures"][0])
    lines = visitor.get("/open-data/centre/2025.csv").get_data(as_text=True).strip().splitlines()
    assert len(lines) == len(read["figures"]) + 1
    assert visitor.get("/open-data/centre/2025.pdf").status_code == 404
    centre.post("/work/figures/publish?period=2025", page=page)
    assert visitor.get(file).status_code == 404
