"""Tell what a question wants to know (whether, who, when, why …), by the words that ask.

A lead may say yes or no only to a question that asks plainly whether something is so. Words that
turn a question round ("without", "不", "only") or widen it ("all", "任何") make it less than
plain: the same clause may then mean yes or no, and the lead stays neutral.
"""

import re
from enum import StrEnum

from bot.text import normalise


class Form(StrEnum):
    """What a question wants to know; ``OTHER`` is anything that no rule is sure of."""

    WHETHER = "whether"
    WHY = "why"
    WHO = "who"
    WHEN = "when"
    SOURCE = "source"
    HOW = "how"
    WHAT = "what"
    OTHER = "other"


_SENTENCE_END = re.compile(r"(?<=[?!。;\n])\s*|(?<=\.)\s+")
_WORD = re.compile(r"\w")
# Two ways of asking in Chinese name both sides ("会不会"): they deny nothing.
_BOTH_SIDES = re.compile(
    r"会不会|能不能|是不是|有没有|可不可以|可以不可以|(\w)[不没]\1|不(?=\W*$)|没有?(?=\W*$)"
)
# Whatever else a sentence holds, it asks whether when it ends or opens so.
_SURELY_WHETHER = re.compile(
    r"(?:吗|吧|(?<!干)嘛|(?<![什怎那这多])么)\W*$"
    r"|^(?:(?:so|and|but|then|well|hey|hi|hello|ok|okay|please|um|also|oh|sorry|excuse me)\b\W*)*"
    r"(?:do|does|did|will|would|can|could|is|are|am|may|might|has|have|had|was|were)(?:n[’']t)? "
    r"(?!or\b)\w"
    r"|\b(?:right|correct|yes|true|yeah)\?+$"
)
_MAY_ASK_WHETHER = re.compile(
    r"(\w)[不没]\1|有没有|不\W*$|没有?\W*$|\?\W*$"
    r"|\b(?:do|does|did|will|would|can|could|is|are|am|may|might|has|have|gonna|u) "
    r"(?:you|u|ya|it|they|the|my|i|this|your|that)\b"
)
_TURNS_ROUND = re.compile(
    r"不[是会能要许准用想让]|没有?|别(?![人的家处])|未(?!成年)|莫|甭|冇|唔|咪|拒绝|避免|躲|瞒|绕过|偷|背着|擅自|随便|自己"
    r"|单独|免(?!费)|停|删|逃|凭|保证|只[有能会]|除了|还|一定|非得|必须|就|任何|随时|永远"
    r"|n[’']t\b"
    r"|\b(?:dont|wont|cant|aint|doesnt|isnt|arent|not|never|no|nobody|nothing|none|without|avoid"
    r"|refuse|skip|stop|opt|block|hide|secret|secretly|behind|only|always|anyone"
    r"|freely|every|all|out of|alone|myself|himself|herself|themselves|guarantee|promise"
    r"|must|have to|need|instead|unless|or)\b"
)
_FORMS = (
    (
        Form.WHY,
        (
            r"为什么|为啥|为何|干嘛|干啥|做什么用|目的|图什么"
            r"|\bwhy\b|\bhow come\b|\bwhat\b.*\bfor\?*$"
        ),
    ),
    (Form.SOURCE, r"从哪|哪[里儿]?(?:来|弄|搞|得)|来源|\bwhere\b.*\b(?:from|get|got)\b"),
    (
        Form.WHO,
        (
            r"谁|哪[些个家](?:人|公司|商家|机构|部门|第三方)"
            r"|\bwho(?:m|se)?\b|\bwhich (?:compan|partner|firm|part)"
        ),
    ),
    (
        Form.WHEN,
        (
            r"什么时候|啥时候|几时|什么情况|哪些情况"
            r"|\bwhen\b|\bin (?:what|which) cases?\b|\bunder what\b"
        ),
    ),
    (Form.HOW, r"怎么|怎样|咋|如何|点样|\bhow\b"),
    (Form.WHAT, r"什么|哪|啥|乜|咩|\b(?:what|which|wot|wat)\b"),
)
_ANY_FORM = re.compile("|".join([words for _, words in _FORMS] + [r"多少|几"]))


def form_of(question: str) -> Form:
    """Return what ``question`` wants to know; the sentence that asks decides."""
    asking = _asking_sentence(normalise(question))
    both_sides_named = _BOTH_SIDES.sub("吗", asking)
    names_another = _ANY_FORM.search(both_sides_named)
    if _SURELY_WHETHER.search(asking) or (not names_another and _MAY_ASK_WHETHER.search(asking)):
        return Form.OTHER if _TURNS_ROUND.search(both_sides_named) else Form.WHETHER
    found = (form for form, words in _FORMS if re.search(words, asking))
    return next(found, Form.OTHER)


def _asking_sentence(text: str) -> str:
    """Return the last sentence with a question mark, else the last one."""
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    asking = [part for part in sentences if "?" in part]
    return (asking or sentences or [text])[-1]
