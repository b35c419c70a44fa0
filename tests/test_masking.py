"""Personal data leaves a text whatever stands around it, and nothing else does."""

import random
import re
import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.bank import read_bank
from bot.masking import Kind, found, mask
from bot.masking.bank_card import is_bank_card
from bot.masking.identity_card import is_identity_card
from bot.settings import CORPUS
from bot.types import LANGUAGES, Language, Policy

# What people type, and what of it must go: the kind and the words themselves.
PERSONAL: tuple[tuple[str, Kind, str], ...] = (
    # identity cards
    ("我的身份证是11010519491231002X，能查吗", Kind.IDENTITY_CARD, "11010519491231002X"),
    ("证号11010519491231002x已经给过你们", Kind.IDENTITY_CARD, "11010519491231002x"),
    ("身份证 110101 19900307 8793 录错了", Kind.IDENTITY_CARD, "110101 19900307 8793"),
    ("110101-19900307-8793怎么删", Kind.IDENTITY_CARD, "110101-19900307-8793"),
    ("老身份证130503670401001还能用吗", Kind.IDENTITY_CARD, "130503670401001"),
    (
        "１１０１０５１９４９１２３１００２Ｘ是我的",
        Kind.IDENTITY_CARD,
        "１１０１０５１９４９１２３１００２Ｘ",
    ),
    ("is ID 11010519491231002X stored", Kind.IDENTITY_CARD, "11010519491231002X"),
    ("香港身份证A123456(3)行不行", Kind.IDENTITY_CARD, "A123456(3)"),
    ("台湾身份证A123456789", Kind.IDENTITY_CARD, "A123456789"),
    # passports
    ("护照E12345678到期了", Kind.PASSPORT, "E12345678"),
    ("护照号码是EJ1234567对吗", Kind.PASSPORT, "EJ1234567"),
    ("我的护照号：G 1234 5678", Kind.PASSPORT, "G 1234 5678"),
    ("my passport is 5311234 and expires soon", Kind.PASSPORT, "5311234"),
    ("passport number: C01X00T4", Kind.PASSPORT, "C01X00T4"),
    ("港澳通行证C12345678", Kind.PASSPORT, "C12345678"),
    # telephone numbers
    ("打13800138000找我", Kind.PHONE, "13800138000"),
    ("手机138-0013-8000换了", Kind.PHONE, "138-0013-8000"),
    ("138 0013 8000是我的号", Kind.PHONE, "138 0013 8000"),
    ("+86 138 0013 8000收不到短信", Kind.PHONE, "+86 138 0013 8000"),
    ("008613800138000怎么解绑", Kind.PHONE, "008613800138000"),
    ("86-13800138000", Kind.PHONE, "86-13800138000"),
    ("１３８００１３８０００能退订吗", Kind.PHONE, "１３８００１３８０００"),
    ("1 3 8 0 0 1 3 8 0 0 0这样写", Kind.PHONE, "1 3 8 0 0 1 3 8 0 0 0"),
    ("138\u200b0013\u200b8000", Kind.PHONE, "138\u200b0013\u200b8000"),
    ("座机010-88886666转123", Kind.PHONE, "010-88886666转123"),
    ("0571 8765 4321是公司的", Kind.PHONE, "0571 8765 4321"),
    ("(021) 6888 1234打不通", Kind.PHONE, "(021) 6888 1234"),
    ("家里电话88886666", Kind.PHONE, "88886666"),
    ("400-810-1234是你们吗", Kind.PHONE, "400-810-1234"),
    ("ring me on 07700 900123", Kind.PHONE, "07700 900123"),
    ("or 020 7946 0958 after six", Kind.PHONE, "020 7946 0958"),
    ("+44 (0)20 7946 0958", Kind.PHONE, "+44 (0)20 7946 0958"),
    ("call (212) 555-0123 please", Kind.PHONE, "(212) 555-0123"),
    ("212-555-0123 is mine", Kind.PHONE, "212-555-0123"),
    ("212.555.0123 is mine", Kind.PHONE, "212.555.0123"),
    ("+1 212 555 0123 x45", Kind.PHONE, "+1 212 555 0123 x45"),
    ("my mobile number is 555-0123", Kind.PHONE, "555-0123"),
    ("一三八零零一三八零零零是我手机", Kind.NUMBER, "一三八零零一三八零零零"),
    # e-mail addresses
    ("邮箱zhang.san@example.com收不到", Kind.EMAIL, "zhang.san@example.com"),
    ("发到12345678@qq.com吧", Kind.EMAIL, "12345678@qq.com"),
    ("write to Jo_Brown+shop@mail.example.co.uk.", Kind.EMAIL, "Jo_Brown+shop@mail.example.co.uk"),
    ("zhang＠163．com", Kind.EMAIL, "zhang＠163．com"),
    ("jo (at) example (dot) com", Kind.EMAIL, "jo (at) example (dot) com"),
    ("it's jo at gmail dot com", Kind.EMAIL, "jo at gmail dot com"),
    ("lisi @ 126.com", Kind.EMAIL, "lisi @ 126.com"),
    ("lisi@qq点com", Kind.EMAIL, "lisi@qq点com"),
    ("张三@example.cn", Kind.EMAIL, "张三@example.cn"),
    # bank cards
    ("卡号6222021234567890128被盗刷", Kind.BANK_CARD, "6222021234567890128"),
    ("4111 1111 1111 1111 charged twice", Kind.BANK_CARD, "4111 1111 1111 1111"),
    ("amex 3782-822463-10005", Kind.BANK_CARD, "3782-822463-10005"),
    ("卡6222 0212 3456 7890 128", Kind.BANK_CARD, "6222 0212 3456 7890 128"),
    ("a slip: 4111 1111 1111 1112", Kind.NUMBER, "4111 1111 1111 1112"),
    # licence plates
    ("车牌京A12345会被记录吗", Kind.PLATE, "京A12345"),
    ("沪B·D1234的车主", Kind.PLATE, "沪B·D1234"),
    ("粤BD12345是新能源", Kind.PLATE, "粤BD12345"),
    ("粤Z1234港能停吗", Kind.PLATE, "粤Z1234港"),
    ("my car is AB12 CDE", Kind.PLATE, "AB12 CDE"),
    ("number plate is ab12cde", Kind.PLATE, "ab12cde"),
    # addresses
    (
        "寄到北京市朝阳区建国路88号3号楼2单元501室",
        Kind.ADDRESS,
        "北京市朝阳区建国路88号3号楼2单元501室",
    ),
    ("我住在广东省深圳市南山区科技园", Kind.ADDRESS, "广东省深圳市南山区"),
    ("地址是幸福小区12栋3单元402", Kind.ADDRESS, "幸福小区12栋3单元402"),
    ("杭州市西湖区文三路259号", Kind.ADDRESS, "杭州市西湖区文三路259号"),
    ("中山路12号的快递谁拿了", Kind.ADDRESS, "中山路12号"),
    ("送到5栋2单元1101室", Kind.ADDRESS, "5栋2单元1101室"),
    ("湖南省长沙县春华镇大鱼村", Kind.ADDRESS, "湖南省长沙县春华镇大鱼村"),
    ("我家住和平里街道", Kind.ADDRESS, "和平里街道"),
    ("人民路3弄5号602", Kind.ADDRESS, "人民路3弄5号602"),
    ("I live at 12 Baker Street", Kind.ADDRESS, "12 Baker Street"),
    ("deliver to 221b baker street london", Kind.ADDRESS, "221b baker street"),
    ("Flat 4, 17 Elm Grove, Leeds", Kind.ADDRESS, "17 Elm Grove, Leeds"),
    ("apt 5B is mine", Kind.ADDRESS, "apt 5B"),
    ("1600 Pennsylvania Ave NW", Kind.ADDRESS, "1600 Pennsylvania Ave NW"),
    ("postcode NW1 6XE", Kind.ADDRESS, "NW1 6XE"),
    ("12 Oak Road, Springfield, IL 62704", Kind.ADDRESS, "IL 62704"),
    ("邮编100020", Kind.ADDRESS, "100020"),
    (
        "寄到四川省成都市武侯区天府大道北段1700号",
        Kind.ADDRESS,
        "四川省成都市武侯区天府大道北段1700号",
    ),
    ("住朝阳门外大街甲6号", Kind.ADDRESS, "朝阳门外大街甲6号"),
    ("福建省厦门市思明区的", Kind.ADDRESS, "福建省厦门市思明区"),
    ("po box 1234", Kind.ADDRESS, "po box 1234"),
    # names
    ("我叫王小明", Kind.NAME, "王小明"),
    ("我叫张三请问怎么删除资料", Kind.NAME, "张三"),
    ("我叫王小明想问一下", Kind.NAME, "王小明"),
    ("你好，我是李雷，我的资料怎么改", Kind.NAME, "李雷"),
    ("我的名字是欧阳娜娜。", Kind.NAME, "欧阳娜娜"),
    ("姓名：赵六 电话不变", Kind.NAME, "赵六"),
    ("收件人是陈静怡", Kind.NAME, "陈静怡"),
    ("我叫阿卜杜拉·买买提", Kind.NAME, "阿卜杜拉·买买提"),
    ("我叫Tom，想注销", Kind.NAME, "Tom"),
    ("我女儿叫刘子涵，今年八岁", Kind.NAME, "刘子涵"),
    ("我姓王，名建国", Kind.NAME, "王，名建国"),
    ("我叫小芳，", Kind.NAME, "小芳"),
    ("本人周杰，要求删除", Kind.NAME, "周杰"),
    ("我叫安然，想退订", Kind.NAME, "安然"),
    ("俺叫刘铁柱，想把号注销喽", Kind.NAME, "刘铁柱"),
    ("My name is John Smith and I want out", Kind.NAME, "John Smith"),
    ("my name is john smith and i want out", Kind.NAME, "john smith"),
    ("my name's Siobhán O'Neill", Kind.NAME, "Siobhán O'Neill"),
    ("I'm called Priya", Kind.NAME, "Priya"),
    ("this is jo brown speaking", Kind.NAME, "jo brown"),
    ("This is Mary Jones, can you help", Kind.NAME, "Mary Jones"),
    ("Name: Ludwig van Beethoven", Kind.NAME, "Ludwig van Beethoven"),
    ("hi, I'm Dave", Kind.NAME, "Dave"),
    ("my husband's name is Ahmed", Kind.NAME, "Ahmed"),
    ("my surname is Nguyen", Kind.NAME, "Nguyen"),
    ("hiya my names dave", Kind.NAME, "dave"),
    ("my dad is called Harold Finch", Kind.NAME, "Harold Finch"),
    ("please call me Mo", Kind.NAME, "Mo"),
    ("my name is 张伟", Kind.NAME, "张伟"),
    ("my account is under Mrs. J. K. Patel", Kind.NAME, "J. K. Patel"),
    ("MY NAME IS JANE DOE", Kind.NAME, "JANE DOE"),
    # accounts and other numbers
    ("加我微信zhangsan_88", Kind.ACCOUNT, "zhangsan_88"),
    ("微信号是zhangsanfeng", Kind.ACCOUNT, "zhangsanfeng"),
    ("加v：lovecat520", Kind.ACCOUNT, "lovecat520"),
    ("QQ：123456", Kind.ACCOUNT, "123456"),
    ("我的QQ号是10001888", Kind.ACCOUNT, "10001888"),
    ("my wechat id is lilei1990", Kind.ACCOUNT, "lilei1990"),
    ("订单号20260112345678查一下", Kind.NUMBER, "20260112345678"),
    ("order number 48213 is missing", Kind.NUMBER, "48213"),
    ("会员号：88213", Kind.NUMBER, "88213"),
    ("快递SF1234567890123", Kind.NUMBER, "1234567890123"),
    ("验证码是384721", Kind.NUMBER, "384721"),
    ("ssn 078-05-1120", Kind.NUMBER, "078-05-1120"),
    ("NI number AB 12 34 56 C", Kind.NUMBER, "AB 12 34 56 C"),
)

