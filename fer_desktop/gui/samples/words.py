"""What several parts say of samples."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    return QCoreApplication.translate("Samples", text)


def samples(count: int) -> str:
    """ "1 sample", "1,234 samples"."""
    return tr("1 sample") if count == 1 else tr("{n} samples").format(n=f"{count:,}")
