"""How fast is the reading of texts beside TextBlob, VADER and SnowNLP, how much memory does it take, and what is its worst case?

    python benchmarks/understanding.py [--data FOLDER] [--part speed] [--part shares] [--part start] [--part worst]

Without FOLDER (labelled sets as JSON lines, `text`) the texts of the shipped demo are timed. Times are processor time of one
process, the best of three rounds. How good the readings are measures `understanding_quality.py`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, pairwise
from pathlib import Path

from understanding_peers import PEERS, peers

from feedbackloop.manager import PluginManager
from feedbackloop.records import Text
from feedbackloop.settings import Settings
from feedbackloop.stages.reading import read_texts, sentiments

SETS = {
    "en": ("en_uci_yelp", "en_uci_amazon", "en_vader_amazon", "en_vader_tweets"),
    "zh": ("zh_online_shopping_sample", "zh_asap_sample"),
}
DEMO = Path(__file__).parents[1] / "examples" / "quickstart"
LENGTHS = (200, 600)
ROUNDS = 3
MOST = 1_000
SLOW = {"SnowNLP": 100, "TextBlob": 500}
"""Texts that are enough to time a slow peer."""


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with labelled sets as JSON lines")
    parser.add_argument("--part", action="append", choices=["speed", "shares", "start", "worst"], help="default: all")
    options = parser.parse_args()
    parts = {
        "speed": lambda: speed(options.data),
        "shares": lambda: shares(options.data),
        "start": start,
        "worst": worst,
    }
    for name in options.part or parts:
        parts[name]()


# --- speed -----------------------------------------------------------------------------------------------------------


def speed(folder: Path | None) -> None:
    """Print texts a second for each scorer, and for everything that `score` reads."""
    plugins = PluginManager()
    print(f"\n{'':24}" + "".join(f"{f'{language}, {length}':>12}" for language in SETS for length in LENGTHS))
    batches = {(language, length): bodies(folder, language, length) for language in SETS for length in LENGTHS}
    for name, read, language in readers(plugins):
        figures = [
            f"{rate(read, batch[: SLOW.get(name, MOST)]):12,.0f}" if language in {"", key[0]} else f"{'-':>12}"
            for key, batch in batches.items()
        ]
        print(f"{name:24}" + "".join(figures), flush=True)
    print("texts a second on one core, texts of about 200 and 600 characters")


def readers(plugins: PluginManager) -> list[tuple[str, Callable[[Sequence[Text]], object], str]]:
    """Give what is timed: name, function of a batch, language ("" for all)."""
    found: list[tuple[str, Callable[[Sequence[Text]], object], str]] = [
        ("sentiment (auto)", lambda batch: sentiments(plugins, batch, Settings()), ""),
        ("everything (score)", lambda batch: read_texts(plugins, batch, Settings()), ""),
    ]
    for peer in (one for language in SETS for one in peers(language)):
        say = peer.load()
        found.append((peer.name, lambda batch, say=say: [say(text.text) for text in batch], peer.language))  # type: ignore[misc]
    return found


def rate(read: Callable[[Sequence[Text]], object], batch: Sequence[Text]) -> float:
    """Give texts a second; a first part of the batch loads the models and is not timed."""
    read(batch[:20])
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        read(batch)
        took.append(time.process_time() - began)
    return len(batch) / min(took)


def bodies(folder: Path | None, language: str, length: int) -> list[Text]:
    """Join texts of a language, in their order, to texts of about this many characters; the demo's texts go round."""
    found: list[Text] = []
    piece = ""
    for words in texts(folder, language):
        piece += words + " "
        if len(piece) >= length:
            found.append(Text(id=str(len(found)), text=piece[:length], language=language))
            piece = ""
        if len(found) == MOST:
            break
    return found


