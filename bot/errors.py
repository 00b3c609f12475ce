"""Every error the product raises on purpose.

LiaisonError
├── ConfigurationError      a setting or file of the installation is wrong
│   └── DataFault           a file that people tend (NLU, lexicon, replies, shop) is wrong
├── ImportRejected          a seller's CSV was refused as a whole; carries every fault
├── ModelUnavailable        no trained model, or one that cannot be trusted
└── StoreUnavailable        the SQL store did not answer
"""

from __future__ import annotations

from dataclasses import dataclass


class LiaisonError(Exception):
    """Base class: catch this to catch everything the product raises on purpose."""


class ConfigurationError(LiaisonError):
    """A setting or a file of the installation is wrong; the message names value and remedy."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where it is, what is there, what to do."""

    file: str
    problem: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.problem}; {self.remedy}"


class DataFault(ConfigurationError):
    """Files that people tend hold faults; all of them are listed at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class ImportRejected(LiaisonError):
    """A CSV import was refused; nothing of that file was loaded."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class ModelUnavailable(LiaisonError):
    """There is no trained model, or its files are not the ones that were built here."""


class StoreUnavailable(LiaisonError):
    """The SQL store did not answer; the turn was not committed and may be tried again."""
