"""`lexicon/<lang>/slang.yml`: chat abbreviations and regional words with their plain form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from bot.errors import DataFault, Fault
from bot.language.folding import fold


def read_slang(path: Path) -> tuple[dict[str, str], list[Fault]]:
    """Return folded form → plain form, and every fault of the file."""
    name = str(path)
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["slang"]
    except OSError as err:
        return {}, [Fault(name, f"cannot be read ({err.strerror})", "write it: a list of form and plain")]
    except (yaml.YAMLError, KeyError, TypeError) as err:
        return {}, [Fault(name, f"is not a list of slang ({err})", "start it with 'slang:'")]
    found: dict[str, str] = {}
    faults = []
    for row in rows:
        form, plain = (row.get("form"), row.get("plain")) if isinstance(row, dict) else (None, None)
        if not isinstance(form, str) or not isinstance(plain, str) or not plain.strip():
            faults.append(Fault(name, f"{row!r} lacks form or plain", 'write {form: "…", plain: "…"}'))
            continue
        words = fold(form).strip()
        if words in found:
            faults.append(Fault(name, f"form {form!r} stands twice", "keep one"))
        found[words] = plain
    return found, faults


def read_all_slang(folder: Path, languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the slang of every language; raises DataFault with all faults."""
    read = {language: read_slang(folder / language / "slang.yml") for language in languages}
    faults = [fault for _, found in read.values() for fault in found]
    if faults:
        raise DataFault(faults)
    return {language: slang for language, (slang, _) in read.items()}
