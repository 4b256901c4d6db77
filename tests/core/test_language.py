"""Scripts and function words name a text's language; a source's mark is believed only where it can be right."""

from __future__ import annotations

import pytest

from feedbackloop.understanding.language import detect, settle


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The delivery was late again", "en"),
        ("ok thx", "en"),
        ("soooo baaad", "en"),
        ("快递太慢了", "zh"),
        ("這個客服真的很差", "zh"),
        ("快递 very slow 服务 terrible", "zh"),
        ("App 很好用", "zh"),
        ("お届けが遅いです", "ja"),
        ("배송이 너무 늦어요", "ko"),
        ("Доставка опоздала", "ru"),
        ("Понад тиждень, їх немає", "uk"),
        ("الخدمة سيئة", "ar"),
        ("บริการแย่มาก", "th"),
        ("Die Lieferung war sehr schlecht und kam nicht an", "de"),
        ("Je n'ai jamais reçu ma commande", "fr"),
        ("El pedido no llegó y nadie me responde", "es"),
        ("pelayanan sangat buruk dan tidak ramah", "id"),
        ("", "und"),
        ("😡😡😡", "und"),
        ("12345 !!!", "und"),
        ("\ud800\udfff", "und"),
    ],
)
def test_the_letters_name_the_language(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("mark", "text", "language"),
    [
        ("zh-CN", "快递太慢了", "zh"),
        ("en", "快递太慢了", "zh"),
        ("zh", "The delivery was late again", "en"),
        ("und", "The delivery was late again", "en"),
        ("", "late", "en"),
        ("nonsense", "late", "en"),
        ("de", "Super", "de"),
        ("en", "Die Lieferung war sehr schlecht und kam auch nicht an, leider", "de"),
        ("de", "xqzt", "de"),
    ],
)
def test_a_mark_is_believed_only_where_the_letters_allow_it(mark: str, text: str, language: str) -> None:
    assert settle(mark, text) == language
