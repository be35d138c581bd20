"""`fer-desktop models list|show|verify`: the models there are, and whether they are whole.

Exit status 2 where the model asked about is damaged; of `list`, where no model is usable.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from fer_desktop.modelstore.store import ModelStore

EXIT_DAMAGED = 2


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|verify")
    actions.add_parser("list", help="every model")
    for name, summary in (("show", "a model's manifest"), ("verify", "check a model's files against their hashes")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("model", nargs="?", metavar="ID|DIR", help="default: the active model")


def run(args: argparse.Namespace) -> int:
    store = ModelStore.default()
    if args.action == "list":
        return _list(store)
    folder = store.get(args.model) if args.model else store.active()
    if args.action == "show":
        print(json.dumps(asdict(folder.manifest), indent=2, ensure_ascii=False))
        return 0
    problems = folder.verify()
    for problem in problems:
        print(f"fer-desktop: {folder.path}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{folder.id}: every file is whole")
    return EXIT_DAMAGED if problems else 0


def _list(store: ModelStore) -> int:
    usable = 0
    for folder in store.models():
        problems = folder.verify()
        usable += not problems
        measured = [f"{figures['accuracy']:.1%} on {split}" for split, figures in folder.manifest.metrics.items()]
        accuracy = "damaged" if problems else measured[0] if measured else "not measured"
        print(f"{folder.id:<20} {folder.manifest.created[:10]}  {accuracy:<24} {folder.path}")
        for problem in problems:
            print(f"fer-desktop: {folder.path}: {problem}", file=sys.stderr)
    for problem in store.unreadable():
        print(f"fer-desktop: {problem}", file=sys.stderr)
    return 0 if usable else EXIT_DAMAGED
