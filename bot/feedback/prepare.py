"""What is done to feedback before any store sees it: clean, mask, cut to length."""

from dataclasses import replace

from bot.feedback.types import Feedback
from bot.masking import mask
from bot.text import clean

QUESTION_LONGEST = 2000  # characters
COMMENT_LONGEST = 500
NAME_LONGEST = 64  # of a policy, a version, a clause
CLAUSES_MOST = 50


def prepared(feedback: Feedback) -> Feedback:
    """Return ``feedback`` as it may be kept: no personal data, nothing overlong or unprintable.

    Texts are masked before they are cut: a cut through a number would hide what it is.
    """
    return replace(
        feedback,
        question=mask(clean(feedback.question), feedback.language)[:QUESTION_LONGEST],
        comment=mask(clean(feedback.comment), feedback.language)[:COMMENT_LONGEST],
        clauses=tuple(clean(one)[:NAME_LONGEST] for one in feedback.clauses[:CLAUSES_MOST]),
        policy=clean(feedback.policy)[:NAME_LONGEST],
        version=clean(feedback.version)[:NAME_LONGEST],
    )