# What looks a little like personal data, and is none.
ORDINARY = (
    "第3.5.2条和3.5.3条讲的什么",
    "3.5.2 and 1.2.4, please",
    "我18岁了，2024年1月2日注册的",
    "2024-01-02 10:30 到 2024-02-03 之间",
    "from 2024-01-02 to 2024-02-03",
    "用400字说说你们的政策",
    "in 2019, 2020, 2021, 2022 and 2023",
    "2019 2020 2021 2022 2023",
    "满300减50，买了1000块钱的东西",
    "it cost £1,299.99 in 2023",
    "我叫你们删除我的资料",
    "我叫他们别打电话",
    "我叫了外卖",
    "我叫车的记录会留着吗",
    "我叫安装师傅上门，他会知道我的名字吗",
    "我的名字是什么时候收集的",
    "姓名是必填的吗",
    "姓名、电话、地址都要填吗",
    "收件人是谁你们知道吗",
    "我是高中生，能注册吗",
    "我是安卓用户",
    "我是江苏人",
    "我是班主任，想给全班买书",
    "我是黄金会员",
    "孩子叫外卖",
    "本人何时可以查询",
    "my name is sold?",
    "is my name sold to anyone",
    "my name is on the list, isn't it",
    "my name is being shared with whom",
    "what happens when my name is used",
    "I'm worried about my data",
    "I am Chinese, can I read this",
    "i'm South African",
    "this is ridiculous",
    "call me back",
    "call me a cab",
    "I am here",
    "护照号你们要登记吗",
    "do you want my passport number",
    "passport or driving licence",
    "身份证号要存几年",
    "手机号码要填吗",
    "电话会录音吗",
    "客服电话12315",
    "微信登录会拿到什么",
    "用微信public账号登录",
    "do you share with WeChat account holders",
    "QQ登录安全吗",
    "order number please",
    "账号注销要几天",
    "密码忘了怎么办",
    "你们超市的会员",
    "我们小区的快递柜",
    "一路走来",
    "在网路上",
    "城市里有几家店",
    "12号发货，13号到",
    "12号、13号发货吗",
    "5月12号下单",
    "二楼有人吗",
    "三室一厅",
    "上市公司要公开吗",
    "地区不同有区别吗",
    "the road to hell",
    "2 days on the road",
    "3 orders by the way",
    "10 people in the street",
    "a flat fee",
    "see room for improvement",
    "meet at noon",
    "look at gmail settings",
    "@policybot hello",
    "we met at 5",
    "new1 or old2",
    "新A款上架了吗",
    "E系列和G20峰会",
    "版本号 2.10.3",
    "v2026.11.22",
    "covid-19 and 5g",
    "1+1=2",
    "100,000,000",
)


