"""Accounts and references that only the word before them tells: WeChat, QQ, orders, members."""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_NUMBER = "账号|帐号|賬號|号码|號碼|号|號|id"
_IS = r"(?: ?(?:就是|是|为|為|is|was))?[ :#\"'“”‘’]{0,3}"
_CHAT_NAME = (
    "(?:微信|威信|薇信|wechat|weixin|qq|扣扣|企鹅号|(?<![a-z])[vw]x|加v|v信"
    "|telegram|whatsapp|skype)"
)
# A WeChat id begins with a letter and has 6 to 20 characters, a QQ number 5 to 12 digits.
_CHAT = re.compile(
    rf"{_CHAT_NAME} ?(?:{_NUMBER}|account|number|no\.?)?{_IS}"
    r"(?P<id>[a-z0-9][a-z0-9_-]{4,31})(?![a-z0-9_-])",
    re.IGNORECASE,
)
_CHAT_SURE = re.compile(
    rf"{_CHAT_NAME} ?(?:{_NUMBER})? ?(?:是|:|为|為|\bid is\b|\bis\b) ?[\"'“‘]?"
    r"(?P<id>[a-z][a-z0-9_-]{5,31})(?![a-z0-9_-])",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:(?:订单|訂單|快递|运单|物流|会员|會員|客户|账户|帳戶|卡|学|工|社保|医保|驾驶证|驾照|档案|流水"
    r"|发票)(?:编号|号码|號碼|号|號|单号|單號)|单号|單號|账号|帐号|賬號|验证码|驗證碼|密码|密碼"
    r"|(?:order|account|member(?:ship)?|customer|tracking|reference|ref|invoice|case|ticket"
    r"|licen[cs]e|insurance|security)(?: ?(?:number|num|no\.?|id|ref|code|#))"
    r"|password|passcode|pin)"
    rf"{_IS}(?P<id>[a-z0-9][a-z0-9_/-]{{3,31}})(?![a-z0-9_-])",
    re.IGNORECASE,
)
_NATIONAL_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Za-z0-9])",
    re.IGNORECASE,
)
_HINTS = (
    *(
        "信",
        "扣扣",
        "号",
        "號",
        "码",
        "碼",
        "qq",
        "wechat",
        "weixin",
        "vx",
        "wx",
        "加v",
        "telegram",
    ),
    *("whatsapp", "skype", "order", "account", "member", "customer", "track", "ref", "invoice"),
    *("case", "ticket", "licen", "insurance", "security", "pass", "pin"),
)
_DIGIT = re.compile("[0-9]")
# What may follow "WeChat is" without being anyone's id.
_WORDS = frozenset(
    """
    linked bound mapped shared stored needed required blocked public private optional allowed
    banned involved connected supported available collecting sharing reading getting watching
    tracking always really another something chinese foreign unsafe secure mandatory compulsory
    separate wechat weixin different
    """.split()  # noqa: SIM905 - a list would fill the page
)


def find_accounts(text: str) -> Iterator[Found]:
    """Find ids of chat accounts, and references: order, member, account, insurance numbers."""
    if mentions(text, _HINTS):
        for match in _CHAT.finditer(text):
            if _DIGIT.search(match["id"]) or "_" in match["id"]:
                yield Found(Kind.ACCOUNT, match.start("id"), match.end("id"))
        for match in _CHAT_SURE.finditer(text):
            if match["id"].lower() not in _WORDS:
                yield Found(Kind.ACCOUNT, match.start("id"), match.end("id"))
        for match in _REFERENCE.finditer(text):
            if _DIGIT.search(match["id"]):
                yield Found(Kind.NUMBER, match.start("id"), match.end("id"))
    for match in _NATIONAL_INSURANCE.finditer(text):
        yield Found(Kind.NUMBER, match.start(), match.end())
