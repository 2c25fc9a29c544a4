"""Articles in other languages than English: told apart, and found by their words in any form."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.check.facts import missing_facts
from assistant.language.context import SentenceCache
from assistant.language.quantities import amounts
from assistant.language.words import content_words, names, words
from assistant.question.understand import absent, understand
from assistant.settings import Settings
from index import Index, sync
from index.load.loader import load
from index.maintain.doctor import examine
from index.store.listing import ListFilter
from index.text.language import language_of
from index.text.terms import indexed
from tests.conftest import SEEDS, put_article, write_article

GERMAN = """Die Stadt hat im vergangenen Jahr zwölf alte Häuser am Fluss gekauft. Der Bürgermeister will sie renovieren
lassen. Viele Bewohner hoffen auf günstige Wohnungen."""
RUSSIAN = """Университеты города открыли новые библиотеки. Студенты могут читать книги до полуночи. Ректор сообщил об
этом в понедельник."""
CHINESE = """二零零八年北京奥运会吸引了全世界的目光。中国代表团获得了五十一枚金牌。开幕式在鸟巢举行。"""
KOREAN = """대한민국의 수도는 서울이다. 서울은 한강을 끼고 있는 도시이다. 많은 사람들이 서울에서 일한다."""
THAI = """กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย มีแม่น้ำเจ้าพระยาไหลผ่าน ผู้คนจำนวนมากเดินทางมาท่องเที่ยวทุกปี"""
HINDI = """दिल्ली भारत की राजधानी है। यमुना नदी शहर से होकर बहती है। यहाँ बहुत से लोग रहते हैं।"""
TURKISH = """İstanbul'un köprüleri bu yıl onarılıyor. Belediye, çalışmaların kasım ayında biteceğini açıkladı. Kitaplar
yeni kütüphaneye taşındı."""
TEXTS = {"de": GERMAN, "ru": RUSSIAN, "zh": CHINESE, "ko": KOREAN, "th": THAI, "hi": HINDI, "tr": TURKISH}


@pytest.fixture
def polyglot(tmp_path: Path) -> Path:
    """A folder with an article in each language, and one in English."""
    made = tmp_path / "polyglot"
    made.mkdir()
    for code, text in TEXTS.items():
        write_article(made / f"{code}.md", f"({code})", text)
    write_article(made / "en.md", "(en)", "The houses by the river were bought by the town last year, and it is glad.")
    return made


def found(index: Index, *asked: str) -> set[str]:
    """The titles of the articles that have one of these words."""
    hits = index.catalog.passages(list(index.lexical(asked, 10)))
    return {article.title for _, article in hits.values()}


@pytest.mark.parametrize("code", TEXTS)
def test_the_text_tells_its_language_though_a_template_declares_english(code: str) -> None:
    article = load(Path("/a/x.md"), f"---\ntitle: T\nlang: en-US\n---\n{TEXTS[code]}".encode())
    assert article.language == code


def test_what_is_declared_counts_for_a_few_words_and_is_brought_to_one_code() -> None:
    declared = ("de-AT", "zh-Hans-CN", "deu", "ger", "en_US", "nb", "und", "klingonic", "", None)
    told = ["de", "zh", "de", "de", "en", "no", None, None, None, None]
    assert [language_of("Super Bowl 50", one) for one in declared] == told


def test_an_index_counts_its_articles_by_language(polyglot: Path, index: Index) -> None:
    write_article(polyglot / "more.md", "more", GERMAN.replace("zwölf", "elf"))
    sync(index, [polyglot])
    counted = index.catalog.languages()
    assert next(iter(counted.items())) == ("de", 2)
    assert set(index.statistics().languages) == {*TEXTS, "en"} == set(counted)


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("haus", "(de)"),
        ("Hauses", "(de)"),
        ("bewohnern", "(de)"),
        ("университет", "(ru)"),
        ("книга", "(ru)"),
        ("奥运会", "(zh)"),
        ("金牌", "(zh)"),
        ("牌", "(zh)"),
        ("서울", "(ko)"),
        ("กรุงเทพ", "(th)"),
        ("नदियों", "(hi)"),
        ("kitap", "(tr)"),
        ("istanbul", "(tr)"),
        ("köprü", "(tr)"),
        ("house", "(en)"),
    ],
)
def test_a_word_is_found_in_any_form_in_the_language_of_its_article(
    word: str, title: str, polyglot: Path, index: Index
) -> None:
    sync(index, [polyglot])
    assert title in found(index, word)
    assert index.catalog.mentions([word]) == [True]
    assert index.catalog.count_passages_with([word]) == [1]


def test_what_no_article_has_is_not_mentioned_in_any_language(polyglot: Path, index: Index) -> None:
    sync(index, [polyglot])
    absent = ["schiff", "корабль", "上海", "부산", "gemi", "ship"]
    assert index.catalog.mentions(absent) == [False] * len(absent)


def test_the_library_is_searched_by_the_beginnings_of_words(polyglot: Path, index: Index) -> None:
    sync(index, [polyglot])

    def listed(search: str) -> list[str]:
        return [one.title for one in index.catalog.listing.page(ListFilter(search))]

    assert [listed(search) for search in ("Bürgerm", "универ", "奥运", "北", "서울", "köpr")] == [
        ["(de)"],
        ["(ru)"],
        ["(zh)"],
        ["(zh)"],
        ["(ko)"],
        ["(tr)"],
    ]


def test_english_text_is_indexed_as_it_is() -> None:
    for file in SEEDS.glob("*.md"):
        text = file.read_text(encoding="utf-8")
        assert indexed(text, "en") == indexed(text, None) == text
    assert indexed("The symbol 道 in English", "en") == "The symbol 道 in English"


def test_an_article_that_is_replaced_or_removed_leaves_no_words_behind(index: Index) -> None:
    put_article(index, title="Stadt", text=GERMAN, language="de")
    put_article(index, title="Stadt", text=RUSSIAN, language="ru")
    assert (found(index, "haus"), found(index, "книга")) == (set(), {"Stadt"})
    index.remove([one.id for one in index.catalog.articles()])
    assert index.catalog.stems("к") == []
    assert all(finding.well for finding in examine(index))


def test_an_index_of_an_older_version_learns_languages_and_their_words_and_embeds_nothing(
    polyglot: Path, tmp_path: Path
) -> None:
    home = tmp_path / "older"
    with Index(home) as made:
        sync(made, [polyglot])
        vectors = set(made.catalog.passage_ids())
    with closing(sqlite3.connect(home / "catalog.db")) as raw, raw:
        raw.execute("DROP VIEW passage_words")
        raw.execute(
            """CREATE VIEW passage_words AS
               SELECT p.row AS row, a.title AS title, substr(a.text, p.start + 1, p."end" - p.start) AS text
               FROM passages p JOIN articles a ON a.id = p.article_id"""
        )
        raw.execute("INSERT INTO words(words) VALUES ('rebuild')")
        raw.execute("UPDATE articles SET language = 'en-US'")
        raw.execute("DELETE FROM meta WHERE key = 'terms'")
        raw.execute("PRAGMA user_version = 6")
    with Index(home) as opened:
        assert set(opened.catalog.languages()) == {*TEXTS, "en"}
        assert found(opened, "haus") == {"(de)"}
        assert found(opened, "奥运会") == {"(zh)"}
        assert all(finding.well for finding in examine(opened))
        assert sync(opened, [polyglot]).unchanged == len(TEXTS) + 1
        assert set(opened.catalog.passage_ids()) == vectors


def test_words_are_indexed_anew_when_another_version_of_the_stemmer_is_installed(
    polyglot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with monkeypatch.context() as patch:
        # What an older stemmer made of these words.
        patch.setattr("index.store.sqlite.indexed", lambda text, _: text.replace("Häuser", "Haeuser"))
        patch.setattr("index.store.migrations.terms_version", lambda: "older")
        with Index(home) as made:
            sync(made, [polyglot])
            assert found(made, "haus") == set()
    with Index(home) as opened:
        assert found(opened, "haus") == {"(de)"}
        opened.remove([one.id for one in opened.catalog.articles()])
        assert all(finding.well for finding in examine(opened))


def test_a_question_loses_the_stop_words_of_the_language_it_is_in() -> None:
    german = "Wer hat im vergangenen Jahr die Häuser am Fluss gekauft?"
    assert content_words(german, ["de", "fr"]) == ["vergangenen", "jahr", "häuser", "fluss", "gekauft"]
    assert content_words("Qui est l'auteur de l'article ?", ["de", "fr"]) == ["auteur", "article"]
    english = "Who bought the old houses by the river in die last year?"
    assert content_words(english, ["de", "en"]) == content_words(english)
    assert "die" in content_words(english, ["de", "en"])


def test_scripts_without_spaces_are_cut_into_pairs_of_characters() -> None:
    assert words("2008年奥运会。") == ["2008", "年奥", "奥运", "运会"]
    assert words("水。") == ["水"]
    assert words("हिन्दी में") == ["हिन्दी", "में"]


def test_a_german_noun_is_no_name_for_its_capital() -> None:
    asked = "Was hat Angela Merkel im Jahr 2015 zur Lage der Flüchtlinge gesagt?"
    assert names(asked, "de") == ["angela", "merkel", "2015"]
    assert names("¿Qué dijo Sánchez en 2015?", "es") == ["sánchez", "2015"]
    assert names("2015年谁赢了？") == ["2015"]


def test_only_what_is_distinctive_in_its_own_language_is_said_to_be_absent(polyglot: Path, index: Index) -> None:
    sync(index, [polyglot])
    asked = {
        "Wer will die Häuser am Fluss renovieren und vermieten?": [],
        "Was will Angela Merkel mit den Häusern machen?": ["Angela", "Merkel"],
        "Сколько книг прочитал Пушкин?": ["Пушкин"],
        "谁赢得了2016年的奥运会？": ["2016"],
        "İstanbul'daki köprüler ne zaman onarılacak?": [],
        "Who bought the houses of Zanzibar?": ["Zanzibar"],
    }
    assert {question: absent(index, question) for question in asked} == asked


def test_spelling_is_corrected_in_other_languages_for_names_alone(polyglot: Path, index: Index) -> None:
    sync(index, [polyglot])
    for right in ("Wann kaufte die Stadt die alten Hauser?", "谁在鸟巢举行了奥运会开幕式", "Что открыли университеты?"):
        assert understand(index, right).parts == (right,)
    assert understand(index, "Hangi köprüler Istanbulda Belediyye onardı?").parts == (
        "Hangi köprüler Istanbulda Belediye onardı?",
    )


@pytest.mark.parametrize(
    ("language", "written", "english"),
    [
        ("de", "1.234,5 Tonnen", "1,234.5 tonnes"),
        ("de", "3,5 Mio. Menschen", "3.5 million people"),
        ("fr", "1 234,5 tonnes", "1,234.5 tonnes"),
        ("fr", "5,2 milliards d'euros", "5.2 billion euros"),
        ("es", "3,2 mil millones", "3.2 billion"),
        ("ru", "3,2 млн человек", "3.2 million people"),
        ("tr", "2,5 milyonu aştı", "over 2.5 million"),
        ("zh", "3.2亿人", "320 million people"),
        ("hi", "5 लाख", "500,000"),
        ("de", "am 3. Mai 2025", "on May 3, 2025"),
        ("fr", "le 3 mai 2025", "on 3 May 2025"),
        ("es", "el 3 de mayo de 2025", "on 3 May 2025"),
        ("ru", "3 мая 2025 г.", "on 3 May 2025"),
        ("zh", "2025年5月3日", "3 May 2025"),
        ("ko", "2025년 5월 3일", "3 May 2025"),
        ("tr", "3 Mayıs 2025'te", "on May 3, 2025"),
        ("de", "am Montag", "on Monday"),
    ],
)
def test_numbers_and_dates_are_the_same_in_every_language(language: str, written: str, english: str) -> None:
    own, other = amounts(written, language), amounts(english)
    assert {form for one in own for form in one.forms} == {form for one in other for form in one.forms}


def test_a_claim_in_either_language_is_compared_with_the_numbers_of_the_article() -> None:
    text = "Das Werk hat im Jahr 1.234,5 Tonnen Stahl geliefert, und zwar am 3. Mai 2024."
    article = load(Path("/a/x.md"), f"# Stahl\n\n{text}".encode())
    for claim, missing in (
        ("Das Werk hat 1.234,5 Tonnen am 3. Mai geliefert.", []),
        ("The plant delivered 1,234.5 tonnes of steel on May 3, 2024.", []),
        ("Le 3 mai 2024, l'usine a livré 1 234,5 tonnes d'acier dans la ville.", []),
        ("Das Werk hat 1.235,5 Tonnen am 4. Mai geliefert.", ["4. Mai", "1.235,5"]),
        ("The plant delivered 1.2345 tonnes of steel.", ["1.2345"]),
    ):
        assert sorted(missing_facts(claim, [text], [], [article])) == sorted(missing)


@pytest.mark.parametrize(
    "front", ["published: 3. Mai 2025", "published: 3. Mai 2025\nlang: de-AT", "date: 3 May 2025", "date: 2025-05-03"]
)
def test_the_day_in_front_matter_may_be_in_the_language_of_the_article(front: str) -> None:
    article = load(Path("/a/x.md"), f"---\ntitle: T\n{front}\n---\n{GERMAN}".encode())
    assert article.published == date(2025, 5, 3)


def test_passages_and_quotes_are_whole_sentences_of_the_language(index: Index) -> None:
    sentence = "Am 3. Oktober 1990 hat Prof. Dr. Meier z. B. das 19. Jahrhundert behandelt."
    article = put_article(index, title="Meier", text=" ".join([sentence] * 20), language="de")
    passages = index.catalog.passages_of(article.id)
    assert len(passages) > 1
    assert all(article.text[one.start : one.end].startswith("Am 3.") for one in passages)
    assert {article.text[slice(*span)] for span in SentenceCache().sentences(article)} == {sentence}


@pytest.mark.parametrize("question", ["?Wann öffnet das Museum?", "?", "… ?!", "Museum?"])
def test_a_question_with_stray_marks_is_answered_or_refused(question: str, tmp_path: Path) -> None:
    text = "Das Museum für Inselgeschichte öffnet im März wieder. Der Umbau hat zwei Jahre gedauert und viel gekostet."
    write_article(tmp_path / "museum.md", "Das Museum", text)
    with Assistant(Settings(home=tmp_path / "home")) as assistant:
        sync(assistant.index, [tmp_path])
        assert assistant.answer(question).refused or "März" in assistant.answer(question).text