@pytest.mark.parametrize(("text", "kind", "secret"), PERSONAL, ids=[one[0] for one in PERSONAL])
def test_personal_data_is_found_and_named(text: str, kind: Kind, secret: str) -> None:
    pieces = {(one.kind, text[one.start : one.end]) for one in found(text)}
    assert (kind, secret) in pieces
    assert secret not in mask(text, "en")


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_question_stays_as_it_is(text: str, language: Language) -> None:
    assert mask(text, language) == text


@pytest.mark.parametrize(("text", "kind", "secret"), PERSONAL, ids=[one[0] for one in PERSONAL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_masked_text_stays_as_it_is(
    text: str, kind: Kind, secret: str, language: Language
) -> None:
    once = mask(text, language)
    assert mask(once, language) == once


def test_the_word_in_its_place_speaks_the_language_asked_for() -> None:
    text = "13800138000 / a@example.com"
    assert mask(text, "zh") == "[手机号] / [邮箱]"
    assert mask(text, "en") == "[phone number] / [e-mail address]"


def test_several_kinds_in_one_question_all_go_and_the_rest_stays() -> None:
    text = "我叫王小明，手机138 0013 8000，住在北京市朝阳区建国路88号，能删除第3.5.2条说的信息吗？"
    expected = "我叫[姓名]，手机[手机号]，住在[地址]，能删除第3.5.2条说的信息吗？"
    assert mask(text, "zh") == expected


def test_positions_are_those_of_the_text_as_typed() -> None:
    text = "㎏\u200b½ ｍｙ ｎａｍｅ ｉｓ Ｊｏ, ①３８００１３８０００"
    assert [text[one.start : one.end] for one in found(text)] == ["Ｊｏ", "①３８００１３８０００"]


def test_what_is_found_stands_in_order_and_apart() -> None:
    text = "我叫王小明，13800138000，a@example.com，京A12345，中山路12号"
    spans = [(one.start, one.end) for one in found(text)]
    assert len(spans) == 5
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),
        ("440308199901101512", True),
        ("44030819990110151", False),
        ("", False),
        ("X", False),
        ("1101051949123100XX", False),
    ],
)
def test_a_check_character_proves_an_identity_card(number: str, *, right: bool) -> None:
    assert is_identity_card(number) is right


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("378282246310005", True),
        ("6222021234567890128", True),
        ("0000000000000000", False),
        ("18", False),
        ("", False),
    ],
)
def test_the_luhn_check_proves_a_bank_card(digits: str, *, right: bool) -> None:
    assert is_bank_card(digits) is right


