//! Compares the tree with an independent implementation for every size up to 600, and flips every bit of a proof.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use tlog::{
    Hash, NodeId, Nodes, Tile, TileKind, append, append_reads, consistency_proof, consistency_reads,
    inclusion_proof, inclusion_reads, leaf_hash, root, root_reads, verify_consistency, verify_inclusion,
};
use tlog_tiles as oracle;

const MOST: u64 = 600;

struct Theirs(Vec<oracle::Hash>);

impl oracle::HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<oracle::Hash>, oracle::Error> {
        Ok(indexes.iter().map(|at| self.0[usize::try_from(*at).unwrap()]).collect())
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn leaf(index: u64) -> Hash {
    leaf_hash(&entry(index))
}

/// Returns both logs with [`MOST`] entries, and all roots.
fn logs() -> (Nodes, Theirs, Vec<Hash>) {
    let (mut ours, mut theirs) = (Nodes::default(), Theirs(Vec::new()));
    let mut roots = vec![root(0, &ours).unwrap()];
    for index in 0..MOST {
        let stored = append(index, &[leaf(index)], &ours).unwrap();
        let expected = oracle::stored_hashes(index, &entry(index), &theirs).unwrap();
        assert_eq!(
            stored.iter().map(|(_, hash)| hash.0).collect::<Vec<_>>(),
            expected.iter().map(|h| h.0).collect::<Vec<_>>()
        );
        ours.extend(stored);
        theirs.0.extend(expected);
        let now = root(index + 1, &ours).unwrap();
        assert_eq!(now.0, oracle::tree_hash(index + 1, &theirs).unwrap().0);
        roots.push(now);
    }
    (ours, theirs, roots)
}

fn bytes(hashes: &[Hash]) -> Vec<[u8; 32]> {
    hashes.iter().map(|hash| hash.0).collect()
}

/// Returns the nodes named in `reads` only.
fn fetched(all: &Nodes, reads: &[NodeId]) -> Nodes {
    use tlog::HashReader;
    reads.iter().map(|node| (*node, all.hash_of(*node).unwrap())).collect()
}

/// Returns every index of small trees; of larger ones the ends, the middle and a stride that meets all residues.
fn samples(below: u64) -> impl Iterator<Item = u64> {
    (0..below).filter(move |n| {
        below <= 70 || *n < 2 || *n + 2 >= below || n % 37 == below % 37 || n.is_power_of_two()
    })
}

#[test]
fn inclusion_agrees_for_every_size_to_600() {
    let (ours, theirs, roots) = logs();
    for size in 1..=MOST {
        let top = roots[usize::try_from(size).unwrap()];
        for index in samples(size) {
            let reads = inclusion_reads(size, index).unwrap();
            let proof = inclusion_proof(size, index, &fetched(&ours, &reads)).unwrap();
            let expected = oracle::prove_record(size, index, &theirs).unwrap();
            assert_eq!(bytes(&proof), expected.iter().map(|h| h.0).collect::<Vec<_>>(), "{index} in {size}");
            assert_eq!(
                verify_inclusion(size, index, &leaf(index), &proof, &top),
                Ok(()),
                "{index} in {size}"
            );
            assert!(verify_inclusion(size, index, &leaf(index + 1), &proof, &top).is_err());
            assert!(verify_inclusion(size, index ^ 1, &leaf(index), &proof, &top).is_err() || size == 1);
        }
        assert!(inclusion_proof(size, size, &ours).is_err());
        assert!(verify_inclusion(size, size, &leaf(0), &[], &top).is_err());
    }
}

#[test]
fn consistency_agrees_for_every_size_to_600() {
    let (ours, theirs, roots) = logs();
    for new in 1..=MOST {
        let new_root = roots[usize::try_from(new).unwrap()];
        for old in samples(new + 1) {
            let old_root = roots[usize::try_from(old).unwrap()];
            let reads = consistency_reads(old, new).unwrap();
            let proof = consistency_proof(old, new, &fetched(&ours, &reads)).unwrap();
            if old > 0 {
                let expected = oracle::prove_tree(new, old, &theirs).unwrap();
                assert_eq!(bytes(&proof), expected.iter().map(|h| h.0).collect::<Vec<_>>(), "{old} to {new}");
            }
            assert_eq!(verify_consistency(old, new, &old_root, &new_root, &proof), Ok(()), "{old} to {new}");
            if old < new {
                assert!(verify_consistency(old, new, &new_root, &new_root, &proof).is_err());
                assert!(verify_consistency(old, new, &old_root, &leaf(0), &proof).is_err() || old == 0);
            }
        }
        assert!(consistency_proof(new + 1, new, &ours).is_err());
    }
}

#[test]
fn a_plan_names_every_node_that_is_read() {
    let (ours, _, roots) = logs();
    for size in 0..=MOST {
        let nodes = fetched(&ours, &root_reads(size));
        assert_eq!(root(size, &nodes), Ok(roots[usize::try_from(size).unwrap()]));
        let nodes = fetched(&ours, &append_reads(size));
        assert!(append(size, &[leaf(size), leaf(size + 1)], &nodes).is_ok());
    }
}

#[test]
fn every_flipped_bit_and_every_missing_or_surplus_hash_is_refused() {
    let (ours, _, roots) = logs();
    for (size, index) in [(1, 0), (2, 1), (7, 3), (8, 0), (13, 12), (100, 63), (513, 512)] {
        let top = roots[usize::try_from(size).unwrap()];
        let proof = inclusion_proof(size, index, &ours).unwrap();
        let check = |proof: &[Hash]| verify_inclusion(size, index, &leaf(index), proof, &top);
        spoil(&proof, &check);
    }
    for (old, new) in [(1, 2), (3, 7), (4, 7), (6, 8), (7, 8), (64, 100), (65, 100), (511, 600)] {
        let (old_root, new_root) =
            (roots[usize::try_from(old).unwrap()], roots[usize::try_from(new).unwrap()]);
        let proof = consistency_proof(old, new, &ours).unwrap();
        let check = |proof: &[Hash]| verify_consistency(old, new, &old_root, &new_root, proof);
        spoil(&proof, &check);
    }
}

fn spoil(proof: &[Hash], check: &dyn Fn(&[Hash]) -> Result<(), tlog::ProofError>) {
    assert_eq!(check(proof), Ok(()));
    for bit in 0..proof.len() * 256 {
        let mut spoilt = proof.to_vec();
        spoilt[bit / 256].0[bit % 256 / 8] ^= 1 << (bit % 8);
        assert!(check(&spoilt).is_err(), "bit {bit}");
    }
    for at in 0..proof.len() {
        let mut short = proof.to_vec();
        short.remove(at);
        assert!(check(&short).is_err());
    }
    for at in 0..=proof.len() {
        let mut long = proof.to_vec();
        long.insert(at, leaf(9));
        assert!(check(&long).is_err());
    }
}

#[test]
fn trees_of_any_size_prove_their_ends() {
    // for sizes that no test can fill: all entries are equal, and so are all subtrees of a level
    struct Same;
    impl tlog::HashReader for Same {
        fn hash_of(&self, node: NodeId) -> Option<Hash> {
            Some((0..node.level).fold(Hash([7; 32]), |below, _| tlog::node_hash(&below, &below)))
        }
    }
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        let proof = inclusion_proof(size, size - 1, &Same).unwrap();
        assert!(proof.len() <= 64);
        let top = root(size, &Same).unwrap();
        assert_eq!(verify_inclusion(size, size - 1, &Hash([7; 32]), &proof, &top), Ok(()));
        let older = root(size - 1, &Same).unwrap();
        let proof = consistency_proof(size - 1, size, &Same).unwrap();
        assert_eq!(verify_consistency(size - 1, size, &older, &top, &proof), Ok(()));
    }
}

#[test]
fn paths_agree_with_the_other_implementation() {
    for (level, index, width) in [(0_u8, 0_u64, 256_u16), (0, 999, 256), (1, 1000, 3), (2, 1_234_067, 255)] {
        let ours = Tile::new(TileKind::Hashes(level), index, width).unwrap().to_string();
        // the other implementation writes the height of a tile before its level
        let theirs =
            oracle::Tile::new(8, level, index, width.into(), false).path().replacen("tile/8/", "tile/", 1);
        assert_eq!(ours, theirs);
    }
}
