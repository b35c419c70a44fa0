"""Chinese names after 我叫, 我的名字是, 姓名： and the like: a surname, then one or two characters.

Where the words before leave no doubt, a surname is enough; elsewhere (我是 …, or a surname that is
a common word too) the name must end with a stop, or with what people say next.
"""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范廖石韦贾夏付傅邹熊白孟秦邱侯江尹薛闫阎段雷黎史龙陶贺毛郝顾龚邵覃武钱戴莫孔向汤温康施"
    "牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷"
    "晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈匡鞠"
    "惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿"
    "国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉"
    "陳張劉黃趙吳孫馬鄭羅許馮鄧蕭蔣葉蘇魏呂盧鍾譚陸韋賈鄒閻賀顧龔錢湯齊喬龐顏聶魯歐關蘭寧紀畢單駱藍遊"
)
_COMPOUND = re.compile(
    "欧阳|歐陽|上官|司马|司馬|诸葛|諸葛|东方|東方|皇甫|尉迟|公孙|公孫|慕容|司徒|令狐|端木|夏侯|南宫|独孤|轩辕|宇文|长孙|长孫"
)
# Surnames that are common words as well: such a name must be seen to end.
_AMBIGUOUS = frozenset(
    "何安时成单常高方万于车和任应全向平计国来那都门相初位强修支原祖满练印战危官师明连解管路关包华白田马马花海"
    "区权楼南阳云乐米金黑老新同别里查商谈司边党易左石江河水温宁康封房农古简项景宫费冷席麦甘童符章申施"
)
# What no given name holds, or hardly any: it begins what the customer says next.
_NOT_GIVEN = frozenset(
    "的了吗呢吧啊呀嘛么我你您他她它们這这那哪个是在有不没也都就还很请問问想要会能可怎为被把给让跟和与或及从到去来说"
    "看买卖用打住今年岁先女老电手身号地址，。之其此所得着过什谁几多少下上里外后前再又才只因但如果需该应已曾每各某"
    "，。？！、；：删查改填登录注册订单快递信息收货退换账户客服平台店网站名字叫做时候日月做吃送取发拿"
)
_THEN = re.compile(
    r"想|要|请|請|问|問|我|今年|住|电话|電話|手机|手機|身份证|身份證|来自|來自|的|能|可以|会|有|在|买|跟|你|怎|为|什|这|那|把"
    r"|被|从|打|咨询|投诉|申请|需|希望|发现|觉得|订|注册|下单|昨|上|刚|已|先生|女士|小姐|同学|老师|本人|生日|微信|邮箱"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WHOSE = (
    "[我俺咱]|本人|他|她|我?(?:妈妈?|爸爸?|老公|老婆|丈夫|妻子|爱人|孩子|儿子|女儿|爷爷|奶奶|外公|外婆|朋友|同事|弟弟?|妹妹?"
    "|哥哥?|姐姐?|老板|室友)"
)
_LABEL = (
    "(?:真实)?姓名|(?:真|全|大|中文|我的|本)名字?|名字|收货人|收件人|寄件人|联系人|户主|持卡人|开户名|户名|开户人|申请人|投诉人"
    "|登记人|乘客|旅客"
)
_IS_CALLED = re.compile(
    rf"(?:(?:{_WHOSE})(?:的)?(?:{_LABEL})?(?:就|也|是)?(?:名叫|叫做|叫作|叫|名为)"
    rf"|(?:{_LABEL})(?:就)?(?:是|叫|为|:|填的?是|写的?是|: )"
    r"|免贵姓(?=[\u4e00-\u9fff]{2}))[ :“\"'「‘]{0,2}"
)
_SELF = re.compile(
    r"(?<![^，,。！!？?；; \n好的])(?:我是|这里是|本人(?:是|叫)?)[ :]{0,2}|我姓(?=.[,， ]?[名叫])"
)
_NAMED_APART = re.compile(
    r"(?P<name>[\u4e00-\u9fff][,， ]?[名叫]{1,2}[\u4e00-\u9fff]{1,2})(?![\u4e00-\u9fff])"
)
_LATIN = re.compile(r"[A-Z][A-Za-z'’.-]{1,24}(?: [A-Z][A-Za-z'’.-]{0,24}){0,3}")
_WITH_DOT = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•・‧][\u4e00-\u9fff]{1,8}){1,3}")
_PET_NAME = re.compile(
    r"[小阿老大](?![孩哥弟妹姐区时学名号人车家店票米])[\u4e00-\u9fff](?![\u4e00-\u9fff])"
)
_SPACED = re.compile(
    r"(?P<surname>[\u4e00-\u9fff]) (?P<given>[\u4e00-\u9fff]{1,2})(?![\u4e00-\u9fff])"
)
# What people say of themselves after 我是 that begins like a name.
_NO_NAME_END = frozenset(
    "人员生师者民户客工友妈爸娘爷奶哥姐弟妹女男族迷粉党派长任家手士子丝控狗汉员工商主方兵医"
)
_HINTS = ("叫", "名", "姓", "人", "户主", "我是", "这里是", "乘客", "旅客")
_LONGEST = 2  # characters of a given name


def find_names_zh(text: str) -> Iterator[Found]:
    """Find names after the words that introduce them."""
    if not mentions(text, _HINTS):
        return
    for match in _IS_CALLED.finditer(text):
        if end := _end_of_name(text, match.end()):
            yield Found(Kind.NAME, match.end(), end)
    for match in _SELF.finditer(text):
        start = match.end()
        if match[0] == "我姓":
            apart = _NAMED_APART.match(text, start)
            end = apart.end() if apart and text[start] in _SURNAMES else 0
        else:
            end = _end_before_stop(text, start)
        if end:
            yield Found(Kind.NAME, start, end)


def _end_of_name(text: str, start: int) -> int:
    """Return where the name that begins at ``start`` ends; 0 where there is none."""
    for pattern in (_LATIN, _WITH_DOT, _PET_NAME):
        if match := pattern.match(text, start):
            return match.end()
    spaced = _SPACED.match(text, start)
    if spaced and spaced["surname"] in _SURNAMES:
        return spaced.end()
    surname = _length_of_surname(text, start)
    if not surname:
        return 0
    ends = _possible_ends(text, start + surname)
    sure = [end for end in ends if not _HAN.match(text, end) or _THEN.match(text, end)]
    if sure:
        return sure[0]
    return 0 if not ends or text[start] in _AMBIGUOUS else ends[0]


def _end_before_stop(text: str, start: int) -> int:
    """Return where a name of two or three characters before a stop ends; 0 where there is none."""
    surname = _length_of_surname(text, start)
    if not surname or text[start] in _AMBIGUOUS:
        return 0
    for end in _possible_ends(text, start + surname):
        if not _HAN.match(text, end) and text[end - 1] not in _NO_NAME_END:
            return end
    return 0


def _length_of_surname(text: str, start: int) -> int:
    if compound := _COMPOUND.match(text, start):
        return len(compound[0])
    return int(text[start : start + 1] in _SURNAMES)


def _possible_ends(text: str, start: int) -> list[int]:
    """Return where a given name that begins at ``start`` can end, the longest first."""
    length = 0
    while (
        length < _LONGEST
        and _HAN.match(text, start + length)
        and text[start + length] not in _NOT_GIVEN
    ):
        length += 1
    return [start + count for count in range(length, 0, -1)]
