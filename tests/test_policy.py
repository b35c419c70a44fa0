"""The policy put together: editions that match, and what the shipped one holds."""

import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import yaml

from bot.corpus.blocks import spans
from bot.corpus.policy import policy_folders, read_policy
from bot.errors import CorpusError, UsageError
from bot.settings import CORPUS
from bot.types import LANGUAGES, Language, Policy

REFERENCE = CORPUS.parent.parent / "shared" / "policy"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference texts do not lie beside this checkout"
)

IDS = (
    *("0.1", "0.2", "0.3", "1.1"),
    *(f"1.2.{number}" for number in range(1, 8)),
    *(f"1.3.{number}" for number in range(1, 4)),
    *(f"2.{number}" for number in range(1, 12)),
    *("3.1", "3.2", "3.3", "3.4", "3.5.1", "3.5.2", "3.5.3", "3.6", "4.1", "4.2"),
)

# The terms that each clause must hold to say what it has to say, in Chinese and in English.
FACTS = {
    "0.1": (
        ["服务", "信息", "收集", "使用"],
        ["services", "information", "collect", "what we do with it"],
    ),
    "0.2": (
        ["本网站", "一切相关服务"],
        ["every related service of this website"],
    ),
    "0.3": (
        ["浏览本网站", "任何一项服务", "接受"],
        ["visiting this website", "any one of its services", "accept"],
    ),
    "1.1": (
        ["主要", "购物", "顺畅", "省时", "改善", "购物体验"],
        ["chiefly", "smooth", "efficient", "improving", "shopping experience"],
    ),
    "1.2.1": (
        ["用户名", "注册时"],
        ["user name", "registration"],
    ),
    "1.2.2": (
        ["个人", "公司", "姓名", "公司名称", "通信地址", "电子邮箱", "电话", "手机号", "传真号"],
        [
            "person",
            "company",
            "name",
            "company name",
            "postal address",
            "e-mail",
            "telephone",
            "mobile number",
            "fax number",
        ],
    ),
    "1.2.3": (
        [
            "下单人",
            "收货人",
            "姓名",
            "收货地址",
            "电子邮箱",
            "电话",
            "签名",
            "交付单据",
            "账户",
            "账户中的信息",
            "特定服务",
        ],
        [
            "person ordering",
            "person receiving",
            "names",
            "delivery address",
            "e-mail",
            "phone",
            "signature",
            "delivery papers",
            "account with this website",
            "information in that account",
            "particular services",
        ],
    ),
    "1.2.4": (
        ["身份证号", "护照号", "驾驶证号"],
        ["identity card number", "passport number", "driving licence number"],
    ),
    "1.2.5": (
        ["别人", "商品", "服务", "姓名", "收货地址", "电子邮箱", "电话"],
        ["somebody else", "goods", "services", "name", "delivery address", "e-mail", "phone"],
    ),
    "1.2.6": (
        ["支付信息", "订单", "财务信息", "银行账号"],
        ["payment", "order", "financial", "bank account number"],
    ),
    "1.2.7": (
        ["其他个人", "公司", "组织", "社会实体"],
        ["other people", "firms", "organisations", "social bodies"],
    ),
    "1.3.1": (
        ["您自己提供", "浏览本网站", "使用其服务"],
        ["you provide", "visiting this website", "using its services"],
    ),
    "1.3.2": (
        ["自动", "沟通", "不论什么时候", "接收", "保存"],
        ["automatically", "communicate", "whenever", "receive", "store"],
    ),
    "1.3.3": (
        ["活动", "我们举办", "合作伙伴一起"],
        ["activity", "organise", "alone", "together with partners"],
    ),
    "2.1": (
        ["商品", "服务", "指定采购", "配送"],
        ["products", "services", "targeted purchasing", "delivering goods"],
    ),
    "2.2": (
        ["处理款项", "收取"],
        ["process payments", "collect"],
    ),
    "2.3": (
        ["要求", "咨询", "答复", "沟通"],
        ["request", "advise", "reply", "communicate"],
    ),
    "2.4": (
        ["推荐", "感兴趣", "商品", "服务"],
        ["products", "services", "interesting"],
    ),
    "2.5": (
        ["服务", "联系您", "调研"],
        ["services better", "contact you", "surveys"],
    ),
    "2.6": (
        ["购买行为", "趋势", "市场调查", "顾客调查", "财务分析"],
        ["buying behaviour", "trends", "market", "customer surveys", "financial analysis"],
    ),
    "2.7": (
        ["管理", "确认", "资格", "线上", "线下", "优惠", "促销"],
        ["manage", "confirm", "qualify", "online", "offline", "offers", "promotions"],
    ),
    "2.8": (
        [
            "经营",
            "评估",
            "改进",
            "开发新的商品和服务",
            "通信",
            "销售",
            "营销",
            "广告",
            "分析",
            "网站",
            "会计",
            "审计",
            "簿记",
            "对账",
            "收集",
        ],
        [
            "run",
            "assess",
            "improve",
            "new products and services",
            "communications",
            "sales",
            "marketing",
            "advertising",
            "analysing",
            "strengthening",
            "website",
            "accounting",
            "auditing",
            "bookkeeping",
            "reconciliation",
            "collection",
        ],
    ),
    "2.9": (
        ["事先", "同意", "指定的联系人"],
        ["agreed beforehand", "contacts you name"],
    ),
    "2.10": (
        ["违法", "犯罪", "其他法律责任"],
        ["unlawful", "criminal", "other legal liability"],
    ),
    "2.11": (
        ["法律", "政策规则"],
        ["law", "policy rules"],
    ),
    "3.1": (
        ["重要", "不出售", "也不以其他方式", "除了这份政策里写明的情况"],
        ["important part", "do not sell", "share it in any other way", "except"],
    ),
    "3.2": (
        ["关联公司", "入驻", "商家", "联合登录", "其他网站", "辨认", "共享"],
        [
            "affiliated companies",
            "merchants",
            "joint login",
            "other sites",
            "can tell",
            "shared with that partner",
        ],
    ),
    "3.3": (
        [
            "外部",
            "公司",
            "个人",
            "运营",
            "维护",
            "信息技术平台",
            "技术服务",
            "数据安全",
            "备份",
            "处理订单",
            "配送",
            "信函",
            "电子邮件",
            "用户名单中去除重复",
            "分析数据",
            "市场营销",
            "搜索结果",
            "链接",
            "付费",
            "收款",
            "付款",
            "用户服务",
        ],
        [
            "outside",
            "companies",
            "individuals",
            "operations",
            "maintenance",
            "IT platform",
            "technical services",
            "data security",
            "backup",
            "handling orders",
            "delivering",
            "letters",
            "e-mails",
            "removing duplicate entries from user lists",
            "analysing data",
            "marketing",
            "search results",
            "links",
            "paid listings",
            "incoming",
            "outgoing payments",
            "user service",
            "may share user information",
        ],
    ),
    "3.4": (
        ["第三方", "通知您", "选择不"],
        ["third party", "notified", "choose not to"],
    ),
    "3.5.1": (
        ["法律", "法规", "法律程序", "法院命令", "传票"],
        ["laws", "regulations", "legal process", "court order", "summons"],
    ),
    "3.5.2": (
        ["政府部门", "行政机关", "执法机关"],
        ["government", "administrative", "law-enforcement"],
    ),
    "3.5.3": (
        [
            "本网站",
            "用户",
            "权利",
            "财产",
            "安全",
            "必要",
            "适合",
            "损害",
            "损失",
            "调查",
            "违法",
            "欺诈",
            "信用风险",
            "其他公司和组织",
        ],
        [
            "this website",
            "users",
            "anyone else",
            "rights",
            "property",
            "safety",
            "necessary",
            "fitting",
            "actual harm",
            "financial loss",
            "suspected",
            "illegal",
            "other companies and organisations",
            "fraud",
            "credit risk",
        ],
    ),
    "3.6": (
        ["卖", "转让", "第三方", "承继方", "个人信息", "延续", "接受这份政策", "同意"],
        [
            "sold",
            "third party",
            "successor",
            "personal information",
            "go on",
            "accepting this policy",
            "agree",
        ],
    ),
    "4.1": (
        ["未成年人", "现行法律", "不希望", "监护人", "一同", "监督"],
        [
            "minors",
            "law in force",
            "do not want",
            "directly",
            "guardian",
            "together",
            "supervision",
        ],
    ),
    "4.2": (
        ["不会主动索取", "不愿意收到", "年龄", "监护人同意", "联系我们删除", "不要再给"],
        [
            "neither seek",
            "nor wish to receive",
            "how old",
            "guardian's consent",
            "contact us",
            "deleted",
            "stop sending",
        ],
    ),
}


