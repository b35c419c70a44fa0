"""Which messages lean on the conversation, and how they are made whole."""

import pytest

from bot.followup import leans_on, points_back, read_before
from bot.types import Status, Turn

ENGLISH = Turn("do you collect my driving licence number?", ("1.2.4",))
CHINESE = Turn("你们会收集我的身份证号吗？", ("1.2.4",))

LEANING = [
    "那护照呢？",
    "护照呢",
    "那警察呢？",
    "为什么？",
    "凭什么",
    "還有銀行帳號呢？",
    "还有呢",
    "如果是法院要求呢？",
    "他们会保存这些吗",
    "and the police?",
    "And my passport?",
    "ａｎｄ ｔｈｅ ｐｏｌｉｃｅ？",
    "what about my bank account?",
    "why?",
    "who gets it?",
    "how come",
    "really?",
    "is that shared with anyone?",
    "do they see my phone number too?",
    "even the courier?",
]

STANDING_ALONE = [
    "你们会不会把我的个人资料卖给其他的公司用来做广告推广",
    "警察来查的时候你们会把我的注册资料和订单都交出去吗",
    "Do you hand my phone number and address over to the delivery company?",
    "Would the website ever sell my personal information to advertisers?",
    "Can my daughter of twelve years open an account on this website?",
]


@pytest.mark.parametrize("earlier", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("question", LEANING)
def test_a_follow_up_leans_on_the_question_before_it(question: str, earlier: Turn) -> None:
    assert leans_on(question, [earlier])


@pytest.mark.parametrize("earlier", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("question", STANDING_ALONE)
def test_a_full_new_question_stands_alone(question: str, earlier: Turn) -> None:
    assert not leans_on(question, [earlier])


@pytest.mark.parametrize("question", [*LEANING, *STANDING_ALONE])
def test_the_first_message_never_leans(question: str) -> None:
    assert not leans_on(question, [])


@pytest.mark.parametrize("question", ["那护照呢？", "and the police?", "why?"])
@pytest.mark.parametrize(
    "between", [Status.SMALL_TALK, Status.OFF_TOPIC, Status.REFUSED, Status.FAILED]
)
def test_a_follow_up_leans_on_real_questions_whatever_was_said_between(
    question: str, between: Status
) -> None:
    history = [ENGLISH, Turn("thanks", (), between)]
    assert leans_on(question, history)
    assert read_before(history) == ENGLISH.question


def test_the_last_two_questions_are_read_in_one_line_the_oldest_first() -> None:
    silent = Turn("how long do you\nkeep my data?", (), Status.SILENT)
    before = read_before([Turn("would you sell my info?"), ENGLISH, silent])
    assert before == f"{ENGLISH.question} how long do you keep my data?"


def test_of_a_long_story_the_end_is_read() -> None:
    assert read_before([Turn("story " * 100 + "so who sees it?")]).endswith("so who sees it?")
    assert len(read_before([Turn("story " * 100)])) <= 200


@pytest.mark.parametrize(
    "status", [Status.SMALL_TALK, Status.OFF_TOPIC, Status.REFUSED, Status.FAILED]
)
def test_where_no_real_question_was_asked_nothing_is_leaned_on(status: Status) -> None:
    assert not leans_on("and the police?", [Turn("hello", (), status)])
    assert read_before([Turn("hello", (), status)]) == ""


@pytest.mark.parametrize("question", ["and it?", "那护照呢？", "do they see it too?"])
def test_a_word_that_points_back_is_found(question: str) -> None:
    assert points_back(question)


@pytest.mark.parametrize(
    "question", ["what do you collect?", "你们会收集护照号吗", "passport", "so " + "word " * 12]
)
def test_a_short_whole_question_or_a_long_one_does_not_point_back(question: str) -> None:
    assert not points_back(question)
