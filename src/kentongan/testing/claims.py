"""An office in which claims were heard: read by the real reader from a furnished office, one decided, one due to be looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from kentongan.office.listening import claims, claims_reading
from kentongan.office.listening.claims_models import Claim, ClaimCheck
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import FactCheck
from kentongan.office.people.models import Office, User
from kentongan.testing.builders import NOW

EVIDENCE = "Daftar tarif Dispendukcapil, 3 November: tidak ada biaya."


def furnish_claims(office: Office, officer: User, now: datetime = NOW) -> list[Claim]:
    """Read a furnished office for claims; gives them, the first heard first: one is called false, one waits to be looked at again, and
    what a fact-checker says is about the first.
    """
    while claims_reading.read(office, HashedEmbedder(), now).items:
        pass
    rows = list(Claim.objects.filter(office=office).order_by("first", "pk"))
    claims.watch(officer, rows[1], now - timedelta(minutes=5), "Hasil laboratorium", now - timedelta(hours=3))
    claims.decide(officer, rows[2], Claim.Truth.FALSE, EVIDENCE, "https://dukcapil.example/tarif", now - timedelta(hours=1))
    check = FactCheck.objects.filter(office=office).order_by("pk").first() or FactCheck.objects.create(
        office=office, key="k", url="https://cek.example/1", claim=rows[0].text, rating="Salah", checker="Cek Fakta Kota", seen=now
    )
    ClaimCheck.objects.get_or_create(office=office, claim=rows[0], check_row=check, defaults={"score": 0.71})
    return rows
