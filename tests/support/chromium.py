"""The system's Chromium."""

import shutil


def browser_program() -> str | None:
    """Where the system has its Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
