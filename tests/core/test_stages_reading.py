"""One bad record is set aside by name, wherever it breaks; the others go on and it can be tried again."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from feedbackloop import hookimpl, loop
from feedbackloop.errors import UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Comparison, Item, Message, Sentiment, Text, Understanding
from feedbackloop.settings import LanguageModel, Loop, MailServer, Settings, Understand
from feedbackloop.settings_types import Resolved
from feedbackloop.stages import executors
from feedbackloop.stages.executors import PoolReader, prepare_worker, reader_for
from feedbackloop.stages.reading import contradicts, read_items, read_texts, sentiments, texts_of
from feedbackloop.testing.makers import at, item, rating
from feedbackloop.testing.memory import MemoryConnector
from feedbackloop_plugins import cleaning, comparing, redaction, scorers, text
from loop_bench import NOON, Bench, Connectors


class Fussy:
    """A plugin that comes first, answers nothing, and breaks on one word."""

    @hookimpl(tryfirst=True)
    def clean_text(self, texts: Sequence[Text]) -> None:
        if any("bomb" in text.text for text in texts):
            raise ValueError("boom")


class Comparing:
    """The only plugin that compares, and it breaks on one word."""

    @hookimpl
    def compare(self, items: Sequence[tuple[Item, Understanding]]) -> list[Comparison]:
        if any("bomb" in one.messages[0].text for one, _ in items):
            raise ValueError("boom")
        return [Comparison(item=one.key) for one, _ in items]


class Alone:
    """The only plugin that cleans, and it breaks on one word."""

    @hookimpl
    def clean_text(self, texts: Sequence[Text]) -> Sequence[Text]:
        if any("bomb" in text.text for text in texts):
            raise ValueError("boom")
        return texts


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


def fill(bench: Bench, *texts: str) -> None:
    for number, words in enumerate(texts):
        bench.desk.put(item(f"T-{number}", words, when=NOON))


def plugins(*, without: str = "", **more: object) -> PluginManager:
    """Give the shipped plugins without one, and others instead."""
    shipped: dict[str, object] = {
        "cleaning": cleaning,
        "comparing": comparing,
        "redaction": redaction,
        "scorers": scorers,
        "text": text,
        "memory": Connectors(MemoryConnector),
    }
    return PluginManager({**{name: one for name, one in shipped.items() if name != without}, **more})


def test_a_record_that_no_plugin_can_read_is_set_aside_and_the_others_go_on(bench: Bench) -> None:
    fill(bench, "Hello", "A bomb", "Bye")
    bench.plugins = plugins(without="cleaning", alone=Alone())
    report = bench.run()
    assert report.understood == 2
    (aside,) = bench.store.sources.aside()
    assert (aside["record"], "ValueError: boom" in aside["reason"]) == ("T-1", True)
    assert bench.run().understood == 0


def test_what_was_set_aside_is_read_again_when_a_person_says_so(bench: Bench) -> None:
    fill(bench, "Hello", "A bomb")
    broken, bench.plugins = bench.plugins, plugins(without="cleaning", alone=Alone())
    bench.run()
    bench.plugins = broken  # the plugin was mended
    with bench.store.write():
        assert bench.store.items.take_up("desk/T-1")
        assert not bench.store.items.take_up("desk/T-0")
    assert bench.run().understood == 1
    assert bench.store.sources.aside() == []


def test_an_item_set_aside_stays_listed_when_it_is_pulled_again(bench: Bench) -> None:
    fill(bench, "A bomb")
    bench.plugins = plugins(without="cleaning", alone=Alone())
    bench.run()
    with bench.store.write():
        bench.store.sources.forgive("desk", ["T-0"])
    assert len(bench.store.sources.aside()) == 1


def test_a_record_that_cannot_be_compared_is_set_aside(bench: Bench) -> None:
    fill(bench, "Hello", "A bomb")
    bench.plugins = plugins(without="comparing", fussy=Comparing())
    report = bench.run()
    assert [failure.stage for failure in report.failures if failure.stage != "plugin"] == ["compare"]
    assert [one["record"] for one in bench.store.sources.aside()] == ["T-1"]


@pytest.mark.parametrize("missing", ["cleaning", "comparing"])
def test_without_any_plugin_for_it_nothing_is_set_aside(bench: Bench, missing: str) -> None:
    fill(bench, "Hello")
    bench.plugins = plugins(without=missing)
    with pytest.raises(UsageError, match="no plugin has the hook"):
        bench.run()
    assert bench.store.sources.aside() == []


def test_a_plugin_that_breaks_costs_only_its_own_answer(bench: Bench) -> None:
    fill(bench, "Hello", "A bomb")
    bench.plugins = plugins(fussy=Fussy())
    report = bench.run()
    assert report.understood == 2
    assert [failure.source for failure in report.failures] == ["fussy"]


def test_everything_can_be_read_again_after_a_change_of_scorer(bench: Bench) -> None:
    fill(bench, "Hello", "Where is it?")
    assert bench.run().understood == 2
    turn = bench.turn()
    loop.one_stage(turn, "understand", again=True)
    assert turn.report.understood == 2


def test_an_item_erased_while_it_is_read_keeps_no_words(bench: Bench) -> None:
    fill(bench, "My name is Quillfeather")
    bench.run(stage="pull")

    class Eraser:
        @hookimpl(tryfirst=True)
        def clean_text(self) -> None:
            with bench.store.write():
                bench.store.erasure.forget_items(["desk/T-0"], NOON)

    bench.plugins = plugins(eraser=Eraser())
    bench.run(stage="understand")
    found = bench.store.items.get("desk/T-0")
    assert found is not None
    assert (found[0].messages[0].text, found[1]) == ("", None)


# --- texts ---------------------------------------------------------------------------------------------------------


def test_machines_and_our_own_words_are_not_read() -> None:
    thread = (
        Message("m1", "customer", NOON, "Where is it?"),
        Message("m2", "system", NOON, "Ticket created"),
        Message("m3", "agent", NOON, "A note", own=True),
        Message("m4", "customer", NOON, "I am away", automatic=True),
        Message("m5", "agent", NOON, "On its way"),
    )
    found = texts_of(item("T-1", messages=thread, subject="Late", ratings=(rating(2, comment="Slow"),)))
    assert [text.text for text in found] == ["Late", "Where is it?", "On its way", "Slow"]


def test_a_subject_or_comment_that_repeats_the_message_is_read_once() -> None:
    one = item(
        "T-1", "Late again and again", subject="Late again", ratings=(rating(2, comment="Late again and again"),)
    )
    assert [text.text for text in texts_of(one)] == ["Late again and again"]


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (Sentiment("negative", -7.0, 3.0, "x"), Sentiment("negative", -1.0, 1.0, "x")),
        (Sentiment("unknown", 0.3, 0.9, "x"), Sentiment("unknown", None, None, "x")),
        (Sentiment("positive", None, 0.9, "x"), Sentiment("unknown", None, None, "x")),
    ],
)
def test_a_scorer_is_held_to_the_contract(given: Sentiment, held: Sentiment) -> None:
    class Wild:
        @hookimpl
        def score_sentiment(self, texts: Sequence[Text]) -> list[Sentiment]:
            return [given for _ in texts]

    assert sentiments(PluginManager({"wild": Wild()}), [Text(id="1", text="x")], Settings()) == [held]


def test_texts_that_stand_alone_are_read_in_order() -> None:
    texts = [Text(id=str(n), text=words, at=at("2026-11-02")) for n, words in enumerate(["Great help!", "太慢了", ""])]
    read = read_texts(plugins(), texts, Settings())
    assert [one.language for one in read] == ["en", "zh", "und"]
    assert read_texts(plugins(), [], Settings()) == []


def test_every_question_about_texts_comes_with_the_config() -> None:
    told = []

    class Curious:
        @hookimpl(tryfirst=True)
        def clean_text(self, settings: Settings) -> None:
            told.append(("clean_text", settings))

        @hookimpl(tryfirst=True)
        def score_sentiment(self, settings: Settings) -> None:
            told.append(("score_sentiment", settings))

        @hookimpl(tryfirst=True)
        def find_expectations(self, settings: Settings) -> None:
            told.append(("find_expectations", settings))

        @hookimpl(tryfirst=True)
        def classify(self, settings: Settings) -> None:
            told.append(("classify", settings))

    settings = Settings(loop=Loop(language="zh"))
    read_texts(plugins(curious=Curious()), [Text(id="1", text="x")], settings)
    assert {name for name, seen in told if seen is settings} == {
        "clean_text",
        "score_sentiment",
        "find_expectations",
        "classify",
    }


@pytest.mark.parametrize(
    ("kind", "value", "label", "confidence", "does"),
    [
        ("review", 5, "negative", 0.95, True),
        ("survey", 1, "positive", 0.95, True),
        ("review", 1, "negative", 0.95, False),
        ("review", 3, "negative", 0.95, False),
        ("review", 5, "neutral", 0.95, False),
        ("review", 5, "negative", 0.6, False),
        ("ticket", 5, "negative", 0.95, False),  # a complaint that was mended
    ],
)
def test_words_that_are_surely_the_contrary_of_the_rating_are_a_signal(kind, value, label, confidence, does) -> None:
    one = item("R-1", "words", kind=kind, ratings=(rating(value),))
    assert contradicts(one, Sentiment(label, -0.9, confidence, "x")) is does


def test_a_contradiction_stands_among_the_signals_of_an_item() -> None:
    words = "Terrible, rude, dirty and overpriced, the worst hotel ever. Never again!"
    read = [
        read_items(plugins(), [item("R-1", words, kind="review", ratings=(rating(value),))], Settings())[0]
        for value in (5, 1)
    ]
    assert [one.signals.get("contradicts_rating") for one in read] == [1.0, None]


HOSTILE = {
    "empty": "",
    "space": " \n\t ",
    "emoji": "😀👍🏽❤️‍🔥",
    "control": "\x00\x07\x1b[31m bad \x7f",
    "lone surrogates": "the \ud800 box \udfff broke",
    "right to left": "\u202eesrever\u202c שירות גרוע مرحبا",
    "joiners": "b\u200da\u200dd",
    "markup": "<div><<p></b>&amp;&#0;<![CDATA[x]]><table><tr>rude</",
    "quotes": "> " * 5_000 + "rude",
    "nesting": "<div>" * 3_000 + "rude" + "</div>" * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mark", ["und", "en", "zh", "xx", ""])
def test_bad_input_gives_a_result_and_leaves_its_neighbours_alone(name: str, mark: str) -> None:
    good = [Text(id="a", text="The driver was rude."), Text(id="z", text="房间很干净")]
    alone = read_texts(plugins(), good, Settings())
    first, read, last = read_texts(
        plugins(), [good[0], Text(id="b", text=HOSTILE[name], language=mark), good[1]], Settings()
    )
    assert [first, last] == alone
    assert read.sentiment.label in {"negative", "neutral", "positive", "unknown"}


@pytest.mark.parametrize(
    "attack",
    ["a" * 10_000_000, "😀" * 100_000, ">" * 1_000_000, "<b>" * 300_000, "not good, " * 100_000, "不" * 1_000_000],
    ids=lambda attack: attack[:4],
)
def test_the_whole_reading_of_a_hostile_text_is_bounded(attack: str) -> None:
    shipped = plugins()
    read_texts(shipped, [Text(id="0", text="warm"), Text(id="1", text="很好")], Settings())
    begun = time.process_time()
    read_texts(shipped, [Text(id="1", text=attack)], Settings())
    assert time.process_time() - begun < 1.0


# --- where it is read ----------------------------------------------------------------------------------------------


def test_workers_give_the_same_results_in_the_same_order(bench: Bench) -> None:
    fill(bench, *(f"My parcel number {number} is {number} days late!" for number in range(450)))
    bench.run(stage="pull")
    items = bench.store.items.due_for_understanding(1000)
    settings = bench.settings
    with reader_for(settings, bench.plugins) as local:
        here = [one for _, answer in local.read(items) for one in answer]  # type: ignore[union-attr]
    with PoolReader(ThreadPoolExecutor(2), settings.without_secrets()) as pool:
        there = [one for _, answer in pool.read(items) for one in answer]  # type: ignore[union-attr]
    assert there == here
    assert len(here) == 450


def _password() -> str:
    password = executors._worker_settings.mail.password
    return password.get_secret_value() if password else ""


def test_processes_of_this_machine_are_told_the_whole_config() -> None:
    settings = Settings(mail=MailServer(password=SecretStr("swordfish")))
    with ProcessPoolExecutor(1, initializer=prepare_worker, initargs=(settings,)) as pool:
        assert pool.submit(_password).result() == "swordfish"


def test_no_secret_travels_to_another_machine() -> None:
    model = LanguageModel(base_url="https://x.test/v1", model="m", api_key=SecretStr("sk-key"), use_for=("drafts",))
    settings = Settings(
        mail=MailServer(username="loop", password=SecretStr("swordfish")),
        understand=Understand(language_model=model),
        sources={"desk": {"connector": "zendesk", "api_token": Resolved("t0ken")}},
        origins={"sources.desk.api_token": "env T0KEN"},
        path=Path("/home/somebody/feedbackloop.toml"),
    )
    sent = pickle.dumps(settings.without_secrets())
    assert not [word for word in (b"swordfish", b"t0ken", b"T0KEN", b"somebody", b"sk-key") if word in sent]
    assert settings.without_secrets().loop == settings.loop


def test_dask_that_is_not_installed_is_said(bench: Bench) -> None:
    bench.raw["understand"] = {"executor": "dask://127.0.0.1:8786"}
    try:
        import distributed  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError, match=r"feedbackloop\[dask\]"), reader_for(bench.settings, bench.plugins):
            pass
    else:
        pytest.skip("Dask is installed")
