"""What stands around a complaint or a praise changes the sign of at most 2 % of texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.language import detect
from feedbackloop.understanding.sentiment.scoring import polarity

SHARED = Path(__file__).parents[3] / "shared" / "data" / "text"
MOST_FLIPS = 0.02

FRAMES = {
    "signature": "{}\n\nBest regards,\nGrace Love\nHappiness Manager\nSunshine Ltd\nwww.sunshine.example",
    "polite signature": "{}\n\nThank you very much and have a wonderful day!\n\nKind regards,\nJohn Best\nPerfect Gifts Inc.",
    "dashed signature": "{}\n-- \nDr. Joy Goodman\nExcellent Care Clinic",
    "greeting": "Hello dear support team, I hope you are having a great day! {}",
    "greeting in lines": "Dear Sir or Madam,\n\nI hope this finds you well.\n\n{}",
    "quoted mail": "{}\n\nOn Tue, Mar 3, 2026 at 10:15 AM Acme <help@acme.example> wrote:\n\n> Great news! We are thrilled.",
    "company reply": "{}\n\nResponse from the owner:\nThank you so much for your kind review! We are so happy you came.",
    "agent's reply": "{}\n\nDear customer, thank you for reaching out. We are happy to assist you and appreciate your feedback.",
    "order number": "{} My order number is 4482913.",
    "order number first": "Order no. 4471-22: {}",
    "closing thanks": "{} Thank you so much for your help!",
    "closing thanks in a line": "{}\nThanks",
}
CHINESE_FRAMES = {
    "signature": "{}\n\n此致\n敬礼\n王小美\n快乐科技有限公司",
    "wish": "{}\n\n祝工作顺利，生活愉快！\n李明\n电话：13800000000",
    "greeting": "尊敬的客服，你们好！{}",
    "quoted mail": "{}\n\n在 2026年3月3日 10:15，客服 <kf@acme.example> 写道：\n> 亲，感谢您的支持，祝您购物愉快！",
    "company reply": "{}\n商家回复：亲，非常感谢您的支持与喜爱，祝您生活愉快！",
    "order number": "{} 订单号：20260303123456",
    "closing thanks": "{}，非常感谢！",
}

OWN = [
    "The parcel came broken and nobody answers my mails.",
    "Three weeks and still no refund",
    "Your driver left the box in the rain, everything is wet.",
    "The app crashes whenever I open my account",
    "I waited two hours in the line and was sent away.",
    "Room was dirty and it smelled of smoke!",
    "He promised to call back and never did.",
    "You charged me twice. Fix it.",
    "the new design is confusing and slow",
    "Not worth the money at all.",
    "Delivery was quick and the box was well packed.",
    "The technician was friendly and solved it in five minutes",
    "I love how easy it is to book a seat.",
    "Great food, fair prices, we will come back.",
    "Works perfectly since the last update!",
    "Best support I had in years.",
    "My refund arrived the same day",
    "the crew was kind and the flight was smooth.",
]
OWN_CHINESE = [
    "快递三天了还没到，客服也不理人。",
    "东西坏了，商家不给退款",
    "等了两个小时菜才上，都凉了！",
    "房间又脏又吵，再也不来了。",
    "说好的第二天送到，结果等了一个星期",
    "手机用了两天就开不了机。",
    "味道很好，送得也快，下次还点。",
    "客服很耐心，一下就解决了问题！",
    "质量不错，穿着很舒服",
    "房间干净，早餐丰富，值得推荐。",
    "物流很快，包装完好",
    "服务员很热情，全家都很满意！",
]


def _sign(raw: str) -> bool | None:
    words = clean(Text(id="1", text=raw)).text
    value = polarity(words, detect(words))
    return None if value is None else value > 0


def _flips(frame: str, texts: list[str]) -> float:
    return sum(_sign(frame.replace("{}", text)) != _sign(text) for text in texts) / len(texts)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_around_english_words_does_not_turn_them(name: str) -> None:
    assert _flips(FRAMES[name], OWN) <= MOST_FLIPS


@pytest.mark.parametrize("name", CHINESE_FRAMES)
def test_a_frame_around_chinese_words_does_not_turn_them(name: str) -> None:
    assert _flips(CHINESE_FRAMES[name], OWN_CHINESE) <= MOST_FLIPS


def test_the_frames_would_turn_them_without_cleaning() -> None:
    negative = [text for text in OWN if _sign(text) is False]
    framed = [polarity(FRAMES["polite signature"].replace("{}", text), "en") or 0.0 for text in negative]
    assert sum(value > 0 for value in framed) / len(framed) > 0.3


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="labelled texts are not part of the project")
@pytest.mark.parametrize(
    ("name", "frames"),
    [("en_uci_yelp", FRAMES), ("en_vader_tweets", FRAMES), ("zh_online_shopping_sample", CHINESE_FRAMES)],
)
def test_frames_turn_few_real_texts(name: str, frames: dict[str, str]) -> None:
    rows = [json.loads(line) for line in (SHARED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [row["text"] for row in rows if row["label"] in {"neg", "pos"}][:200]
    shares = {frame: _flips(pattern, texts) for frame, pattern in frames.items()}
    assert {frame: share for frame, share in shares.items() if share > MOST_FLIPS} == {}