def change(corpus: Path, language: Language, old: str, new: str) -> None:
    path = corpus / f"policy.{language}.md"
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new), encoding="utf-8")


def refused(corpus: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        read_policy(corpus, "small")
    return caught.value


def test_a_policy_has_its_clauses_in_order_with_text_and_headings_per_language(
    small_policy: Policy,
) -> None:
    assert [clause.id for clause in small_policy.clauses] == ["1.1", "1.2", "2.1"]
    clause = small_policy.clauses[0]
    assert clause.path == {"zh": ("收集", "证件"), "en": ("Collection", "Documents")}
    assert clause.text["zh"] == "我们收集护照号。我们不收集指纹。"
    assert (small_policy.id, small_policy.version) == ("small", "1")
    assert small_policy.effective == "2026-01-02"
    assert small_policy.title["en"] == "Small shop privacy policy"


@pytest.mark.parametrize(
    ("change_in", "old", "new", "found_in"),
    [
        ("en", "### 1.2 Contact details", "### 1.3 Contact details", ("zh", 17)),
        (
            "zh",
            "## 2 共享\n\n### 2.1 警察\n\n警察要求时，我们可能提供您的资料。\n",
            "",
            ("en", 24),
        ),
        ("en", "## 1 Collection\n", "## 1 Collection\n\nWe collect.\n", ("zh", 11)),
        (
            "en",
            "require it, we may hand over your details.\n",
            "x\n\n## 3 New\n\ny\n",
            ("en", 30),
        ),
    ],
)
def test_a_clause_in_one_language_only_is_refused_where_it_stands(
    small_corpus: Path, change_in: Language, old: str, new: str, found_in: tuple[str, int]
) -> None:
    change(small_corpus, change_in, old, new)
    error = refused(small_corpus)
    language, line = found_in
    path = small_corpus / f"policy.{language}.md"
    other = "en" if language == "zh" else "zh"
    assert error.key == "clause_in_one_language"
    assert str(error).startswith(f"{path}, line {line}: the clause ")
    assert f"({other}). Add it there or remove it here." in str(error)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("id", "id: small", "id: other"),
        ("version", 'version: "1"', 'version: "2"'),
        ("effective", "2026-01-02", "2026-01-03"),
    ],
)
def test_editions_of_different_policies_are_refused(
    small_corpus: Path, key: str, old: str, new: str
) -> None:
    change(small_corpus, "en", old, new)
    folder = small_corpus
    with pytest.raises(CorpusError, match="Make them the same") as caught:
        read_policy(folder, "small")
    assert (caught.value.key, caught.value.values["key"]) == ("editions_differ", key)


