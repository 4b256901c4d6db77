"""Are Chinese reports, purchases and opinions told from expectations and what came of them?

Sentences written for this project.
"""

from __future__ import annotations

import pytest

from feedbackloop.records import Text
from feedbackloop.understanding.expectation import finding as expectation

NONE = [
    # An opinion, a source, a refusal, a rule: nobody was promised anything.
    "这本书没什么好说的，纸张太差，印得也不好。",
    "她写的东西太碎，内容少，我不喜欢。",
    "这个是店员说的。所以大家不要喝，味道不好。",
    "前台就告诉我水温只能这样，没办法，凑合洗吧。",
    # What was bought, and that it is bad: no word of how much or of what kind it was to be.
    "买了两双，质量一般，结果线头很多，不喜欢。",
    "我们点了三个菜，味道很淡，服务也慢，竟然还排队。",
    "于是就点了一份，结果发现还不错，挺香。",
    # Praise of a price.
    "做工一般，不过对得起这个价格。",
    "东西货真价实，物流也快。",
    "这个价钱能买到这么好的裤子很高兴。",
    # Guesses of what is the matter, not of what was to come.
    "开机没反应，还以为有质量问题，后来客服教我装系统。",
    "清洁工直接进来，以为我房间没人。",
    # Wishes, intentions, hearsay.
    "还是一如既往的支持你们。",
    "听说早就停产了，可惜，买不到。",
    "酒店会重视您的建议，不断完善，期待您再来。",
    "领导应该亲自去房间看一下，进门就有味道。",
    "不知道应不应该再来一次，交通不便。",
    "希望如期待的那样好用。",
]
APART = [
    # The outcome is of something else: no two characters in common, nothing that fails or arrives.
    "前台说可以晚点退房，但音乐太吵，被子又薄。",
    "客服说能开发票，可颜色太暗，面料也粗糙。",
]
OF_IT = [
    # A pair of characters in common, or a failure that answers.
    "前台说可以晚点退房，但音乐太吵，结果十点就来催退房。",
    "客服说能开发票，可颜色太暗，发票至今没收到。",
    "买了四本，只收到三本。",
    "我订的是海景房，其实就是一间普通标房。",
]
WORSE = [
    "说是四星，房间却又旧又小。",
    "蛋糕没有上次好吃了。",
    "特意要了一楼的房间，结果安排在五楼。",
    "以为是绘本，没想到是纯文字，后悔了。",
]
BETTER = [
    "本来觉得孩子看不懂，没想到孩子很喜欢。",
    "没有上次那么难吃。",
]
MET = ["和朋友介绍的情况差不多，离地铁很近。"]


def direction(words: str) -> str | None:
    found = expectation.find(Text(id="1", text=words, language="zh"), {})
    return next((one.direction for one in found if one.direction), None)


@pytest.mark.parametrize("words", NONE)
def test_reports_purchases_and_opinions_alone_are_no_expectations(words):
    assert direction(words) is None


@pytest.mark.parametrize("words", APART)
def test_an_outcome_that_is_not_of_what_was_said_is_hardly_sure(words):
    found = expectation.find(Text(id="1", text=words, language="zh"), {})
    assert all(one.confidence < 0.3 for one in found if one.direction)


@pytest.mark.parametrize("words", OF_IT)
def test_an_outcome_of_what_was_said_is_one(words):
    assert direction(words) == "worse"


@pytest.mark.parametrize(
    ("words", "expected"),
    [(words, "worse") for words in WORSE] + [(words, "better") for words in BETTER] + [(words, "met") for words in MET],
)
def test_the_direction_is_that_of_what_came(words, expected):
    assert direction(words) == expected
