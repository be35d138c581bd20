"""Networks, by name. To add one: write `build(...) -> keras.Model` in a module here and name it in `ARCHITECTURES`.

Each takes float32[n, 48, 48, 1] with values 0 to 255 (what core.crop delivers, no other preprocessing) and gives
logits float32[n, 7]. tests/contracts/test_architectures.py runs over all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fer_desktop.core.errors import InputError
from fer_desktop.training.architectures import resnet, study

ARCHITECTURES: Final[dict[str, tuple[Callable[..., Any], dict[str, Any]]]] = {
    "resnet-16": (resnet.build, {"widths": [16, 32, 64, 128], "blocks": [1, 1, 1, 1], "dropout": 0.2}),
    "resnet-32": (resnet.build, {"widths": [32, 64, 128, 256], "blocks": [1, 2, 2, 1], "dropout": 0.4}),
    "resnet-64": (resnet.build, {"widths": [64, 128, 256], "blocks": [1, 2, 1], "dropout": 0.3}),
    # Where this program comes from; study-mlp, scikit-learn's, is in training.study alone.
    "study-default": (study.build, {"text": study.DEFAULT}),
    "study-improved": (study.build, {"text": study.IMPROVED}),
    "study-dropout": (study.build, {"text": study.DROPOUT}),
    "study-more-dropout": (study.build, {"text": study.MORE_DROPOUT}),
    "study-swish": (study.build, {"text": study.DROPOUT, "activation": "swish"}),
    "study-swish-more-dropout": (study.build, {"text": study.MORE_DROPOUT, "activation": "swish"}),
}


def build(name: str) -> Any:
    """A new, untrained keras.Model. Raises InputError, naming the networks there are."""
    check(name)
    function, arguments = ARCHITECTURES[name]
    return function(**arguments)


def check(name: str) -> None:
    """Raises InputError where there is no such network. Keras is not imported."""
    if name not in ARCHITECTURES:
        raise InputError(f"There is no network called {name}", f"Choose one of: {', '.join(ARCHITECTURES)}.")
