"""The words of a request's language, found quickly: what Flask-Babel would say, also where a language is forced."""

from flask import Flask, render_template_string
from flask_babel import force_locale, get_locale, gettext
from markupsafe import Markup

from matchmaker.web.app import create_app
from matchmaker.web.kit import catalogues, context
from matchmaker.web.kit.forms import option_list
from tests.support.asked import TODAY


def site(settings) -> Flask:  # type: ignore[no-untyped-def]
    from matchmaker.wiring import Application

    return create_app(Application(settings, clock=lambda: TODAY))


def test_a_forced_language_counts_while_it_is_forced(settings) -> None:  # type: ignore[no-untyped-def]
    with site(settings).test_request_context("/", headers={"Accept-Language": "en"}):
        assert (gettext("not stated"), context.language()) == ("not stated", "en")
        with force_locale("ru"):
            assert (gettext("not stated"), context.language()) == ("не указано", "ru")
            assert render_template_string("{{ _('not stated') }}") == "не указано"
            assert catalogues.locale() == get_locale()
        assert (gettext("not stated"), context.language()) == ("not stated", "en")


def test_a_message_of_a_template_is_a_format_and_its_values_are_escaped(settings) -> None:  # type: ignore[no-untyped-def]
    with site(settings).test_request_context("/", headers={"Accept-Language": "en"}):
        said = render_template_string("{{ _('a %(what)s, 5 %%', what=word) }}{{ _('plain') }}", word="<b>")
        assert said == "a &lt;b&gt;, 5 %plain"


def test_outside_a_request_messages_stay_as_they_are() -> None:
    assert gettext("not stated") == "not stated"
    assert catalogues.locale() is None


def test_options_are_escaped_and_one_is_chosen() -> None:
    listed = option_list([("", "any"), ('a"', "<i>"), (3, "three")], "3")
    assert isinstance(listed, Markup)
    assert listed.splitlines() == [
        '<option value="">any</option>',
        '<option value="a&#34;">&lt;i&gt;</option>',
        '<option value="3" selected>three</option>',
    ]
    assert "selected" not in option_list([("", "any")])
