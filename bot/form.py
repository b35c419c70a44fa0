"""Tell what a question wants to know (whether, who, when, why …), by the words that ask.

A lead may say yes or no only to a question that asks plainly whether something is so. Words that
turn a question round ("without", "不", "only") or widen it ("all", "任何") make it less than
plain: the same clause may then mean yes or no, and the lead stays neutral.
"""

import re
from enum import StrEnum

from bot.text import normalise


class Form(StrEnum):
    """What a question wants to know.

    ``TURNED`` asks whether, but turns the question round, widens it or asks more than one;
    ``OTHER`` asks with no word of its own (a fragment, a statement).
    """

    WHETHER = "whether"
    TURNED = "turned"
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
    r"可不可以|可以不可以|是不是|有没有|(\w)[不没]\1|不(?=\W*$)|没有?(?=\W*$)|[对是]不[对是]"
)
# Latin words are told by what stands beside them: Han characters are word characters too.
_START, _END = r"(?<![a-z’'])", r"(?![a-z])"


def _words(words: str) -> str:
    """Return a pattern of any of the Latin ``words``, which are separated by white space."""
    return rf"{_START}(?:{'|'.join(words.split())}){_END}"


# Whatever else a sentence holds, it asks whether when it ends or opens so.
_SURELY_WHETHER = re.compile(
    r"(?:吗|吧|(?<!干)嘛|(?<![什怎那这多])么)\W*$|是否"
    r"|^(?:(?:so|and|but|then|well|hey|hi|hello|ok|okay|please|um|also|oh|sorry|excuse me)\b\W*)*"
    r"(?:do|does|did|will|would|can|could|is|are|am|may|might|has|have|had|was|were)(?:n[’']t)? "
    r"(?!or\b)\w"
    rf"|{_words('right correct yes true yeah')}\?+$"
)
_AUXILIARY = "do does did will would can could is are am may might has have gonna u"
_MAY_ASK_WHETHER = re.compile(
    r"(\w)[不没]\1|有没有|不\W*$|没有?\W*$|\?\W*$"
    rf"|{_words(_AUXILIARY)} (?:you|u|ya|it|they|the|my|i|this|your|that)(?![a-z])"
)
_DENIED = "(?:do|does|did|wo|would|ca|could|should|is|are|was|were|has|have|had|ai)nt cannot"
_TURNING_WORDS = """
    not never no nobody nothing none without avoid refuse skip stop opt block hide secret secretly
    behind only always anyone freely every all alone myself himself herself themselves guarantee
    promise must need instead unless or before first until safe safely still
"""
_TURNS_ROUND = re.compile(
    r"不|没|别(?![人的家处])|未(?!成年)|莫|甭|冇|唔|咪|拒绝|避免|躲|瞒|绕过|偷|背着|擅自|随便|自己"
    r"|单独|免(?!费)|停|删|逃|拦|挡|顶|防|保护|凭|保证|只[有能会]|除了|还|一定|非得|必须|就|任何|随时"
    r"|永远|之前|以前|先|才"
    rf"|n[’']t(?![a-z])|(?:have to|out of){_END}|{_words(_DENIED)}|{_words(_TURNING_WORDS)}"
)
# A request to be told something is no question whether, however it opens.
_ASKS_TO_BE_TOLD = re.compile(
    r"告诉我|说说|讲讲|知道|解释|列|请问"
    rf"|{_words('tell explain know list say show describe clarify')}"
)
_FORMS = (
    (
        Form.WHY,
        (
            "为什么|为啥|为何|凭什么|凭啥|干嘛|干啥|做什么用|目的|图什么|图啥"
            rf"|{_words('why')}|{_START}how come{_END}|{_START}what .*{_START}for\?*$"
        ),
    ),
    (
        Form.SOURCE,
        rf"从哪|哪[里儿]?(?:来|弄|搞|得)|来源|{_START}where .*{_START}(?:from|get it|got){_END}",
    ),
    (Form.WHO, rf"谁|哪[些个家](?:人|公司|商家|机构|部门|第三方)|{_words('who whom whose')}"),
    (
        Form.WHEN,
        (
            "什么时候|啥时候|几时|什么情况|哪些情况"
            rf"|{_words('when')}|{_START}(?:in (?:what|which) cases?|under what){_END}"
        ),
    ),
    (Form.HOW, rf"怎么|怎样|咋|如何|点样|{_START}how(?! (?:old|long|much|many|often)){_END}"),
    (Form.WHAT, rf"什么|哪|啥|乜|咩|{_words('what which wot wat')}"),
)
_ASKS_AFTER = re.compile("|".join([*(words for _, words in _FORMS), "多少|几", _words("how")]))
_ENGLISH_WORD = re.compile(
    rf"{_START}(?:in (?:what|which) cases?|under what|why|where|who|whom|whose|when|how|what|which"
    rf"|wot|wat){_END}"
)


def form_of(question: str) -> Form:
    """Return what ``question`` wants to know; the sentence that asks decides."""
    sentences = _asking_sentences(normalise(question))
    asking = sentences[-1]
    rest = _BOTH_SIDES.sub("吗", asking)
    asks_after = _ASKS_AFTER.search(rest)
    told = asks_after and _ASKS_TO_BE_TOLD.search(rest)
    if not told and (
        _SURELY_WHETHER.search(asking) or (not asks_after and _MAY_ASK_WHETHER.search(asking))
    ):
        turned = _TURNS_ROUND.search(rest) or len(sentences) > 1
        return Form.TURNED if turned else Form.WHETHER
    found = _asked_after(asking)
    return Form.TURNED if found is Form.OTHER and _TURNS_ROUND.search(rest) else found


def _asked_after(asking: str) -> Form:
    """Return what the sentence asks after: in English its first question word decides."""
    word = _ENGLISH_WORD.search(asking)
    if word is None:
        found = (form for form, words in _FORMS if re.search(words, asking))
        return next(found, Form.OTHER)
    # the word itself, and what belongs to it, stand at the beginning of the rest
    rest = asking[word.start() :]
    found = (form for form, words in _FORMS if re.match(words, rest))
    return next(found, Form.OTHER)


def _asking_sentences(text: str) -> list[str]:
    """Return the sentences with a question mark, else the last one."""
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    asking = [part for part in sentences if "?" in part]
    return asking or sentences[-1:] or [text]
