"""The proxy's file beside the site: it lets through what a page takes, and nothing larger."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask

from matchmaker.domain.errors import SiteEnds
from matchmaker.settings import Settings
from matchmaker.web.app import LARGEST_REQUEST, UPLOADS, create_app
from matchmaker.web.kit import draining
from matchmaker.wiring import Application
from tests.support import production

CONF = production.NGINX.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with closing(Application(Settings(data=tmp_path_factory.mktemp("site"), _env_file=None))) as application:
        yield create_app(application)


def address(rule: object) -> str:
    """An address of a rule, with something in place of its values."""
    kinds = {"IntegerConverter": "7", "RowNumber": "7"}
    converters = rule._converters  # type: ignore[attr-defined]
    trace = rule._trace  # type: ignore[attr-defined]
    parts = [
        kinds.get(type(converters[text]).__name__, "k-1") if dynamic else text for dynamic, text in trace
    ]
    return "".join(parts).split("|", 1)[-1]


def test_the_proxy_takes_as_much_as_each_page(app: Flask) -> None:
    wrong = {}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) or "PUT" in (rule.methods or ()):
            taken, through = (
                UPLOADS.get(rule.endpoint, LARGEST_REQUEST),
                production.body_limit(CONF, address(rule)),
            )
            if taken != through:
                wrong[rule.rule] = f"the page takes {taken} bytes, the proxy {through}"
    assert wrong == {}, f"write the sizes of the pages into {production.NGINX}"


def test_no_size_of_the_proxy_is_left_over(app: Flask) -> None:
    _, own = production.body_limits(CONF)
    addresses = [address(rule) for rule in app.url_map.iter_rules() if rule.endpoint in UPLOADS]
    for kind, pattern, size in own:
        assert any(production.body_limit(CONF, one) == size for one in addresses), (kind, pattern)


def test_a_certificate_is_renewed_without_stopping_the_proxy() -> None:
    """Over http there is nothing but the way to https, and what proves to the authority whose host it is."""
    plain = CONF[CONF.index("listen ${SITE_HTTP};") : CONF.index("listen ${SITE_HTTPS}")]
    assert re.findall(r"location (\S+ )?(\S+) \{", plain) == [
        ("^~ ", "/.well-known/acme-challenge/"),
        ("", "/"),
    ]
    guide = (production.ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    root = re.search(r"root (\S+);", plain)
    assert root
    assert f"certbot certonly --webroot --webroot-path {root[1]}" in guide
    assert "--deploy-hook 'systemctl reload nginx'" in guide


def test_what_a_visitor_claims_is_overwritten() -> None:
    for claim in ("Host", "Port", "Prefix"):
        assert f'proxy_set_header X-Forwarded-{claim} "";' in CONF
    assert 'proxy_set_header Forwarded "";' in CONF
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in CONF
    assert "$proxy_add_x_forwarded_for" not in CONF


def test_the_lines_of_the_guide_fill_every_variable_in() -> None:
    guide = (production.ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b(SITE_[A-Z0-9_]*)=", guide)) == production.variables(CONF)


def test_what_a_process_refuses_at_its_end_goes_to_the_other_one() -> None:
    site = Flask("ending")
    draining.register(site)
    site.register_error_handler(SiteEnds, lambda _: ("later", 503))
    site.add_url_rule("/", view_func=lambda: "here", methods=["POST"])
    assert "X-Accel-Redirect" not in site.test_client().post("/").headers
    draining.of(site).begin(0)
    refused = site.test_client().post("/")
    assert refused.status_code == 503
    assert f"location {refused.headers['X-Accel-Redirect']} {{" in CONF
