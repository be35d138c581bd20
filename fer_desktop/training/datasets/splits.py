"""The names that data sets give their splits, and which faces are meant by which name."""

from __future__ import annotations

from typing import Final

TRAINING: Final = "Training"
PUBLIC_TEST: Final = "PublicTest"
PRIVATE_TEST: Final = "PrivateTest"
VALIDATION: Final = "validation"
TEST: Final = "test"

_NAMES: Final = {
    "training": TRAINING,
    "train": TRAINING,
    "publictest": PUBLIC_TEST,
    "privatetest": PRIVATE_TEST,
    "validation": VALIDATION,
    "valid": VALIDATION,
    "val": VALIDATION,
    "test": TEST,
    "testing": TEST,
}

_STAND_INS: Final = {
    PUBLIC_TEST: (PUBLIC_TEST, VALIDATION, TEST),
    VALIDATION: (VALIDATION, PUBLIC_TEST),
    TEST: (TEST, PRIVATE_TEST, PUBLIC_TEST),
}
"""PublicTest is FER2013's validation split, so a data set's own validation split stands in for it, and where there is
only a test split, that. The test split of FER2013 is PrivateTest; nothing stands in for that by its own name."""


def canonical(name: str) -> str | None:
    """How a split is called here: "Training", "PublicTest", "PrivateTest", "validation" or "test"; None: no split."""
    return _NAMES.get(name.strip().lower().replace("_", "").replace("-", "").replace(" ", ""))


def stand_ins(name: str) -> tuple[str, ...]:
    """The splits that may be meant by a name, the first one that a data set has counts."""
    known = canonical(name)
    return (name,) if known is None else _STAND_INS.get(known, (known,))
