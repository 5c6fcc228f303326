"""An invented publication of a water matter, and articles that carry it or do not: for tests of the echo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from kentongan.engine.echo import Heard, Publication
from kentongan.engine.records import Article, article_id
from kentongan.engine.terms import Counts, terms
from kentongan.engine.vectors import DIMENSION, FloatArray

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
TITLE = "Air PDAM di Kelurahan Sukamaju aman diminum"
SAFE = "Air PDAM di Kelurahan Sukamaju aman diminum setelah direbus, kata Dinas Kesehatan Kota Papan hari Senin."
WHERE = "Warga yang airnya berbau dapat mengambil air bersih gratis di tiga titik, yaitu Balai Warga, SD 4 dan Pasar Lama."
TEST = "Hasil uji laboratorium atas 42 contoh air keluar pada Minggu malam dan tidak menemukan bakteri berbahaya."
TEXT = f"{SAFE} {WHERE} {TEST}"
OTHER = "Persija menang 3-1 atas Persib di Stadion Patriot. Gol pertama dicetak pada menit kelima oleh pemain muda dari Bandung."
TEXT_VI = (
    "Sở Y tế thành phố khẳng định nước máy tại phường Tân Lập an toàn sau khi đun sôi. "
    "Người dân có thể nhận nước sạch miễn phí tại ba điểm gồm nhà văn hóa, trường tiểu học và chợ cũ."
)


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def counts() -> Counts:
    """An office that has read a thousand articles with the common words of both languages in them."""
    common = terms("yang dan di ke dari untuk pada dengan ini itu kata warga hari kota the of and cho của và các tại một", "id")
    found = Counts()
    for _ in range(1_000):
        found.learn(common)
    return found


COUNTS = counts()
PUBLICATION = Publication("p1", TITLE, TEXT, "id", AT, direction(0.0))


def article(text: str, hours: float = 2.0, name: str = "a", outlet: str = "papan.example", title: str = "Kabar hari ini") -> Article:
    url = f"https://{outlet}/{name}"
    return Article(article_id(url), url, outlet, "press", title, text, "id", AT + timedelta(hours=hours))


def heard(text: str, hours: float = 2.0, angle: float = 1.5, name: str = "a", title: str = "Kabar hari ini") -> Heard:
    return Heard(article(text, hours, name, title=title), direction(angle))
