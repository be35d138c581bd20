"""Where things lie: the shipped models and assets, and this person's own folders. The one place that knows."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

SETTINGS_VARIABLE = "FER_DESKTOP_SETTINGS"
"""Of the environment: another settings file, so that what is measured is not what this person has chosen."""
APP_NAME = "FER Desktop"

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    """A top-level folder of the project: beside the package in a clone, inside it in an installed wheel."""
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def models_dir() -> Path:
    """Shipped models: `default/` and, after set-up, `detectors/`."""
    return _shipped("models")


def assets_dir() -> Path:
    return _shipped("assets")


def user_models_dir() -> Path:
    """Models trained or imported by this person; may not exist yet."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "models"


def user_samples_dir() -> Path:
    """This person's own labelled faces, a folder an emotion; may not exist yet."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "samples"


def settings_file() -> Path:
    named = os.environ.get(SETTINGS_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "settings.json"


def pictures_dir() -> Path:
    """Where snapshots go unless the person chose another folder; may not exist yet."""
    return Path(platformdirs.user_pictures_dir()) / APP_NAME


def sessions_dir() -> Path:
    """Recordings of the live view, a folder each; may not exist yet."""
    return Path(platformdirs.user_videos_dir()) / APP_NAME


def log_dir() -> Path:
    return Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))