def _with_check(seventeen: str) -> str:
    return next(seventeen + last for last in "0123456789X" if is_identity_card(seventeen + last))


def _with_luhn(digits: str) -> str:
    return next(digits + last for last in "0123456789" if is_bank_card(digits + last))


def _grouped(digits: str, shape: tuple[int, ...], between: str) -> str:
    groups, place = [], 0
    for length in shape:
        groups.append(digits[place : place + length])
        place += length
    return between.join([*groups, digits[place:]]) if digits[place:] else between.join(groups)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


_BETWEEN = st.sampled_from(["", " ", "-", "－", "\u3000"])
_IDENTITY_CARDS = st.builds(
    lambda place, day, last, between: _grouped(
        _with_check(f"{place}{day:%Y%m%d}{last}"), (6, 8, 4), between
    ),
    st.sampled_from(["110105", "310104", "440308", "510107", "650102"]),
    st.dates(min_value=date(1920, 1, 1), max_value=date(2030, 1, 1)),
    _digits(3),
    _BETWEEN,
)
_BANK_CARDS = st.builds(
    lambda first, rest, between: _grouped(_with_luhn(first + rest), (4, 4, 4, 4), between),
    st.sampled_from("3456"),
    st.integers(12, 17).flatmap(_digits),
    _BETWEEN,
)
_MOBILES = st.builds(
    lambda country, prefix, rest, shape, between: (
        country + between + _grouped(prefix + rest, shape, between)
    ),
    st.sampled_from(["", "+86", "86", "0086"]),
    st.sampled_from(["13", "14", "15", "16", "17", "18", "19"]),
    _digits(9),
    st.sampled_from([(3, 4, 4), (3, 3, 5), (4, 4, 3), (11,)]),
    _BETWEEN,
)
_EMAILS = st.from_regex(
    r"[a-z0-9][a-z0-9._+-]{0,20}[a-z0-9]@([a-z0-9][a-z0-9-]{0,10}\.){1,2}(com|cn|co\.uk|org)",
    fullmatch=True,
)
# Anything may stand around; a letter or digit that touches it makes it something else.
_AROUND = st.text(
    st.characters(exclude_categories=("N", "Cs", "Mn", "Me", "Cf"), exclude_characters="-_@+.（()"),
    max_size=20,
).map(lambda text: re.sub(r"[A-Za-zＡ-Ｚａ-ｚ]+\Z|\A[A-Za-zＡ-Ｚａ-ｚ]+", "", text))