def test_an_edition_under_the_other_language_s_name_is_refused(small_corpus: Path) -> None:
    change(small_corpus, "en", "language: en", "language: zh")
    error = refused(small_corpus)
    assert error.key == "edition_language"
    assert "policy.en.md" in str(error)
    assert "Correct one of them" in str(error)


@pytest.mark.parametrize("name", ["empty", "none"])
def test_a_folder_without_a_policy_is_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    folder = tmp_path / name
    error = refused(folder)
    assert error.key == "corpus_missing"
    assert str(folder / "policy.zh.md") in str(error)
    assert "POLICYBOT_CORPUS" in str(error)


def test_an_unknown_policy_is_refused_with_those_there_are(small_corpus: Path) -> None:
    below = small_corpus / "club"
    below.mkdir()
    source = (small_corpus / "policy.en.md").read_text(encoding="utf-8")
    (below / "policy.en.md").write_text(source.replace("id: small", "id: club"), encoding="utf-8")
    with pytest.raises(UsageError, match="club, small") as caught:
        read_policy(small_corpus, "shop")
    assert caught.value.exit_code == 2
    assert "shop" in str(caught.value)
    assert "--policy" in caught.value.message("zh")


def test_policies_are_found_in_the_folder_and_in_those_below(small_corpus: Path) -> None:
    below = small_corpus / "club"
    below.mkdir()
    source = (small_corpus / "policy.en.md").read_text(encoding="utf-8")
    (below / "policy.en.md").write_text(source.replace("id: small", "id: club"), encoding="utf-8")
    assert policy_folders(small_corpus) == {"small": small_corpus, "club": below}


