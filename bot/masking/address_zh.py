"""Chinese addresses: province, city, district, street, number, building, unit, room.

Read from the words that end each level (市, 区, 路 …): levels that follow one another from the
large to the small are an address; one level alone is, only where a word such as 住在 says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_LEVELS = (
    "省|自治区|特别行政区",
    "市|自治州|盟|地区",
    "区|區|县|縣|旗",
    "街道|镇|鎮|乡|鄉",
    "路|街|大道|大街|巷|胡同|村|屯|庄|莊",
    "小区|小區|花园|花園|家园|公寓|大厦|大廈|广场|苑|社区|新村",
)
_DISTRICT, _ROAD = 2, 4
# The same for endings that follow a number.
_NUMBERED_LEVELS = (
    "期|弄|号院|號院",
    "号|號",
    "号楼|號樓|栋|棟|幢|座",
    "单元|單元|门",
    "层|層|楼|樓",
    "室|房|户|戶",
)
_ROOM = len(_LEVELS) + len(_NUMBERED_LEVELS) - 1
_RANK = {word: rank for rank, words in enumerate(_LEVELS) for word in words.split("|")}
_NUMBERED_RANK = {
    word: rank
    for rank, words in enumerate(_NUMBERED_LEVELS, len(_LEVELS))
    for word in words.split("|")
}
_ENDINGS = "|".join(sorted(_RANK, key=len, reverse=True))
_NUMBERED = "|".join(sorted(_NUMBERED_RANK, key=len, reverse=True))
_PART = re.compile(
    r"(?P<number>(?:[甲乙丙丁]?[0-9]{1,4}(?:-[0-9]{1,4}){0,3}[A-Za-z]?|[一二三四五六七八九十百]{1,4}"
    rf"|[A-Za-z][0-9]{{0,4}}|[甲乙丙丁东西南北])(?:之[0-9一二三])?(?P<ending>{_NUMBERED})(?![码碼召线線称])"
    r"|(?<=[号號栋棟幢座元楼樓层層])-?[0-9]{2,4}(?![0-9年月日个元天]))"
    rf"|(?P<level>{_ENDINGS})"
)
# Regions that need no ending, before a city or a district.
_REGION = re.compile(
    "北京|上海|天津|重庆|重慶|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾|臺灣|廣東"
)
# Characters that stand before names of places and in none, or hardly any.
_BEFORE_NAME = frozenset(
    "我你您他她它们們的是在住到寄送给給从從去往了吗呢吧啊这這那哪个個每某各整全本该該说說问問要会會"
    "能把被让讓跟为為用有没沒不也都还還就只才很最跑搬离離就想叫做写寫填回来來于於址家"
)
# Places that hold such a character all the same.
_PLACES = frozenset(
    {"成都", "新都", "花都", "江都", "于都", "丰都", "昌都", "武都", "都匀", "都江", "来宾", "来安"}
    | {"来凤", "会理", "会昌", "会宁", "新会", "从化", "于洪"}
)
_NAME_LONGEST = 8
# Words that end like a level and name no place.
_NO_PLACE = re.compile(
    "(?:超|股|夜)市$|^(?:上|门|菜|集|本|都|黑|牛|熊|楼|闹|全|外|同|城|大城)市$"
    "|(?:厂|景|片|郊|专|误|盲|灰|时|分|禁|战|服务|评论|留言|生活|工业|办公|居民|住宅|自)区$"
    "|^(?:社|小|地|校|园|市|城|主城|老城|新城|山|贫困山|偏远山|我们小|农村社)区$"
    "|(?:道|网|線|线|马|馬|铁|鐵|电|電|思|套|退|死|弯|高速公)路$"
    "|^(?:公|后|後|一|半|同|走|带|帶|问|修|出|门|上|顺|赶|认|迷|这条|那条)路$"
    "|^(?:逛|上|扫|大|步行|美食|商业|整条)街$|^(?:农|乡|山|全|同|本|外|城中|度假)村$"
    "|^(?:城|家|老|下|故|同|异|回|小|乡|集|村)[镇乡]$|^(?:外|本|全|各|跨|同|节)省$|^(?:全|本|各)县$"
    "|(?:网|别|钱)庄$|^(?:后|公|校)花园$"
)
_SAID = re.compile(
    r"(?:(?:地址|住址|籍贯)(?:是|在|为|填的?是|:| )+|住在|家住|家在|现住|住址在"
    r"|寄到|寄往|送到|寄去|发到|搬到|搬去)(?:了|的是)? ?"
)
_GAP = re.compile(r"[ ,、]{0,2}(?:[东西南北中]段)?")


@dataclass(frozen=True, slots=True)
class _Part:
    """One level of an address: where its name begins, where its ending word ends."""

    start: int
    end: int
    rank: int


def find_addresses_zh(text: str) -> Iterator[Found]:
    """Find chains of at least two levels, and single levels where one is said to live."""
    if not mentions(text, (*_RANK, *_NUMBERED_RANK)):
        return
    parts = list(_parts(text))
    said = {match.end() for match in _SAID.finditer(text)} if parts else set()
    chain: list[_Part] = []
    for before, part in pairwise([None, *parts]):
        if part is None:
            continue
        follows = before is not None and _follows(text, before, part)
        if not follows:
            yield from _address(text, chain, said)
            chain = []
        chain.append(part)
    yield from _address(text, chain, said)


def _parts(text: str) -> Iterator[_Part]:
    earliest = 0
    for match in _PART.finditer(text):
        if match["number"]:
            rank = _NUMBERED_RANK.get(match["ending"], _ROOM)
            yield _Part(match.start(), match.end(), rank)
            earliest = match.end()
            continue
        start = _start_of_name(text, earliest, match.start())
        name = text[start : match.end()]
        if start < match.start() and not _NO_PLACE.search(name):
            yield _Part(start, match.end(), _RANK[match["level"]])
            earliest = match.end()


def _start_of_name(text: str, earliest: int, end: int) -> int:
    """Return where the name that ends at ``end`` begins: behind what is in no place's name."""
    start = end
    while (
        start > max(earliest, end - _NAME_LONGEST)
        and "\u4e00" <= text[start - 1] <= "\u9fff"
        and (
            text[start - 1] not in _BEFORE_NAME
            or text[start - 2 : start] in _PLACES
            or text[start - 1 : start + 1] in _PLACES
        )
    ):
        start -= 1
    return start


def _follows(text: str, before: _Part, part: _Part) -> bool:
    gap = text[before.end : part.start]
    smaller = part.rank > before.rank or part.rank == before.rank == _ROAD
    return smaller and _GAP.fullmatch(gap) is not None


def _address(text: str, chain: list[_Part], said: set[int]) -> Iterator[Found]:
    if not chain:
        return
    first, last = chain[0], chain[-1]
    region = _REGION.match(text, first.start)
    start = first.start
    if first.rank >= len(_LEVELS):
        is_address = len(chain) > 1 and not text[max(0, start - 1) : start].isdigit()
    else:
        is_address = (
            len(chain) > 1
            or start in said
            or (region is not None and first.rank == _DISTRICT and region.end() < first.end - 1)
        )
    if is_address:
        yield Found(Kind.ADDRESS, start, last.end)
