"""Parts that a machine lacks: a skip here, a failure in CI."""

import os

import pytest


def without(what: str) -> None:
    """Skip a test that lacks something on this machine; in CI nothing may be lacking."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
