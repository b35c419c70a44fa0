"""What a question wants to know, told by its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.form import Form, form_of

FORMS = {
    Form.WHETHER: [
        "你们会把我的资料交给警察吗？",
        "身份證號碼會不會被收集",
        "会员日活动用得到我的生日嘛",
        "派出所来问你们给不给",
        "我点开网页的时候你们记录我输入的什么东西吗",
        "Do you sell my data?",
        "so do u keep what i type when i message you",
        "I moved house twice. Can the courier see my new number?",
        "You use my orders for statistics, right?",
        "my passport number, is that collected",
        "别人能查到我的订单吗",
        "你们是否会出售我的信息",
        "请问你们会收集护照号吗",
    ],
    Form.WHY: [
        "凭啥",
        "能告诉我你们为什么要身份证吗",
        "为什么要我的电话",
        "要我身份证干嘛",
        "why do you need it?",
        "What is it for?",
    ],
    Form.WHO: [
        "Do you know who can see my address?",
        "谁能看到我的地址",
        "哪些公司会拿到我的信息",
        "who gets my number",
    ],
    Form.WHEN: [
        "什么情况下会告诉法院",
        "When would you tell a court?",
        "in which cases is it",
    ],
    Form.SOURCE: [
        "你们从哪弄到我电话的",
        "where did you get my number from",
    ],
    Form.HOW: [
        "Could you explain how my ID is used?",
        "怎么让你们删掉孩子的信息",
        "咋弄的",
        "How do I have my child's data deleted?",
    ],
    Form.WHAT: [
        "What happens to my data when the site is sold?",
        "What do you do with details of the people who receive my gifts?",
        "你能说说都收集了哪些信息吗",
        "你们都收集哪些信息",
        "What do you collect",
        "记了我啥",
    ],
    Form.TURNED: [
        "I do not like this.",
        "你们不会卖我的信息吧？",
        "你们不给警察资料吧？",
        "你们不把资料给警察，对吗",
        "我不同意共享可以吗",
        "你们never卖我的资料吗",
        "没经过我同意就能给别人吗",
        "除了警察还会给法院吗",
        "Can you use it without asking me?",
        "You don't sell my data, do you?",
        "You cannot see my passport, right?",
        "you wouldnt tell the police right?",
        "you didnt sell it right?",
        "Is it only the courier who gets it?",
        "will my data never be sold?",
        "Do you sell my data? Do you collect my passport number?",
    ],
    Form.OTHER: [
        "passport",
        "快递 第三方",
        "how old should I be",
    ],
}


@pytest.mark.parametrize(
    ("question", "form"), [(one, form) for form, asked in FORMS.items() for one in asked]
)
def test_the_words_that_ask_tell_the_form(question: str, form: Form) -> None:
    assert form_of(question) is form


def test_the_sentence_that_asks_decides_in_a_long_message() -> None:
    story = "I never got my parcel and nobody knows why. Do you tell the courier my number? Thanks"
    assert form_of(story) is Form.WHETHER


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_text_has_a_form(text: str) -> None:
    assert form_of(text) in Form
