//! Inclusion and consistency proofs: made as RFC 6962 section 2.1 defines them, verified by the algorithms of RFC 9162.
//!
//! Making and verifying share no code, so that an error in one does not hide in the other.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::tree::{HashReader, NodeId, TreeError, cover, range_hash};

/// Reason why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is outside the tree, or the old tree is larger than the new one.
    #[error("the proof is about something outside the tree")]
    OutOfRange,
    /// The proof has too many or too few hashes.
    #[error("the proof has the wrong length")]
    Length,
    /// The hashes do not lead to the root of the tree (of the new one for consistency).
    #[error("the proof does not lead to the root")]
    Root,
    /// The hashes do not lead to the root of the old tree: entries were changed.
    #[error("the proof does not lead to the root of the older tree")]
    OldRoot,
}

/// A range of leaves: start (inclusive) and end (exclusive).
type Range = (u64, u64);

/// Returns the largest power of two below `count`, which must be at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Returns PATH(index, D[0:size]) as ranges, the leaf's neighbour first.
fn inclusion_ranges(size: u64, index: u64) -> Result<Vec<Range>, TreeError> {
    if index >= size {
        return Err(TreeError::OutOfRange { what: "index", value: index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// Returns PROOF(old, D[0:new]) as ranges, in the order of RFC 6962 section 2.1.2.
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range>, TreeError> {
    if old > new {
        return Err(TreeError::OutOfRange { what: "size", value: old, size: new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut ranges = Vec::new();
    // the loop ends with the complete subtree that ends the old tree
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    // the verifier knows the old root, so its hash is left out
    if start != 0 {
        ranges.push((start, end));
    }
    ranges.reverse();
    Ok(ranges)
}

fn reads(ranges: &[Range]) -> Vec<NodeId> {
    ranges.iter().flat_map(|(start, end)| cover(*start, *end)).collect()
}

fn hashes(ranges: &[Range], reader: &impl HashReader) -> Result<Vec<Hash>, TreeError> {
    ranges.iter().map(|(start, end)| range_hash(*start, *end, reader)).collect()
}

/// Returns the nodes that [`inclusion_proof`] reads.
///
/// # Errors
/// Returns [`TreeError::OutOfRange`] if there is no entry with this index.
pub fn inclusion_reads(size: u64, index: u64) -> Result<Vec<NodeId>, TreeError> {
    inclusion_ranges(size, index).map(|ranges| reads(&ranges))
}

/// Returns the proof that the entry at `index` is in the tree of `size` entries, the leaf's neighbour first.
///
/// # Errors
/// Returns [`TreeError::OutOfRange`] or [`TreeError::Missing`].
pub fn inclusion_proof(size: u64, index: u64, reader: &impl HashReader) -> Result<Vec<Hash>, TreeError> {
    hashes(&inclusion_ranges(size, index)?, reader)
}

/// Returns the nodes that [`consistency_proof`] reads.
///
/// # Errors
/// Returns [`TreeError::OutOfRange`] if `old` is larger than `new`.
pub fn consistency_reads(old: u64, new: u64) -> Result<Vec<NodeId>, TreeError> {
    consistency_ranges(old, new).map(|ranges| reads(&ranges))
}

/// Returns the proof that the tree of `old` entries is the beginning of the tree of `new`. Empty if `old` is 0 or equal to `new`.
///
/// # Errors
/// Returns [`TreeError::OutOfRange`] or [`TreeError::Missing`].
pub fn consistency_proof(old: u64, new: u64, reader: &impl HashReader) -> Result<Vec<Hash>, TreeError> {
    hashes(&consistency_ranges(old, new)?, reader)
}

/// Verifies that `leaf` is the entry at `index` of the tree of `size` entries with this `root` (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// Returns a [`ProofError`].
pub fn verify_inclusion(
    size: u64,
    index: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for step in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Verifies that the tree of `old` entries with `old_root` is the beginning of the tree of `new` entries with `new_root`
/// (RFC 9162 section 2.1.4.2). Every tree extends the empty one.
///
/// # Errors
/// Returns a [`ProofError`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange);
    }
    if old == 0 || old == new {
        let expected = if old == 0 { &EMPTY_ROOT } else { new_root };
        let empty_is_empty = new != 0 || *new_root == EMPTY_ROOT;
        return match (proof.is_empty(), old_root == expected, empty_is_empty) {
            (false, _, _) => Err(ProofError::Length),
            (true, false, _) => Err(ProofError::OldRoot),
            (true, true, false) => Err(ProofError::Root),
            (true, true, true) => Ok(()),
        };
    }
    // if the old tree is one complete subtree, its root is the first hash and is not part of the proof
    let (start, steps) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(ProofError::Length)?
    };
    let shift = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*start, *start);
    for step in steps {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(step, &old_hash);
            new_hash = node_hash(step, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if old_hash != *old_root {
        return Err(ProofError::OldRoot);
    }
    if new_hash == *new_root { Ok(()) } else { Err(ProofError::Root) }
}
