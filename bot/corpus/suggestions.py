"""Read the questions that customers are offered: ``suggestions.yaml`` beside the policy.

The file names the clauses whose questions open a conversation, and a question per clause and
language (a language that the policy lacks is left out)::

    openers: ["1.2"]
    questions:
      "1.2":
        zh: "…"
        en: "…"
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import CorpusError
from bot.suggest import Suggestions
from bot.types import Language, Policy

__all__ = ["Suggestions", "read_suggestions"]

FILE = "suggestions.yaml"

_Question = Annotated[str, Field(pattern=r"\S", max_length=200)]


class _File(BaseModel):
    """The file, as it is checked on the way in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    openers: tuple[str, ...] = ()
    questions: dict[str, Annotated[dict[Language, _Question], Field(min_length=1)]] = {}


def read_suggestions(folder: Path, policy: Policy) -> Suggestions:
    """Read the suggestions for ``policy`` from ``folder``; without the file there are none.

    Raises:
        CorpusError: the file cannot be read or is malformed, or it names a clause that ``policy``
            does not have, or an opener without a question; names file and cause.
    """
    path = folder / FILE
    try:
        # BaseLoader reads every value as text: an id without quotes is no number
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except FileNotFoundError:
        return Suggestions()
    except OSError as error:
        raise CorpusError("corpus_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError("corpus_encoding", path=path, line=line) from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusError(
            "suggestions_yaml", path=path, line=mark.line + 1 if mark else 1
        ) from error
    read = _checked(values, path)
    known = {clause.id for clause in policy.clauses}
    for clause_id in _outside((*read.openers, *read.questions), known):
        raise CorpusError("suggestions_clause", path=path, id=clause_id)
    for clause_id in _outside(read.openers, read.questions):
        raise CorpusError("suggestions_opener", path=path, id=clause_id)
    return Suggestions.of(policy, read.openers, read.questions)


def _checked(values: object, path: Path) -> _File:
    try:
        return _File.model_validate({} if values is None else values)
    except ValidationError as error:
        first = error.errors()[0]
        where = " / ".join(map(str, first["loc"])) or FILE
        raise CorpusError(
            "suggestions_value", path=path, where=where, reason=first["msg"]
        ) from error


def _outside(clause_ids: Iterable[str], known: Iterable[str]) -> list[str]:
    return [one for one in clause_ids if one not in known]