def texts(folder: Path | None, language: str) -> Sequence[str] | cycle[str]:
    """Read the sets of a language; without them the demo's messages, over and over."""
    paths = [folder / f"{name}.jsonl" for name in SETS[language]] if folder else []
    found = [json.loads(line)["text"] for path in paths if path.exists() for line in path.open(encoding="utf-8")]
    if found:
        return found
    print(f"no labelled sets for {language!r}: the demo's texts are timed")
    rows = [json.loads(line) for path in sorted(DEMO.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    said = [message["text"] for row in rows for message in row.get("messages", ())]
    return cycle([one for one in said if one.isascii() == (language == "en")] or ["The parcel came late again."])


# --- what takes how long ---------------------------------------------------------------------------------------------


STEPS = ("cleaning", "sentiment", "dimensions, touchpoints", "expectations, signals")
AT_ONCE = 500
"""Texts that go from step to step together, as in `stages.reading`: what one has found the next remembers."""


def shares(folder: Path | None) -> None:
    """Print the microseconds a text that each step of reading takes, and its share; the words are found in the third."""
    plugins = PluginManager()
    print(f"\n{'':24}" + "".join(f"{f'{language}, {length}':>16}" for language in SETS for length in LENGTHS))
    columns = []
    for batch in (bodies(folder, language, length) for language in SETS for length in LENGTHS):
        _steps(plugins, batch[:20])
        columns.append(
            [
                min(took) / len(batch) * 1e6
                for took in zip(*(_steps(plugins, batch) for _ in range(ROUNDS)), strict=True)
            ]
        )
    for name, took in zip(STEPS, zip(*columns, strict=True), strict=True):
        figures = zip(took, map(sum, columns), strict=True)
        print(f"{name:24}" + "".join(f"{one:9,.0f} µs {one / whole:3.0%}" for one, whole in figures))
    print(f"{'sum':24}" + "".join(f"{sum(column):9,.0f} µs     " for column in columns))


def _steps(plugins: PluginManager, batch: Sequence[Text]) -> list[float]:
    """Read a batch step by step; give the processor seconds of each."""
    settings = Settings()
    asked = {"touchpoints": {}, "settings": settings, "redact": plugins.redacted}
    spent = [0.0] * len(STEPS)
    for first in range(0, len(batch), AT_ONCE):
        some = batch[first : first + AT_ONCE]
        times = [time.process_time()]
        some = plugins.batch("clean_text", len(some), texts=some, settings=settings)
        times.append(time.process_time())
        sentiments(plugins, some, settings)
        times.append(time.process_time())
        for hook in ("classify", "find_expectations"):
            plugins.batch(hook, len(some), texts=some, **asked)
            times.append(time.process_time())
        spent = [one + after - before for one, (before, after) in zip(spent, pairwise(times), strict=True)]
    return spent


# --- start and memory ------------------------------------------------------------------------------------------------


OWN = "from feedbackloop.understanding.sentiment.scoring import scorer_for; from feedbackloop.records import Text"
BOTH = "".join(
    f"; scorer_for('{code}')([Text(id='1', text={text!r})])" for code, text in (("en", "bad"), ("zh", "很差"))
)
EVERYTHING = """
from feedbackloop.manager import PluginManager; from feedbackloop.records import Text
from feedbackloop.settings import Settings; from feedbackloop.stages.reading import read_texts
texts = [Text(id='1', text='He promised it for Monday.'), Text(id='2', text='说好的明天送到，还没到')]
read_texts(PluginManager(), texts, Settings())
"""


def start() -> None:
    """Print, each in a process of its own, the seconds and megabytes of importing and scoring a first text."""
    print(f"\n{'':24}{'seconds':>10}{'MB':>8}   above a bare interpreter")
    bare_seconds, bare_memory = _process("pass")
    for name, code in {
        "import": OWN,
        "first text, both models": OWN + BOTH,
        "first text, everything": EVERYTHING,
    }.items():
        seconds, memory = _process(code)
        print(f"{name:24}{seconds - bare_seconds:10.2f}{memory - bare_memory:8.1f}")
    for peer in (one for one in PEERS if one.is_there()):
        call = f"import understanding_peers as p; p.PEERS[{PEERS.index(peer)}].load()('很好 good')"
        seconds, memory = _process(call)
        print(f"{peer.name:24}{seconds - bare_seconds:10.2f}{memory - bare_memory:8.1f}")


def _process(code: str) -> tuple[float, float]:
    """Run code in a fresh interpreter: least processor seconds of three runs, and peak megabytes."""
    report = "\nimport time\nprint(time.process_time(), open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    runs = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [sys.executable, "-c", code + report], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
        )
        seconds, memory = done.stdout.split()[-2:]
        runs.append((float(seconds), float(memory) / 1024))
    return min(runs)


# --- worst cases -----------------------------------------------------------------------------------------------------


WORST = {
    "10 MB of one letter": "a" * 10_000_000,
    "10 MB of one character": "好" * 3_400_000,
    "100,000 emoticons": ":-( 😡 " * 50_000,
    "2,000 levels of quotes": "\n".join(">" * level + " no" for level in range(1, 2_000)),
    "HTML soup": "<div><p class=x>" * 20_000 + "bad",
    "50,000 negations": "not " * 50_000,
    "promises without end": "you promised 24 hours but " * 5_000,
    "numbers without end": "3天" * 20_000,
}


def worst() -> None:
    """Print the seconds that everything takes for one hostile text."""
    plugins = PluginManager()
    read_texts(plugins, [Text(id="0", text="warm")], Settings())
    print(f"\n{'':28}{'sentiment s':>12}{'everything s':>14}")
    for name, words in WORST.items():
        took = []
        for read in (sentiments, read_texts):
            began = time.process_time()
            read(
                plugins,
                [Text(id="1", text=words, language="zh" if "好" in words or "天" in words else "en")],
                Settings(),
            )
            took.append(time.process_time() - began)
        print(f"{name:28}{took[0]:12.3f}{took[1]:14.3f}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
