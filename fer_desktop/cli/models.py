"""`fer-desktop models`: the models there are, whether they are whole, and which one is used.

Exit status 2 where the model asked about is damaged or refused; of `list`, where no model is usable.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.store import ModelFolder, ModelStore
from fer_desktop.offline.names import shown

EXIT_DAMAGED = 2
_ACTIVE_BY_DEFAULT = "default: the active model"


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    listing = actions.add_parser("list", help="every model")
    listing.add_argument("--json", nargs="?", const="-", metavar="FILE|-", help="write it as JSON (to standard output)")
    for name, summary in (
        ("show", "a model's manifest"),
        ("verify", "check a model's files against their hashes, and that its network answers"),
    ):
        actions.add_parser(name, help=summary).add_argument(
            "model", nargs="?", metavar="ID|DIR", help=_ACTIVE_BY_DEFAULT
        )
    activate = actions.add_parser("activate", help="use a model from now on")
    activate.add_argument("model", metavar="ID|DIR")
    actions.add_parser("back", help="use the model that was used before")
    rename = actions.add_parser("rename", help="give one of your models another name; its id stays")
    rename.add_argument("model", metavar="ID|DIR")
    rename.add_argument("name", metavar="NAME", help="1 to 60 characters")
    export = actions.add_parser("export", help="write a model as one file")
    export.add_argument("model", metavar="ID|DIR")
    export.add_argument("file", type=Path, metavar="FILE.zip", help="or a folder, for ID.zip in it")
    taking = actions.add_parser("import", help="take in a file that export wrote, a model folder, or an ONNX file")
    taking.add_argument("file", type=Path, metavar="FILE|DIR")
    remove = actions.add_parser("remove", help="delete one of your models, never the active one")
    remove.add_argument("model", metavar="ID|DIR")


def run(args: argparse.Namespace) -> int:
    return _ACTIONS[args.action](ModelStore.default(), args)


def _list(store: ModelStore, args: argparse.Namespace) -> int:
    active, problem = _active(store)
    folders = store.models()
    damages = [folder.verify() for folder in folders]
    unreadable = store.unreadable()
    usable = not all(damages)
    if args.json is not None:
        from fer_desktop.offline.files import output

        models = [_as_json(store, folder, active, damage) for folder, damage in zip(folders, damages, strict=True)]
        report = {
            "schema": 1,
            "active": active.id if active else None,
            "problem": problem,
            "models": models,
            "unreadable": unreadable,
        }
        with output(args.json) as write:
            write((json.dumps(report, indent=2) + "\n").encode())
        return 0 if usable else EXIT_DAMAGED
    width = max((len(shown(folder.id)) for folder in folders), default=0)
    for folder, damage in zip(folders, damages, strict=True):
        used = "active" if active and folder.path == active.path else ""
        name = f"“{folder.name}”  " if folder.name != folder.id else ""
        accuracy = "damaged" if damage else _accuracy(folder)
        created = folder.manifest.created[:10]
        row = f"{shown(folder.id):<{width}} {created:<10}  {accuracy:<24} {used:<6}  "
        print(row + shown(f"{name}{folder.path}"))
        for line in damage:
            _say(f"{folder.path}: {line}")
    for line in [*([problem] if problem else []), *unreadable]:
        _say(line)
    return 0 if usable else EXIT_DAMAGED


def _active(store: ModelStore) -> tuple[ModelFolder | None, str | None]:
    try:
        found = store.resolve()
    except ModelError as error:
        return None, str(error)
    return found.folder, found.problem


def _accuracy(folder: ModelFolder) -> str:
    for split, figures in folder.manifest.metrics.items():
        if isinstance(figures, dict) and isinstance(figures.get("accuracy"), int | float):
            return f"{figures['accuracy']:.1%} on {split}"
    return "not measured"


def _as_json(store: ModelStore, folder: ModelFolder, active: ModelFolder | None, damage: list[str]) -> dict[str, Any]:
    return {
        "id": folder.id,
        "name": folder.name,
        "path": str(folder.path),
        "created": folder.manifest.created,
        "origin": store.origin(folder),
        "active": active is not None and folder.path == active.path,
        "can_teach": folder.can_teach,
        "metrics": dict(folder.manifest.metrics),
        "problems": damage,
    }


def _show(store: ModelStore, args: argparse.Namespace) -> int:
    folder = store.get(args.model) if args.model else store.active()
    text = json.dumps(asdict(folder.manifest), indent=2, ensure_ascii=False)
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    return 0


def _verify(store: ModelStore, args: argparse.Namespace) -> int:
    if args.model:
        folder, stood_in_for = store.get(args.model), None
    else:
        active = store.resolve()
        folder, stood_in_for = active.folder, active.problem
    problems = store.verify(str(folder.path))
    for problem in [*([stood_in_for] if stood_in_for else []), *(f"{folder.path}: {problem}" for problem in problems)]:
        _say(problem)
    if not problems:
        print(shown(f"{folder.id}: every file is whole"))
    return EXIT_DAMAGED if problems or stood_in_for else 0


def _activate(store: ModelStore, args: argparse.Namespace) -> int:
    print(shown(f"{store.activate(args.model).id} is the active model now"))
    return 0


def _back(store: ModelStore, args: argparse.Namespace) -> int:
    print(shown(f"{store.go_back().id} is the active model now"))
    return 0


def _rename(store: ModelStore, args: argparse.Namespace) -> int:
    folder = store.rename(args.model, args.name)
    print(shown(f"{folder.id} is called “{folder.name}” now"))
    return 0


def _export(store: ModelStore, args: argparse.Namespace) -> int:
    print(shown(store.export(args.model, args.file)))
    return 0


def _import(store: ModelStore, args: argparse.Namespace) -> int:
    folder = store.import_(args.file)
    print(shown(folder.id))
    _say(f"imported into {folder.path}; to use it: fer-desktop models activate {folder.id}")
    return 0


def _remove(store: ModelStore, args: argparse.Namespace) -> int:
    store.remove(args.model)
    print(shown(f"{args.model} is removed"))
    return 0


def _say(text: str) -> None:
    print(f"fer-desktop: {shown(text)}", file=sys.stderr)


_ACTIONS: dict[str, Callable[[ModelStore, argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "activate": _activate,
    "back": _back,
    "rename": _rename,
    "verify": _verify,
    "export": _export,
    "import": _import,
    "remove": _remove,
}
