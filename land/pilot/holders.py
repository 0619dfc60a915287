"""Demo holders of one ward's homes: made-up people with rights, certificates and, for some, a mortgage. No real person is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection

from gis_core.pilot.dice import dice
from gis_core.pilot.steps import Run, pilot_step
from land.models import ORIGIN, Certificate, DeadlineRule, LotRule, ParcelChange, Party, Restriction, Right
from land.rows import EVERYBODY, heads

WARD = "20341"
"""Tam Kỳ (since 2025). One ward is enough to show the work; names for a million parcels would only cost time."""
MOST = 4_000
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Trương", "Đinh"]
MIDDLES = ["Thị", "Văn", "Hữu", "Ngọc", "Thanh", "Minh", "Quang", "Kim", "Xuân", "Đức", "Hoài", "Bảo"]
GIVEN = [
    "Bưởi",
    "Cam",
    "Dâu",
    "Mít",
    "Ổi",
    "Mận",
    "Nhãn",
    "Sen",
    "Cúc",
    "Mai",
    "Lan",
    "Huệ",
    "Tùng",
    "Bách",
    "Trúc",
    "Quế",
    "Lựu",
    "Đào",
    "Hạnh",
    "Sim",
]
MORTGAGED = 0.06
_LOT_RULES = (("ODT", 60.0, 4.0), ("ONT", 100.0, 5.0), ("CLN,HNK", 300.0, 0.0), ("LUC,LUK", 500.0, 0.0))
_DAYS = {"split_lines": 15, "split_areas": 15, "merge": 15, "mortgage": 1, "release": 1, "issue_certificate": 20, "correct": 10}


def _clear_rules() -> None:
    """Take away what is marked as a sample; decisions that officers wrote down stay."""
    LotRule.objects.filter(is_sample=True).delete()
    DeadlineRule.objects.filter(is_sample=True).delete()


@pilot_step("land_rules", clear=_clear_rules)
def load_rules(run: Run, _part: str) -> int:
    """Sample values of the dated tables: they show how these work, no decision has set them."""
    basis = "Giá trị mẫu, chưa có quyết định"
    for codes, area, width in _LOT_RULES:
        values = {"area_m2": area, "width_m": width, "legal_basis": basis}
        LotRule.objects.get_or_create(land_use=codes, is_sample=True, valid_from=ORIGIN, defaults=values)
    for kind in ParcelChange.Kind.values:
        DeadlineRule.objects.get_or_create(
            kind=kind, defaults={"working_days": _DAYS.get(kind, 10), "legal_basis": basis, "is_sample": True}
        )
    count = len(_LOT_RULES) + len(ParcelChange.Kind.values)
    run.progress.advance(count)
    return count


def clear_holders() -> None:
    """Delete demo holders with everything that names them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM land_restriction WHERE creditor_id IN (SELECT id FROM land_party WHERE is_demo);"
            " DELETE FROM land_right WHERE party_id IN (SELECT id FROM land_party WHERE is_demo);"
            " UPDATE land_personaldataread SET party_id = NULL WHERE party_id IN (SELECT id FROM land_party WHERE is_demo);"
            " DELETE FROM land_party WHERE is_demo"
        )


@dataclass(frozen=True)
class _Home:
    pk: int
    address: str


@pilot_step("holders", clear=clear_holders, after=("parcels",))
def load_holders(run: Run, _part: str) -> int:
    """A holder or a couple for each home of the ward, with a certificate for most."""
    rows = heads(EVERYBODY).filter(is_demo=True, admin_unit__code=WARD, valid_to__isnull=True, land_use__in=("ODT", "ONT"))
    homes = [_Home(*row) for row in rows.order_by("pk").values_list("pk", "address")[:MOST]]
    rng = dice(run.seed, "holders")
    couples = rng.random(len(homes)) < 0.3
    owners = [home for home, couple in zip(homes, couples, strict=True) for _person in range(2 if couple else 1)]
    shares = [2 if couple else 1 for couple in couples for _person in range(2 if couple else 1)]
    people = Party.objects.bulk_create(_people(owners, rng), batch_size=2_000)
    since = [run.day - timedelta(days=int(days)) for days in rng.integers(200, 6_000, len(homes))]
    begun = {home.pk: day for home, day in zip(homes, since, strict=True)}
    Right.objects.bulk_create(
        (
            Right(parcel_id=home.pk, party=person, denominator=share, valid_from=begun[home.pk])
            for home, person, share in zip(owners, people, shares, strict=True)
        ),
        batch_size=2_000,
    )
    count = len(people) + _certificates(homes, since, rng) + _mortgages(homes, since, rng)
    run.progress.advance(count)
    return count


def _people(owners: Sequence[_Home], rng: np.random.Generator) -> list[Party]:
    parts = [rng.choice(words, len(owners)) for words in (FAMILIES, MIDDLES, GIVEN)]
    numbers = rng.integers(0, 10**9, len(owners))
    return [
        # 049 is Quảng Nam's number; 000 behind it is given to nobody.
        Party(kind=Party.Kind.PERSON, name=" ".join(name), id_number=f"049000{number:09d}"[:12], address=home.address, is_demo=True)
        for *name, number, home in zip(*parts, numbers.tolist(), owners, strict=True)
    ]


def _certificates(homes: Sequence[_Home], since: Sequence[date], rng: np.random.Generator) -> int:
    chosen = rng.random(len(homes)) < 0.85
    made = [
        Certificate(parcel_id=home.pk, serial=f"DEMO {index:06d}", register_no=f"CH {index:05d}", issued_on=day)
        for index, (home, day, has) in enumerate(zip(homes, since, chosen, strict=True))
        if has
    ]
    return len(Certificate.objects.bulk_create(made, batch_size=2_000))


def _mortgages(homes: Sequence[_Home], since: Sequence[date], rng: np.random.Generator) -> int:
    bank = Party.objects.create(kind=Party.Kind.ORGANISATION, name="Ngân hàng mẫu chi nhánh Tam Kỳ", is_demo=True)
    made = [
        Restriction(
            parcel_id=home.pk,
            kind=Restriction.Kind.MORTGAGE,
            creditor=bank,
            reference=f"HĐ mẫu {home.pk}",
            valid_from=day + timedelta(days=30),
        )
        for home, day in zip(homes, since, strict=True)
        if rng.random() < MORTGAGED
    ]
    return len(Restriction.objects.bulk_create(made)) + 1


def clear_work() -> None:
    """Delete what officers did to demo parcels, so that these can be loaded anew."""
    demo = "(SELECT id FROM land_parcel WHERE is_demo)"
    changes = "(SELECT c.id FROM land_parcelchange c JOIN land_parcel p ON p.uid::text = c.targets -> 0 ->> 0 WHERE p.is_demo)"
    statements = [
        f"DELETE FROM land_parcellineage WHERE child_id IN {demo} OR parent_id IN {demo}",  # noqa: S608
        *(f"DELETE FROM land_{table} WHERE parcel_id IN {demo}" for table in ("right", "restriction", "certificate")),  # noqa: S608
        f"UPDATE land_personaldataread SET parcel_id = NULL WHERE parcel_id IN {demo}",  # noqa: S608
        f"DELETE FROM land_changestep WHERE change_id IN {changes}",  # noqa: S608
        f"DELETE FROM land_parcelchange_documents WHERE parcelchange_id IN {changes}",  # noqa: S608
        f"DELETE FROM land_parcelchange WHERE id IN {changes}",  # noqa: S608
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
