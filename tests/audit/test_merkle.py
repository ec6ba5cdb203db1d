"""The tree against RFC 6962's own recursive definition, and its proofs against tampering."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.audit import merkle
from remit.audit.record import leaf_hash

# RFC 6962 test vectors as published with Certificate Transparency's reference implementation.
VECTOR_LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word (over leaf hashes)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(f"record {index}") for index in range(count)]


def test_published_vectors() -> None:
    hashes = [hashlib.sha256(b"\x00" + one).digest() for one in VECTOR_LEAVES]
    assert [merkle.root_of(hashes[: n + 1]).hex() for n in range(8)] == VECTOR_ROOTS


@given(st.integers(0, 200))
def test_root_is_the_definition(count: int) -> None:
    leaves = leaves_of(count)
    assert merkle.root_of(leaves) == by_definition(leaves)


@given(st.integers(0, 100), st.integers(0, 100))
def test_frontier_resumes_where_it_was_left(first: int, more: int) -> None:
    leaves = leaves_of(first + more)
    before = merkle.Frontier()
    before.extend(leaves[:first])
    after = merkle.Frontier(before.size, before.hashes)
    after.extend(leaves[first:])
    assert after.root() == by_definition(leaves)


def test_frontier_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="perfect subtrees"):
        merkle.Frontier(3, leaves_of(1))


@settings(max_examples=150)
@given(st.data())
def test_inclusion(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 80))
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root = by_definition(leaves)
    path = merkle.inclusion_proof(index, size, merkle.subtrees_of(leaves))
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    assert not merkle.verify_inclusion(leaf_hash("other"), index, size, path, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
    wrong = data.draw(st.integers(0, size + 3).filter(lambda one: one != index))
    assert not merkle.verify_inclusion(leaves[index], wrong, size, path, root)


@settings(max_examples=150)
@given(st.data())
def test_consistency(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 80))
    old = data.draw(st.integers(0, size))
    leaves = leaves_of(size)
    root, old_root = by_definition(leaves), by_definition(leaves[:old])
    path = merkle.consistency_proof(old, size, merkle.subtrees_of(leaves))
    assert merkle.verify_consistency(old, size, path, old_root, root)
    if old:
        rewritten = by_definition([leaf_hash("rewritten"), *leaves[1:old]])
        assert not merkle.verify_consistency(old, size, path, rewritten, root)
    assert not merkle.verify_consistency(old, size, [*path, root], old_root, root)


@given(st.integers(0, 500), st.integers(0, 500))
def test_cover_is_aligned_complete_and_in_order(start: int, length: int) -> None:
    position = start
    for first, height in merkle.cover(start, start + length):
        assert first == position
        assert first % (1 << height) == 0
        position += 1 << height
    assert position == start + length
