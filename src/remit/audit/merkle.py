"""A Merkle tree as in RFC 6962, pure: frontier, roots, inclusion and consistency proofs.

The frontier of a tree is the list of its perfect subtrees, largest first (one for each bit set in its
size). It is all that is needed to append, so sealing costs the same however long the log has grown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

NODE_PREFIX: Final = b"\x01"
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

# Gives the hash of the perfect subtree over the leaves [start, start + 2**height).
Subtree = Callable[[int, int], bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of an inner node: one byte 01, then both children."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


class Frontier:
    """The right edge of a growing tree: `size` leaves, and the roots of its perfect subtrees."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        size, hashes, edge = self.size, self.hashes, leaf
        while size & 1:
            edge = node_hash(hashes.pop(), edge)
            size >>= 1
        hashes.append(edge)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the right, in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The tree's head: the SHA-256 of nothing when it is empty."""
        if not self.hashes:
            return EMPTY_ROOT
        edge = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            edge = node_hash(left, edge)
        return edge


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """A `Subtree` that hashes from leaves held in memory."""

    def subtree(start: int, height: int) -> bytes:
        return root_of(leaves[start : start + (1 << height)])

    return subtree


def cover(start: int, end: int) -> list[tuple[int, int]]:
    """The fewest perfect aligned subtrees `(start, height)` over the leaves [start, end), in order."""
    parts: list[tuple[int, int]] = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        parts.append((start, height))
        start += 1 << height
    return parts


def _range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over [start, end), where start is aligned as RFC 6962 splits the tree."""
    edge: bytes | None = None
    for part in reversed(cover(start, end)):
        found = subtree(*part)
        edge = found if edge is None else node_hash(found, edge)
    return EMPTY_ROOT if edge is None else edge


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (count of at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves, leaf end first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, subtree))
            end = middle
        else:
            path.append(_range_root(start, middle, subtree))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` shows that `leaf` is number `index` of the tree of `size` leaves with `root`."""
    if not 0 <= index < size:
        return False
    node, last, edge = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            edge = node_hash(sibling, edge)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            edge = node_hash(edge, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and edge == root


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The nodes which show that the tree of `old` leaves is the beginning of the tree of `size`."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {old} cannot be the beginning of a tree of {size}")
    if old in (0, size):
        return []
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, subtree))
            end = middle
        else:
            path.append(_range_root(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, end, subtree))
    return path[::-1]


def verify_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether `path` shows that `old_root` (over `old` leaves) is the beginning of `root` (over `size`)."""
    if old == size:
        return not path and old_root == root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < size:
        return False
    nodes = list(path)
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old_edge = new_edge = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_edge = node_hash(sibling, old_edge)
            new_edge = node_hash(sibling, new_edge)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new_edge = node_hash(new_edge, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and old_edge == old_root and new_edge == root
