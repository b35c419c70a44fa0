"""Recognise, by rule, a question that leans on the conversation, and say what it leans on.

A follow-up opens with a word that points back, or is too short to stand alone. ``conversation``
decides what is made of it.
"""

import re
from collections.abc import Sequence

from bot.text import clean, detect_language, normalise
from bot.types import Status, Turn

# Openings and endings that point back to what was said.
_POINTS_BACK = re.compile(
    r"^(?:那|那么|还有|另外|以及|包括|换成|如果是|要是|这|它|他们|她们|其|前者|后者|刚才|上面|这个"
    r"|为什么|为啥|为何|凭什么|凭啥|怎么会|真的|具体|比如|例如|谁|什么时候|可是|但|但是|所以|然后)"
    r"|呢[?？!！。.]*$"
    r"|^(?:and|what about|how about|but|so|or|also|then|why|how come|which ones?|who|whom|when"
    r"|really|even|like what|such as|for example|same|it|they|them|that|this|those|these|is it"
    r"|is that|are they|do they|does it|does that|can they|can it|what if|if so|in that case"
    r"|i mean|no,? i meant|sorry,? i meant)\b"
)
_POINTER_INSIDE = re.compile(
    r"它|他们|这些|那些|这种|那种|这样|那样|该信息|上述|\b(?:it|they|them|that|those|these|one|ones|either|neither|same)\b"
)
# Shorter than this, a message seldom stands alone: Han characters or words.
_SHORT_HAN = 9
_SHORT_WORDS = 5
_SHORT_WITH_POINTER_HAN = 16
_SHORT_WITH_POINTER_WORDS = 10
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORDS = re.compile(r"[^\W_]+")
_LEANS_ON = (Status.ANSWERED, Status.SILENT)
# How many earlier questions a follow-up is read with, and how much of each, in characters: a long
# story asks at its end.
_EARLIER_READ = 2
_EARLIER_LENGTH = 200


def leans_on(question: str, history: Sequence[Turn]) -> bool:
    """Return whether ``question`` leans on what was asked about the policy before it."""
    size, short, _ = _size(question)
    return bool(read_before(history)) and (size <= short or points_back(question))


def read_before(history: Sequence[Turn]) -> str:
    """Return the latest questions about the policy in one line, the oldest first.

    Only those that were answered or met silence; empty where there are none.
    """
    asked = [turn for turn in history if turn.status in _LEANS_ON][-_EARLIER_READ:]
    return " ".join(clean(turn.question)[-_EARLIER_LENGTH:] for turn in asked)


def points_back(question: str) -> bool:
    """Return whether ``question`` is not long, and a word of it points back to what was said."""
    size, _, longer = _size(question)
    text = normalise(question)
    return size <= longer and bool(_POINTS_BACK.search(text) or _POINTER_INSIDE.search(text))


def _size(question: str) -> tuple[int, int, int]:
    """Return a question's size, below which size it is short, and up to which a pointer counts."""
    text = normalise(question)
    han = len(_HAN.findall(text))
    words = len(_WORDS.findall(_HAN.sub(" ", text)))
    if detect_language(question).answer == "zh":
        return han, _SHORT_HAN, _SHORT_WITH_POINTER_HAN
    return words, _SHORT_WORDS, _SHORT_WITH_POINTER_WORDS
