//! The tree over stored hashes: the nodes to store when entries are appended, and the root at any size.
//!
//! Only hashes of complete subtrees are stored. They never change, so their table is append-only.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use std::collections::HashMap;

/// A complete subtree: the subtrees of 2^`level` leaves are numbered from the left by `index`. Level 0 holds the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height, 0 to 63.
    pub level: u8,
    /// Position at that height, from 0.
    pub index: u64,
}

/// Errors of reading stored hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The store lacks a node: data were lost, or the size exceeds what was stored.
    #[error("the stored hash of node {} at level {} is missing", .0.index, .0.level)]
    Missing(NodeId),
    /// An index or size is outside the tree.
    #[error("{what} {value} is not within a tree of {size} entries")]
    OutOfRange {
        /// `index` or `size`.
        what: &'static str,
        /// Requested value.
        value: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The log would have more than 2^64 - 1 entries.
    #[error("the log is full")]
    Full,
}

/// Source of stored hashes.
pub trait HashReader {
    /// Returns the hash of a complete subtree; `None` if it is not stored.
    fn hash_of(&self, node: NodeId) -> Option<Hash>;
}

/// Stored hashes in memory: those fetched for one computation, or all of a small log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes(HashMap<NodeId, Hash>);

impl Nodes {
    /// Adds a node.
    pub fn insert(&mut self, node: NodeId, hash: Hash) {
        self.0.insert(node, hash);
    }
}

impl FromIterator<(NodeId, Hash)> for Nodes {
    fn from_iter<T: IntoIterator<Item = (NodeId, Hash)>>(nodes: T) -> Self {
        Self(nodes.into_iter().collect())
    }
}

impl Extend<(NodeId, Hash)> for Nodes {
    fn extend<T: IntoIterator<Item = (NodeId, Hash)>>(&mut self, nodes: T) {
        self.0.extend(nodes);
    }
}

impl HashReader for Nodes {
    fn hash_of(&self, node: NodeId) -> Option<Hash> {
        self.0.get(&node).copied()
    }
}

/// Returns the complete subtrees that cover the leaves `start` to `end` (exclusive), from the left, the largest first. `start` must be
/// a multiple of the largest power of two not above `end - start`, as it is wherever RFC 6962 splits.
pub(crate) fn cover(start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        nodes.push(NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Returns the hash of the leaves `start` to `end` (exclusive), RFC 6962's MTH(D[start:end]).
pub(crate) fn range_hash(start: u64, end: u64, reader: &impl HashReader) -> Result<Hash, TreeError> {
    let mut whole = None;
    for node in cover(start, end).into_iter().rev() {
        let hash = reader.hash_of(node).ok_or(TreeError::Missing(node))?;
        whole = Some(whole.map_or(hash, |right| node_hash(&hash, &right)));
    }
    Ok(whole.unwrap_or(EMPTY_ROOT))
}

/// Returns the nodes that [`root`] reads for a tree of `size` entries: at most 64.
pub fn root_reads(size: u64) -> Vec<NodeId> {
    cover(0, size)
}

/// Returns the root hash of the tree of the first `size` entries.
///
/// # Errors
/// Returns [`TreeError::Missing`].
pub fn root(size: u64, reader: &impl HashReader) -> Result<Hash, TreeError> {
    range_hash(0, size, reader)
}

/// Returns the nodes that [`append`] reads when the log has `size` entries: at most 64, for any number of appended entries.
pub fn append_reads(size: u64) -> Vec<NodeId> {
    cover(0, size)
}

/// Returns the nodes to store when `leaves` are appended to a log of `size` entries, in the order of their completion: each leaf,
/// then the subtrees it completes.
///
/// # Errors
/// Returns [`TreeError::Missing`] or [`TreeError::Full`].
pub fn append(
    size: u64,
    leaves: &[Hash],
    reader: &impl HashReader,
) -> Result<Vec<(NodeId, Hash)>, TreeError> {
    let mut frontier = Vec::new();
    for node in append_reads(size) {
        frontier.push((node, reader.hash_of(node).ok_or(TreeError::Missing(node))?));
    }
    let mut stored = Vec::with_capacity(leaves.len().saturating_mul(2));
    let mut index = size;
    for leaf in leaves {
        let next = index.checked_add(1).ok_or(TreeError::Full)?;
        let mut newest = (NodeId { level: 0, index }, *leaf);
        stored.push(newest);
        while let Some((left, left_hash)) = frontier.pop_if(|(left, _)| left.level == newest.0.level) {
            let parent = NodeId { level: left.level + 1, index: left.index >> 1 };
            newest = (parent, node_hash(&left_hash, &newest.1));
            stored.push(newest);
        }
        frontier.push(newest);
        index = next;
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf_hash;

    #[test]
    fn covers_with_the_fewest_subtrees() {
        let node = |level, index| NodeId { level, index };
        assert_eq!(cover(0, 0), []);
        assert_eq!(cover(0, 1), [node(0, 0)]);
        assert_eq!(cover(0, 7), [node(2, 0), node(1, 2), node(0, 6)]);
        assert_eq!(cover(4, 7), [node(1, 2), node(0, 6)]);
        assert_eq!(cover(0, u64::MAX).len(), 64);
    }

    #[test]
    fn appending_one_by_one_or_at_once_stores_the_same() {
        let leaves: Vec<Hash> = (0..50_u8).map(|n| leaf_hash(&[n])).collect();
        let at_once = append(0, &leaves, &Nodes::default()).unwrap();
        let mut nodes = Nodes::default();
        let mut one_by_one = Vec::new();
        for (size, leaf) in (0_u64..).zip(&leaves) {
            let more = append(size, &[*leaf], &nodes).unwrap();
            nodes.extend(more.iter().copied());
            one_by_one.extend(more);
        }
        assert_eq!(at_once, one_by_one);
        // each complete subtree exactly once: n leaves complete n - popcount(n) inner nodes
        assert_eq!(at_once.len(), 50 + 50 - 3);
        assert_eq!(nodes.0.len(), at_once.len());
    }

    #[test]
    fn says_which_node_is_missing() {
        let lost = NodeId { level: 1, index: 0 };
        assert_eq!(root(2, &Nodes::default()), Err(TreeError::Missing(lost)));
        assert_eq!(append(2, &[], &Nodes::default()), Err(TreeError::Missing(lost)));
        assert_eq!(root(0, &Nodes::default()), Ok(EMPTY_ROOT));
    }

    #[test]
    fn a_full_log_takes_nothing_more() {
        struct Anything;
        impl HashReader for Anything {
            fn hash_of(&self, _: NodeId) -> Option<Hash> {
                Some(EMPTY_ROOT)
            }
        }
        assert_eq!(append(u64::MAX, &[EMPTY_ROOT], &Anything), Err(TreeError::Full));
    }
}