@settings(deadline=None)
@given(
    before=_AROUND,
    secret=st.one_of(_IDENTITY_CARDS, _BANK_CARDS, _MOBILES, _EMAILS),
    after=_AROUND,
    language=st.sampled_from(LANGUAGES),
)
def test_numbers_and_addresses_never_survive_whatever_stands_around(
    before: str, secret: str, after: str, language: Language
) -> None:
    masked = mask(f"{before},{secret},{after}", language)
    assert secret not in masked
    assert not re.search(r"[0-9]{2}", masked)


_PIECES = st.sampled_from(
    [
        *("我叫", "王", "小明", "姓名：", "是", "my name is ", "Jo ", "this is ", " speaking", "@"),
        *("13800138000", "138", " 0013 ", "8000", "E1234", "5678", "+", "(", ")", "-", ".", " "),
        *("a@b.com", "微信", "qq ", "路", "12", "号", "区", "市", "北京", "3栋", "flat 3", ", "),
        *("110105194912310", "02X", "4111 1111", " 1111 1111", "京A", "护照", "passport ", "\n"),
        *("12 Baker ", "Street", "NW1 6XE", "[", "]", "手机号", "电话", "，", "\u200b", "￼", "ａ"),
    ]
)
_MIXED = st.one_of(
    st.lists(_PIECES, max_size=14).map("".join),
    st.text(max_size=60),
    st.text(st.characters(categories=("Cs", "Nd", "Zs", "Cf", "Lo", "Pd")), max_size=40),
)


