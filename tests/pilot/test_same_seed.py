"""The same seed and scale give the same rows, whatever was made before."""

import shapely

from land.pilot.parcels import Generator, ParcelBatch


def test_a_unit_alone_is_the_same_as_in_the_row(batches: list[ParcelBatch]) -> None:
    alone = Generator(1, 0.1).batch(6)
    row = batches[6]
    assert shapely.to_wkb(alone.polygons).tolist() == shapely.to_wkb(row.polygons).tolist()
    assert (alone.uid, alone.address, alone.geohash, alone.status) == (row.uid, row.address, row.geohash, row.status)
    assert alone.uses.label == row.uses.label
    assert (alone.legal_tenths == row.legal_tenths).all()


def test_identifiers_do_not_repeat(batches: list[ParcelBatch]) -> None:
    uids = [uid for batch in batches for uid in batch.uid]
    codes = [code for batch in batches for code in batch.geohash]
    assert len(set(uids)) == len(uids)
    assert len(set(codes)) == len(codes)
    assert {(len(code), uid[12]) for code, uid in zip(codes, uids, strict=True)} == {(12, "4")}