def test_a_policy_may_be_written_in_one_language(small_corpus: Path) -> None:
    (small_corpus / "policy.zh.md").unlink()
    policy = read_policy(small_corpus, "small")
    assert policy.languages == ("en",)
    assert all(set(clause.text) == {"en"} for clause in policy.clauses)
    assert policy.clauses[0].language_of_text("zh") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fingerprint_tells_every_change_of_the_text(
    small_corpus: Path, language: Language
) -> None:
    before = read_policy(small_corpus, "small").fingerprint
    assert read_policy(small_corpus, "small").fingerprint == before
    change(small_corpus, language, "1.1 ", "1.1  ")
    assert read_policy(small_corpus, "small").fingerprint != before


def test_line_ends_of_the_file_do_not_change_what_is_said(small_corpus: Path) -> None:
    unix = read_policy(small_corpus, "small")
    for path in small_corpus.glob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    windows = read_policy(small_corpus, "small")
    for one, other in zip(unix.clauses, windows.clauses, strict=True):
        assert one.path == other.path
        assert {k: v.replace("\r\n", "\n") for k, v in other.text.items()} == one.text


def test_the_shipped_policy_has_exactly_its_thirty_five_clauses(shop: Policy) -> None:
    assert tuple(clause.id for clause in shop.clauses) == IDS
    assert len(IDS) == 35
    assert all(set(clause.text) == set(LANGUAGES) for clause in shop.clauses)


def test_every_shipped_clause_has_its_facts_checked() -> None:
    assert tuple(FACTS) == IDS


@pytest.mark.parametrize("clause_id", IDS)
def test_a_shipped_clause_holds_its_facts_in_both_languages(shop: Policy, clause_id: str) -> None:
    clause = shop.clause(clause_id)
    assert clause is not None
    chinese, english = FACTS[clause_id]
    text = clause.text["en"].lower()
    assert [term for term in chinese if term not in clause.text["zh"]] == []
    assert [term for term in english if term.lower() not in text] == []


@pytest.mark.parametrize(("clause_id", "items"), [("1.2.3", 4), ("2.8", 5), ("3.3", 9)])
def test_shipped_lists_have_the_same_items_in_both_languages(
    shop: Policy, clause_id: str, items: int
) -> None:
    clause = shop.clause(clause_id)
    assert clause is not None
    for language in LANGUAGES:
        assert sum(bool(one.lead) for one in spans(clause.text[language])) == items


def test_the_shipped_policy_names_no_particular_shop(shop: Policy) -> None:
    text = "".join(clause.text["zh"] for clause in shop.clauses)
    assert "1号店" not in text
    assert "本网站" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_shipped_clauses_say_the_same(shop: Policy, language: Language) -> None:
    texts = [clause.text[language] for clause in shop.clauses]
    headings = [clause.heading(language) for clause in shop.clauses]
    assert len(set(texts)) == len(set(headings)) == len(IDS)


@needs_reference
def test_the_shipped_ids_are_those_of_the_outline(shop: Policy) -> None:
    outline = yaml.safe_load((REFERENCE / "outline.yaml").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in outline] == [clause.id for clause in shop.clauses]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


# Shorter than this, a list item can only be called what it is ("user service").
_SHORTEST_COPY = 10
# The longest run of letters in common that naming the same things leads to.
_LONGEST_RUN: dict[Language, int] = {"zh": 20, "en": 50}


@needs_reference
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["source-page.txt", "outline.yaml"])
def test_no_sentence_of_the_shipped_policy_is_copied(
    shop: Policy, name: str, language: Language
) -> None:
    reference = _letters((REFERENCE / name).read_text(encoding="utf-8").split("©")[0])
    for clause in shop.clauses:
        text = clause.text[language]
        sentences = [_letters(text[one.start : one.end]) for one in spans(text)]
        copied = [one for one in sentences if len(one) >= _SHORTEST_COPY and one in reference]
        assert copied == [], clause.id
        run = SequenceMatcher(None, _letters(text), reference, autojunk=False)
        assert run.find_longest_match().size <= _LONGEST_RUN[language], clause.id