@settings(deadline=None, max_examples=400)
@given(text=_MIXED, language=st.sampled_from(LANGUAGES))
def test_masking_a_masked_text_changes_nothing(text: str, language: Language) -> None:
    once = mask(text, language)
    assert mask(once, language) == once


@settings(deadline=None, max_examples=400)
@given(text=_MIXED)
def test_all_that_is_not_found_stays_in_its_place(text: str) -> None:
    rest, end = "", 0
    for one in found(text):
        assert end <= one.start < one.end <= len(text)
        rest += text[end : one.start] + one.kind.word("zh")
        end = one.end
    assert mask(text, "zh") == rest + text[end:]


_PLAIN = "的了吗我你会不会删除保存资料隐私政策。，？！ abc defghij klmno pqrstuvwxyz'\"\n\t"


@settings(deadline=None)
@given(text=st.text(_PLAIN, max_size=80).filter(lambda text: "mr" not in text))
def test_a_text_without_digits_and_names_is_unchanged(text: str) -> None:
    if not re.search(r"\b(?:i'?m|name|its?|dr|ms|this|call)\b", text):
        assert mask(text, "zh") == text


LONG = 64 * 1024


def _soup(letters: str) -> str:
    return "".join(random.Random(7).choices(letters, k=LONG))  # noqa: S311 - no secret


@pytest.mark.parametrize(
    "text",
    [
        *("1" * LONG, "a" * LONG, "A" * LONG, "１" * LONG, "a1" * (LONG // 2), "@" * LONG),
        *("a@" * (LONG // 2), "+1" * (LONG // 2), "中" * LONG, " " * LONG, "a." * (LONG // 2)),
        *(_soup("abc123"), "E1" * (LONG // 2), "-" * LONG),
    ],
    ids=lambda text: text[:8],
)
def test_long_digits_and_letters_take_no_time(text: str) -> None:
    spent = []
    for _ in range(3):
        start = time.process_time()
        mask(text, "en")
        spent.append(time.process_time() - start)
    # 12 to 60 ms on two cores; what grows with the square of the length takes minutes
    assert min(spent) < 0.3


@pytest.mark.parametrize(
    "piece",
    [
        *("1 ", "1 1 1 1 1 1 1 1 1 1 1 1,", "123 1234 567,", "2024-01-02 ", "我叫王小明"),
        *("1号", "路", "my name is Jo ", "Mr ", "I'm Jo ", "微信a1b2c", "passport a1b2c3 "),
        *("a@b.com ", " at b.", "12E12345678", "1 Aa Bb Cc ", "北京市", "京A1", "flat 1 "),
        _soup("ABCDE0123456789")[:997],
    ],
)
def test_the_time_grows_only_with_the_length(piece: str) -> None:
    def spent(length: int) -> float:
        text = piece * (length // len(piece))
        times = []
        for _ in range(3):
            start = time.process_time()
            mask(text, "zh")
            times.append(time.process_time() - start)
        return min(times)

    assert spent(LONG) < 12 * spent(LONG // 8) + 0.05  # eight times as long; quadratic would be 64


def test_hardly_a_question_of_the_bank_is_masked(shop: Policy) -> None:
    questions = read_bank(CORPUS / "bank", shop).questions
    masked = [one.question for one in questions if found(one.question)]
    assert len(questions) > 20_000
    assert len(masked) / len(questions) < 0.003
