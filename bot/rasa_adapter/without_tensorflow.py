"""Loading Rasa without TensorFlow.

Rasa imports TensorFlow, TF-Hub and Keras when it starts, whether or not a model uses them: 440 MB
of memory and five seconds. Our pipeline has no neural component, so the serving process puts empty
stand-ins in their place. Anything that really computes with TensorFlow fails loudly: a stand-in
returns no numbers. ``rasa train``, ``rasa shell`` and ``rasa test`` do not pass here and see the
real library. Measured in ``docs/decisions/0005-rasa-without-tensorflow.md``.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Sequence
from typing import Any

_STAND_INS = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "jax"})


class _EmptyMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Empty

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not _Empty:
            return super().__call__(*args, **kwargs)
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]  # used as a decorator
        return _Empty

    def __getitem__(cls, _: Any) -> Any:
        return _Empty

    def __or__(cls, _: Any) -> Any:
        return _Empty

    def __ror__(cls, _: Any) -> Any:
        return _Empty


class _Empty(metaclass=_EmptyMeta):
    """Stands for any class, function or type of the missing libraries at import time."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


class _EmptyModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Empty


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in _STAND_INS:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _EmptyModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__version__ = "2.12.0"  # type: ignore[attr-defined]


def install() -> bool:
    """Put the stand-ins in place; call before Rasa is imported.

    Returns False, and changes nothing, when TensorFlow is already loaded. spaCy probes for
    TensorFlow itself and must see that it is missing, so it is imported first.
    """
    if "tensorflow" in sys.modules:
        return False
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    hidden = dict.fromkeys(_STAND_INS)
    sys.modules.update(hidden)  # type: ignore[arg-type]
    import spacy  # noqa: F401

    for name in hidden:
        del sys.modules[name]
    sys.meta_path.insert(0, _StandInFinder())
    return True
